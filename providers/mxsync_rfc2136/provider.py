"""The two verbs of the provider contract, and which server is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from mxsync.change import ChangeOutcome, Outcome
from mxsync.diagnostic import Severity
from mxsync.names import Name
from mxsync.provider import Check, ZoneRequest, ZoneServers, in_threads
from mxsync.reading import Absent, OwnerReading, Present, Unreadable, ZoneFailure, ZoneReading
from mxsync_rfc2136 import transfer
from mxsync_rfc2136.address import ADDRESS, ask_address
from mxsync_rfc2136.lines import Pace, converse
from mxsync_rfc2136.message import Kind, NotSent, Soa, Trouble
from mxsync_rfc2136.read import read_owner
from mxsync_rfc2136.talk import Talk, attempt, given, together
from mxsync_rfc2136.write import write_zone
from mxsync_rfc2136.zone import check_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mxsync.provider import ZoneBatch
    from mxsync_rfc2136.server import Server

READING = Pace(courses=512)
"""One connection is enough: the server answers as quickly as we read."""
WRITING = Pace(lines=4, courses=64, window=4)
"""Some connections, for a server's disk is what writing waits for; more of them only cost threads, and
PowerDNS has 20 for everybody. Slowly at the start, for some servers take a second for one message."""
AT_ONCE = 8
"""How many zones are in work at once that need a connection each: for a transfer, or a primary of its own."""
MOST = 16
"""How many connections there are at most, whoever asks for more: PowerDNS takes 20, and others use it too."""

_Result = tuple[ZoneRequest, ZoneReading | ZoneFailure]
_Seen = tuple[ZoneRequest, Soa | Trouble | None, Mapping[Name, OwnerReading]]
"""What a server showed of a zone; no SOA record if it was not asked for."""


@dataclass(frozen=True, slots=True)
class Rfc2136Provider:
    """Reads by questions and writes by updates, signed or not."""

    servers: tuple[Server, ...]
    """Whom to ask, in turn."""
    primary: Server | None
    """Who takes the updates; None for the server that each zone's SOA record names."""
    named: Callable[[Name], Server]
    """Gives the server of the name in an SOA record."""
    writing: bool = False
    """Whether writes may follow: then only what the primary server says counts, for others lag behind."""
    strict: bool = False
    """Whether a write has the whole zone as its condition (`cas: soa`)."""
    stopping: Callable[[], bool] = lambda: False
    """Whether the run is to end: then no further server is asked."""
    lines: int = WRITING.lines
    """Connections for writing."""
    at_once: int = AT_ONCE
    """How many zones are in work at once that need a connection each."""
    _named: dict[Name, Server] = field(default_factory=dict)
    """Primary servers by their names in SOA records."""
    _primaries: dict[Name, Server] = field(default_factory=dict)
    """By zone, where the SOA record has been asked for."""

    def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
        """Read zones; one that a server cannot show is asked for at the next server."""
        if self.writing and self.primary is None:
            yield from in_threads(self._read_at_primary, requests, workers=self.at_once)
            return
        servers = [self.primary] if self.writing and self.primary else list(self.servers)
        waiting, reasons = requests, dict[ZoneRequest, list[str]]()
        parts: dict[ZoneRequest, ZoneReading] = {}
        for server in servers:
            failed: list[ZoneRequest] = []
            for request, result in self._read(server, waiting):
                if isinstance(result, ZoneFailure):
                    reasons.setdefault(request, []).append(result.message)
                elif any(isinstance(it, Unreadable) for it in result.owners.values()):
                    parts[request] = result
                else:
                    yield result
                    continue
                failed.append(request)
            waiting = failed
            if self.stopping():
                break
        for request in waiting:
            # Better in part than not at all.
            yield parts.get(request) or ZoneFailure(request.zone, "; ".join(dict.fromkeys(reasons[request])))

    def write(self, batches: Iterable[ZoneBatch]) -> Iterator[ChangeOutcome]:
        """Make changes, those of a zone in few messages."""
        if self.primary is None:
            yield from in_threads(self._write_at_primary, batches, workers=self.at_once)
            return
        primary = self.primary
        talks = (write_zone(primary, batch, strict=self.strict) for batch in batches)
        pace = replace(WRITING, lines=self.lines)
        for outcomes in converse(primary, talks, pace, finish=True):
            yield from outcomes

    def examine(self, requests: Iterable[ZoneRequest]) -> Iterator[Check]:
        """Look at every server, and at the right to write at the primary one."""
        from mxsync_rfc2136.examine import (  # noqa: PLC0415 - for `mxsync doctor` alone
            look_at_rights,
            look_at_server,
            look_at_transfer,
        )

        serials: dict[Name, int] = {}
        wanted = list(requests)
        for primary, members in self._by_primary(wanted):
            if isinstance(primary, Trouble):
                yield from (Check(it.zone, "server", Severity.ERROR, str(primary)) for it in members)
                continue
            unanswered: set[Name | None] = set()
            for check in look_at_server(primary, [it.zone for it in members], serials):
                yield check
                if check.severity is Severity.ERROR:
                    unanswered.add(check.zone)
            reached = [request for request in members if request.zone not in unanswered]
            yield from look_at_rights(primary, reached)
            yield from (look_at_transfer(primary, request.zone) for request in reached if request.every)
        for server in self.servers:
            if server is not self.primary:
                yield from look_at_server(server, [it.zone for it in wanted], serials)

    def name_servers(self, zones: Iterable[Name]) -> Iterator[ZoneServers]:
        """Give the servers of the block, which are asked for each zone what it is to be delegated to."""
        known = dict.fromkeys((*self.servers, *([self.primary] if self.primary else ())))
        plain = tuple(server.endpoint for server in known if server.tls is None)
        for zone in zones:
            yield ZoneServers(zone, tuple((endpoint.host, endpoint.port) for endpoint in plain))

    def _read(self, server: Server, requests: Iterable[ZoneRequest]) -> Iterator[_Result]:
        whole: list[ZoneRequest] = []

        def talks() -> Iterator[Talk[_Seen]]:
            for request in requests:
                if request.every:
                    whole.append(request)
                else:
                    asked = {owner: ask_address(owner) for owner in request.vacated}
                    yield self._read_zone(server, request, request.owners, asked)

        for seen in converse(server, talks(), READING):
            yield self._result(*seen)
        yield from in_threads(lambda request: self._read_whole(server, request), whole, workers=self.at_once)

    def _read_zone(
        self,
        server: Server,
        request: ZoneRequest,
        owners: Iterable[Name],
        addresses: Mapping[Name, Talk[bool | None]],
    ) -> Talk[_Seen]:
        zone, wanted = request.zone, tuple(owners)
        readings = yield from together(
            read_owner(server, zone, owner, address=addresses.get(owner)) for owner in wanted
        )
        # An answer for an owner tells its zone too. So the zone is asked for only if none was of use.
        useful = any(isinstance(reading, Present | Absent) for reading in readings)
        soa = None if useful and self.primary else (yield from attempt(check_zone(server, zone)))
        return request, soa, dict(zip(wanted, readings, strict=True))

    def _result(
        self, request: ZoneRequest, soa: Soa | Trouble | None, owners: Mapping[Name, OwnerReading]
    ) -> _Result:
        """Make a result of what was seen; may wait for the system to find an address."""
        zone = request.zone
        if isinstance(soa, Trouble):
            return request, ZoneFailure(zone, str(soa))
        try:
            primary = self.primary or self._primary_of(zone, cast("Soa", soa))
        except Trouble as error:
            return request, ZoneFailure(zone, str(error))
        return request, ZoneReading(zone, f"rfc2136:{primary.identity}/{zone}", owners)

    def _read_whole(self, server: Server, request: ZoneRequest) -> Iterator[_Result]:
        """Read a zone with all its MX sets."""
        refusal, owners = None, dict[Name, Talk[bool | None]]()
        try:
            found = transfer.owners(server, request.zone, Kind.MX, *ADDRESS)
        except Trouble as error:
            refusal = ZoneFailure(request.zone, str(error))
        else:
            there = frozenset[Name]().union(*(found[kind] for kind in ADDRESS))
            names = dict.fromkeys((*request.owners, *sorted(found[Kind.MX])))
            owners = {name: given(name in there) for name in names}
        talk = self._read_zone(server, request, owners, owners)
        for seen in converse(server, [talk]):
            _, result = self._result(*seen)
            # A zone that is not served there is not transferred either: then that is the reason.
            yield request, result if isinstance(result, ZoneFailure) or not refusal else refusal

    def _read_at_primary(self, request: ZoneRequest) -> Iterator[ZoneReading | ZoneFailure]:
        try:
            primary = self._find_primary(request.zone)
        except Trouble as error:
            yield ZoneFailure(request.zone, str(error))
            return
        for _, result in self._read(primary, [request]):
            if isinstance(result, ZoneFailure):
                advice = (
                    "the SOA record names this server as the primary one; give another one with 'primary'"
                )
                yield ZoneFailure(result.zone, f"{result.message} ({advice})")
            else:
                yield result

    def _write_at_primary(self, batch: ZoneBatch) -> Iterator[ChangeOutcome]:
        try:
            primary = self._find_primary(batch.zone)
        except Trouble as error:
            for change in batch.changes:
                yield ChangeOutcome(batch.zone, change.owner, Outcome.FAILED, f"not sent: {error}")
            return
        talk = write_zone(primary, batch, strict=self.strict)
        for outcomes in converse(primary, [talk], finish=True):
            yield from outcomes

    def _by_primary(self, requests: list[ZoneRequest]) -> list[tuple[Server | Trouble, list[ZoneRequest]]]:
        if self.primary:
            return [(self.primary, requests)]
        found: dict[Server | Trouble, list[ZoneRequest]] = {}
        for request in requests:
            try:
                primary: Server | Trouble = self._find_primary(request.zone)
            except Trouble as error:
                primary = error
            found.setdefault(primary, []).append(request)
        return list(found.items())

    def _find_primary(self, zone: Name) -> Server:
        """Ask for the zone's SOA record, once. Raises Trouble."""
        if zone in self._primaries:
            return self._primaries[zone]
        reasons: list[str] = []
        for server in self.servers:
            for soa in converse(server, [attempt(check_zone(server, zone))]):
                if not isinstance(soa, Trouble):
                    return self._primary_of(zone, soa)
                reasons.append(str(soa))
        raise NotSent("; ".join(reasons))

    def _primary_of(self, zone: Name, soa: Soa) -> Server:
        """Give the server that the SOA record names; the same one for zones that name the same.

        Raises Trouble.
        """
        try:
            server = self._named.get(soa.mname) or self._named.setdefault(soa.mname, self.named(soa.mname))
        except ValueError:
            raise NotSent(
                f"the SOA record of {zone} names '{soa.mname}' as the primary server, which is no host; "
                "name it with 'primary'"
            ) from None
        return self._primaries.setdefault(zone, server)
