"""Between mxsync's values and dnspython's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.MX
import dns.rrset

from mxsync import names
from mxsync.model import MX, MXSet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.names import Name


def to_dns(name: Name) -> dns.name.Name:
    """Give a name as dnspython has it."""
    return dns.name.Name((*names.to_labels(name), b""))


def from_dns(name: dns.name.Name) -> Name:
    """Give an absolute name of dnspython in canonical text."""
    return names.from_labels(name.labels[:-1])


def to_rdatas(mx_set: MXSet) -> list[dns.rdtypes.ANY.MX.MX]:
    """Give the records of a set."""
    return [
        dns.rdtypes.ANY.MX.MX(  # type: ignore[no-untyped-call]
            dns.rdataclass.IN, dns.rdatatype.MX, record.preference, to_dns(record.exchange)
        )
        for record in mx_set.records
    ]


def to_set(records: Iterable[dns.rrset.RRset]) -> MXSet:
    """Make a set of MX records that came one by one.

    Raises InvalidSet for the same record twice, ValueError for records of different TTLs: no server
    should give either (RFC 2181 §5).
    """
    found = list(records)
    ttls = {record.ttl for record in found}
    if len(ttls) > 1:
        raise ValueError("records of different TTLs")
    return MXSet.of(ttls.pop(), (MX(data.preference, from_dns(data.exchange)) for [data] in found))
