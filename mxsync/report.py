"""What came of an apply, set by set. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from mxsync.change import Outcome
from mxsync.reading import Absent, Present, set_of

if TYPE_CHECKING:
    from mxsync.change import Change
    from mxsync.names import Name
    from mxsync.reading import OwnerReading


SUCCESS = frozenset({Outcome.APPLIED, Outcome.ALREADY})
"""The outcomes after which a set is as wanted."""


class ExitCode(IntEnum):
    """What the process says to its caller."""

    DONE = 0
    FAILED = 1
    """It failed, and nothing was applied; for a plan: not everything could be planned."""
    PENDING = 2
    """There are changes to make; only where asked for."""
    REFUSED = 3
    """The manifest is invalid, or a rule or guard refused it."""
    CONFLICT = 4
    """Some sets had been changed by somebody else; everything else was applied."""
    PARTIAL = 5
    """Some sets were applied, and something failed or is unknown, blocked or diverged."""
    UNVERIFIED = 6
    """Not every name server answers what is wanted."""
    USAGE = 64
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one planned change, or of a set or zone that could not be planned."""

    provider: str
    zone: Name
    owner: Name | None
    """None for a zone that could not be read."""
    outcome: Outcome
    change: Change | None
    """None where nothing could be planned."""
    found: OwnerReading | None = None
    """What was seen last, where anything was seen."""
    message: str = ""
    cached_for: int | None = None
    """For how many seconds caches may keep the old answer, where that is known."""
    owners: tuple[Name, ...] = ()
    """Of a zone that could not be read: the owners in it that are managed."""

    @property
    def half_done(self) -> bool:
        """Whether a failed change has left another set than the one before, as where a server cut a TTL."""
        return (
            self.outcome is Outcome.FAILED
            and self.change is not None
            and isinstance(self.found, Present | Absent)
            and set_of(self.found) != self.change.before
        )


@dataclass(frozen=True, slots=True)
class Report:
    """Exactly one result for every change and trouble of the plan, in the plan's order."""

    results: tuple[Result, ...]
    interrupted: bool = False
    """Whether a signal ended the run before all was sent."""
    halted: str = ""
    """Why else the run ended before all was sent, in a few words; empty if it did not."""
    run: str | None = None
    """What the run is called in the journal, if it is in one."""

    @property
    def diverged(self) -> tuple[tuple[Name, Name], ...]:
        """The (zone, owner) that were to be alike at several providers and now are not."""
        outcomes: dict[tuple[Name, Name], set[bool]] = defaultdict(set)
        for result in self.results:
            for owner in result.owners if result.owner is None else (result.owner,):
                outcomes[result.zone, owner].add(result.outcome in SUCCESS)
        applied = {
            (result.zone, result.owner) for result in self.results if result.outcome is Outcome.APPLIED
        }
        return tuple(key for key, seen in outcomes.items() if len(seen) > 1 and key in applied)

    @property
    def changed(self) -> bool:
        """Whether anything was changed, or may have been."""
        outcomes = {result.outcome for result in self.results}
        return bool(outcomes & {Outcome.APPLIED, Outcome.UNKNOWN}) or any(it.half_done for it in self.results)

    def count(self, outcome: Outcome) -> int:
        """Give the number of results with this outcome."""
        return sum(result.outcome is outcome for result in self.results)

    @property
    def exit_code(self) -> ExitCode:
        """Sum the results up for the caller of the process."""
        seen = {result.outcome for result in self.results}
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if Outcome.UNKNOWN in seen or self.diverged or (self.halted and Outcome.APPLIED in seen):
            return ExitCode.PARTIAL
        if seen & {Outcome.FAILED, Outcome.BLOCKED}:
            changed = Outcome.APPLIED in seen or any(result.half_done for result in self.results)
            return ExitCode.PARTIAL if changed else ExitCode.FAILED
        if self.halted and Outcome.CONFLICT not in seen:
            return ExitCode.FAILED if Outcome.SKIPPED in seen else ExitCode.DONE
        if seen & {Outcome.CONFLICT, Outcome.SKIPPED}:
            return ExitCode.CONFLICT
        return ExitCode.DONE
