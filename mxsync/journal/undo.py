"""The inverse of a run, as a plan. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.change import Change
from mxsync.impact import impact
from mxsync.journal.runs import by_zone
from mxsync.plan import Companion, Plan, PlannedChange, Trouble, reached_twice
from mxsync.provider import ZoneRequest
from mxsync.reading import Absent, Blocked, Present, Unreadable, ZoneFailure, set_of

if TYPE_CHECKING:
    from mxsync.journal.runs import Record, Run
    from mxsync.model import MXSet
    from mxsync.reading import OwnerReading
    from mxsync.state import Live


def undo_requests(run: Run) -> dict[str, list[ZoneRequest]]:
    """Give the questions that a rollback has to ask, by provider block."""
    asked: dict[str, list[ZoneRequest]] = {}
    for (provider, zone), records in by_zone(record for record in run.records if record.may_stand).items():
        owners = tuple(record.change.owner for record in records)
        vacated = frozenset(record.change.owner for record in records if record.change.before is None)
        asked.setdefault(provider, []).append(ZoneRequest(zone, owners, vacated=vacated))
    return asked


def make_undo(run: Run, live: Live) -> Plan:
    """Plan to put back what was there before a run, wherever what the run wrote is still there.

    A set that somebody changed since is blocked; one that is as it was before the run needs nothing.
    """
    changes: list[PlannedChange] = []
    alike: list[Companion] = []
    blocked: list[Trouble] = []
    failed: list[Trouble] = []
    shared = dict(reached_twice(live))
    for (provider, zone), records in by_zone(record for record in run.records if record.may_stand).items():
        reading = live.zones.get((provider, zone)) or ZoneFailure(zone, "the provider gave no answer for it")
        if (provider, zone) in shared:
            reading = ZoneFailure(zone, shared[provider, zone])
        if isinstance(reading, ZoneFailure):
            owners = tuple(record.change.owner for record in records)
            failed.append(Trouble(provider, zone, None, reading.message, owners))
            continue
        for record in records:
            owner, wanted = record.change.owner, record.change.before
            found = reading.owners.get(owner, Unreadable("the provider gave no answer for it"))
            if isinstance(found, Unreadable):
                failed.append(Trouble(provider, zone, owner, found.message))
            elif _shows(found, wanted):
                alike.append(Companion(provider, zone, owner, wanted))
            elif reason := _obstacle(record, found):
                blocked.append(Trouble(provider, zone, owner, reason))
            else:
                change = Change(owner, set_of(found), wanted)
                cached_for = (
                    change.before.ttl
                    if change.before
                    else found.negative_ttl
                    if isinstance(found, Absent)
                    else None
                )
                addressed = found.addressed if isinstance(found, Present) else None
                changes.append(PlannedChange(provider, zone, change, impact(change), cached_for, addressed))
    changed = {(item.zone, item.change.owner) for item in changes}
    companions = tuple(each for each in alike if (each.zone, each.owner) in changed)
    return Plan(tuple(changes), len(alike), tuple(blocked), tuple(failed), (), companions)


def _shows(found: OwnerReading, wanted: MXSet | None) -> bool:
    if isinstance(found, Blocked):
        return found.vacant and wanted is None
    return set_of(found) == wanted


def _obstacle(record: Record, found: OwnerReading) -> str:
    if isinstance(found, Blocked):
        return found.reason
    if set_of(found) != record.left:
        return "it was changed since that run, and stays; change it in the manifest"
    return found.fixed if isinstance(found, Present | Absent) else ""
