"""Hypothesis strategies for DNS messages, and dnspython's view of mxsync's values."""

from __future__ import annotations

import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from hypothesis import settings
from hypothesis import strategies as st

from mxsync import names
from mxsync.change import Change
from mxsync.model import MX, MXSet
from mxsync.names import Name
from mxsync_rfc2136.message import Kind, Record, Soa
from support.sets import labels

calm = settings(deadline=None, max_examples=60)
"""How often to try, on machines that are busy with other things too."""
MAX_LABELS_OCTETS = 254
"""Of a name, with the length before each label and without the last one."""

any_labels = st.lists(
    st.one_of(
        labels.filter(lambda label: len(label) < 12), labels, st.sampled_from([b"mx", b"MX", b"*", b"a.b"])
    ),
    max_size=6,
).filter(lambda parts: sum(len(part) + 1 for part in parts) <= MAX_LABELS_OCTETS)
"""Labels of a name, of any octets and in any case."""
any_names = any_labels.map(names.from_labels)


def in_dns(name: Name) -> dns.name.Name:
    """Give a name as dnspython has it."""
    return dns.name.Name((*names.to_labels(name), b""))


@st.composite
def below(draw: st.DrawFn, zone: Name) -> Name:
    """Names in a zone, the zone's own among them."""
    label = draw(st.one_of(st.none(), labels.filter(lambda label: len(label) <= 40)))
    return zone if label is None else names.from_labels((label, *names.to_labels(zone)))


ttls = st.one_of(st.integers(0, 2**32 - 1), st.sampled_from([0, 300, 2**31 - 1, 2**31, 2**32 - 1]))
numbers = st.integers(0, 2**32 - 1)
mxs = st.builds(MX, st.integers(0, 65535), any_names)
soas = st.builds(Soa, any_names, any_names, numbers, numbers, numbers, numbers, numbers)
mx_sets = st.builds(MXSet.of, st.integers(0, 2**31 - 1), st.sets(mxs, min_size=1, max_size=4))


@st.composite
def changes(draw: st.DrawFn, zone: Name) -> Change:
    """A change of an owner in a zone."""
    before, after = draw(
        st.tuples(st.none() | mx_sets, st.none() | mx_sets).filter(lambda pair: pair[0] != pair[1])
    )
    return Change(draw(below(zone)), before, after)


def rdata(data: MX | Name | Soa, kind: int) -> dns.rdata.Rdata:
    """Give a record's data as dnspython has it."""
    # By text: the classes of dnspython know neither types nor stability.
    match data:
        case MX(preference, exchange):
            text = f"{preference} {in_dns(exchange)}"
        case Soa():
            text = " ".join((str(in_dns(data.mname)), str(in_dns(data.rname)), *map(str, data[2:])))
        case _:
            text = str(in_dns(data))
    return dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.RdataType(kind), text)


def rrset(record: Record) -> dns.rrset.RRset:
    """Give one record as dnspython has it; of a type that mxsync does not read, an address or a text."""
    if record.data is not None:
        data = rdata(record.data, record.kind)
    else:
        text = {Kind.A: "192.0.2.1", Kind.AAAA: "2001:db8::1"}.get(Kind(record.kind), "")
        data = dns.rdata.from_text("IN", dns.rdatatype.RdataType(record.kind), text)
    return dns.rrset.from_rdata(in_dns(record.name), record.ttl, data)
