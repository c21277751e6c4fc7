"""Finds out what an owner has, from the answers of an authoritative server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from mxsync import names
from mxsync.errors import InvalidName, InvalidSet
from mxsync.reading import Absent, Blocked, Present, Unreadable
from mxsync_rfc2136 import wildcard
from mxsync_rfc2136.convert import from_dns, to_dns, to_set
from mxsync_rfc2136.session import Trouble

if TYPE_CHECKING:
    from mxsync.names import Name
    from mxsync.reading import OwnerReading
    from mxsync_rfc2136.session import Session

_FOUND = {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}


def check_zone(session: Session, zone: Name) -> None:
    """Make sure that the server has authority for a zone of just this name.

    Raises Trouble, with what is wrong and what to do.
    """
    answer = session.ask(zone, dns.rdatatype.SOA)
    server, rcode = session.server, answer.rcode()
    if rcode == dns.rcode.REFUSED:
        who = f"the TSIG key {server.key_name}" if server.key else "questions without a TSIG key"
        raise Trouble(f"{server}: the server refuses to answer for {zone} (REFUSED): not served to {who}")
    if rcode == dns.rcode.SERVFAIL:
        raise Trouble(f"{server}: the server has trouble with {zone} (SERVFAIL); see its log")
    if rcode not in _FOUND:
        raise Trouble(f"{server}: the server answers {_text(rcode)} for {zone}; is it served there?")
    if _records(answer, zone, dns.rdatatype.SOA):
        if not answer.flags & dns.flags.AA:
            raise Trouble(f"{server}: the server has no authority for {zone}; name its primary server")
        return
    above = _soa(answer)
    if answer.flags & dns.flags.AA and above is not None:
        raise Trouble(
            f"{server}: {zone} is no zone of its own there; it lies in {from_dns(above.name)}, take that as the zone"
        )
    raise Trouble(f"{server}: the server does not serve {zone}")


def read_owner(session: Session, zone: Name, owner: Name) -> OwnerReading:
    """Read one owner of a zone that `check_zone` has found in order. Raises nothing."""
    try:
        return _read(session, zone, owner)
    except Trouble as error:
        return Unreadable(str(error))


def _read(session: Session, zone: Name, owner: Name) -> OwnerReading:
    if not names.is_within(owner, zone):
        return Blocked(f"{owner} lies outside of {zone}")
    answer = session.ask(owner, dns.rdatatype.MX)
    if answer.rcode() not in _FOUND:
        return Unreadable(f"{session.server}: the server answers {_text(answer.rcode())} for {owner} MX")
    if answer.flags & dns.flags.TC:
        return Unreadable(f"{session.server}: the server cut the answer for {owner} MX short")
    for record in answer.answer:
        if record.rdtype == dns.rdatatype.DNAME:
            return Blocked(f"{from_dns(record.name)} is a DNAME: nothing below it is served from this zone")
    alias = _records(answer, owner, dns.rdatatype.CNAME)
    found = alias or _records(answer, owner, dns.rdatatype.MX)
    if not found:
        return _nothing(session, zone, owner, answer)
    if not answer.flags & dns.flags.AA:
        return Unreadable(f"{session.server}: the answer for {owner} MX is not authoritative")
    if not alias and (serving := _serving(session, owner, answer)) != zone:
        return Blocked(f"{owner} lies in the zone {serving} there, not in {zone}")
    made_up = wildcard.made_up(session, zone, owner, found)
    return Absent() if made_up else _own(session, owner, found, sure=made_up is False)


def _own(session: Session, owner: Name, found: list[dns.rrset.RRset], *, sure: bool) -> OwnerReading:
    """Read records that no wildcard made up, if that is sure."""
    if not sure:
        return Blocked(
            f"a wildcard has the same records as {owner}, and the server does not let this key find out "
            "whether the owner has any of its own; give the key leave to update"
        )
    if found[0].rdtype == dns.rdatatype.CNAME:
        return Blocked(f"{owner} is a CNAME: an MX set cannot stand beside it (RFC 2181 §10.1)", vacant=True)
    try:
        return Present(to_set(found))
    except (InvalidSet, InvalidName, ValueError) as error:
        return Unreadable(f"{session.server}: the server gives an odd set for {owner} MX: {error}")


def _nothing(session: Session, zone: Name, owner: Name, answer: dns.message.Message) -> OwnerReading:
    """Read an answer without records: no set, or not the business of this zone."""
    soa = _soa(answer)
    if soa is None:
        for record in answer.authority:
            if record.rdtype == dns.rdatatype.NS and not answer.flags & dns.flags.AA:
                cut = from_dns(record.name)
                return Blocked(f"{cut} is delegated: an MX set of {owner} in {zone} would never be served")
    if soa is None or not answer.flags & dns.flags.AA:
        return Unreadable(f"{session.server}: the server gives neither records nor a reason for {owner} MX")
    if soa.name != to_dns(zone):
        return Blocked(f"{owner} lies in the zone {from_dns(soa.name)} there, not in {zone}")
    # RFC 2308 §5.
    return Absent(min(soa.ttl, soa[0].minimum))


def _serving(session: Session, owner: Name, answer: dns.message.Message) -> Name | None:
    """Find out which zone of the server an answer came from; a child zone may be served beside it."""
    for record in answer.authority:
        if record.rdtype == dns.rdatatype.NS:
            return from_dns(record.name)
    answer = session.ask(owner, dns.rdatatype.SOA)
    if _records(answer, owner, dns.rdatatype.SOA):
        return owner
    soa = _soa(answer)
    if soa is None:
        raise Trouble(f"{session.server}: the server does not say which zone {owner} lies in")
    return from_dns(soa.name)


def _records(answer: dns.message.Message, name: Name, kind: dns.rdatatype.RdataType) -> list[dns.rrset.RRset]:
    """Give the records of this name and type in the answer section, one by one."""
    wanted = to_dns(name)
    return [record for record in answer.answer if record.rdtype == kind and record.name == wanted]


def _soa(answer: dns.message.Message) -> dns.rrset.RRset | None:
    return next((record for record in answer.authority if record.rdtype == dns.rdatatype.SOA), None)


def _text(rcode: dns.rcode.Rcode) -> str:
    return dns.rcode.to_text(rcode)
