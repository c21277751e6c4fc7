"""Reports as documents."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mxsync.change import Outcome
from mxsync.documents.values import set_document
from mxsync.reading import Absent, Present, set_of

if TYPE_CHECKING:
    from datetime import datetime

    from mxsync.report import Report, Result


def report_document(made: Report, now: datetime) -> dict[str, Any]:
    """Write a report; `now` is when it was applied."""
    return {
        "format": "mxsync.report/1",
        "run": made.run,
        "interrupted": made.interrupted,
        "halted": made.halted,
        "results": [_result(result, now) for result in made.results],
        "diverged": [{"zone": zone, "owner": owner} for zone, owner in made.diverged],
        "summary": {str(outcome): made.count(outcome) for outcome in Outcome},
    }


def result_document(result: Result) -> dict[str, Any]:
    """Write what came of one change."""
    document: dict[str, Any] = {
        "provider": result.provider,
        "zone": result.zone,
        "owner": result.owner,
        "outcome": result.outcome,
        "before": set_document(result.change.before) if result.change else None,
        "after": set_document(result.change.after) if result.change else None,
        "message": result.message,
    }
    # Without the key nothing was seen; null says that no set was seen.
    if isinstance(result.found, Present | Absent):
        document["found"] = set_document(set_of(result.found))
    return document


def _result(result: Result, now: datetime) -> dict[str, Any]:
    until = None
    if result.outcome is Outcome.APPLIED and result.cached_for is not None:
        until = f"{now + timedelta(seconds=result.cached_for):%Y-%m-%dT%H:%M:%SZ}"
    return {**result_document(result), "cached_until": until}
