"""A report as a comment: the sum, and a table of the sets, those first that are not as wanted. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.change import Outcome
from mxsync.render.markdown.pieces import LIMIT, cell, code, fitting, listed, marker, size
from mxsync.render.phrases import cached_until, details, tally
from mxsync.render.words import name, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from mxsync.report import Report, Result

_ORDER = {
    outcome: at
    for at, outcome in enumerate(
        (
            Outcome.UNKNOWN,
            Outcome.FAILED,
            Outcome.CONFLICT,
            Outcome.BLOCKED,
            Outcome.SKIPPED,
            Outcome.APPLIED,
            Outcome.ALREADY,
        )
    )
}
"""The worst first: what is cut is cut from the end."""
_SPARE = 1_000
_SHARE = 12_000
"""The most octets for the owners that are not alike at all their providers."""


def report(made: Report, now: datetime, *, key: str | None = None) -> str:
    """Write a report. `now` is when it was applied, `key` tells apart the reports on one pull request."""
    until = cached_until(made, now)
    head = f"{marker('report', key)}\n### mxsync apply\n\n**{tally(made)}**{f' {until}' if until else ''}\n"
    if diverged := made.diverged:
        lines = (f"- {code(name(owner))} (zone {code(name(zone))})\n" for zone, owner in diverged)
        head += "\n**Diverged:** not alike at all their providers now\n\n"
        head += listed(lines, len(diverged), _SHARE, "owners")
    return head + _table(made, LIMIT - size(head) - _SPARE)


def _table(made: Report, room: int) -> str:
    if not made.results:
        return ""
    ordered = sorted(made.results, key=lambda result: _ORDER[result.outcome])
    rows = [*fitting(map(_row, ordered), room)]
    more = f"\n… and {len(ordered) - len(rows)} more.\n" if len(rows) < len(ordered) else ""
    head = "\n| outcome | MX set | provider | |\n|---|---|---|---|\n"
    return head + "".join(rows) + more


def _row(result: Result) -> str:
    where = name(result.owner or result.zone)
    said = [cell(result.message)] if one_line(result.message) else []
    said += [f"{what} {cell(value)}" for what, value in details(result)]
    return f"| {result.outcome} | {cell(where)} | {cell(result.provider)} | {'; '.join(said)} |\n"
