"""A finding: which rule, how bad, where, what is wrong, and what to do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line: the line breaks of YAML 1.1, as its parser counts them."""


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """The set would lose mail, or cannot be meant: refused."""
    WARNING = "warning"
    """Probably a mistake, but a choice somebody may make."""
    INFO = "info"
    """Worth knowing."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file; lines and columns count from 1, columns in characters."""

    file: str
    line: int = 1
    column: int = 1

    @classmethod
    def behind(cls, text: str, file: str) -> Place:
        """Give the place behind a text that is the beginning of a file."""
        lines = LINE_BREAK.split(text)
        return cls(file, len(lines), len(lines[-1]) + 1)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about a manifest or about what it would do."""

    rule: str
    """The public number of the rule, `MX002` for example. It never changes its meaning."""
    severity: Severity
    message: str
    """What is wrong, in one line."""
    place: Place | None = None
    """Where in the manifest; None for findings about live data."""
    help: str | None = None
    """What to do about it, in one line."""
    zone: str | None = None
    owner: str | None = None
    waivable: bool = False
    """Whether the manifest may waive it: every warning, and the errors of which the rule says so."""
    waived: bool = False
    """Whether the manifest waives it: it stays in documents, and refuses nothing."""
    private: bool = False
    """Whether the line at `place` may hold a secret, and is not to be shown."""


def in_order(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort findings by place, those without one last, and drop exact repetitions."""
    return tuple(
        sorted(
            dict.fromkeys(findings),
            key=lambda finding: (
                finding.place is None,
                finding.place or Place(""),
                finding.rule,
                finding.message,
            ),
        )
    )


def has_errors(findings: Iterable[Diagnostic]) -> bool:
    """Say whether any of the findings refuses the manifest; what is waived does not."""
    return any(finding.severity is Severity.ERROR and not finding.waived for finding in findings)
