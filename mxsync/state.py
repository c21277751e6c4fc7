"""What is wanted and what is there: the two inputs of a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mxsync.names import is_within
from mxsync.provider import ZoneRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mxsync.diagnostic import Place
    from mxsync.model import MXSet
    from mxsync.names import Name
    from mxsync.reading import ZoneFailure, ZoneReading


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an owner shall have."""

    set: MXSet | None
    """The set, or None for "no MX set"."""
    place: Place | None = None
    """Where the manifest says so."""


@dataclass(frozen=True, slots=True)
class DesiredZone:
    """What one provider shall serve in one zone."""

    provider: str
    """The name of the provider block."""
    zone: Name
    owners: Mapping[Name, Wanted]
    whole: bool = False
    """Whether every MX set of the zone is managed, so that an unnamed one is deleted."""
    by_order: bool = False
    """Whether a set that only numbers the same order in another way is as wanted."""
    place: Place | None = None
    waived: frozenset[tuple[str, Name | None]] = frozenset()
    """Rules about live data that are waived, with the owner; None for all owners."""
    only: frozenset[Name] | None = None
    """In a whole zone, the owners that deletions of unnamed sets are limited to; None: to nothing."""


@dataclass(frozen=True, slots=True)
class Desired:
    """All that a manifest wants."""

    zones: tuple[DesiredZone, ...]

    def requests(self) -> dict[str, list[ZoneRequest]]:
        """Give the questions that have to be asked, by provider block."""
        asked: dict[str, list[ZoneRequest]] = {}
        for zone in self.zones:
            sets = (wanted.set for wanted in zone.owners.values() if wanted.set)
            exchanges = {record.exchange for made in sets for record in made.records}
            hosts = tuple(sorted(name for name in exchanges if is_within(name, zone.zone)))
            vacated = frozenset(owner for owner, wanted in zone.owners.items() if wanted.set is None)
            request = ZoneRequest(zone.zone, tuple(zone.owners), hosts, every=zone.whole, vacated=vacated)
            asked.setdefault(zone.provider, []).append(request)
        return asked


@dataclass(frozen=True, slots=True)
class Live:
    """All that the providers showed."""

    zones: Mapping[tuple[str, Name], ZoneReading | ZoneFailure]
    """By provider block and zone."""
