"""From an owner's value in a manifest to the MX set that it stands for."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from mxsync import names, operators
from mxsync.diagnostic import Severity
from mxsync.errors import InvalidName
from mxsync.manifest.document import MAX_SHOWN
from mxsync.manifest.faults import close_to
from mxsync.manifest.schema import RecordsWithTtl, SetWithTtl
from mxsync.model import MX, MXSet
from mxsync.names import ROOT
from mxsync.rules.checks import Problem, check_exchange, check_placement, check_records, check_ttl
from mxsync.state import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mxsync.diagnostic import Diagnostic, Place
    from mxsync.manifest.load import Manifest
    from mxsync.manifest.schema import OwnerValue, Record
    from mxsync.manifest.spot import Spot
    from mxsync.manifest.waivers import Findings
    from mxsync.names import Name

NULL_MX = "null_mx"
ABSENT = "absent"
RESERVED = (NULL_MX, ABSENT)
"""Words that stand where a set's name may stand."""
BUILTIN = "builtin:"
"""What begins the name of a known operator's set."""

_RECORD = re.compile(r"[0-9]+\s")
_ANYWHERE, _ANY_TTL = names.parse("unused-set.example."), 3600
"""The zone and TTL under which a set is looked at that no zone uses."""


class _Ttl(NamedTuple):
    """What else may say a TTL than the set itself."""

    own: int | None
    """What stands beside the set's name, which comes first."""
    fallback: int
    """What the zone or the defaults say, which comes last."""

    def of(self, of_set: int | None) -> int:
        """Give the TTL of a set that says this one, or none."""
        return next((ttl for ttl in (self.own, of_set) if ttl is not None), self.fallback)


_Read = tuple[MXSet | None, "tuple[Diagnostic, ...]"]


class SetReader:
    """Reads the values of owners; what is shared is read once for each TTL, and for each zone that matters to it."""

    def __init__(self, manifest: Manifest, findings: Findings) -> None:
        self._manifest = manifest
        self._findings = findings
        self._shared: dict[tuple[int, int, Name | None], _Read] = {}
        self._spots = {name: source.at("sets", name) for name, source in manifest.sets.items()}
        self._unused = set(manifest.sets)

    def wanted(
        self, value: OwnerValue, spot: Spot, owner: Spot, ttl: int, *, shared: bool = False
    ) -> Wanted | None:
        """Say what the value at `spot` wants for the owner whose key is at `owner`; None if it is wrong.

        `ttl` counts unless the value or a named set says another one. A `shared` value is that of many
        owners.
        """
        assert owner.owner is not None  # noqa: S101 - the callers see to it
        if value == ABSENT:
            return Wanted(None, owner.place())
        if isinstance(value, str | SetWithTtl):
            name = value if isinstance(value, str) else value.set
            own = None if isinstance(value, str) else value.ttl
            self._check_ttl(own, spot, owner, shared=shared)
            made = self._named(name, spot.below("set"), owner, _Ttl(own, ttl))
        else:
            made = self._inline(value, spot, owner, _Ttl(None, ttl), shared=shared)
        if made is None:
            return None
        for problem in check_placement(made.records, owner.owner):
            self._findings.add(_finding(problem, owner, owner.place()))
        return Wanted(made, owner.place())

    def _inline(
        self, value: Sequence[Record] | RecordsWithTtl, spot: Spot, owner: Spot, ttl: _Ttl, *, shared: bool
    ) -> MXSet | None:
        """Read a list of records, with or without a TTL."""
        records: Sequence[Record]
        if isinstance(value, RecordsWithTtl):
            self._check_ttl(value.ttl, spot, owner, shared=shared)
            seconds, records, spot = ttl.of(value.ttl), value.records, spot.below("records")
        else:
            seconds, records = ttl.of(None), value
        zone = owner.zone
        assert zone is not None  # noqa: S101 - owners lie in zones
        if not shared:
            made, found = _read(records, spot.of(zone, owner.owner), zone, seconds)
            for finding in found:
                self._findings.add(finding)
            return made
        key = (id(records), seconds, zone if _may_depend_on(zone, records) else None)
        if key not in self._shared:
            self._shared[key] = _read(records, spot, zone, seconds)
        made, found = self._shared[key]
        for finding in found:
            self._findings.share(finding, zone, owner.owner)
        return made

    def _named(self, name: str, spot: Spot, owner: Spot, ttl: _Ttl) -> MXSet | None:
        if name == NULL_MX:
            return MXSet.of(ttl.of(None), [MX(0, ROOT)])
        source = self._manifest.sets.get(name)
        if source is None:
            if ("sets", name) not in self._manifest.broken:
                message, what_to_do = self._unknown(name)
                self._findings.add(spot.finding("MX029", message, what_to_do))
            return None
        self._unused.discard(name)
        value, at = source.content.sets[name], self._spots[name]
        if isinstance(value, str):
            return self._builtin(value, at, owner, ttl.of(None))
        return self._inline(value, at, owner, ttl, shared=True)

    def _unknown(self, name: str) -> tuple[str, str | None]:
        if name == ABSENT:
            return "absent stands alone: what is not there has no TTL", "write absent without set: and ttl:"
        if _RECORD.match(name):
            return (
                f"'{name[:MAX_SHOWN]}' is a record where a set is wanted",
                f"write a list: [{name[:MAX_SHOWN]}]",
            )
        return f"there is no set '{name[:MAX_SHOWN]}'", close_to(name, [*self._manifest.sets, *RESERVED])

    def check_unused(self) -> None:
        """Look at the named sets that no zone uses: they are wrong before somebody uses them."""
        for name in sorted(self._unused):
            spot = self._spots[name].of(_ANYWHERE, _ANYWHERE)
            self._named(name, spot, spot, _Ttl(None, _ANY_TTL))

    def _builtin(self, text: str, spot: Spot, owner: Spot, ttl: int) -> MXSet | None:
        known = {
            f"{BUILTIN}{name}": operator for name, operator in operators.load().items() if operator.records
        }
        operator = known.get(text)
        if operator is None:
            message = f"there is no set '{text[:MAX_SHOWN]}'; a named set is a list of records, or one of the known operators'"
            assert owner.zone is not None  # noqa: S101 - owners lie in zones
            self._findings.share(
                spot.finding("MX029", message, close_to(text, known)), owner.zone, owner.owner
            )
            return None
        return MXSet.of(ttl, operator.records)

    def _check_ttl(self, ttl: int | None, spot: Spot, owner: Spot, *, shared: bool) -> None:
        """Check a TTL that stands at the value here."""
        for finding in ttl_findings(ttl, spot):
            if shared and owner.zone is not None:
                self._findings.share(finding, owner.zone, owner.owner)
            else:
                self._findings.add(replace(finding, zone=owner.zone, owner=owner.owner))


