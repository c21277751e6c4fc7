"""What a resolver's response says. Pure."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.IN.A import A
from dns.rdtypes.IN.AAAA import AAAA

from mxsync import model, names
from mxsync.answers import Alias, Reply
from mxsync.lookup.answer import Answer

if TYPE_CHECKING:
    from mxsync.names import Name


def interpret(response: dns.message.QueryMessage) -> Reply:
    """Read a response to a question for A or AAAA, which it is known to answer."""
    return reply(read(response))


def reply(answer: Answer) -> Reply:
    """Give what an answer to a question for A or AAAA says of addresses."""
    found = {ip_address(record.address) for record in answer.records if isinstance(record, A | AAAA)}
    return Reply(tuple(sorted(found)), answer.alias, answer.exists, answer.unknown, answer.ttl)


def mx_set(answer: Answer) -> model.MXSet | None:
    """Give what an answer to a question for MX says; None where it holds no record."""
    records = {
        model.MX(record.preference, names.from_labels(record.exchange.labels[:-1]))
        for record in answer.records
        if isinstance(record, MX)
    }
    return model.MXSet.of(answer.ttl or 0, records) if records else None


def read(response: dns.message.QueryMessage) -> Answer:
    """Read a response to a question, which it is known to answer.

    Only what RFC 2308 §2 calls so is "there is none"; a referral or half an answer is not.
    """
    rcode = response.rcode()
    if rcode not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
        return Answer(unknown=dns.rcode.to_text(rcode) + _details(response))
    try:
        chain = response.resolve_chaining()
    except dns.message.ChainTooLong:
        return Answer(alias=_first_alias(response), unknown="its aliases lead in a circle, or too far")
    except dns.message.AnswerForNXDOMAIN:
        return Answer(unknown="the answer contradicts itself: there is no such name, and it has records")
    alias = _alias(response, chain.canonical_name) if chain.cnames else None
    if chain.answer is not None:
        wildcard = _wildcard(response, chain.answer)
        return Answer(tuple(chain.answer), chain.minimum_ttl, alias, wildcard=wildcard)
    if why := _inconclusive(response, alias):
        return Answer(alias=alias, unknown=why)
    zone = next((each.name for each in response.authority if each.rdtype == dns.rdatatype.SOA), None)
    return Answer(
        ttl=chain.minimum_ttl if zone else None,
        alias=alias,
        exists=rcode != dns.rcode.NXDOMAIN,
        zone=names.from_labels(zone.labels[:-1]) if zone else None,
    )


def _wildcard(response: dns.message.Message, answer: dns.rrset.RRset) -> Name | None:
    """Give the wildcard that records come from: their signature counts its labels, not those of the name."""
    for each in response.answer:
        if each.name == answer.name and each.covers == answer.rdtype:
            labels = answer.name.labels[-1 - each[0].labels :]
            if len(labels) < len(answer.name.labels) and answer.name.labels[0] != b"*":
                return names.from_labels((b"*", *labels[:-1]))
    return None


def _inconclusive(response: dns.message.QueryMessage, alias: Alias | None) -> str:
    """Say why a response without addresses does not prove that there are none."""
    recursive = response.flags & dns.flags.RA
    if not recursive and not response.flags & dns.flags.AA:
        return "it is no resolver (it looks up nothing for others)"
    if response.answer and alias is None:
        return "the answer is about something else"
    if response.rcode() == dns.rcode.NXDOMAIN or _has(response.authority, dns.rdatatype.SOA):
        return ""
    if _has(response.authority, dns.rdatatype.NS) or not recursive:
        return "it only refers to other servers; is it a resolver?"
    return ""


def _has(section: list[dns.rrset.RRset], kind: dns.rdatatype.RdataType) -> bool:
    return any(each.rdtype == kind for each in section)


def _alias(response: dns.message.QueryMessage, target: dns.name.Name) -> Alias:
    host = response.question[0].name
    above = any(
        each.rdtype == dns.rdatatype.DNAME and host.is_subdomain(each.name) for each in response.answer
    )
    return Alias(names.from_labels(target.labels[:-1]), "DNAME" if above else "CNAME")


def _first_alias(response: dns.message.QueryMessage) -> Alias:
    question = response.question[0]
    first = response.find_rrset(response.answer, question.name, question.rdclass, dns.rdatatype.CNAME)
    return _alias(response, first[0].target)


def _details(response: dns.message.Message) -> str:
    """Give the kinds of extended errors (RFC 8914), such as a wrong signature; their texts are anybody's."""
    codes = dict.fromkeys(dns.edns.EDECode.to_text(error.code) for error in response.extended_errors())
    known = [code.replace("_", " ").lower() for code in codes if code != "OTHER" and not code.isdigit()]
    return f" ({', '.join(known)})" if known else ""
