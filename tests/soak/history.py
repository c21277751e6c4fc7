"""Every version that a zone ever had, from the server's own journal (IXFR, RFC 1995)."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import dns.query
import dns.rdatatype

from mxsync import names
from mxsync.model import MX, MXSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import dns.rrset

    from mxsync.names import Name
    from support.nameserver import Key, Server

Sets = dict["Name", MXSet | None]


class Step(NamedTuple):
    """A change of one set, in the order in which the server made them."""

    serial: int
    before: MXSet | None
    after: MXSet | None


def steps(server: Server, key: Key, zone: Name, first: int = 1) -> Mapping[Name, list[Step]]:
    """Give the changes of every MX set of a zone since a version in which it had none."""
    held: dict[Name, dict[MX, int]] = defaultdict(dict)
    found: dict[Name, list[Step]] = defaultdict(list)
    for serial, removed, added in _differences(server, key, zone, first):
        touched = {owner for owner, _, _ in (*removed, *added)}
        before = {owner: _set(held[owner]) for owner in touched}
        for owner, record, ttl in removed:
            assert held[owner].pop(record) == ttl, "the history has a gap"
        for owner, record, ttl in added:
            assert record not in held[owner], "the history has a gap"
            held[owner][record] = ttl
        for owner in touched:
            found[owner].append(Step(serial, before[owner], _set(held[owner])))
    for some in found.values():
        assert all(one.after == two.before for one, two in pairwise(some))
    return found


_Line = tuple["Name", MX, int]
"""Owner, record and TTL."""


def _differences(
    server: Server, key: Key, zone: Name, first: int
) -> Iterator[tuple[int, list[_Line], list[_Line]]]:
    """Give each version's serial, and what was removed and added for it."""
    records = [
        rrset
        for message in dns.query.xfr(
            server.address,
            zone,
            dns.rdatatype.IXFR,
            port=server.port,
            keyring=key.keyring,
            relativize=False,
            lifetime=60,
            serial=first,
        )
        for rrset in message.answer
    ]
    if len(records) == 1:
        return
    assert records[1].rdtype == dns.rdatatype.SOA, "the server sent the whole zone instead of its history"
    parts: list[tuple[int, list[_Line]]] = []
    for rrset in records[1:-1]:
        if rrset.rdtype == dns.rdatatype.SOA:
            parts.append((rrset[0].serial, []))
        elif rrset.rdtype == dns.rdatatype.MX:
            parts[-1][1].append(_line(rrset))
    for (_, removed), (serial, added) in zip(parts[::2], parts[1::2], strict=True):
        yield serial, removed, added


def _line(rrset: dns.rrset.RRset) -> _Line:
    [data] = rrset
    exchange = names.from_labels(data.exchange.labels[:-1])
    return names.from_labels(rrset.name.labels[:-1]), MX(data.preference, exchange), rrset.ttl


def _set(held: Mapping[MX, int]) -> MXSet | None:
    if not held:
        return None
    (ttl,) = set(held.values())
    return MXSet.of(ttl, held)
