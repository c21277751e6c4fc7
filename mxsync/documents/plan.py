"""Plans as documents, and their digests."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from mxsync import __version__
from mxsync.change import Action
from mxsync.documents.values import finding_document, set_document

if TYPE_CHECKING:
    from datetime import datetime

    from mxsync.plan import Companion, Plan, PlannedChange, Provenance, Trouble, Unmanaged

FORMAT = "mxsync.plan/1"
UNDIGESTED = ("digest", "created", "mxsync")
"""Fields that the digest does not cover."""


def plan_document(made: Plan, provenance: Provenance, now: datetime) -> dict[str, Any]:
    """Write a plan with what it was made of."""
    document = {
        "format": FORMAT,
        "mxsync": __version__,
        "created": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "digest": "",
        "complete": made.complete,
        "providers": provenance.providers,
        "folders": provenance.folders,
        "manifests": [{"path": path, "sha256": sha256} for path, sha256 in provenance.manifests],
        "allowed": {"deletes": provenance.allowed.deletes, "large": provenance.allowed.large},
        "targets": list(provenance.targets),
        "undoes": provenance.undoes,
        "summary": summary(made),
        "changes": [_change(item) for item in made.changes],
        "blocked": [_trouble(trouble, "reason") for trouble in made.blocked],
        "failed": [
            {**_trouble(trouble, "message"), "owners": list(trouble.owners)} for trouble in made.failed
        ],
        "unmanaged": [_owner(kept) for kept in made.unmanaged],
        "companions": [_owner(kept) for kept in made.companions],
        "findings": [
            finding_document(finding, refuses=finding in provenance.guards) for finding in provenance.findings
        ],
    }
    document["digest"] = digest(document)
    return document


def digest(document: dict[str, Any]) -> str:
    """Give the digest of a plan: SHA-256 of its canonical JSON, without the fields of `UNDIGESTED`.

    Canonical is: keys sorted by code point, no white space, no escapes but those that JSON demands, UTF-8.
    """
    covered = {key: value for key, value in document.items() if key not in UNDIGESTED}
    canonical = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(canonical.encode('utf-8', 'surrogatepass')).hexdigest()}"


def summary(made: Plan) -> dict[str, int]:
    """Count what is in a plan, by what it is."""
    actions = Counter(item.change.action for item in made.changes)
    return {
        **{str(action): actions[action] for action in Action},
        "unchanged": made.unchanged,
        "blocked": len(made.blocked),
        "unmanaged": len(made.unmanaged),
        "failed": len(made.failed),
    }


def _change(item: PlannedChange) -> dict[str, Any]:
    return {
        "provider": item.provider,
        "zone": item.zone,
        "owner": item.change.owner,
        "action": item.change.action,
        "impact": item.impact,
        "effect": item.effect,
        "cached_for": item.cached_for,
        "addressed": item.addressed,
        "before": set_document(item.change.before),
        "after": set_document(item.change.after),
    }


def _trouble(trouble: Trouble, word: str) -> dict[str, Any]:
    return {"provider": trouble.provider, "zone": trouble.zone, "owner": trouble.owner, word: trouble.reason}


def _owner(kept: Unmanaged | Companion) -> dict[str, Any]:
    return {
        "provider": kept.provider,
        "zone": kept.zone,
        "owner": kept.owner,
        "set": set_document(kept.set),
    }
