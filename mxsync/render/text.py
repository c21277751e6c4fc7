"""Plans, reports and findings as text for a terminal. Pure.

Colours are ANSI sequences; whoever prints strips them where they are not wanted.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from mxsync.change import Action, Outcome
from mxsync.diagnostic import Severity
from mxsync.names import relative
from mxsync.render.excerpt import excerpt
from mxsync.render.source import no_lines
from mxsync.render.words import count, duration, mx_set, name, one_line, reading
from mxsync.render.words import record as written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from mxsync.diagnostic import Diagnostic
    from mxsync.model import MXSet
    from mxsync.plan import Plan, PlannedChange, Trouble, Unmanaged
    from mxsync.render.source import Lines
    from mxsync.report import Report, Result

MAX_UNMANAGED = 20
"""How many unmanaged sets a plan names before it only counts them."""

_RED, _GREEN, _YELLOW, _BOLD, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[1m", "\x1b[0m"
_SIGNS = {
    Action.CREATE: (_GREEN, "+"),
    Action.UPDATE: (_YELLOW, "~"),
    Action.DELETE: (_RED, "-"),
}
_COLOURS = {
    Outcome.APPLIED: _GREEN,
    Outcome.ALREADY: _GREEN,
    Outcome.SKIPPED: _YELLOW,
    Outcome.CONFLICT: _YELLOW,
}


def findings(found: Iterable[Diagnostic], lines_of: Lines = no_lines) -> str:
    """Write findings, one after the other, each with its line of the source where that may be shown.

    What is waived is left out.
    """
    colours = {Severity.ERROR: _RED, Severity.WARNING: _YELLOW, Severity.INFO: _BOLD}
    lines: list[str] = []
    for finding in found:
        if finding.waived:
            continue
        where = f"{one_line(str(finding.place))}: " if finding.place else ""
        colour = colours[finding.severity]
        label = _paint(f"{finding.severity} {finding.rule}:", colour)
        lines.append(f"{where}{label} {one_line(finding.message)}")
        lines += _excerpt(finding, colour, lines_of)
        if finding.help:
            lines.append(f"  help: {one_line(finding.help)}")
    return "".join(f"{line}\n" for line in lines)


def _excerpt(finding: Diagnostic, colour: str, lines_of: Lines) -> Iterator[str]:
    place = finding.place
    if place is None or finding.private:
        return
    lines = lines_of(place.file)
    line = lines[place.line - 1] if 0 < place.line <= len(lines) else None
    if line is None or (shown := excerpt(line, place.column)) is None:
        return
    number = str(place.line)
    yield f"  {number} | {shown.text}"
    yield f"  {' ' * len(number)} | {' ' * shown.indent}{_paint('^' * shown.width, colour)}"


def plan(made: Plan) -> str:
    """Write a plan: what changes, zone by zone, then what is in the way, then the sum."""
    lines: list[str] = []
    for (zone, provider), members in groupby(made.changes, key=lambda item: (item.zone, item.provider)):
        lines.append(_paint(f"{name(zone)} at {provider}", _BOLD))
        for item in members:
            lines += _planned(item)
        lines.append("")
    lines += _troubles("Blocked: no MX set may be written there now", made.blocked)
    lines += _troubles("Not readable: nothing is planned there", made.failed)
    lines += _unmanaged(made.unmanaged)
    lines.append(_sum(made))
    return "\n".join(lines) + "\n"


def _planned(item: PlannedChange) -> Iterator[str]:
    change = item.change
    colour, sign = _SIGNS[change.action]
    owner = relative(change.owner, item.zone)
    yield f"  {_paint(f'{sign} {owner}', colour)}  {item.impact}: {item.effect}"
    before, after = (wanted.records if wanted else () for wanted in (change.before, change.after))
    for record in sorted({*before, *after}, key=lambda record: (record.preference, record in after, record)):
        if record in before and record in after:
            yield f"        {written(record)}"
        else:
            line = (
                _paint(f"- {written(record)}", _RED)
                if record in before
                else _paint(f"+ {written(record)}", _GREEN)
            )
            yield f"      {line}"
    yield f"      {_ttl(change.before, change.after)}; {_caches(item)}"


def _ttl(before: MXSet | None, after: MXSet | None) -> str:
    if before and after and before.ttl != after.ttl:
        return f"TTL {duration(before.ttl)} → {duration(after.ttl)}"
    known = after or before
    return f"TTL {duration(known.ttl)}" if known else ""


def _caches(item: PlannedChange) -> str:
    old = "the old set" if item.change.before else "the answer that there is none"
    if item.cached_for is None:
        return f"for how long caches keep {old} is not known"
    return f"caches keep {old} for up to {duration(item.cached_for)}"


def _troubles(title: str, troubles: tuple[Trouble, ...]) -> Iterator[str]:
    if troubles:
        yield _paint(f"{title} ({len(troubles)})", _RED)
        for trouble in troubles:
            yield f"  {name(trouble.owner or trouble.zone)} at {trouble.provider}: {one_line(trouble.reason)}"
        yield ""


def _unmanaged(sets: tuple[Unmanaged, ...]) -> Iterator[str]:
    if sets:
        yield _paint(f"Not in the manifest, left alone ({len(sets)})", _BOLD)
        for kept in sets[:MAX_UNMANAGED]:
            yield f"  {name(kept.owner)} at {kept.provider}: {mx_set(kept.set)}"
        if len(sets) > MAX_UNMANAGED:
            yield f"  … and {len(sets) - MAX_UNMANAGED} more"
        yield ""


def _sum(made: Plan) -> str:
    actions = [item.change.action for item in made.changes]
    parts = [f"{number} to {action}" for action in Action if (number := actions.count(action))]
    unchanged = f"{made.unchanged} as wanted"
    troubles = [
        f"{number} {what}"
        for number, what in ((len(made.blocked), "blocked"), (len(made.failed), "not readable"))
        if number
    ]
    if not parts and not troubles:
        return f"No changes: {count(made.unchanged, 'MX set')} as wanted."
    return f"Plan: {', '.join([*parts, unchanged, *troubles])}."


def report(made: Report, now: datetime) -> str:
    """Write a report: every set with what came of it, then the sum. `now` is when it was applied."""
    lines: list[str] = []
    for result in made.results:
        lines += _result(result)
    if lines:
        lines.append("")
    for zone, owner in made.diverged:
        where = f"{owner} (zone {zone})"
        lines.append(_paint(f"diverged: {where} is not alike at all its providers now", _RED))
    tally = [f"{number} {outcome}" for outcome in Outcome if (number := made.count(outcome))]
    head = "Interrupted" if made.interrupted else "Result"
    lines.append(f"{head}: {', '.join(tally)}." if tally else f"{head}: nothing was to be done.")
    kept = [result.cached_for for result in made.results if result.outcome is Outcome.APPLIED]
    if known := [seconds for seconds in kept if seconds is not None]:
        until = now + timedelta(seconds=max(known))
        lines.append(f"Caches may keep the old answers until {until:%Y-%m-%d %H:%M:%S} UTC.")
    return "\n".join(lines) + "\n"


def _result(result: Result) -> Iterator[str]:
    sign = f"{_SIGNS[result.change.action][1]} " if result.change else ""
    label = _paint(f"{result.outcome:<8}", _COLOURS.get(result.outcome, _RED))
    message = f": {one_line(result.message)}" if result.message else ""
    yield f"{label}  {sign}{name(result.owner or result.zone)} at {result.provider}{message}"
    if result.found is not None and result.outcome in {Outcome.CONFLICT, Outcome.UNKNOWN}:
        yield f"            there now: {reading(result.found)}"
    if result.change and result.outcome is Outcome.UNKNOWN:
        yield f"            before:    {mx_set(result.change.before)}"
        yield f"            wanted:    {mx_set(result.change.after)}"


def _paint(text: str, colour: str) -> str:
    return f"{colour}{text}{_PLAIN}"
