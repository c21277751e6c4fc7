"""From an owner's value in a manifest to the MX set that it stands for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mxsync import names
from mxsync.diagnostic import Severity
from mxsync.errors import InvalidName
from mxsync.manifest.faults import close_to
from mxsync.manifest.schema import RecordsWithTtl, SetWithTtl
from mxsync.model import MX, MXSet
from mxsync.names import ROOT
from mxsync.rules.checks import Problem, check_exchange, check_records
from mxsync.state import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mxsync.diagnostic import Diagnostic
    from mxsync.manifest.load import Manifest
    from mxsync.manifest.schema import OwnerValue, Record
    from mxsync.manifest.spot import Spot
    from mxsync.names import Name

NULL_MX = "null_mx"
ABSENT = "absent"
RESERVED = (NULL_MX, ABSENT)
"""Words that stand where a set's name may stand."""


class SetReader:
    """Reads the values of owners; named sets are read once for each zone and TTL."""

    def __init__(self, manifest: Manifest, findings: list[Diagnostic]) -> None:
        self._manifest = manifest
        self._findings = findings
        self._read: dict[tuple[str, int, Name], MXSet | None] = {}

    def wanted(self, value: OwnerValue, spot: Spot, owner: Spot, ttl: int) -> Wanted | None:
        """Say what the value at `spot` wants for the owner whose key is at `owner`; None if it is wrong.

        `ttl` counts unless the value or a named set says another one.
        """
        if value == ABSENT:
            return Wanted(None, owner.place())
        if isinstance(value, str | SetWithTtl):
            name = value if isinstance(value, str) else value.set
            own = None if isinstance(value, str) else value.ttl
            made = self._named(name, spot.below("set"), own, ttl)
        elif isinstance(value, RecordsWithTtl):
            made = self._records(value.records, spot.below("records"), _first(value.ttl, ttl))
        else:
            made = self._records(value, spot, ttl)
        return Wanted(made, owner.place()) if made else None

    def _named(self, name: str, spot: Spot, own_ttl: int | None, ttl: int) -> MXSet | None:
        if name == NULL_MX:
            return MXSet.of(_first(own_ttl, ttl), [MX(0, ROOT)])
        source = self._manifest.sets.get(name)
        if source is None:
            known = [*self._manifest.sets, *RESERVED]
            self._findings.append(spot.finding("MX029", f"there is no set '{name}'", close_to(name, known)))
            return None
        value = source.content.sets[name]
        at = replace(source.at("sets", name), zone=spot.zone)
        if isinstance(value, RecordsWithTtl):
            records, at, ttl = value.records, at.below("records"), _first(own_ttl, value.ttl, ttl)
        else:
            records, ttl = value, _first(own_ttl, ttl)
        assert spot.zone is not None  # noqa: S101 - owners lie in zones
        key = (name, ttl, spot.zone)
        if key not in self._read:
            self._read[key] = self._records(records, at, ttl, named=True)
        return self._read[key]

    def _records(
        self, records: Sequence[Record], spot: Spot, ttl: int, *, named: bool = False
    ) -> MXSet | None:
        """Make a set; all that is wrong with it becomes findings."""
        zone = spot.zone
        assert zone is not None  # noqa: S101 - owners lie in zones
        # What is wrong with a named set is wrong once, however many zones use it.
        spot = replace(spot, zone=None, owner=None) if named else spot
        made: list[MX] = []
        found: list[Diagnostic] = []
        for at, record in enumerate(records):
            exchange, problems = self._exchange(record.exchange, zone)
            found += [
                spot.finding(p.rule, p.message, p.help, severity=p.severity, place=spot.exchange(at))
                for p in problems
            ]
            if exchange is not None:
                made.append(MX(record.preference, exchange))
        if len(made) == len(records):
            for p in check_records(made):
                place = spot.place() if p.record is None else spot.below(p.record).place()
                found.append(spot.finding(p.rule, p.message, p.help, severity=p.severity, place=place))
        self._findings += found
        if any(finding.severity is Severity.ERROR for finding in found):
            return None
        return MXSet.of(ttl, made)

    @staticmethod
    def _exchange(text: str, zone: Name) -> tuple[Name | None, list[Problem]]:
        """Read an exchange: two labels or more are absolute, one alone is relative to the zone."""
        relative = "." not in text
        try:
            exchange = names.parse(text, zone if relative else ROOT)
        except InvalidName as error:
            return None, [Problem("MX003", Severity.ERROR, f"the exchange {error}")]
        problems = list(check_exchange(text, exchange, zone))
        if relative and not problems:
            message = f"the exchange {text} is taken as relative to the zone: {exchange}"
            problems.append(Problem("MX018", Severity.WARNING, message, f"write {exchange}"))
        return exchange, problems


def _first(*values: int | None) -> int:
    """Give the first TTL that is said; the last one always is."""
    return next(value for value in values if value is not None)
