"""What the response of a name server says, that was asked for what it has itself. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.SOA import SOA

from mxsync import model, names
from mxsync.authority.servers import Kind
from mxsync.reading import Absent, Blocked, Present, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mxsync.answers import Address
    from mxsync.names import Name
    from mxsync.reading import OwnerReading

_NO_RECORDS = frozenset({dns.rcode.NOERROR, dns.rcode.NXDOMAIN})


@dataclass(frozen=True, slots=True)
class Referral:
    """The name servers that a response gives for a zone; none: there is no such delegation."""

    names: tuple[Name, ...] = ()
    glue: Mapping[Name, tuple[Address, ...]] = field(default_factory=dict)
    """Addresses of those servers that lie in the zone itself, for nobody else can give them."""
    unknown: str = ""
    """Why the response says nothing of it."""


def read_mx(response: dns.message.QueryMessage, zone: Name, owner: Name) -> tuple[Kind, OwnerReading]:
    """Read a response to the question for the MX set of an owner."""
    rcode = response.rcode()
    if rcode == dns.rcode.REFUSED:
        return Kind.REFUSED, Unreadable("it refuses to answer (REFUSED)")
    if rcode == dns.rcode.NOTAUTH:
        return Kind.LAME, Unreadable("it has no authority for the zone (NOTAUTH)")
    if rcode not in _NO_RECORDS:
        return Kind.FAILED, Unreadable(f"it answers {dns.rcode.to_text(rcode)}")
    if not response.flags & dns.flags.AA:
        return _unauthorized(response, zone, owner)
    for rrset in response.answer:
        if _name(rrset.name) != owner:
            continue
        if rrset.rdtype == dns.rdatatype.CNAME:
            reason = f"it is a CNAME of {_name(rrset[0].target)}"
            return Kind.ALIAS, Blocked(reason, vacant=True, rule="MXL07")
        if rrset.rdtype == dns.rdatatype.MX:
            records = {
                model.MX(each.preference, _name(each.exchange)) for each in rrset if isinstance(each, MX)
            }
            return Kind.SET, Present(model.MXSet.of(rrset.ttl, records))
    if response.answer:
        return Kind.FAILED, Unreadable("its answer is about something else")
    return Kind.NONE, Absent(negative_ttl(response))


def negative_ttl(response: dns.message.Message) -> int | None:
    """Give for how long caches keep it that there are no records (RFC 2308 §5), where a SOA record is shown."""
    for rrset in (*response.answer, *response.authority):
        soa = rrset[0] if len(rrset) else None
        if isinstance(soa, SOA):
            return min(rrset.ttl, soa.minimum)
    return None


def read_ns(response: dns.message.QueryMessage, zone: Name) -> Referral:
    """Read a response of a parent, or of a zone's own server, to the question for the zone's name servers."""
    rcode = response.rcode()
    if rcode not in _NO_RECORDS:
        return Referral(unknown=f"it answers {dns.rcode.to_text(rcode)}")
    owned = response.flags & dns.flags.AA
    found = _names_in(response.answer, zone) if owned else ()
    found = found or _names_in(response.authority, zone)
    if not found and not owned:
        return Referral(unknown="it has no authority (no AA)")
    glue: dict[Name, list[Address]] = defaultdict(list)
    for rrset in response.additional:
        if rrset.rdtype in {dns.rdatatype.A, dns.rdatatype.AAAA}:
            host = _name(rrset.name)
            if host in found and names.is_within(host, zone):
                glue[host] += (ip_address(each.address) for each in rrset)
    return Referral(found, {host: tuple(addresses) for host, addresses in glue.items()})


def _names_in(section: list[dns.rrset.RRset], zone: Name) -> tuple[Name, ...]:
    return tuple(
        sorted(_name(each.target) for rrset in _of(section, zone, dns.rdatatype.NS) for each in rrset)
    )


def _of(
    section: list[dns.rrset.RRset], owner: Name, kind: dns.rdatatype.RdataType
) -> Iterator[dns.rrset.RRset]:
    return (rrset for rrset in section if rrset.rdtype == kind and _name(rrset.name) == owner)


def _unauthorized(response: dns.message.QueryMessage, zone: Name, owner: Name) -> tuple[Kind, OwnerReading]:
    for rrset in response.authority:
        if rrset.rdtype == dns.rdatatype.NS:
            cut = _name(rrset.name)
            if cut != zone and names.is_within(cut, zone) and names.is_within(owner, cut):
                reason = f"{cut} is delegated to {_name(rrset[0].target)}, which answers for it"
                return Kind.CUT, Blocked(reason, rule="MXL10")
            return Kind.LAME, Unreadable("it has no authority for the zone, and refers to others")
    return Kind.LAME, Unreadable("it has no authority for the zone (no AA)")


def _name(name: dns.name.Name) -> Name:
    return names.from_labels(name.labels[:-1])
