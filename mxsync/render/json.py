"""Plans, reports and findings as JSON documents for programs. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mxsync.documents.plan import plan_document
from mxsync.documents.report import report_document
from mxsync.documents.values import finding_document

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from mxsync.diagnostic import Diagnostic
    from mxsync.plan import Plan, Provenance
    from mxsync.report import Report
    from mxsync.rules.catalog import Rule


def findings(found: Iterable[Diagnostic]) -> str:
    """Write findings as a document of their own."""
    return write(
        {"format": "mxsync.findings/1", "findings": [finding_document(finding) for finding in found]}
    )


def rules(known: Iterable[Rule]) -> str:
    """Write rules, each with all there is to say about it."""
    return write(
        {
            "format": "mxsync.rules/1",
            "rules": [
                {
                    "id": rule.id,
                    "severity": rule.severity,
                    "title": rule.title,
                    "why": rule.why,
                    "source": rule.source,
                    "wrong": rule.wrong,
                    "right": rule.right,
                    "waivable": rule.waivable,
                }
                for rule in known
            ],
        }
    )


def plan(made: Plan, provenance: Provenance, now: datetime) -> str:
    """Write a plan with what it was made of."""
    return write(plan_document(made, provenance, now))


def report(made: Report, now: datetime) -> str:
    """Write a report; `now` is when it was applied."""
    return write(report_document(made, now))


def write(document: dict[str, Any]) -> str:
    """Write any document."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
