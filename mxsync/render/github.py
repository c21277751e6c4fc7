"""Findings, plans and reports as workflow commands of GitHub Actions, which annotate pull requests. Pure.

The form, and what is escaped in it, is that of "Workflow commands for GitHub Actions" in GitHub's manual.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.change import Outcome
from mxsync.diagnostic import Severity
from mxsync.render.phrases import cached_until, details, sum_of, tally
from mxsync.render.words import count, name, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from mxsync.diagnostic import Diagnostic
    from mxsync.plan import Plan, Provenance, Trouble
    from mxsync.report import Report, Result

SHOWN = 10
"""How many annotations of one kind GitHub shows of a step; it drops those after them without a word."""

_ERRORS = frozenset({Outcome.FAILED, Outcome.UNKNOWN})
_WARNINGS = frozenset({Outcome.CONFLICT, Outcome.SKIPPED, Outcome.BLOCKED})
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def findings(found: Iterable[Diagnostic]) -> str:
    """Write one command a line for each finding that is not waived."""
    return "".join(_command(finding) for finding in found if not finding.waived)


def plan(made: Plan, provenance: Provenance, *, digest: str) -> str:
    """Write what stands in the way of a plan, its findings, and a notice with its sum and digest.

    Of each kind there are as many as GitHub shows; the last one says how many more there would be.
    """
    guards = set(provenance.guards)
    found = [*provenance.guards, *(each for each in provenance.findings if each not in guards)]
    by_severity = {
        severity: [_command(each) for each in found if each.severity is severity and not each.waived]
        for severity in Severity
    }
    errors = [
        *by_severity[Severity.ERROR],
        *(_trouble("blocked", trouble) for trouble in made.blocked),
        *(_trouble("not readable", trouble) for trouble in made.failed),
    ]
    refused = "Refused. " if provenance.guards else ""
    notice = _annotation("notice", "mxsync plan", f"{refused}{sum_of(made)}", f"Digest: {digest}")
    return "".join(
        (
            *_capped("error", errors),
            *_capped("warning", by_severity[Severity.WARNING]),
            *_capped("notice", [notice, *by_severity[Severity.INFO]]),
        )
    )


def report(made: Report, now: datetime) -> str:
    """Write what is not as wanted, and a notice with the sum. `now` is when it was applied."""
    diverged = [
        _annotation("error", "diverged", f"{name(owner)} (zone {zone}) is not alike at all its providers now")
        for zone, owner in made.diverged
    ]
    errors = [_result("error", each) for each in made.results if each.outcome in _ERRORS]
    warnings = [_result("warning", each) for each in made.results if each.outcome in _WARNINGS]
    notice = _annotation("notice", "mxsync apply", tally(made), *filter(None, [cached_until(made, now)]))
    return "".join((*_capped("error", [*diverged, *errors]), *_capped("warning", warnings), notice))


def _capped(kind: str, commands: Sequence[str]) -> Iterator[str]:
    if len(commands) <= SHOWN:
        yield from commands
        return
    yield from commands[: SHOWN - 1]
    left = count(len(commands) - SHOWN + 1, f"more {kind}")
    yield _annotation(kind, "mxsync", f"… and {left}; the format 'text' shows all")


def _trouble(title: str, trouble: Trouble) -> str:
    where = f"{name(trouble.owner or trouble.zone)} at {trouble.provider}"
    return _annotation("error", title, f"{where}: {trouble.reason}")


def _result(kind: str, result: Result) -> str:
    where = f"{name(result.owner or result.zone)} at {result.provider}"
    said = f": {result.message}" if result.message else ""
    return _annotation(
        kind, str(result.outcome), f"{where}{said}", *(f"{what} {value}" for what, value in details(result))
    )


def _command(finding: Diagnostic) -> str:
    place = finding.place
    where = {"file": place.file, "line": str(place.line), "col": str(place.column)} if place else {}
    lines = [finding.message, f"help: {finding.help}"] if finding.help else [finding.message]
    return _annotation(_COMMANDS[finding.severity], finding.rule, *lines, **where)


def _annotation(kind: str, title: str, *lines: str, **where: str) -> str:
    properties = {**where, "title": title}
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    message = _data("\n".join(one_line(line) for line in lines))
    return f"::{kind} {written}::{message}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
