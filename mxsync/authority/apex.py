"""Finds the addresses of name servers, and has each of them say which servers the zone has."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from mxsync.authority.interpret import Referral, negative_ttl, read_ns
from mxsync.authority.servers import Server
from mxsync.lookup.exchange import Unanswered
from mxsync.lookup.resolvers import Resolver

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mxsync.answers import Address
    from mxsync.authority.desk import Desk
    from mxsync.names import Name


@dataclass(frozen=True, slots=True)
class Located:
    """The addresses of name servers, and what is wrong with them."""

    servers: tuple[Server, ...]
    lost: tuple[str, ...]
    """Of which the addresses could not be looked up, each in one line: there may be servers that nobody has asked."""
    odd: tuple[str, ...]
    """Which have no address, and which are aliases (RFC 2181 §10.3)."""


async def locate(
    desk: Desk,
    hosts: Iterable[Name],
    port: int,
    glue: Mapping[Name, tuple[Address, ...]] = MappingProxyType({}),
) -> Located:
    """Find the addresses of name servers."""
    wanted = list(hosts)
    aliases: list[str] = []

    async def look(host: Name) -> tuple[tuple[Address, ...], str]:
        if host in glue:
            return glue[host], ""
        found = await desk.addresses(host)
        if alias := (await desk.find(host, "A")).alias:
            aliases.append(
                f"its name server {host} is an alias of {alias.target}, and some resolvers do not follow it"
            )
        return found

    servers: list[Server] = []
    lost: list[str] = []
    missing: list[str] = []
    for host, (addresses, unknown) in zip(wanted, await asyncio.gather(*map(look, wanted)), strict=True):
        servers += (Server(host, Resolver(str(address), port)) for address in addresses)
        if not addresses and unknown:
            lost.append(f"the addresses of its name server {host} could not be looked up: {unknown}")
        elif not addresses:
            missing.append(f"its name server {host} has no address")
    return Located(tuple(servers), tuple(lost), (*missing, *aliases))


async def ask_apex(
    desk: Desk, zone: Name, servers: Sequence[Server]
) -> tuple[tuple[Name, ...], list[str], int | None]:
    """Have the servers name all servers of the zone; also give what is odd, and the longest negative TTL."""

    async def ask(server: Server) -> tuple[Referral, int | None]:
        try:
            # One after the other, so that a server that is silent is given up.
            named = read_ns(await desk.ask((zone, "NS"), server), zone)
            return named, negative_ttl(await desk.ask((zone, "SOA"), server))
        except Unanswered as error:
            return Referral(unknown=str(error)), None

    answers = await asyncio.gather(*map(ask, servers))
    views: dict[tuple[Name, ...], Server] = {}
    for server, (referral, _) in zip(servers, answers, strict=True):
        if referral.names:
            views.setdefault(referral.names, server)
    odd = []
    if len(views) > 1:
        said = "; ".join(f"{server} says {listed(view)}" for view, server in views.items())
        odd.append(f"its servers do not agree on which they are: {said}")
    known = [seconds for _, seconds in answers if seconds is not None]
    return tuple(sorted({name for view in views for name in view})), odd, max(known, default=None)


def listed(servers: Iterable[Name]) -> str:
    """Write the names of servers."""
    return ", ".join(servers)
