"""Puts side by side what each provider has and what the delegated name servers answer, owner by owner. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mxsync.authority.ask import Inquiry
from mxsync.authority.match import mismatches
from mxsync.authority.servers import Kind
from mxsync.reading import Absent, Blocked, Unreadable, ZoneFailure, set_of
from mxsync.report import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mxsync.authority.servers import Delegation, Told
    from mxsync.names import Name
    from mxsync.reading import OwnerReading
    from mxsync.state import Desired, Live


@dataclass(frozen=True, slots=True)
class OwnerSides:
    """One owner, from all sides."""

    owner: Name
    providers: Mapping[str, OwnerReading]
    """By provider block, in the order of the manifest."""
    told: tuple[Told, ...]
    """What the delegated name servers answered."""

    @property
    def readings(self) -> tuple[OwnerReading, ...]:
        """All that was seen; servers that this machine has no way to have shown nothing."""
        asked = (told.reading for told in self.told if told.kind is not Kind.UNASKED)
        return (*self.providers.values(), *asked)

    @property
    def unreadable(self) -> bool:
        """Whether a side could not be read."""
        return any(isinstance(reading, Unreadable) for reading in self.readings)

    @property
    def alike(self) -> bool:
        """Whether all sides could be read, and show the same set with the same TTL, or all of them none."""
        return not self.unreadable and len({_essence(reading) for reading in self.readings}) == 1


@dataclass(frozen=True, slots=True)
class ZoneSides:
    """One zone, from all sides."""

    zone: Name
    delegation: Delegation
    own: Mapping[str, Delegation]
    """By provider block, the name servers that it has itself for the zone."""
    notes: tuple[str, ...]
    """What does not fit in the delegation, each in one line."""
    owners: tuple[OwnerSides, ...]

    @property
    def alike(self) -> bool:
        """Whether all owners are alike, and the delegation fits."""
        return not self.notes and not self.delegation.trouble and all(owner.alike for owner in self.owners)

    @property
    def unreadable(self) -> bool:
        """Whether a side could not be read, or it is not known whom to ask."""
        return self.lost or any(owner.unreadable for owner in self.owners)

    @property
    def lost(self) -> bool:
        """Whether nobody knows which name servers there are, or none of them has an address."""
        return bool(self.delegation.trouble) and not self.delegation.undelegated


@dataclass(frozen=True, slots=True)
class Comparison:
    """All zones, in the order of the manifest."""

    zones: tuple[ZoneSides, ...]
    interrupted: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """Sum it up for the caller of the process."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if any(zone.unreadable for zone in self.zones):
            return ExitCode.FAILED
        return ExitCode.DONE if all(zone.alike for zone in self.zones) else ExitCode.PENDING


def inquiries(desired: Desired, live: Live, delegations: Mapping[Name, Delegation]) -> list[Inquiry]:
    """Give the questions that the delegated name servers have to be asked."""
    vacant: dict[tuple[Name, Name], bool] = defaultdict(bool)
    for zone in desired.zones:
        for owner in zone.owners:
            vacant[zone.zone, owner] |= isinstance(_reading(live, zone.provider, zone.zone, owner), Absent)
    return [
        Inquiry(zone, owner, server, nothing)
        for (zone, owner), nothing in vacant.items()
        for server in delegations[zone].servers
    ]


def compare(
    desired: Desired,
    live: Live,
    delegations: Mapping[Name, Delegation],
    own: Mapping[tuple[str, Name], Delegation],
    answers: Mapping[Inquiry, Told],
) -> Comparison:
    """Put everything side by side; `own` has the providers' name servers by block and zone."""
    told: dict[tuple[Name, Name], list[Told]] = defaultdict(list)
    for inquiry, each in answers.items():
        told[inquiry.zone, inquiry.owner].append(each)
    sides: dict[Name, dict[Name, dict[str, OwnerReading]]] = defaultdict(lambda: defaultdict(dict))
    for zone in desired.zones:
        for owner in zone.owners:
            sides[zone.zone][owner][zone.provider] = _reading(live, zone.provider, zone.zone, owner)
    zones = []
    for name, owners in sides.items():
        delegation = delegations[name]
        ours = {zone.provider: own[zone.provider, name] for zone in desired.zones if zone.zone == name}
        zones.append(
            ZoneSides(
                name,
                delegation,
                ours,
                (*delegation.notes, *mismatches(delegation, ours)),
                tuple(
                    OwnerSides(owner, readings, tuple(told[name, owner]))
                    for owner, readings in owners.items()
                ),
            )
        )
    return Comparison(tuple(zones))


def groups(told: Sequence[Told]) -> list[tuple[OwnerReading, list[Told]]]:
    """Put together the answers that are the same."""
    found: dict[object, tuple[OwnerReading, list[Told]]] = {}
    for each in told:
        reading = each.reading
        key = reading.message if isinstance(reading, Unreadable) else _essence(reading)
        found.setdefault((each.kind, key), (reading, []))[1].append(each)
    return list(found.values())


def _essence(reading: OwnerReading) -> object:
    """Give what makes two readings the same: the set, or why there can be none."""
    if isinstance(reading, Blocked):
        # A provider and a name server have different words for it.
        return (reading.vacant, reading.rule)
    return set_of(reading)


def _reading(live: Live, provider: str, zone: Name, owner: Name) -> OwnerReading:
    nothing = Unreadable("the provider gave no answer for it")
    result = live.zones.get((provider, zone))
    if result is None:
        return nothing
    if isinstance(result, ZoneFailure):
        return Unreadable(result.message)
    return result.owners.get(owner, nothing)
