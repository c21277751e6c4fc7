"""How a plan is to be carried out, and who wants to hear about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mxsync.apply.waves import Share
    from mxsync.plan import PlannedChange
    from mxsync.report import Result


@dataclass(frozen=True, slots=True)
class How:
    """What the person who applies a plan has asked for."""

    independent: bool = False
    """Send what can be sent of an owner that is kept alike at several providers."""
    fail_fast: bool = False
    """Start no more writes once a change did not work."""
    all_or_nothing: bool = False
    """Send nothing if any set is not as planned when everything is read again, or could not be planned."""
    waves: tuple[Share, ...] = ()
    """How much shall be done at the end of each wave; none: all in one."""


class Watcher(Protocol):
    """Hears what an apply is about to do and what came of it. One call at a time, from any thread."""

    def intends(self, changes: Sequence[PlannedChange]) -> None:
        """Hear of changes before they are sent, each time. Raises JournalError: they must not be sent."""
        ...

    def settled(self, result: Result) -> None:
        """Hear what came of a change; again if a later reading shows it otherwise. Raises nothing."""
        ...
