"""Finds the name servers that providers themselves have for their zones."""

from __future__ import annotations

import asyncio
import time
from ipaddress import ip_address
from typing import TYPE_CHECKING

from mxsync import names
from mxsync.authority.apex import ask_apex, locate
from mxsync.authority.desk import Desk
from mxsync.authority.find import DEADLINE, EACH, ZONES_AT_ONCE
from mxsync.authority.servers import Delegation, Server
from mxsync.errors import InvalidName
from mxsync.lookup.ask import Search
from mxsync.lookup.crowd import crowd
from mxsync.lookup.resolvers import Resolver, system_resolvers
from mxsync.provider import Serving, ZoneServers, in_threads
from mxsync.reading import ZoneFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mxsync.names import Name
    from mxsync.provider import Provider

    Key = tuple[str, Name]
    """A provider block and a zone."""

_INTERRUPTED = "interrupted"


def own_servers(
    zones: Mapping[str, Sequence[Name]],
    providers: Mapping[str, Provider],
    *,
    resolvers: Sequence[Resolver] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> dict[Key, Delegation]:
    """Find the name servers that each provider has for its zones, by provider block.

    What a zone is to be delegated to is in `at_apex`, as the provider or the zone at its servers says; it has no
    servers and no `trouble` where a provider has none that could be asked. `resolvers`, or those of the system, are
    asked for addresses.
    """
    found: dict[Key, Delegation] = {}
    known: dict[Key, ZoneServers] = {}

    def ask(name: str) -> Iterator[tuple[Key, ZoneServers | ZoneFailure]]:
        for result in _ask(providers[name], zones[name]):
            yield (name, result.zone), result
            if stopped():
                return

    for key, result in in_threads(ask, zones, workers=max(len(zones), 1)):
        if isinstance(result, ZoneFailure):
            found[key] = Delegation(result.zone, trouble=result.message)
        else:
            known[key] = result
    found |= _locate_all(known, tuple(dict.fromkeys(resolvers)) or system_resolvers(), stopped)
    wanted = [(name, zone) for name, some in zones.items() for zone in some]
    return {key: found.get(key, Delegation(key[1], trouble=_INTERRUPTED)) for key in wanted}


def _ask(provider: Provider, zones: Sequence[Name]) -> Iterator[ZoneServers | ZoneFailure]:
    if not isinstance(provider, Serving):
        yield from (ZoneServers(zone, ()) for zone in zones)
        return
    missing = dict.fromkeys(zones)
    reason = "the provider gave no answer for it"
    try:
        for result in provider.name_servers(zones):
            if result.zone in missing:
                del missing[result.zone]
                yield result
    # A plug-in's defect must cost no more than its own zones.
    except Exception as error:  # noqa: BLE001
        reason = f"the provider broke off: {type(error).__name__}: {error}"
    yield from (ZoneFailure(zone, reason) for zone in missing)


def _locate_all(
    known: Mapping[Key, ZoneServers], resolvers: tuple[Resolver, ...], stopped: Callable[[], bool]
) -> dict[Key, Delegation]:
    found: dict[Key, Delegation] = {}

    async def run() -> None:
        desk = Desk(Search(resolvers))

        async def work(item: tuple[Key, ZoneServers]) -> None:
            found[item[0]] = await _locate(desk, item[1])

        ends = time.monotonic() + DEADLINE + EACH * len(known)
        await crowd(work, known.items(), at_once=ZONES_AT_ONCE, ends=ends, stopped=stopped)

    asyncio.run(run())
    return found


async def _locate(desk: Desk, known: ZoneServers) -> Delegation:
    servers: list[Server] = []
    lost: list[str] = []
    missing: list[str] = []
    for host, port in known.servers:
        try:
            servers.append(Server(host, Resolver(str(ip_address(host)), port)))
            continue
        except ValueError:
            pass
        try:
            found = await locate(desk, [names.parse(host)], port)
        except InvalidName as error:
            missing.append(str(error))
            continue
        servers += found.servers
        lost += found.lost
        missing += found.odd
    apex, odd, negative = known.names, list[str](), None
    if apex is None:
        apex, odd, negative = await ask_apex(desk, known.zone, servers)
    # With a server that nobody could ask, it is not known what all of them answer.
    trouble = "; ".join(lost if servers else (*lost, *missing)) if known.servers else ""
    return Delegation(known.zone, None, (), apex, tuple(servers), negative, trouble, (*missing, *odd))
