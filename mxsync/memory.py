"""A provider whose zones live in memory: a real backend for tests and for trying plug-ins out.

It keeps the whole contract, compare-and-swap included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from mxsync.change import ChangeOutcome, Outcome
from mxsync.names import is_within
from mxsync.reading import Absent, Present, ZoneFailure, ZoneReading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mxsync.change import Change
    from mxsync.model import MXSet
    from mxsync.names import Name
    from mxsync.provider import ZoneBatch, ZoneRequest
    from mxsync.reading import OwnerReading

NEGATIVE_TTL = 300
"""What the zones of this backend give as their negative TTL, in seconds."""


@dataclass(slots=True)
class MemoryProvider:
    """Serves the zones in `zones`, each a mapping from owner to MX set."""

    zones: dict[Name, dict[Name, MXSet]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
        """Read zones."""
        for request in requests:
            with self._lock:
                if request.zone not in self.zones:
                    yield ZoneFailure(request.zone, f"there is no zone {request.zone}")
                    continue
                sets = dict(self.zones[request.zone])
            wanted: dict[Name, OwnerReading] = dict.fromkeys(request.owners, Absent(NEGATIVE_TTL))
            present = {owner: Present(kept) for owner, kept in sets.items()}
            yield ZoneReading(request.zone, f"memory:{id(self)}/{request.zone}", wanted | present)

    def list_zones(self) -> Iterator[Name]:
        """Give all zones."""
        with self._lock:
            return iter(tuple(self.zones))

    def write(self, batches: Iterable[ZoneBatch]) -> Iterator[ChangeOutcome]:
        """Make changes, each on its own."""
        for batch in batches:
            for change in batch.changes:
                yield self._swap(batch.zone, change)

    def _swap(self, zone: Name, change: Change) -> ChangeOutcome:
        with self._lock:
            sets = self.zones.get(zone)
            if sets is None or not is_within(change.owner, zone):
                reason = f"there is no zone {zone}" if sets is None else f"it lies outside of {zone}"
                return ChangeOutcome(zone, change.owner, Outcome.FAILED, reason)
            held = sets.get(change.owner)
            found = Present(held) if held else Absent(NEGATIVE_TTL)
            if held != change.before:
                message = "the set is not what it was; plan again"
                return ChangeOutcome(zone, change.owner, Outcome.CONFLICT, message, found)
            if change.after is None:
                del sets[change.owner]
                return ChangeOutcome(zone, change.owner, Outcome.APPLIED, found=Absent(NEGATIVE_TTL))
            sets[change.owner] = change.after
            return ChangeOutcome(zone, change.owner, Outcome.APPLIED, found=Present(change.after))
