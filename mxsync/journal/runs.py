"""What a journal holds of runs. Plain data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mxsync.change import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from mxsync.change import Change
    from mxsync.documents.models import BeginEvent, EndEvent
    from mxsync.model import MXSet
    from mxsync.names import Name


SUFFIX = ".jsonl"
"""How the file of a run ends."""


@dataclass(frozen=True, slots=True)
class Record:
    """What the journal holds of one change."""

    provider: str
    zone: Name
    change: Change
    sent: bool
    """Whether it may have been sent."""
    outcome: Outcome | None
    """None where the run was broken off before that was known."""
    found: MXSet | None = None
    """With `seen`: the set that was seen last."""
    seen: bool = False
    message: str = ""
    time: str = ""
    """When it was written down last, in UTC."""

    @property
    def may_stand(self) -> bool:
        """Whether the change took effect, or may have."""
        if self.outcome is Outcome.FAILED:
            return self.sent and self.seen and self.found != self.change.before
        return self.sent and self.outcome in {Outcome.APPLIED, Outcome.UNKNOWN, None}

    @property
    def left(self) -> MXSet | None:
        """What the run has left there, as far as it knew."""
        return self.found if self.outcome is Outcome.FAILED else self.change.after


@dataclass(frozen=True, slots=True)
class Run:
    """A run, as far as it went."""

    path: Path
    head: BeginEvent
    end: EndEvent | None
    records: tuple[Record, ...]

    @property
    def name(self) -> str:
        """What the run is called: as its file, however that got there."""
        return self.path.name.removesuffix(SUFFIX)

    @property
    def state(self) -> Literal["done", "interrupted", "broken off"]:
        """How it ended; one that goes on just now looks broken off."""
        if self.end is None:
            return "broken off"
        return "interrupted" if self.end.interrupted else "done"

    @property
    def summary(self) -> dict[str, int]:
        """How many changes came to what; `unknown` counts those too of which no outcome was written."""
        found = Counter(record.outcome or Outcome.UNKNOWN for record in self.records)
        return {str(outcome): found[outcome] for outcome in Outcome if found[outcome]}


def by_zone(records: Iterable[Record]) -> Mapping[tuple[str, Name], list[Record]]:
    """Group records by provider and zone, in order."""
    grouped: dict[tuple[str, Name], list[Record]] = {}
    for record in records:
        grouped.setdefault((record.provider, record.zone), []).append(record)
    return grouped
