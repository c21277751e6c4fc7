"""Saved plans: documents of plans, read again and distrusted."""

from __future__ import annotations

import reprlib
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pydantic

from mxsync.change import Change
from mxsync.documents.models import PlanDocument
from mxsync.documents.parse import parse
from mxsync.documents.parts import finding_value, set_value
from mxsync.documents.plan import FORMAT, digest, summary
from mxsync.errors import InvalidPlan, InvalidSet
from mxsync.impact import Impact, impact
from mxsync.names import Name, is_within
from mxsync.plan import Allowed, Companion, Plan, PlannedChange, Provenance, Trouble, Unmanaged

if TYPE_CHECKING:
    from mxsync.documents.models import ChangeDocument


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan that was read from its document."""

    plan: Plan
    provenance: Provenance
    created: datetime
    document: dict[str, Any]
    """As it was written."""


def read_plan(text: str) -> SavedPlan:
    """Read a saved plan. Raises InvalidPlan: not whole, changed since it was made, of another version."""
    try:
        document = parse(text)
    except ValueError as error:
        raise InvalidPlan(f"{error}; save the plan again") from error
    found = document.get("format") if isinstance(document, dict) else None
    if found != FORMAT:
        raise InvalidPlan(
            f"its format is {reprlib.repr(found)}, and this mxsync knows {FORMAT}; make the plan again"
        )
    if document.get("digest") != digest(document):
        raise InvalidPlan("it was changed since it was made: its digest is of another plan; plan again")
    try:
        checked = PlanDocument.model_validate(document)
        plan, created = _plan(checked), datetime.fromisoformat(checked.created)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(reprlib.repr(step).strip("'") for step in first["loc"])
        raise InvalidPlan(f"its field {where} cannot be used: {first['msg']}; plan again") from error
    except (InvalidSet, ValueError) as error:
        raise InvalidPlan(f"it contradicts itself: {error}; plan again") from error
    return SavedPlan(plan, _provenance(checked), created, document)


def _plan(document: PlanDocument) -> Plan:
    """Give the plan itself. Raises InvalidSet, and ValueError where it contradicts itself."""
    plan = Plan(
        tuple(_planned(each) for each in document.changes),
        document.summary.get("unchanged", 0),
        tuple(Trouble(it.provider, Name(it.zone), _name(it.owner), it.reason) for it in document.blocked),
        tuple(
            Trouble(it.provider, Name(it.zone), _name(it.owner), it.message, tuple(map(Name, it.owners)))
            for it in document.failed
        ),
        tuple(
            Unmanaged(it.provider, Name(it.zone), Name(it.owner), it.set.value()) for it in document.unmanaged
        ),
        tuple(
            Companion(it.provider, Name(it.zone), Name(it.owner), set_value(it.set))
            for it in document.companions
        ),
    )
    _check(plan, document)
    return plan


def _check(plan: Plan, document: PlanDocument) -> None:
    """Raise ValueError where a document contradicts itself."""
    if document.complete is not plan.complete:
        raise ValueError("'complete' contradicts 'failed'")
    for key, number in summary(plan).items():
        if document.summary.get(key, 0) != number:
            raise ValueError(
                f"'summary' says {document.summary.get(key, 0)} for {key}, and it holds {number}"
            )
    keys = Counter((item.provider, item.zone, item.change.owner) for item in plan.changes)
    keys.update((item.provider, item.zone, item.owner) for item in plan.companions)
    for (provider, zone, owner), number in keys.items():
        if number > 1:
            raise ValueError(f"it says twice what becomes of {owner} at provider '{provider}'")
        if provider not in document.providers:
            raise ValueError(f"it has no provider block '{provider}'")
        if not is_within(owner, zone):
            raise ValueError(f"{owner} lies outside of the zone {zone}")


def _planned(document: ChangeDocument) -> PlannedChange:
    change = Change(Name(document.owner), set_value(document.before), set_value(document.after))
    if (change.action, impact(change)) != (document.action, Impact(document.impact)):
        raise ValueError(f"the change of {change.owner} is another one than it says")
    return PlannedChange(
        document.provider,
        Name(document.zone),
        change,
        impact(change),
        document.cached_for,
        document.addressed,
    )


def _provenance(document: PlanDocument) -> Provenance:
    findings = [(finding_value(it), it.refuses) for it in document.findings]
    return Provenance(
        document.providers,
        document.folders,
        tuple((it.path, it.sha256) for it in document.manifests),
        tuple(finding for finding, _ in findings),
        tuple(finding for finding, refuses in findings if refuses),
        Allowed(document.allowed.deletes, document.allowed.large),
        tuple(document.targets),
        document.undoes,
    )


def _name(text: str | None) -> Name | None:
    return None if text is None else Name(text)
