"""The stages of a cutover: which set each owner has in each, and how long each must last. Pure.

A cache may go on giving an answer for as long as its TTL said when it was fetched (RFC 1035 §3.2.1), and an answer
that there is none for as long as the zone's negative TTL says (RFC 2308 §5). A stage therefore begins only when
every cache has let go of all that was served before the last one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from mxsync.model import MAX_PREFERENCE, MX, MXSet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.names import Name

STEP = 10
"""Between the preferences of the old hosts, behind the new ones."""
ROUNDING = 1
"""For how many seconds more than its TTL a cache that counts whole seconds may keep an answer."""
MAX_SECONDS = 2**31 - 1
"""The longest that anything of a cutover takes: the highest TTL (RFC 2181 §8)."""
MAX_RECORDS = 100
"""The most records of a set that every provider takes (MX024)."""


class Stage(StrEnum):
    """A stage of a cutover."""

    PLANNED = "planned"
    """The old set, as it was."""
    LOWERED = "lowered"
    """The old hosts, with a low TTL: caches will soon follow quickly."""
    BOTH = "both"
    """The new hosts first, and the old ones behind them."""
    SWITCHED = "switched"
    """The new hosts alone, still with a low TTL: there is a quick way back."""
    DONE = "done"
    """The set that the manifest wants."""
    ABORTED = "aborted"
    """The old set again."""


SLOW = (Stage.PLANNED, Stage.LOWERED, Stage.BOTH, Stage.SWITCHED, Stage.DONE)
SWAP = (Stage.PLANNED, Stage.LOWERED, Stage.SWITCHED, Stage.DONE)
"""At once, without a time in which both take mail."""


@dataclass(frozen=True, slots=True)
class Move:
    """What one owner has at one provider, and shall have."""

    provider: str
    zone: Name
    owner: Name
    old: MXSet | None
    new: MXSet
    negative_ttl: int | None = None
    """With `old` None: for how many seconds caches keep the answer that there is none, where it is known."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How a cutover goes about it."""

    low_ttl: int
    """The TTL while hosts change, in seconds."""
    soak: int
    """For how many seconds the new hosts take mail before the old ones go, or before the TTL is raised."""
    swap: bool = False


def stages(timing: Timing) -> tuple[Stage, ...]:
    """Give the stages in their order."""
    return SWAP if timing.swap else SLOW


def following(stage: Stage, timing: Timing) -> Stage | None:
    """Give the stage after one; None after the last, and after an abort."""
    order = stages(timing)
    if stage not in order or stage is order[-1]:
        return None
    return order[order.index(stage) + 1]


def set_in(move: Move, stage: Stage, timing: Timing) -> MXSet | None:
    """Give what an owner shall have in a stage; None for no set."""
    old, new = move.old, move.new
    match stage:
        case Stage.PLANNED | Stage.ABORTED:
            return old
        case Stage.LOWERED:
            return old and MXSet(min(old.ttl, timing.low_ttl), old.records)
        case Stage.BOTH:
            return MXSet.of(min(new.ttl, timing.low_ttl), _behind(old, new))
        case Stage.SWITCHED:
            return MXSet(min(new.ttl, timing.low_ttl), new.records)
        case Stage.DONE:
            return new


def wait_after(stage: Stage, moves: Iterable[Move], timing: Timing) -> int:
    """Give for how many seconds a stage must have been served everywhere before the next one begins.

    Of several owners and providers, the longest TTL counts.
    """
    match stage:
        case Stage.LOWERED:
            return max((move.old.ttl for move in moves if move.old), default=0)
        case Stage.BOTH:
            return max(timing.soak, timing.low_ttl, _none_kept(moves))
        case Stage.SWITCHED if timing.swap:
            return max(timing.soak, timing.low_ttl, _none_kept(moves))
        case Stage.SWITCHED:
            return timing.low_ttl
        case _:
            return 0


def lasts(stage: Stage, moves: Iterable[Move], timing: Timing) -> int:
    """Give the same in seconds by the clock, of which a cache may see only whole ones."""
    seconds = wait_after(stage, moves, timing)
    return seconds + ROUNDING if seconds else 0


def obstacle(move: Move, timing: Timing) -> str:
    """Say why an owner cannot be moved in these stages; empty if it can."""
    if move.new.is_null:
        return "it shall take no mail, which is no move: apply that without a cutover"
    if not timing.swap and len(_behind(move.old, move.new)) > MAX_RECORDS:
        return f"the old and the new set together have more than {MAX_RECORDS} records; use --swap"
    return ""


def _none_kept(moves: Iterable[Move]) -> int:
    """Give for how many seconds caches may still say of some owner that it has no set, once it has one.

    Nothing of a cutover can make that shorter, so the stage that gives it its first set lasts for so long.
    """
    return max((move.negative_ttl or 0 for move in moves if move.old is None), default=0)


def _behind(old: MXSet | None, new: MXSet) -> list[MX]:
    """Put the hosts of the old set behind those of the new one, in their order; a host of both stays in front.

    A null MX can stand beside no other record (RFC 7505 §3), so it has nothing to put behind.
    """
    taken = {record.exchange for record in new.records}
    tiers = () if old is None or old.is_null else tuple(tier - taken for tier in old.tiers)
    behind = [tier for tier in tiers if tier]
    front = list(new.records)
    if front[-1].preference + STEP * len(behind) > MAX_PREFERENCE:
        front = [
            MX(STEP * place, exchange) for place, tier in enumerate(new.tiers, 1) for exchange in sorted(tier)
        ]
    start = max(record.preference for record in front)
    return front + [
        MX(start + STEP * place, exchange)
        for place, tier in enumerate(behind, 1)
        for exchange in sorted(tier)
    ]
