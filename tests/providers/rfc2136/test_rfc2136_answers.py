"""Answers that are none, and that nothing may be built on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from mxsync.reading import Absent, Unreadable
from support.relay import liar
from support.rfc2136 import apex_with

if TYPE_CHECKING:
    from collections.abc import Callable

    from mxsync.reading import OwnerReading
    from support.rfc2136 import Lying, Site


def answer_to(message: bytes, rcode: dns.rcode.Rcode, flags: int = dns.flags.AA) -> bytes:
    """Answer without a signature, as servers do that cannot check one."""
    answer = dns.message.make_response(dns.message.from_wire(message, keyring=False))
    answer.tsig = None
    answer.set_rcode(rcode)
    answer.flags |= flags
    return answer.to_wire()


@pytest.mark.parametrize("rcode", [dns.rcode.REFUSED, dns.rcode.NOTAUTH, dns.rcode.NOERROR])
def test_an_unsigned_answer_to_a_signed_question(site: Site, lying: Lying, rcode: dns.rcode.Rcode) -> None:
    """PowerDNS refuses so what is signed wrongly; anybody else could forge it: no answer to build on."""
    message = site.failure("zone0.test.", lying(lambda message: answer_to(message, rcode)))
    assert f"answered {dns.rcode.to_text(rcode)} without a signature" in message
    assert "mxsync." in message


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: b"",
        lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n",
        lambda message: message,
        lambda message: bytes([message[0] ^ 1]) + answer_to(message, dns.rcode.REFUSED)[1:],
        lambda message: message[:12] + b"\xc0\x0c" * 40,
        lambda _: b"\xff" * 60_000,
    ],
    ids=["empty", "http", "echo", "other-id", "loop", "noise"],
)
def test_what_is_no_answer(site: Site, lying: Lying, answer: Callable[[bytes], bytes]) -> None:
    site.failure("zone0.test.", lying(answer))


def test_a_server_that_is_no_name_server(site: Site, lying: Lying) -> None:
    provider = lying(lambda _: b"SSH-2.0-OpenSSH\r\n")
    assert "is it a DNS server?" in site.failure("zone0.test.", provider)


def test_an_answer_to_another_question_is_none(site: Site) -> None:
    def other(message: bytes) -> bytes:
        question = dns.message.make_query("elsewhere.example.", "SOA", id=int.from_bytes(message[:2]))
        return dns.message.make_response(question).to_wire()

    with liar(other) as port:
        provider = site.open(port=port, tsig=None, unsigned=True)
        assert "no answer to the question" in site.failure("zone0.test.", provider)


@pytest.mark.parametrize(
    ("rcode", "words"),
    [
        (dns.rcode.SERVFAIL, "has trouble with zone0.test. (SERVFAIL)"),
        (dns.rcode.NOTAUTH, "answers NOTAUTH"),
        (dns.rcode.NXDOMAIN, "does not serve zone0.test."),
        (dns.rcode.NOERROR, "does not serve zone0.test."),
        (dns.rcode.FORMERR, "answers FORMERR"),
    ],
)
def test_a_zone_that_the_server_does_not_show(site: Site, rcode: dns.rcode.Rcode, words: str) -> None:
    with liar(lambda message: answer_to(message, rcode)) as port:
        message = site.failure("zone0.test.", site.open(port=port, tsig=None, unsigned=True))
    assert words in message


def test_a_server_without_authority(site: Site) -> None:
    """A resolver knows the SOA of a zone from elsewhere."""

    def resolver(message: bytes) -> bytes:
        answer = dns.message.make_response(dns.message.from_wire(message))
        answer.answer.append(dns.rrset.from_text("zone0.test.", 60, "IN", "SOA", "ns. host. 1 2 3 4 5"))
        return answer.to_wire()

    with liar(resolver) as port:
        message = site.failure("zone0.test.", site.open(port=port, tsig=None, unsigned=True))
    assert "no authority for zone0.test." in message


def read_apex(site: Site, answer: Callable[[bytes], bytes]) -> OwnerReading:
    with liar(answer) as port:
        provider = site.open(port=port, tsig=None, unsigned=True)
        return site.read("zone0.test.", "zone0.test.", provider)


@pytest.mark.parametrize(
    "records",
    [
        [(300, "10 mx.example.net."), (300, "10 MX.example.net.")],
        [(300, "10 mx1.example.net."), (600, "20 mx2.example.net.")],
        [],
    ],
    ids=["twice", "two-ttls", "nothing-said"],
)
def test_an_odd_set_is_neither_a_set_nor_none(site: Site, records: list[tuple[int, str]]) -> None:
    reading = read_apex(site, apex_with(*records))
    assert isinstance(reading, Unreadable)
    site.check(reading.message)


@pytest.mark.parametrize("flags", [0, dns.flags.AA | dns.flags.TC], ids=["no-authority", "cut-short"])
def test_a_set_that_may_be_old_or_a_part_is_none(site: Site, flags: int) -> None:
    assert isinstance(read_apex(site, apex_with((300, "10 mx.example.net."), flags=flags)), Unreadable)


@pytest.mark.parametrize("rcode", [dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.NOERROR])
def test_an_owner_that_the_server_fails_to_show_is_not_absent(site: Site, rcode: dns.rcode.Rcode) -> None:
    good = apex_with((300, "10 mx.example.net."))

    def answer(message: bytes) -> bytes:
        kind = dns.message.from_wire(message).question[0].rdtype
        return good(message) if kind == dns.rdatatype.SOA else answer_to(message, rcode)

    assert isinstance(read_apex(site, answer), Unreadable)


@pytest.mark.parametrize(("ttl", "minimum"), [(60, 900), (900, 60)])
def test_the_lesser_of_ttl_and_minimum_counts_for_an_absent_set(site: Site, ttl: int, minimum: int) -> None:
    """RFC 2308 §5. BIND makes the TTL the lesser one itself; not every server does."""
    answer = apex_with(authority=f"{ttl} IN SOA ns. host. 1 2 3 4 {minimum}")
    assert read_apex(site, answer) == Absent(60)
