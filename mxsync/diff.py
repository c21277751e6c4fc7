"""The difference between what a zone shall have and what it has. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mxsync.change import Change
from mxsync.reading import Absent, Blocked, Present, Unreadable, set_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mxsync.model import MXSet
    from mxsync.names import Name
    from mxsync.reading import OwnerReading
    from mxsync.state import DesiredZone


@dataclass(frozen=True, slots=True)
class ZoneDiff:
    """What has to be done in one zone, and what cannot be."""

    changes: tuple[Change, ...]
    """In the order of the manifest; deletions of unnamed sets last."""
    unchanged: tuple[Name, ...]
    blocked: Mapping[Name, str]
    """Owners that cannot be written now, with the reason."""
    unreadable: Mapping[Name, str]
    """Owners of which nothing is known, with the reason."""
    unmanaged: Mapping[Name, MXSet]
    """Sets that are there, are not named, and stay."""


def diff(desired: DesiredZone, seen: Mapping[Name, OwnerReading]) -> ZoneDiff:
    """Compare the owners of a zone; an owner without a reading counts as unreadable."""
    changes: list[Change] = []
    unchanged: list[Name] = []
    blocked: dict[Name, str] = {}
    unreadable: dict[Name, str] = {}
    unmanaged: dict[Name, MXSet] = {}

    def compare(owner: Name, reading: OwnerReading, after: MXSet | None) -> None:
        if isinstance(reading, Unreadable):
            unreadable[owner] = reading.message
        elif is_wanted(reading, after, by_order=desired.by_order):
            unchanged.append(owner)
        elif obstacle := _obstacle(reading):
            blocked[owner] = obstacle
        else:
            changes.append(Change(owner, set_of(reading), after))

    for owner, wanted in desired.owners.items():
        compare(owner, seen.get(owner, Unreadable("the provider gave no answer for it")), wanted.set)
    for owner in sorted(seen.keys() - desired.owners.keys()):
        reading = seen[owner]
        if desired.only is not None and owner not in desired.only:
            continue
        if desired.whole:
            compare(owner, reading, None)
        elif isinstance(reading, Present):
            unmanaged[owner] = reading.set
    return ZoneDiff(tuple(changes), tuple(unchanged), blocked, unreadable, unmanaged)


def is_wanted(reading: Present | Absent | Blocked, after: MXSet | None, *, by_order: bool) -> bool:
    """Say whether what was seen is what shall be; `by_order`, other numbers in the same order are as good."""
    if isinstance(reading, Blocked):
        return reading.vacant and after is None
    live = set_of(reading)
    if by_order and live is not None and after is not None:
        return live.ttl == after.ttl and live.tiers == after.tiers
    return live == after


def _obstacle(reading: Present | Absent | Blocked) -> str:
    return reading.reason if isinstance(reading, Blocked) else reading.fixed
