"""Findings as workflow commands of GitHub Actions, which show them beside the lines of a pull request. Pure.

The form, and what is escaped in it, is that of "Workflow commands for GitHub Actions" in GitHub's manual.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.diagnostic import Severity
from mxsync.render.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.diagnostic import Diagnostic

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def findings(found: Iterable[Diagnostic]) -> str:
    """Write one command a line for each finding that is not waived."""
    return "".join(_command(finding) for finding in found if not finding.waived)


def _command(finding: Diagnostic) -> str:
    properties = {"title": finding.rule}
    if place := finding.place:
        properties = {
            "file": place.file,
            "line": str(place.line),
            "col": str(place.column),
            **properties,
        }
    written = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    lines = [finding.message, f"help: {finding.help}"] if finding.help else [finding.message]
    message = _data("\n".join(one_line(line) for line in lines))
    return f"::{_COMMANDS[finding.severity]} {written}::{message}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
