"""Findings as SARIF 2.1.0, which code scanners and editors read. Pure.

The numbers in comments are sections of that OASIS standard.
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mxsync import __version__
from mxsync.diagnostic import Severity
from mxsync.render.words import one_line
from mxsync.rules.catalog import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.diagnostic import Diagnostic
    from mxsync.rules.catalog import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_INDEX = {rule: at for at, rule in enumerate(RULES)}


def findings(found: Iterable[Diagnostic]) -> str:
    """Write findings as a log with one run; those that are waived are there, as suppressed."""
    driver = {"name": "mxsync", "version": __version__, "rules": [_rule(rule) for rule in RULES.values()]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",  # §3.14.17
        "results": [_result(finding) for finding in found],
    }
    return (
        json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)
        + "\n"
    )


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
