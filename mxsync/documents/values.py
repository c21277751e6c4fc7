"""Sets and findings as parts of documents: how they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mxsync.diagnostic import Diagnostic
    from mxsync.model import MXSet


def set_document(value: MXSet | None) -> dict[str, Any] | None:
    """Write a set, or null where there is none."""
    if value is None:
        return None
    records = [{"preference": record.preference, "exchange": record.exchange} for record in value.records]
    return {"ttl": value.ttl, "records": records}


def finding_document(finding: Diagnostic, *, refuses: bool | None = None) -> dict[str, Any]:
    """Write a finding; in a plan, also whether it `refuses` the plan."""
    place = finding.place
    written = {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "help": finding.help,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "zone": finding.zone,
        "owner": finding.owner,
        "waived": finding.waived,
    }
    return written if refuses is None else {**written, "refuses": refuses}
