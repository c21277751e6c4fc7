"""What a response says, and what it does not."""

from __future__ import annotations

from ipaddress import ip_address

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import pytest

from mxsync import names
from mxsync.answers import Alias, HostAnswer, Reply
from mxsync.lookup.interpret import interpret, mx_set, read
from support.sets import mx_set as made_set

SOA = "example.com. 300 IN SOA ns.example.com. hostmaster.example.com. 1 7200 900 1209600 300"
NS = "example.com. 300 IN NS ns.example.com."


def response(
    answer: str = "", authority: str = "", *, flags: str = "QR RD RA", rcode: str = "NOERROR"
) -> dns.message.QueryMessage:
    head = f"id 1\nopcode QUERY\nrcode {rcode}\nflags {flags}\n;QUESTION\nmx.example.com. IN A"
    parts = [head, ";ANSWER", answer, ";AUTHORITY", authority]
    # An empty line would end the message.
    text = "\n".join(part for part in parts if part)
    made = dns.message.from_text(text)
    assert isinstance(made, dns.message.QueryMessage)
    return made


def leads_to(target: str, kind: str = "CNAME") -> Alias:
    return Alias(names.parse(target), kind)


def test_the_addresses_are_those_of_the_host_each_once() -> None:
    answer = (
        "mx.example.com. 60 IN A 192.0.2.9\nMX.Example.COM. 60 IN A 192.0.2.10\nother. 60 IN A 192.0.2.11"
    )
    assert interpret(response(answer)) == Reply((ip_address("192.0.2.9"), ip_address("192.0.2.10")))


def test_a_chain_is_followed_in_any_order_and_its_end_is_the_alias() -> None:
    answer = "b.test. 60 IN A 192.0.2.1\na.test. 60 IN CNAME b.test.\nmx.example.com. 60 IN CNAME A.test."
    assert interpret(response(answer)) == Reply((ip_address("192.0.2.1"),), leads_to("b.test."))


def test_a_dname_above_the_host_is_told_from_a_cname_at_it() -> None:
    answer = (
        "example.com. 60 IN DNAME test.\nmx.example.com. 60 IN CNAME mx.test.\nmx.test. 60 IN A 192.0.2.1"
    )
    assert interpret(response(answer)).alias == leads_to("mx.test.", "DNAME")
    further = "mx.example.com. 60 IN CNAME mx.a.test.\na.test. 60 IN DNAME b.test.\nmx.a.test. 60 IN CNAME mx.b.test."
    assert interpret(response(further, SOA)).alias == leads_to("mx.b.test.")


@pytest.mark.parametrize(
    ("made", "reply"),
    [
        (response(authority=SOA), Reply()),
        (response(), Reply()),
        (response(authority=SOA, flags="QR AA"), Reply()),
        (response(authority=SOA, rcode="NXDOMAIN"), Reply(exists=False)),
        (response(authority=SOA, rcode="NXDOMAIN", flags="QR AA"), Reply(exists=False)),
        (response(rcode="NXDOMAIN"), Reply(exists=False)),
        (
            response("mx.example.com. 60 IN CNAME a.test.", SOA, rcode="NXDOMAIN"),
            Reply(alias=leads_to("a.test."), exists=False),
        ),
        (response("mx.example.com. 60 IN CNAME a.test.", SOA), Reply(alias=leads_to("a.test."))),
    ],
)
def test_that_there_is_nothing_is_taken_from_a_resolver_or_an_authority(
    made: dns.message.QueryMessage, reply: Reply
) -> None:
    assert interpret(made) == reply


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (response(authority=NS), "only refers to other servers"),
        (response(authority=NS, flags="QR AA"), "only refers to other servers"),
        (response(authority=NS, flags="QR"), "is no resolver"),
        (response(flags="QR"), "is no resolver"),
        (response(rcode="NXDOMAIN", flags="QR"), "is no resolver"),
        (response("mx.example.com. 60 IN CNAME a.test.", flags="QR AA"), "only refers to other servers"),
        (response("other.test. 60 IN A 192.0.2.1", SOA), "about something else"),
        (response("other.test. 60 IN A 192.0.2.1", rcode="NXDOMAIN"), "about something else"),
        (response("example.com. 60 IN DNAME test.", SOA), "about something else"),
        (response("mx.example.com. 60 IN A 192.0.2.1", rcode="NXDOMAIN"), "contradicts itself"),
        (response("mx.example.com. 60 IN CNAME a.test.\na.test. 60 IN CNAME mx.example.com."), "in a circle"),
        (response(rcode="SERVFAIL"), "SERVFAIL"),
        (response("mx.example.com. 60 IN A 192.0.2.1", rcode="REFUSED"), "REFUSED"),
    ],
)
def test_what_proves_nothing_leaves_the_host_unknown(made: dns.message.QueryMessage, reason: str) -> None:
    reply = interpret(made)
    assert reason in reply.unknown
    assert reply.exists
    assert not reply.addresses


