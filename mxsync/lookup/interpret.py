"""What a resolver's response says of a host's addresses. Pure."""

from __future__ import annotations

from ipaddress import ip_address

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from mxsync import names
from mxsync.answers import Alias, Reply


def interpret(response: dns.message.QueryMessage) -> Reply:
    """Read a response to a question for A or AAAA, which it is known to answer.

    Only what RFC 2308 §2 calls so is "there is none"; a referral or half an answer is not.
    """
    rcode = response.rcode()
    if rcode not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
        return Reply(unknown=dns.rcode.to_text(rcode) + _details(response))
    try:
        chain = response.resolve_chaining()
    except dns.message.ChainTooLong:
        return Reply(alias=_first_alias(response), unknown="its aliases lead in a circle, or too far")
    except dns.message.AnswerForNXDOMAIN:
        return Reply(unknown="the answer contradicts itself: there is no such name, and it has addresses")
    alias = _alias(response, chain.canonical_name) if chain.cnames else None
    if chain.answer is not None:
        return Reply(tuple(sorted({ip_address(rdata.address) for rdata in chain.answer})), alias)
    if why := _inconclusive(response, alias):
        return Reply(alias=alias, unknown=why)
    return Reply(alias=alias, exists=rcode != dns.rcode.NXDOMAIN)


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
