"""What was read of a zone, sorted into what a manifest can hold and what it cannot. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mxsync import names
from mxsync.diagnostic import Severity
from mxsync.errors import InvalidName
from mxsync.manifest.owners import owner_name, zone_name
from mxsync.manifest.schema import MAX_TTL
from mxsync.reading import Absent, Blocked, Present
from mxsync.render.words import mx_set
from mxsync.rules.checks import check_exchange, check_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mxsync.model import MXSet
    from mxsync.names import Name
    from mxsync.reading import OwnerReading, ZoneReading
    from mxsync.rules.checks import Problem


@dataclass(frozen=True, slots=True)
class Kept:
    """A set that the manifest is to hold."""

    owner: Name
    key: str
    """The owner as the manifest writes it, in the zone."""
    set: MXSet
    waive: tuple[str, ...] = ()
    """Rules that it breaks and that a manifest may waive."""
    note: str = ""
    """What is worth knowing about it, in one line."""


@dataclass(frozen=True, slots=True)
class Left:
    """An owner that the manifest cannot hold."""

    owner: Name
    key: str
    reason: str
    """Why, in one line, and what the owner has where that is known."""
    unread: bool = False
    """Whether the owner could not be read, and another time it may be."""


@dataclass(frozen=True, slots=True)
class FoundZone:
    """A zone, with all owners in the order of the manifest: the apex first, then by name."""

    zone: Name
    key: str
    """The zone as the manifest writes it."""
    owners: tuple[Kept | Left, ...]

    @property
    def kept(self) -> tuple[Kept, ...]:
        """The sets that the manifest is to hold."""
        return tuple(each for each in self.owners if isinstance(each, Kept))

    @property
    def left(self) -> tuple[Left, ...]:
        """The owners that it cannot hold."""
        return tuple(each for each in self.owners if isinstance(each, Left))


def sort_out(reading: ZoneReading, owners: Iterable[Name] | None = None) -> FoundZone:
    """Say what of a zone a manifest can hold; only of `owners`, if they are given."""
    zone = reading.zone
    key = _zone_key(zone)
    wanted = reading.owners.keys() if owners is None else owners
    ordered = sorted(dict.fromkeys(wanted), key=lambda owner: (owner != zone, owner))
    found = (_owner(zone, owner, reading.owners[owner], spoken=key is not None) for owner in ordered)
    return FoundZone(zone, key or zone, tuple(each for each in found if each))


def _zone_key(zone: Name) -> str | None:
    """Write a zone's name without the last dot; None if no manifest can hold it."""
    text = zone.removesuffix(".") or zone
    try:
        return text if zone_name(text) == zone else None
    except InvalidName:
        return None


def _owner_key(owner: Name, zone: Name) -> tuple[str, str]:
    """Write an owner as its zone's key; also say what is wrong with it, if no manifest can hold it."""
    fault = f"MX004: {owner} lies outside of the zone"
    for text in (names.relative(owner, zone), owner):
        try:
            if owner_name(text, zone) == owner:
                return text, ""
        except InvalidName as error:
            fault = f"MX004: {error}"
    return owner, fault


def _owner(zone: Name, owner: Name, reading: OwnerReading, *, spoken: bool) -> Kept | Left | None:
    key, fault = _owner_key(owner, zone)
    match reading:
        case Absent():
            return None
        case Present(made, fixed=fixed):
            waive: tuple[str, ...] = ()
            if not fault and not spoken:
                fault = f"MX004: a manifest cannot name the zone {zone}"
            if not fault:
                fault, waive = _fault(made, zone)
            if fault:
                return Left(owner, key, f"{fault}; it has {mx_set(made)}")
            return Kept(owner, key, made, waive, f"it cannot be changed here: {fixed}" if fixed else "")
        case Blocked(reason):
            return Left(owner, key, reason)
        case _:
            return Left(owner, key, reading.message, unread=True)


def _fault(made: MXSet, zone: Name) -> tuple[str, tuple[str, ...]]:
    """Say why a manifest cannot hold a set, if so, and which rules have to be waived for it."""
    waive: dict[str, None] = {}
    for problem in _problems(made, zone):
        if problem.severity is not Severity.ERROR:
            continue
        if not problem.waivable:
            return f"{problem.rule}: {problem.message}", ()
        waive[problem.rule] = None
    if made.ttl > MAX_TTL:
        return f"MX013: the TTL is above {MAX_TTL} seconds", ()
    return "", tuple(waive)


def _problems(made: MXSet, zone: Name) -> Iterator[Problem]:
    yield from check_records(made.records)
    for record in made.records:
        yield from check_exchange(record.exchange, record.exchange, zone)
