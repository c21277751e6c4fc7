"""A report as text: every set with what came of it, then the sum. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.change import Outcome
from mxsync.render.phrases import cached_until, details, tally
from mxsync.render.terminal import GREEN, RED, YELLOW, inset, paint, wrapped
from mxsync.render.text.planned import SIGNS
from mxsync.render.words import name, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mxsync.report import Report, Result

_COLOURS = {
    Outcome.APPLIED: GREEN,
    Outcome.ALREADY: GREEN,
    Outcome.SKIPPED: YELLOW,
    Outcome.CONFLICT: YELLOW,
}


def report(made: Report, now: datetime, *, width: int | None = None) -> str:
    """Write a report. `now` is when it was applied, `width` the columns of the terminal, as for a plan."""
    lines: list[str] = []
    for result in made.results:
        lines += _result(result, width)
    if lines:
        lines.append("")
    for zone, owner in made.diverged:
        where = f"{owner} (zone {zone})"
        lines.append(paint(wrapped(f"diverged: {where} is not alike at all its providers now", width), RED))
    lines.append(wrapped(tally(made), width))
    if said := cached_until(made, now):
        lines.append(wrapped(said, width))
    return "\n".join(lines) + "\n"


def _result(result: Result, width: int | None) -> Iterator[str]:
    sign = f"{SIGNS[result.change.action]} " if result.change else ""
    label = paint(f"{result.outcome:<8}", _COLOURS.get(result.outcome, RED))
    message = f": {one_line(result.message)}" if result.message else ""
    where = f"{sign}{name(result.owner or result.zone)} at {one_line(result.provider)}"
    yield wrapped(f"{where}{message}", width, start=f"{label}  ", hang=10)
    for what, said in details(result):
        yield wrapped(said, width, start=f"{inset(12, width)}{what:<10} ", hang=14)
