"""Findings, plans and reports as SARIF 2.1.0, which code scanners and editors read. Pure.

The numbers in comments are sections of that OASIS standard.
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mxsync import __version__
from mxsync.change import Outcome
from mxsync.diagnostic import Severity
from mxsync.render.phrases import cached_until, details, sum_of, tally
from mxsync.render.words import name, one_line
from mxsync.report import ExitCode
from mxsync.rules.catalog import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from mxsync.diagnostic import Diagnostic
    from mxsync.names import Name
    from mxsync.plan import Plan, Provenance, Trouble
    from mxsync.report import Report, Result
    from mxsync.rules.catalog import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_NOTIFICATIONS = {
    "blocked": "No MX set may be written there now; nothing was changed",
    "failed": "It could not be read, or it did not work",
    "unknown": "A write was sent; whether it took effect is not known",
    "conflict": "The set had been changed by somebody else; it was left alone",
    "skipped": "Nothing was sent, for a reason that lies elsewhere",
    "diverged": "The owner is not alike at all its providers",
    "sum": "What was planned or done in all",
}
"""The kinds of notification."""
_OUTCOMES = {
    Outcome.BLOCKED: "error",
    Outcome.FAILED: "error",
    Outcome.UNKNOWN: "error",
    Outcome.CONFLICT: "warning",
    Outcome.SKIPPED: "warning",
}
"""Levels of the outcomes after which a set is not as wanted."""
_INDEX = {rule: at for at, rule in enumerate(RULES)}


def findings(found: Iterable[Diagnostic]) -> str:
    """Write findings as a log with one run; those that are waived are there, as suppressed."""
    return _log([_result(finding) for finding in found])


def plan(made: Plan, provenance: Provenance, *, digest: str) -> str:
    """Write the findings of a plan as results, and as notifications what could not be planned."""
    notifications = [
        *(_trouble("blocked", trouble) for trouble in made.blocked),
        *(_trouble("failed", trouble) for trouble in made.failed),
        _notification("note", "sum", sum_of(made)),
    ]
    invocation = {
        "executionSuccessful": made.complete,
        "toolExecutionNotifications": notifications,
        "properties": {"digest": digest, "complete": made.complete},
    }
    return _log([_result(finding) for finding in provenance.findings], invocation)


def report(made: Report, now: datetime) -> str:
    """Write a report as an invocation, with a notification for each set that is not as wanted.

    `now` is when it was applied.
    """
    notifications = [
        *(_outcome(result) for result in made.results if result.outcome in _OUTCOMES),
        *(_diverged(zone, owner) for zone, owner in made.diverged),
        _notification("note", "sum", " ".join(filter(None, (tally(made), cached_until(made, now))))),
    ]
    invocation = {
        "executionSuccessful": made.exit_code is ExitCode.DONE,
        "exitCode": int(made.exit_code),
        "endTimeUtc": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "toolExecutionNotifications": notifications,
    }
    return _log([], invocation)


def _log(results: list[dict[str, Any]], invocation: dict[str, Any] | None = None) -> str:
    driver: dict[str, Any] = {
        "name": "mxsync",
        "version": __version__,
        "rules": [_rule(rule) for rule in RULES.values()],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",  # §3.14.17
        "results": results,
    }
    if invocation:
        driver["notifications"] = [
            {"id": kind, "shortDescription": {"text": text}} for kind, text in _NOTIFICATIONS.items()
        ]
        run["invocations"] = [invocation]
    return (
        json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)
        + "\n"
    )


def _trouble(kind: str, trouble: Trouble) -> dict[str, Any]:
    where = f"{name(trouble.owner or trouble.zone)} at {trouble.provider}"
    about = {"provider": one_line(trouble.provider), "zone": trouble.zone, "owner": trouble.owner}
    return _notification("error", kind, f"{where}: {trouble.reason}", **about)


def _outcome(result: Result) -> dict[str, Any]:
    where = f"{name(result.owner or result.zone)} at {result.provider}"
    said = [f"{where}: {result.message}" if result.message else where]
    said += [f"{what} {value}" for what, value in details(result)]
    about = {"provider": one_line(result.provider), "zone": result.zone, "owner": result.owner}
    return _notification(_OUTCOMES[result.outcome], str(result.outcome), *said, **about)


def _diverged(zone: Name, owner: Name) -> dict[str, Any]:
    said = f"{name(owner)} (zone {zone}) is not alike at all its providers now"
    return _notification("error", "diverged", said, zone=zone, owner=owner)


def _notification(level: str, kind: str, *lines: str, **about: str | None) -> dict[str, Any]:
    """Make a notification (§3.58)."""
    written: dict[str, Any] = {
        "level": level,
        "descriptor": {"id": kind, "index": list(_NOTIFICATIONS).index(kind)},
        "message": {"text": "\n".join(one_line(line) for line in lines)},
    }
    if known := {key: value for key, value in about.items() if value is not None}:
        written["properties"] = known
    return written


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "help": {"text": f"{rule.why} Source: {rule.source}."},
    }


def _result(finding: Diagnostic) -> dict[str, Any]:
    lines = [finding.message, f"help: {finding.help}"] if finding.help else [finding.message]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n".join(one_line(line) for line in lines)},
        "locations": [],
        # All results say it if one does (§3.27.23).
        "suppressions": [{"kind": "inSource"}] if finding.waived else [],
    }
    if finding.rule in _INDEX:
        result["ruleIndex"] = _INDEX[finding.rule]
    if place := finding.place:
        physical = {
            "artifactLocation": {"uri": _uri(place.file)},
            "region": {"startLine": place.line, "startColumn": place.column},
        }
        result["locations"].append({"physicalLocation": physical})
    known = {"zone": finding.zone, "owner": finding.owner}
    if about := {key: value for key, value in known.items() if value is not None}:
        result["properties"] = about
    return result


def _uri(file: str) -> str:
    """Write a path as a URI: relative as it is, absolute with its scheme (RFC 3986 §4.2, RFC 8089)."""
    path = PurePath(file).as_posix()
    # A file's name may hold octets that are no text; they come as surrogates (PEP 383).
    encoded = quote(path.encode("utf-8", "surrogateescape"))
    return f"file://{encoded}" if path.startswith("/") else encoded
