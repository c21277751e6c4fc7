"""Decides what may be sent, by what was seen and what came of the rest."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mxsync.apply.run import key_of
from mxsync.change import Outcome
from mxsync.reading import Absent, Blocked, Present, Unreadable, set_of
from mxsync.report import SUCCESS, Result

if TYPE_CHECKING:
    from collections.abc import Collection

    from mxsync.apply.run import Run
    from mxsync.names import Name
    from mxsync.plan import PlannedChange


def screen(run: Run) -> None:
    """Close what needs no write or may not be written."""
    for item in run.plan.changes:
        change, found = item.change, run.seen[key_of(item)]
        match found:
            case Unreadable(message):
                run.close(item, Outcome.FAILED, f"nothing was sent: {message}")
            case Blocked(reason):
                run.close(item, Outcome.BLOCKED, reason, found)
            case _ if set_of(found) == change.after:
                run.close(item, Outcome.ALREADY, found=found)
            case Present(fixed=reason) | Absent(fixed=reason) if reason:
                run.close(item, Outcome.BLOCKED, reason, found)
            case _ if set_of(found) != change.before:
                run.close(item, Outcome.CONFLICT, "changed since the plan was made; plan again", found)
    for key, companion in run.companions.items():
        found = run.seen[key]
        vacant = isinstance(found, Blocked) and found.vacant and companion.set is None
        if not vacant and (not isinstance(found, Present | Absent) or set_of(found) != companion.set):
            message = "it was as wanted when the plan was made, and is not now; plan again"
            run.moved.append(Result(*key, Outcome.CONFLICT, None, found, message))


def sendable(run: Run, wave: Collection[tuple[Name, Name]]) -> list[PlannedChange]:
    """Give what of a wave is open, less what must not be sent because of another provider of its owner."""
    if not run.how.independent:
        failing = _failing(run)
        for item in run.open():
            others = failing[item.zone, item.change.owner] - {item.provider}
            if others:
                _hold(run, item, min(others))
    return [item for item in run.open() if (item.zone, item.change.owner) in wave]


def _failing(run: Run) -> dict[tuple[Name, Name], set[str]]:
    """Give, by zone and owner, the providers where it is not as wanted, nor will be."""
    found: dict[tuple[Name, Name], set[str]] = defaultdict(set)
    for trouble in (*run.plan.blocked, *run.plan.failed):
        for owner in trouble.owners if trouble.owner is None else (trouble.owner,):
            found[trouble.zone, owner].add(trouble.provider)
    for result in (*run.results.values(), *run.moved):
        if result.outcome not in SUCCESS and result.owner is not None:
            found[result.zone, result.owner].add(result.provider)
    return found


def _hold(run: Run, item: PlannedChange, other: str) -> None:
    """Close a change that is not sent, or not once more, because of another provider."""
    key = key_of(item)
    reason = f"it shall be alike at '{other}', which cannot be changed now"
    if answer := run.answers.get(key):
        message = f"{answer.message}; not sent again: {reason}"
        run.close(item, Outcome.UNKNOWN, message, run.seen.get(key))
    else:
        run.close(item, Outcome.SKIPPED, f"not sent: {reason}", run.seen.get(key))
