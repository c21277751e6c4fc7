"""The journal's runs as text. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.change import Outcome
from mxsync.render.words import count, mx_set, name, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mxsync.journal.runs import Record, Run

_BROKEN_OFF = "sent or about to be, when the run was broken off; what came of it is not known"


def runs(found: Sequence[Run]) -> str:
    """Write one line for each run."""
    if not found:
        return "The journal holds no run.\n"
    return "".join(
        f"{run.name}  {run.head.time[:19].replace('T', ' ')} UTC  {_about(run)}\n" for run in found
    )


def run(found: Run) -> str:
    """Write what came of each set in a run."""
    lines = [f"Run {found.name}, plan {found.head.plan}", f"{_about(found)}", ""]
    for record in found.records:
        lines += _record(record)
    return "\n".join(lines) + "\n"


def _about(run: Run) -> str:
    tally = ", ".join(f"{number} {outcome}" for outcome, number in run.summary.items())
    undoes = f", takes back {run.head.undoes}" if run.head.undoes else ""
    return f"{run.state}: {tally or 'nothing was sent'} of {count(run.head.changes, 'change')}{undoes}"


def _record(record: Record) -> Iterable[str]:
    outcome = record.outcome or Outcome.UNKNOWN
    message = one_line(record.message) if record.outcome else _BROKEN_OFF
    where = f"{name(record.change.owner)} at {record.provider}"
    yield f"{outcome:<8}  {where}{': ' if message else ''}{message}"
    yield f"            before: {mx_set(record.change.before)}"
    yield f"            wanted: {mx_set(record.change.after)}"
    if record.seen and record.found not in {record.change.before, record.change.after}:
        yield f"            found:  {mx_set(record.found)}"
