"""Findings on their way out: those that many owners share become one, those that are waived stop counting."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mxsync.diagnostic import Severity, in_order
from mxsync.manifest.document import MAX_SHOWN
from mxsync.manifest.faults import close_to

if TYPE_CHECKING:
    from datetime import date

    from mxsync.diagnostic import Diagnostic
    from mxsync.manifest.spot import Spot
    from mxsync.names import Name

_LIVE = "MXL"
"""How the numbers of rules begin that need an answer from somewhere; only a plan can tell if they match."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A finding that is meant to be."""

    rule: str
    zone: Name
    owner: Name | None
    """None waives the rule in the whole zone."""
    reason: str | None
    until: date
    """The last day on which it counts (UTC)."""
    spot: Spot


class Findings:
    """Collects findings and waivers."""

    def __init__(self) -> None:
        self._own: list[Diagnostic] = []
        self._shared: dict[Diagnostic, list[tuple[Name, Name | None]]] = defaultdict(list)
        self._waivers: dict[tuple[str, str], list[Waiver]] = defaultdict(list)

    def add(self, finding: Diagnostic) -> None:
        """Take in a finding about one place, or none."""
        self._own.append(finding)

    def share(self, finding: Diagnostic, zone: Name, owner: Name | None) -> None:
        """Take in a finding about something that several owners use; it is reported once."""
        self._shared[replace(finding, zone=None, owner=None)].append((zone, owner))

    def waive(self, waiver: Waiver) -> None:
        """Take in a waiver."""
        self._waivers[waiver.rule, waiver.zone].append(waiver)

    def live_waivers(self, today: date) -> dict[Name, frozenset[tuple[str, Name | None]]]:
        """Give what is waived of the rules about live data, by zone: rule, and owner or None for all."""
        found: dict[Name, set[tuple[str, Name | None]]] = defaultdict(set)
        for waivers in self._waivers.values():
            for waiver in waivers:
                if waiver.rule.startswith(_LIVE) and waiver.until >= today:
                    found[waiver.zone].add((waiver.rule, waiver.owner))
        return {zone: frozenset(waived) for zone, waived in found.items()}

    def settled(self, today: date) -> tuple[Diagnostic, ...]:
        """Give all findings, sorted by place; what is wrong with the waivers is among them.

        A finding that is shared counts as waived only if everybody who uses it waives it.
        """
        refused: dict[int, str] = {}
        used: set[int] = set()

        def waived(finding: Diagnostic, zone: str | None, owner: str | None) -> bool:
            for waiver in self._waivers.get((finding.rule, zone or ""), ()):
                if waiver.until < today or waiver.owner not in {None, owner}:
                    continue
                if finding.severity is Severity.ERROR and not finding.waivable:
                    refused[id(waiver)] = f"this {finding.rule} is an error that cannot be waived"
                    continue
                used.add(id(waiver))
                return True
            return False

        result = [
            replace(finding, waived=True) if waived(finding, finding.zone, finding.owner) else finding
            for finding in self._own
        ]
        for finding, users in self._shared.items():
            answers = [waived(finding, zone, owner) for zone, owner in users]
            result.append(replace(finding, waived=all(answers)))
        for waivers in self._waivers.values():
            for waiver in waivers:
                result += _faults(waiver, today, refused.get(id(waiver)), used=id(waiver) in used)
        return in_order(result)


def _faults(waiver: Waiver, today: date, refusal: str | None, *, used: bool) -> list[Diagnostic]:
    """Say what is wrong with a waiver (MX030)."""
    from mxsync.rules.catalog import RULES  # noqa: PLC0415 - most manifests waive nothing

    spot = waiver.spot
    known = RULES.keys()
    if waiver.rule not in known and not waiver.rule.startswith(_LIVE):
        place = spot.below("rule").place()
        return [
            spot.finding(
                "MX029",
                f"there is no rule '{waiver.rule[:MAX_SHOWN]}'",
                close_to(waiver.rule, known),
                place=place,
            )
        ]
    faults: list[tuple[str, str, str]] = []
    if waiver.until < today:
        faults.append(
            (
                "until",
                f"the waiver of {waiver.rule} has expired on {waiver.until}",
                "mend the cause, or give it time",
            )
        )
    elif refusal:
        faults.append(("rule", refusal, "mend the cause"))
    elif not used and not waiver.rule.startswith(_LIVE):
        faults.append(("rule", f"nothing here breaks {waiver.rule}, which is waived", "remove the waiver"))
    if not (waiver.reason or "").strip():
        faults.append(
            ("reason", f"the waiver of {waiver.rule} gives no reason", "say why, for whoever reads it later")
        )
    return [
        spot.finding("MX030", message, what_to_do, severity=Severity.WARNING, place=spot.below(key).place())
        for key, message, what_to_do in faults
    ]
