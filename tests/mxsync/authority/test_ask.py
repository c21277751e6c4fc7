"""Every server is asked about every owner, and only what it says with authority counts."""

from __future__ import annotations

from collections.abc import Iterator

import dns.flags
import dns.message
import pytest

from mxsync import names
from mxsync.authority.ask import Inquiry, ask
from mxsync.authority.interpret import read_mx, read_ns
from mxsync.authority.servers import Kind, Server, Told
from mxsync.lookup.resolvers import Resolver
from mxsync.reading import Absent, Present
from support.named import running_named
from support.nameserver import LOOPBACK, Zone, reserved_port
from support.nameserver import Server as Running
from support.responder import responding
from support.sets import mx_set

ZONE = names.parse("example.com.")
MANY = [f"{number} mx{number}.a-name-that-is-rather-long.example.net." for number in range(60)]
RECORDS = "\n".join(
    [
        "@ 3600 MX 10 mx1.example.net.\nalias CNAME @\nsub NS ns.example.net.",
        "*.w 60 MX 10 w.example.net.\nhere.w TXT x\n*.alike 60 MX 10 mx1.example.net.",
        *(f"many 300 MX {record}" for record in MANY),
    ]
)


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_named(tmp_path_factory.mktemp("named"), [Zone(ZONE, RECORDS)]) as server:
        yield server


def server(port: int) -> Server:
    return Server("ns.example.com.", Resolver(LOOPBACK, port))


def asked(port: int, owner: str, *, zone: str = ZONE, vacant: bool = False) -> Told:
    apex = names.parse(zone)
    (told,) = ask([Inquiry(apex, names.parse(owner, apex), server(port), vacant)]).values()
    return told


def test_a_set_comes_with_its_full_ttl(named: Running) -> None:
    told = asked(named.port, "@")
    assert (told.kind, told.reading) == (Kind.SET, Present(mx_set(3600, "10 mx1.example.net.")))


def test_a_set_that_does_not_fit_into_a_datagram_comes_over_tcp(named: Running) -> None:
    assert asked(named.port, "many").reading == Present(mx_set(300, *MANY))


@pytest.mark.parametrize("owner", ["nowhere", "ns", "w"])
def test_that_there_is_none_comes_with_the_negative_ttl(named: Running, owner: str) -> None:
    told = asked(named.port, owner)
    assert (told.kind, told.reading) == (Kind.NONE, Absent(300))


def test_an_alias_and_a_delegation_are_told_from_a_set(named: Running) -> None:
    alias, cut = asked(named.port, "alias"), asked(named.port, "x.sub")
    assert (alias.kind, alias.summary) == (Kind.ALIAS, "it is a CNAME of example.com.")
    assert (cut.kind, cut.summary) == (
        Kind.CUT,
        "sub.example.com. is delegated to ns.example.net., which answers for it",
    )
    assert alias.answered
    assert cut.answered


def test_a_wildcards_set_is_none_where_none_is_expected(named: Running) -> None:
    made_up = Present(mx_set(60, "10 w.example.net."))
    assert asked(named.port, "x.y.w").reading == made_up
    assert asked(named.port, "x.y.w", vacant=True).reading == Absent(60, wildcard=True)
    assert asked(named.port, "*.w", vacant=True).reading == made_up
    assert asked(named.port, "@", vacant=True).kind is Kind.SET


def test_a_server_without_the_zone_refuses(named: Running) -> None:
    told = asked(named.port, "@", zone="example.org.")
    assert (told.kind, told.answered) == (Kind.REFUSED, False)


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with reserved_port() as port:
        told = asked(port, "@")
    assert (told.kind, told.summary) == (Kind.UNREACHABLE, "connection refused")


def test_a_silent_server_is_asked_no_more_than_it_deserves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mxsync.authority.desk.PATIENCE", (0.05, 0.05))
    monkeypatch.setattr("mxsync.authority.ask.AT_ONCE", 1)
    with responding(lambda _: []) as silent:
        owners = [names.parse(f"a{number}", ZONE) for number in range(50)]
        told = ask(Inquiry(ZONE, owner, server(silent.port)) for owner in owners)
    assert {each.summary for each in told.values()} == {"no answer"}
    assert len(silent.questions) == 3


