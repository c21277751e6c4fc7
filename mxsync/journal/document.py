"""The journal's runs as documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mxsync.change import Outcome
from mxsync.documents.values import set_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.journal.runs import Record, Run


def history_document(runs: Iterable[Run]) -> dict[str, Any]:
    """Write runs, without what came of each set."""
    return {"format": "mxsync.history/1", "runs": [_head(run) for run in runs]}


def run_document(run: Run) -> dict[str, Any]:
    """Write one run, with what came of each set."""
    return {"format": "mxsync.run/1", **_head(run), "results": [_record(record) for record in run.records]}


def _head(run: Run) -> dict[str, Any]:
    return {
        "run": run.name,
        "started": run.head.time,
        "ended": run.end.time if run.end else None,
        "state": run.state,
        "plan": run.head.plan,
        "undoes": run.head.undoes,
        "changes": run.head.changes,
        "summary": run.summary,
    }


def _record(record: Record) -> dict[str, Any]:
    document: dict[str, Any] = {
        "provider": record.provider,
        "zone": record.zone,
        "owner": record.change.owner,
        "outcome": record.outcome or Outcome.UNKNOWN,
        "sent": record.sent,
        "before": set_document(record.change.before),
        "after": set_document(record.change.after),
        "message": record.message if record.outcome else "the run was broken off before this was known",
    }
    return {**document, "found": set_document(record.found)} if record.seen else document
