"""Waves: a part of the changes first, the rest once that part has proved itself. Pure."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.names import Name
    from mxsync.plan import PlannedChange

_SHARE = re.compile(r"([1-9][0-9]{0,8})(%?)")
_ALL = 100
"""Percent."""


@dataclass(frozen=True, slots=True)
class Share:
    """How much shall be done at the end of a wave: a number of owners, or percent of them."""

    number: int
    percent: bool = False

    def of(self, total: int) -> int:
        """Give how many of `total` owners that is: at least one, and never more than there are."""
        share = math.ceil(total * self.number / _ALL) if self.percent else self.number
        return min(max(share, 1), total)

    def __str__(self) -> str:
        return f"{self.number}{'%' * self.percent}"


def parse_waves(text: str) -> tuple[Share, ...]:
    """Read what `--waves` takes, such as `1,10%,100%`: how much is done at the end of each wave.

    Raises ValueError: no number or percentage, not rising, not ending in 100%.
    """
    shares: list[Share] = []
    for part in text.split(","):
        match = _SHARE.fullmatch(part.strip())
        if not match or (match[2] and int(match[1]) > _ALL):
            raise ValueError(f"{part.strip()!r} is neither a number of owners nor a percentage")
        share = Share(int(match[1]), bool(match[2]))
        if shares and shares[-1].percent is share.percent and share.number <= shares[-1].number:
            raise ValueError(f"{share} does not come to more than {shares[-1]}")
        if shares and shares[-1].percent and not share.percent:
            raise ValueError("numbers come first, then percentages")
        shares.append(share)
    if shares[-1] != Share(_ALL, percent=True):
        raise ValueError("the last wave must be 100%")
    return tuple(shares)


def waves_of(changes: Iterable[PlannedChange], shares: Iterable[Share]) -> list[frozenset[tuple[Name, Name]]]:
    """Give the (zone, owner) of each wave, in the order of the plan; waves that come to nothing are left out.

    An owner that is kept alike at several providers is in one wave. What the shares leave over is a last wave.
    """
    owners = list(dict.fromkeys((item.zone, item.change.owner) for item in changes))
    ends = [*(share.of(len(owners)) for share in shares), len(owners)]
    waves: list[frozenset[tuple[Name, Name]]] = []
    start = 0
    for end in ends:
        if end > start:
            waves.append(frozenset(owners[start:end]))
            start = end
    return waves
