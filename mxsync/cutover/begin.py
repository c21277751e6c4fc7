"""Makes a cutover of what a plan would change at once. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mxsync.cutover.stages import Move, Stage, obstacle
from mxsync.cutover.state import State
from mxsync.errors import CutoverError
from mxsync.impact import Impact

if TYPE_CHECKING:
    from datetime import datetime

    from mxsync.cutover.stages import Timing
    from mxsync.names import Name
    from mxsync.plan import Plan, PlannedChange

MOVING = frozenset({Impact.PRIMARY, Impact.BACKUP, Impact.FROM_NULL, Impact.CREATE})
"""The impacts that a cutover is for: some host takes mail that did not before."""


def begin(plan: Plan, timing: Timing, now: datetime) -> State:
    """Make a cutover of all changes of a plan that move mail to other hosts; the others are left to `apply`.

    Raises CutoverError: nothing moves, an owner cannot be moved in stages, is not alike at its providers, or
    something could not be read.
    """
    if plan.failed:
        first = plan.failed[0]
        raise CutoverError(
            f"{first.owner or first.zone} at provider '{first.provider}' could not be read: {first.reason}"
        )
    moves: list[Move] = []
    by_owner: dict[tuple[Name, Name], list[PlannedChange]] = defaultdict(list)
    for item in plan.changes:
        if item.impact in MOVING and item.change.after is not None:
            by_owner[item.zone, item.change.owner].append(item)
    _check_alike(plan, by_owner)
    for items in by_owner.values():
        for item in items:
            before, after = item.change.before, item.change.after
            assert after is not None  # noqa: S101 - looked at above
            negative = item.cached_for if before is None else None
            move = Move(item.provider, item.zone, item.change.owner, before, after, negative)
            if reason := obstacle(move, timing):
                raise CutoverError(f"{move.owner}: {reason}")
            moves.append(move)
    if not moves:
        raise CutoverError(
            "nothing moves: the manifest wants no other hosts than there are now; change the sets in it first"
        )
    return State(timing, tuple(moves), Stage.PLANNED, now)


def _check_alike(plan: Plan, by_owner: dict[tuple[Name, Name], list[PlannedChange]]) -> None:
    """Demand that an owner has the same hosts now at all its providers."""
    behind = [(each.zone, each.owner, each.provider) for each in plan.companions]
    behind += [
        (each.zone, owner, each.provider)
        for each in plan.blocked
        for owner in (each.owners if each.owner is None else (each.owner,))
    ]
    behind += [
        (item.zone, item.change.owner, item.provider) for item in plan.changes if item.impact not in MOVING
    ]
    for zone, owner, provider in behind:
        if (zone, owner) in by_owner:
            other = by_owner[zone, owner][0].provider
            raise CutoverError(
                f"{owner} is not alike now at providers '{other}' and '{provider}'; make it alike first"
            )
    for (_, owner), items in by_owner.items():
        first = items[0].change.before
        for item in items[1:]:
            before = item.change.before
            if (before and before.records) != (first and first.records):
                raise CutoverError(
                    f"{owner} is not alike now at providers '{items[0].provider}' and '{item.provider}'; "
                    "make it alike first"
                )
