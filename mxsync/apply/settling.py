"""Settles what is in doubt, by reading. Nothing else does that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.apply.run import key_of
from mxsync.change import Outcome
from mxsync.reading import Absent, Present, Unreadable, set_of

if TYPE_CHECKING:
    from mxsync.apply.run import Key, Run
    from mxsync.change import ChangeOutcome
    from mxsync.plan import PlannedChange

TRIES = 2
"""How often one conditional write is sent at most."""


def settle(run: Run, answers: list[tuple[PlannedChange, ChangeOutcome]]) -> None:
    """Settle what is in doubt, by reading; leave open what is to be sent again."""
    unseen: list[Key] = []
    for item, answer in answers:
        key = key_of(item)
        run.answers[key] = answer
        if answer.outcome is Outcome.CONFLICT and answer.found:
            run.seen[key] = answer.found
        else:
            unseen.append(key)
    run.look(unseen)
    for item, answer in answers:
        _judge(run, item, answer)


def _judge(run: Run, item: PlannedChange, answer: ChangeOutcome) -> None:
    """Close a doubtful change by what a read has shown, or leave it open to be sent again."""
    key, change = key_of(item), item.change
    found = run.seen[key]
    if isinstance(found, Unreadable):
        again = "" if found.message in answer.message else f": {found.message}"
        message = f"{answer.message}; reading it again did not work either{again}"
        run.close(item, Outcome.UNKNOWN, message)
    elif isinstance(found, Present | Absent) and set_of(found) == change.after:
        run.close(item, Outcome.APPLIED, found=found)
    elif isinstance(found, Present | Absent) and set_of(found) == change.before:
        if run.tries[key] >= TRIES:
            message = f"{answer.message}; the old set was still there afterwards"
            run.close(item, Outcome.UNKNOWN, message, found)
    else:
        message = answer.message or "changed by somebody else meanwhile; plan again"
        if answer.outcome is Outcome.UNKNOWN:
            message = f"{answer.message}; something else is there now; plan again"
        run.close(item, Outcome.CONFLICT, message, found)
