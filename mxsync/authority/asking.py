"""Whom to ask about zones, and how: the servers that they are delegated to, or those of their providers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mxsync import live
from mxsync.authority.ask import ask, ask_resolver
from mxsync.authority.find import find
from mxsync.authority.own import own_servers
from mxsync.authority.servers import Delegation, Kind, Role, Server, Told
from mxsync.lookup.resolvers import PORT
from mxsync.provider import ZoneRequest
from mxsync.reading import Absent, Blocked, Present, Unreadable, ZoneFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mxsync.authority.ask import Inquiry
    from mxsync.lookup.resolvers import Resolver
    from mxsync.names import Name
    from mxsync.provider import Provider
    from mxsync.reading import OwnerReading
    from mxsync.state import DesiredZone


@dataclass(frozen=True, slots=True)
class Asking:
    """How servers are found and asked."""

    find: Callable[[Sequence[DesiredZone]], Sequence[Delegation]]
    """Gives for each zone, in this order, the servers that are to be asked."""
    ask: Callable[[Sequence[Inquiry]], Mapping[Inquiry, Told]]
    """Asks; gives something for every inquiry."""


def delegated(
    *,
    resolvers: Sequence[Resolver] = (),
    also: Sequence[Resolver] = (),
    port: int = PORT,
    stopped: Callable[[], bool] = lambda: False,
) -> Asking:
    """Ask the servers that the parents delegate to, and those that the zones name themselves.

    `resolvers`, or those of the system, find them; those in `also` are asked for the sets too. `port` is that of all
    name servers.
    """

    def servers_of(zones: Sequence[DesiredZone]) -> list[Delegation]:
        found = find([zone.zone for zone in zones], resolvers=resolvers, port=port, stopped=stopped)
        return [_with(found[zone.zone], also) for zone in zones]

    return Asking(servers_of, _Clerk({}, stopped).ask)


def at_providers(
    providers: Mapping[str, Provider],
    *,
    resolvers: Sequence[Resolver] = (),
    also: Sequence[Resolver] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> Asking:
    """Ask the servers of the zones' providers, whatever the zones are delegated to.

    A provider is read where it has no server that could be asked, or where its servers refuse whoever has no key.
    """
    clerk = _Clerk(providers, stopped)

    def servers_of(zones: Sequence[DesiredZone]) -> list[Delegation]:
        asked: dict[str, list[Name]] = defaultdict(list)
        for zone in zones:
            asked[zone.provider].append(zone.zone)
        found = own_servers(asked, providers, resolvers=resolvers, stopped=stopped)
        made: list[Delegation] = []
        for zone in zones:
            own = found[zone.provider, zone.zone]
            if not own.servers and not own.trouble:
                own = replace(own, servers=(Server(zone.provider, None, Role.PROVIDER),))
            clerk.owners.update({(zone.zone, server): zone.provider for server in own.servers})
            made.append(_with(own, also))
        return made

    return Asking(servers_of, clerk.ask)


def _with(delegation: Delegation, also: Sequence[Resolver]) -> Delegation:
    if not delegation.servers:
        return delegation
    more = (Server(resolver.address, resolver, Role.RESOLVER) for resolver in dict.fromkeys(also))
    return replace(delegation, servers=(*delegation.servers, *more))


@dataclass(frozen=True, slots=True)
class _Clerk:
    """Asks each kind of server in its own way."""

    providers: Mapping[str, Provider]
    stopped: Callable[[], bool]
    owners: dict[tuple[Name, Server], str] = field(default_factory=dict)
    """The provider that a server belongs to, where a provider's own servers are asked."""

    def ask(self, inquiries: Sequence[Inquiry]) -> dict[Inquiry, Told]:
        by_role: dict[Role, list[Inquiry]] = defaultdict(list)
        for inquiry in inquiries:
            by_role[inquiry.server.role].append(inquiry)
        found: dict[Inquiry, Told] = {}
        if some := by_role[Role.AUTHORITY]:
            found |= ask(some, stopped=self.stopped)
        refused = [it for it, told in found.items() if told.kind is Kind.REFUSED]
        read = [*by_role[Role.PROVIDER], *(it for it in refused if (it.zone, it.server) in self.owners)]
        return found | self._resolve(by_role[Role.RESOLVER]) | self._read(read)

    def _resolve(self, inquiries: Iterable[Inquiry]) -> dict[Inquiry, Told]:
        by_server: dict[Server, list[Inquiry]] = defaultdict(list)
        for inquiry in inquiries:
            by_server[inquiry.server].append(inquiry)
        found: dict[Inquiry, Told] = {}
        for server, some in by_server.items():
            if server.at is not None:
                found |= ask_resolver(server.at, some, stopped=self.stopped)
        return found

    def _read(self, inquiries: Sequence[Inquiry]) -> dict[Inquiry, Told]:
        """Read the providers instead of asking a server."""
        owners: dict[tuple[str, Name], dict[Name, None]] = defaultdict(dict)
        for it in inquiries:
            owners[self.owners[it.zone, it.server], it.zone][it.owner] = None
        requests: dict[str, list[ZoneRequest]] = defaultdict(list)
        for (provider, zone), some in owners.items():
            requests[provider].append(ZoneRequest(zone, tuple(some)))
        seen = live.read(requests, self.providers, stopped=self.stopped).zones
        found: dict[Inquiry, Told] = {}
        for it in inquiries:
            result = seen[self.owners[it.zone, it.server], it.zone]
            reading = (
                Unreadable(result.message)
                if isinstance(result, ZoneFailure)
                else result.owners.get(it.owner, Unreadable("the provider gave no answer for it"))
            )
            found[it] = Told(it.server, it.owner, _kind(reading), reading)
        return found


def _kind(reading: OwnerReading) -> Kind:
    match reading:
        case Present():
            return Kind.SET
        case Absent():
            return Kind.NONE
        case Blocked(rule="MXL10"):
            return Kind.CUT
        case Blocked():
            return Kind.ALIAS
        case _:
            return Kind.FAILED
