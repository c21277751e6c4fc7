"""What a manifest says already that an import can build on. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync import names, operators
from mxsync.diagnostic import Severity
from mxsync.errors import InvalidName
from mxsync.importing.fold import Known, NamedSet
from mxsync.manifest.resolve import DEFAULT_TTL
from mxsync.manifest.schema import RecordsWithTtl
from mxsync.manifest.sets import BUILTIN
from mxsync.model import MX
from mxsync.rules.checks import check_exchange

if TYPE_CHECKING:
    from mxsync.importing.fold import Records
    from mxsync.manifest.load import Manifest
    from mxsync.manifest.schema import NamedSet as SetBlock
    from mxsync.manifest.schema import Record


def known_of(manifest: Manifest) -> Known:
    """Give the default TTL of a manifest, and the named sets that can be used for more zones."""
    sets: dict[Records, NamedSet] = {}
    for name, source in manifest.sets.items():
        made = _set(name, source.content.sets[name])
        if made:
            sets.setdefault(made.records, made)
    ttl = manifest.defaults.ttl if manifest.defaults else None
    return Known(DEFAULT_TTL if ttl is None else ttl, sets, frozenset(manifest.sets))


def _set(name: str, block: SetBlock) -> NamedSet | None:
    if isinstance(block, str):
        operator = operators.load().get(block.removeprefix(BUILTIN))
        if operator is None or not operator.records:
            return None
        return NamedSet(name, tuple(sorted(operator.records)), operator=operator.name)
    ttl, records = (block.ttl, block.records) if isinstance(block, RecordsWithTtl) else (None, block)
    read = [_record(record) for record in records]
    found = [record for record in read if record]
    return NamedSet(name, tuple(sorted(found)), ttl) if len(found) == len(read) else None


def _record(record: Record) -> MX | None:
    """Read a record that means the same in every zone, and breaks no rule by the way it is written."""
    if "." not in record.exchange:
        return None
    try:
        exchange = names.parse(record.exchange)
    except InvalidName:
        return None
    written = {
        problem.rule
        for problem in check_exchange(record.exchange, exchange, names.ROOT)
        if problem.severity is Severity.ERROR
    }
    plain = {problem.rule for problem in check_exchange(exchange, exchange, names.ROOT)}
    return MX(record.preference, exchange) if written <= plain else None
