"""What servers answered about all that is wanted, and whether that is right. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mxsync.authority.servers import Kind, Role
from mxsync.diff import is_wanted
from mxsync.reading import Present, Unreadable
from mxsync.report import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mxsync.authority.servers import Delegation, Told
    from mxsync.model import MXSet
    from mxsync.names import Name
    from mxsync.state import Desired, DesiredZone


@dataclass(frozen=True, slots=True)
class OwnerAnswers:
    """What all servers of its zone answered about an owner."""

    owner: Name
    wanted: MXSet | None
    right: tuple[Told, ...]
    """The answers that are as wanted."""
    wrong: tuple[Told, ...]
    """All others, and those that are missing."""
    unasked: tuple[Told, ...]
    """The addresses to which this machine has no way, of servers that others of their addresses stand for."""
    seen_wrong: datetime | None = None
    """When a name server last gave another answer, if that was during this run."""
    clean: datetime | None = None
    """From when on no cache holds an older set any more, where that is known."""

    @property
    def verified(self) -> bool:
        """Whether every server answers what is wanted."""
        return bool(self.right) and not self.wrong

    @property
    def served(self) -> bool:
        """Whether every name server does; resolvers may still keep something else."""
        return bool(self.right) and all(told.server.role is Role.RESOLVER for told in self.wrong)


@dataclass(frozen=True, slots=True)
class ZoneAnswers:
    """What came of a zone."""

    desired: DesiredZone
    delegation: Delegation
    owners: tuple[OwnerAnswers, ...]
    """None of them where no server could be asked."""

    @property
    def verified(self) -> bool:
        """Whether all of its owners are."""
        return not self.delegation.trouble and all(each.verified for each in self.owners)


@dataclass(frozen=True, slots=True)
class Verification:
    """What came of all zones, in the order of the manifest."""

    zones: tuple[ZoneAnswers, ...]
    at: datetime
    """When the last answers came."""
    interrupted: bool = False

    @property
    def verified(self) -> bool:
        """Whether every name server of every zone answers what is wanted."""
        return all(zone.verified for zone in self.zones)

    @property
    def exit_code(self) -> ExitCode:
        """Sum it up for the caller of the process."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        return ExitCode.DONE if self.verified else ExitCode.UNVERIFIED

    @property
    def trouble(self) -> str:
        """Say in one line what is not as wanted first, and how much more there is; nothing if all is right."""
        said = [line for zone in self.zones for line in _troubles(zone)]
        more = f" (and {len(said) - 1} more)" if len(said) > 1 else ""
        return f"{said[0]}{more}" if said else ""


def by_zone(desired: Desired) -> tuple[DesiredZone, ...]:
    """Give each zone once, with all its owners, whoever provides it: for who asks, it is one zone."""
    found: dict[Name, DesiredZone] = {}
    for zone in desired.zones:
        known = found.setdefault(zone.zone, zone)
        found[zone.zone] = replace(
            known, owners={**zone.owners, **known.owners}, waived=known.waived | zone.waived
        )
    return tuple(found.values())


def judge(desired: DesiredZone, delegation: Delegation, told: Sequence[Told]) -> ZoneAnswers:
    """Hold all answers of a zone's servers against what is wanted."""
    by_owner: dict[Name, list[Told]] = defaultdict(list)
    for each in told:
        by_owner[each.owner].append(each)
    owners = []
    for owner, wanted in desired.owners.items():
        answers = by_owner[owner]
        heard = {it.server.name for it in answers if it.kind is not Kind.UNASKED}
        spared = [it for it in answers if it.kind is Kind.UNASKED and it.server.name in heard]
        right = [it for it in answers if is_right(it, wanted.set, by_order=desired.by_order)]
        wrong = [it for it in answers if it not in right and it not in spared]
        owners.append(OwnerAnswers(owner, wanted.set, tuple(right), tuple(wrong), tuple(spared)))
    return ZoneAnswers(desired, delegation, tuple(owners) if delegation.servers else ())


def is_right(told: Told, wanted: MXSet | None, *, by_order: bool) -> bool:
    """Say whether an answer is what is wanted. A resolver's TTL counts down: it may be less, and not more."""
    reading = told.reading
    if isinstance(reading, Unreadable):
        return False
    if told.server.role is Role.RESOLVER and isinstance(reading, Present) and wanted is not None:
        reading = replace(reading, set=replace(reading.set, ttl=max(reading.set.ttl, wanted.ttl)))
    return is_wanted(reading, wanted, by_order=by_order)


def _troubles(zone: ZoneAnswers) -> list[str]:
    if zone.delegation.trouble:
        return [f"{zone.desired.zone}: {zone.delegation.trouble}"]
    return [
        f"{each.server} answers {each.summary} for {owner.owner}"
        for owner in zone.owners
        for each in owner.wrong
    ]