def ttl_findings(ttl: int | None, spot: Spot) -> Iterable[Diagnostic]:
    """Check the TTL below the key `ttl` of the mapping here, if there is one."""
    if ttl is not None:
        for problem in check_ttl(ttl):
            yield _finding(problem, spot, spot.below("ttl").place())


def _read(records: Sequence[Record], spot: Spot, zone: Name, ttl: int) -> _Read:
    """Make a set of the records at `spot`; None if one of them is no record at all."""
    made: list[MX] = []
    found: list[Diagnostic] = []
    for at, record in enumerate(records):
        exchange, problems = _exchange(record.exchange, zone)
        found += [_finding(problem, spot, spot.exchange(at)) for problem in problems]
        if exchange is not None:
            made.append(MX(record.preference, exchange))
    if len(made) < len(records):
        return None, tuple(found)
    if any(finding.rule == "MX002" for finding in found):
        return None, tuple(found)
    for problem in check_records(made):
        place = spot.place() if problem.record is None else spot.below(problem.record).place()
        found.append(_finding(problem, spot, place))
    if any(finding.rule == "MX007" for finding in found):
        return None, tuple(found)
    return MXSet.of(ttl, made), tuple(found)


def _may_depend_on(zone: Name, records: Sequence[Record]) -> bool:
    """Say whether a zone may matter to what records mean; no is for sure."""
    texts = (record.exchange for record in records)
    return any(
        "." not in text or not text.isascii() or "\\" in text or text.rstrip(".").lower().endswith(zone[:-1])
        for text in texts
    )


def _exchange(text: str, zone: Name) -> tuple[Name | None, list[Problem]]:
    """Read an exchange: two labels or more are absolute, one alone is relative to the zone."""
    try:
        exchange = names.parse(text, ROOT if "." in text else zone)
    except InvalidName as error:
        return None, [Problem("MX003", Severity.ERROR, f"the exchange {error}")]
    return exchange, list(check_exchange(text, exchange, zone))


def _finding(problem: Problem, spot: Spot, place: Place) -> Diagnostic:
    made = spot.finding(problem.rule, problem.message, problem.help, severity=problem.severity, place=place)
    return replace(made, waivable=problem.waivable)
