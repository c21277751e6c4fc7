"""A change of one MX set, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mxsync.model import MXSet
    from mxsync.names import Name
    from mxsync.reading import OwnerReading


class Action(StrEnum):
    """What a change does to the set of its owner."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Change:
    """A compare-and-swap of one owner's MX set: from exactly `before` to exactly `after`.

    `None` means that the owner has no MX set. The two always differ.
    """

    owner: Name
    before: MXSet | None
    """What was seen and must still be there, TTL included."""
    after: MXSet | None
    """What shall be there."""

    def __post_init__(self) -> None:
        if self.before == self.after:
            raise ValueError(f"no change at {self.owner}: before and after are equal")

    @property
    def action(self) -> Action:
        """Whether the change creates, updates or deletes the set."""
        if self.before is None:
            return Action.CREATE
        return Action.UPDATE if self.after else Action.DELETE


class Outcome(StrEnum):
    """What came of a change."""

    APPLIED = "applied"
    """The set is what was wanted; a read has shown it."""
    CONFLICT = "conflict"
    """The set is neither what was seen before nor what is wanted; it was left alone."""
    BLOCKED = "blocked"
    """The owner or zone is in a state in which no MX set may be written; nothing was changed."""
    FAILED = "failed"
    """It did not work, and nothing was changed, for sure; unless `found` shows what was, as where a server
    limits TTLs."""
    UNKNOWN = "unknown"
    """A write was sent; whether it took effect is not known."""
    ALREADY = "already"
    """The set was as wanted before anything was sent. Only the engine says this."""
    SKIPPED = "skipped"
    """Nothing was sent, for a reason that lies elsewhere. Only the engine says this."""


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """A provider's answer to one change of a batch."""

    zone: Name
    owner: Name
    outcome: Outcome
    message: str = ""
    """For everything but `applied`: why, in one line, with what to do."""
    found: OwnerReading | None = None
    """What a read showed after the last write, where the provider read; None where it did not."""
    final: bool = False
    """Whether no reading can tell more, and no second try help: the engine takes the outcome as it is."""
