"""Plans that are carried out over bad connections, and what became of the zones all the same."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import dns.query
import dns.rdatatype

from mxsync import names
from mxsync.apply import apply_plan
from mxsync.change import Change, Outcome
from mxsync.impact import impact
from mxsync.model import MX, MXSet
from mxsync.plan import Plan, PlannedChange
from support.sets import mx_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mxsync.change import ChangeOutcome
    from mxsync.names import Name
    from mxsync.provider import Provider, ZoneBatch, ZoneRequest
    from mxsync.reading import ZoneFailure, ZoneReading
    from mxsync.report import Report
    from support.nameserver import Key, Server

OFFICE = "office"
"""The name of the provider block."""
TIMEOUT = 0.5
"""What a provider waits for, in seconds."""
HUNG = 3 * TIMEOUT + 2
"""Seconds that none of its verbs may take: a bound for hanging, far above what is needed."""
ZONES = [names.parse(f"zone{number}.test.") for number in range(40)]
"""They share connections: what happens to one of them is nothing to the others."""
_unique = count()


def all_of(outcome: Outcome, *, less: Iterable[Name] = ()) -> dict[Name, set[Outcome]]:
    """Give what `Trial.check` gives when all went alike."""
    return {zone: {outcome} for zone in ZONES if zone not in set(less)}


class Held(NamedTuple):
    """What a zone holds."""

    serial: int
    sets: Mapping[Name, MXSet]


def held(server: Server, key: Key, zone: Name) -> Held:
    """Ask past mxsync what a zone holds, by a transfer."""
    serial = 0
    records: dict[Name, list[MX]] = defaultdict(list)
    ttls: dict[Name, int] = {}
    for message in dns.query.xfr(
        server.address, zone, port=server.port, keyring=key.keyring, relativize=False, lifetime=30
    ):
        for rrset in message.answer:
            owner = names.from_labels(rrset.name.labels[:-1])
            if rrset.rdtype == dns.rdatatype.SOA:
                serial = rrset[0].serial
            elif rrset.rdtype == dns.rdatatype.MX:
                records[owner] += [
                    MX(it.preference, names.from_labels(it.exchange.labels[:-1])) for it in rrset
                ]
                ttls[owner] = rrset.ttl
    return Held(serial, {owner: MXSet.of(ttls[owner], found) for owner, found in records.items()})


def next_changes(zone: Name, now: Held, owners: Iterable[str] = ("@", "a", "b")) -> list[Change]:
    """Give a change for each owner: to records never seen before; from there to none; or of the TTL alone."""
    found: list[Change] = []
    for number, text in enumerate(owners):
        owner = names.parse(text, zone)
        before = now.sets.get(owner)
        fresh = next(_unique)
        after: MXSet | None = mx_set(300 + fresh % 1000, f"10 n{fresh}.example.net.", "20 mx2.example.net.")
        if before and number % 3 == 1:
            after = None
        if before and number % 3 == 2:
            after = MXSet.of(before.ttl + 1, before.records)
        found.append(Change(owner, before, after))
    return found


def plan_of(changes: Mapping[Name, Iterable[Change]]) -> Plan:
    """Make a plan of changes, by zone."""
    planned = (
        PlannedChange(OFFICE, zone, change, impact(change), None)
        for zone, some in changes.items()
        for change in some
    )
    return Plan(tuple(planned), 0, (), (), ())


@dataclass
class Timed:
    """A provider whose verbs are timed."""

    provider: Provider
    longest: float = 0

    def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
        started = time.monotonic()
        yield from list(self.provider.read(requests))
        self.longest = max(self.longest, time.monotonic() - started)

    def write(self, batches: Iterable[ZoneBatch]) -> Iterator[ChangeOutcome]:
        started = time.monotonic()
        yield from list(self.provider.write(batches))
        self.longest = max(self.longest, time.monotonic() - started)


@dataclass
class Trial:
    """Zones of one server, read and changed through a provider that may meet trouble on its way."""

    server: Server
    key: Key
    zones: list[Name]
    before: dict[Name, Held] = field(init=False)
    changes: dict[Name, list[Change]] = field(init=False)

    def __post_init__(self) -> None:
        self.before = self.look()
        self.changes = {zone: next_changes(zone, now) for zone, now in self.before.items()}

    def look(self) -> dict[Name, Held]:
        return {zone: held(self.server, self.key, zone) for zone in self.zones}

    def apply(self, provider: Provider) -> tuple[Report, float]:
        """Carry the changes out; give the report, and how long the longest verb took in seconds."""
        timed = Timed(provider)
        report = apply_plan(plan_of(self.changes), {OFFICE: timed})
        return report, timed.longest

    def check(self, report: Report) -> dict[Name, set[Outcome]]:
        """Hold a report against what the zones hold now; give the outcomes by zone.

        Nothing is lost: what was reported is there, and nothing else changed. Nothing is doubled: a zone
        has no more new versions than sets that changed.
        """
        after = self.look()
        outcomes: dict[Name, set[Outcome]] = defaultdict(set)
        changed: dict[Name, int] = defaultdict(int)
        for result in report.results:
            assert result.owner is not None
            assert result.change is not None
            assert "\n" not in result.message
            was, now = (found[result.zone].sets.get(result.owner) for found in (self.before, after))
            outcomes[result.zone].add(result.outcome)
            changed[result.zone] += now != was
            match result.outcome:
                case Outcome.APPLIED | Outcome.ALREADY:
                    assert now == result.change.after, result
                case Outcome.UNKNOWN:
                    assert now in {was, result.change.after}, result
                case _:
                    assert now == was, result
        assert sum(len(some) for some in self.changes.values()) == len(report.results)
        for zone in self.zones:
            versions = after[zone].serial - self.before[zone].serial
            assert versions <= changed[zone], "a change was made twice"
            assert bool(versions) == bool(changed[zone])
            others = {owner for owner, _ in after[zone].sets.items()} - {
                it.owner for it in self.changes[zone]
            }
            assert all(after[zone].sets[owner] == self.before[zone].sets.get(owner) for owner in others)
        return outcomes