def test_an_alias_is_known_even_where_its_end_is_not() -> None:
    assert interpret(response("mx.example.com. 60 IN CNAME a.test.", flags="QR AA")).alias == leads_to(
        "a.test."
    )
    circle = "mx.example.com. 60 IN CNAME a.test.\na.test. 60 IN CNAME a.test."
    assert interpret(response(circle)).alias == leads_to("a.test.")


@pytest.mark.parametrize(
    ("codes", "shown"),
    [
        ([6], "SERVFAIL (dnssec bogus)"),
        ([22, 6, 22], "SERVFAIL (no reachable authority, dnssec bogus)"),
        ([0, 4000], "SERVFAIL"),
    ],
)
def test_a_failure_says_of_which_kind_it_is_and_not_what_the_server_wrote(
    codes: list[int], shown: str
) -> None:
    made = response(rcode="SERVFAIL")
    made.use_edns(options=[dns.edns.EDEOption(dns.edns.EDECode.make(code), "any\ntext") for code in codes])
    assert interpret(made).unknown == shown


def test_a_host_is_missing_only_where_both_families_say_so() -> None:
    gone, empty, unknown = Reply(exists=False), Reply(), Reply(unknown="SERVFAIL")
    assert HostAnswer(gone, gone).missing
    for other in (empty, unknown):
        assert not HostAnswer(gone, other).missing
        assert not HostAnswer(other, gone).missing


def test_what_is_unknown_of_one_family_names_it() -> None:
    assert HostAnswer(Reply(), Reply(unknown="SERVFAIL")).unknown == "AAAA: SERVFAIL"
    assert (
        HostAnswer(Reply(unknown="REFUSED"), Reply(unknown="SERVFAIL")).unknown
        == "A: REFUSED; AAAA: SERVFAIL"
    )
    assert HostAnswer.unknown_for("no resolver").unknown == "no resolver"
    assert HostAnswer(Reply(), Reply()).unknown == ""


def mx(answer: str) -> dns.message.QueryMessage:
    text = f"id 1\nopcode QUERY\nrcode NOERROR\nflags QR RD RA\n;QUESTION\na.b.example.com. IN MX\n;ANSWER\n{answer}"
    made = dns.message.from_text(text)
    assert isinstance(made, dns.message.QueryMessage)
    return made


@pytest.mark.parametrize(("labels", "wildcard"), [(2, "*.example.com."), (3, "*.b.example.com."), (4, None)])
def test_a_signature_shows_from_which_wildcard_a_set_was_made_up(labels: int, wildcard: str | None) -> None:
    signature = f"MX 13 {labels} 60 20301231235959 20200101000000 1 example.com. AAAA"
    answer = read(mx(f"a.b.example.com. 60 IN MX 10 mx.\na.b.example.com. 60 IN RRSIG {signature}\n"))
    assert answer.wildcard == wildcard
    assert mx_set(answer) == made_set(60, "10 mx.")


def test_an_answer_keeps_the_shortest_ttl_on_its_way() -> None:
    answer = read(mx("a.b.example.com. 30 IN CNAME c.test.\nc.test. 60 IN MX 10 mx.\n"))
    assert (answer.ttl, answer.alias) == (30, leads_to("c.test."))
    assert mx_set(read(response())) is None
