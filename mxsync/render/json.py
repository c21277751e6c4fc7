"""Plans, reports and findings as JSON documents for programs. Pure.

Each document names its format and version; within a version fields are only ever added.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from mxsync import __version__
from mxsync.change import Action, Outcome
from mxsync.reading import Absent, Present, set_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from mxsync.diagnostic import Diagnostic
    from mxsync.model import MXSet
    from mxsync.plan import Plan, Provenance, Trouble
    from mxsync.report import Report, Result
    from mxsync.rules.catalog import Rule

UNDIGESTED = ("digest", "created", "mxsync")
"""Fields of a plan that its digest does not cover."""


def findings(found: Iterable[Diagnostic]) -> str:
    """Write findings as a document of their own."""
    return _write({"format": "mxsync.findings/1", "findings": [_finding(finding) for finding in found]})


def rules(known: Iterable[Rule]) -> str:
    """Write rules, each with all there is to say about it."""
    return _write(
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
    actions = Counter(item.change.action for item in made.changes)
    document = {
        "format": "mxsync.plan/1",
        "mxsync": __version__,
        "created": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "digest": "",
        "complete": made.complete,
        "providers": provenance.providers,
        "manifests": [{"path": path, "sha256": digest} for path, digest in provenance.manifests],
        "allowed": {"deletes": provenance.allowed.deletes, "large": provenance.allowed.large},
        "summary": {
            **{str(action): actions[action] for action in Action},
            "unchanged": made.unchanged,
            "blocked": len(made.blocked),
            "unmanaged": len(made.unmanaged),
            "failed": len(made.failed),
        },
        "changes": [
            {
                "provider": item.provider,
                "zone": item.zone,
                "owner": item.change.owner,
                "action": item.change.action,
                "impact": item.impact,
                "cached_for": item.cached_for,
                "before": _set(item.change.before),
                "after": _set(item.change.after),
            }
            for item in made.changes
        ],
        "blocked": [_trouble(trouble, "reason") for trouble in made.blocked],
        "failed": [_trouble(trouble, "message") for trouble in made.failed],
        "unmanaged": [
            {"provider": kept.provider, "zone": kept.zone, "owner": kept.owner, "set": _set(kept.set)}
            for kept in made.unmanaged
        ],
        "companions": [
            {"provider": kept.provider, "zone": kept.zone, "owner": kept.owner, "set": _set(kept.set)}
            for kept in made.companions
        ],
        "findings": [_finding(finding) for finding in provenance.findings],
    }
    document["digest"] = digest(document)
    return _write(document)


def digest(document: dict[str, Any]) -> str:
    """Give the digest of a plan: SHA-256 of its canonical JSON, without the fields of `UNDIGESTED`."""
    covered = {key: value for key, value in document.items() if key not in UNDIGESTED}
    canonical = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def report(made: Report) -> str:
    """Write a report."""
    return _write(
        {
            "format": "mxsync.report/1",
            "interrupted": made.interrupted,
            "results": [_result(result) for result in made.results],
            "diverged": [{"zone": zone, "owner": owner} for zone, owner in made.diverged],
            "summary": {str(outcome): made.count(outcome) for outcome in Outcome},
        }
    )


def _result(result: Result) -> dict[str, Any]:
    document: dict[str, Any] = {
        "provider": result.provider,
        "zone": result.zone,
        "owner": result.owner,
        "outcome": result.outcome,
        "before": _set(result.change.before) if result.change else None,
        "after": _set(result.change.after) if result.change else None,
        "message": result.message,
    }
    # Without the key nothing was seen; null says that no set was seen.
    if isinstance(result.found, Present | Absent):
        document["found"] = _set(set_of(result.found))
    return document


def _set(value: MXSet | None) -> dict[str, Any] | None:
    if value is None:
        return None
    records = [{"preference": record.preference, "exchange": record.exchange} for record in value.records]
    return {"ttl": value.ttl, "records": records}


def _trouble(trouble: Trouble, word: str) -> dict[str, Any]:
    return {"provider": trouble.provider, "zone": trouble.zone, "owner": trouble.owner, word: trouble.reason}


def _finding(finding: Diagnostic) -> dict[str, Any]:
    place = finding.place
    return {
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


def _write(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