def test_authorities_are_asked_without_recursion() -> None:
    def answer(question: dns.message.QueryMessage) -> list[dns.message.Message]:
        response = dns.message.make_response(question)
        response.flags |= dns.flags.AA
        return [response]

    with responding(answer) as responder:
        assert asked(responder.port, "@").kind is Kind.NONE
    assert [question.flags for question in responder.questions] == [0]


def test_at_the_deadline_every_inquiry_has_been_told_something() -> None:
    with responding(lambda _: []) as silent:
        wanted = [Inquiry(ZONE, names.parse(str(number), ZONE), server(silent.port)) for number in range(300)]
        told = ask(wanted, deadline=0.1)
    assert list(told) == wanted
    assert {each.summary for each in told.values()} == {"no answer within 0.1 s"}


def test_once_stopped_nothing_more_is_asked() -> None:
    with responding(lambda _: []) as silent:
        (told,) = ask([Inquiry(ZONE, ZONE, server(silent.port))], stopped=lambda: True).values()
    assert told.summary == "interrupted before it was asked"


def response(
    text: str, *, flags: str = "QR AA", rcode: str = "NOERROR", kind: str = "MX"
) -> dns.message.QueryMessage:
    head = f"id 1\nopcode QUERY\nrcode {rcode}\nflags {flags}\n;QUESTION\nexample.com. IN {kind}\n"
    made = dns.message.from_text(head + text)
    assert isinstance(made, dns.message.QueryMessage)
    return made


@pytest.mark.parametrize(
    ("given", "kind", "summary"),
    [
        (response("", rcode="SERVFAIL"), Kind.FAILED, "it answers SERVFAIL"),
        (response("", rcode="NOTAUTH"), Kind.LAME, "it has no authority for the zone (NOTAUTH)"),
        (response(";ANSWER\nexample.com. 60 IN MX 10 mx.\n", flags="QR RA"), Kind.LAME, "it has no authority for the zone (no AA)"),
        (response(";AUTHORITY\n. 60 IN NS a.root.\n", flags="QR"), Kind.LAME, "it has no authority for the zone, and refers to others"),
        (response(";ANSWER\nexample.net. 60 IN MX 10 mx.\n"), Kind.FAILED, "its answer is about something else"),
    ],
)  # fmt: skip
def test_what_is_no_answer_with_authority_is_none(
    given: dns.message.QueryMessage, kind: Kind, summary: str
) -> None:
    found, reading = read_mx(given, ZONE, ZONE)
    told = Told(server(53), ZONE, found, reading)
    assert (told.kind, told.summary, told.answered) == (kind, summary, False)


def test_glue_counts_for_servers_in_the_zone_alone() -> None:
    text = (
        ";AUTHORITY\nexample.com. 60 IN NS ns.example.com.\nexample.com. 60 IN NS ns.example.net.\n"
        ";ADDITIONAL\nns.example.com. 60 IN A 192.0.2.1\nns.example.com. 60 IN AAAA 2001:db8::1\n"
        "ns.example.net. 60 IN A 192.0.2.66\nother.example.com. 60 IN A 192.0.2.67\n"
    )
    referral = read_ns(response(text, flags="QR", kind="NS"), ZONE)
    assert referral.names == ("ns.example.com.", "ns.example.net.")
    assert {host: list(map(str, some)) for host, some in referral.glue.items()} == {
        "ns.example.com.": ["192.0.2.1", "2001:db8::1"]
    }


@pytest.mark.parametrize(
    ("given", "unknown"),
    [
        (response("", flags="QR AA", rcode="NXDOMAIN", kind="NS"), ""),
        (response("", flags="QR", kind="NS"), "it has no authority (no AA)"),
        (response("", rcode="REFUSED", kind="NS"), "it answers REFUSED"),
        (response(";AUTHORITY\n. 60 IN NS a.root.\n", flags="QR", kind="NS"), "it has no authority (no AA)"),
    ],
)
def test_a_parent_that_says_nothing_of_a_zone_is_told_from_one_that_says_no(
    given: dns.message.QueryMessage, unknown: str
) -> None:
    referral = read_ns(given, ZONE)
    assert (referral.names, referral.unknown) == ((), unknown)
