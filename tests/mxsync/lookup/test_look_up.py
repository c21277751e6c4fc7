"""Hosts are looked up: at a real unbound before a real BIND, and at resolvers that misbehave."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import ip_address

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from mxsync import names
from mxsync.answers import Alias, Reply
from mxsync.lookup import ask
from mxsync.lookup.ask import look_up
from mxsync.lookup.question import PAYLOAD
from mxsync.lookup.resolvers import Resolver
from mxsync.names import Name
from support.named import running_named
from support.nameserver import LOOPBACK, Server, Zone, reserved_port
from support.responder import responding
from support.unbound import running_unbound

ZONE = names.parse("example.com.")
MANY = [f"192.0.2.{number}" for number in range(1, 101)]
RECORDS = "\n".join(
    [
        "both A 192.0.2.25\nboth AAAA 2001:db8::25\nfour A 192.0.2.4\nsix AAAA 2001:db8::6\ntext TXT nothing",
        "below.nonterminal A 192.0.2.25\nalias CNAME four\nchain CNAME alias\ndangling CNAME nowhere",
        "empty CNAME text\nfar CNAME mx.example.net.\nold DNAME new\nmx.new A 192.0.2.26",
        *(f"many A {address}" for address in MANY),
        *(f"host{number} A 192.0.2.{number % 256}" for number in range(1000)),
    ]
)


def host(text: str) -> Name:
    return names.parse(text, ZONE)


def at(*servers: int) -> tuple[Resolver, ...]:
    return tuple(Resolver(LOOPBACK, port) for port in servers)


def found(*addresses: str, alias: Alias | None = None) -> Reply:
    return Reply(tuple(map(ip_address, addresses)), alias)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    zones = [Zone("example.com.", RECORDS), Zone("example.net.", "mx A 192.0.2.27")]
    with running_named(tmp_path_factory.mktemp("named"), zones) as server:
        yield server


@pytest.fixture(scope="module")
def resolver(tmp_path_factory: pytest.TempPathFactory, authority: Server) -> Iterator[Server]:
    stubs = dict.fromkeys(["example.com.", "example.net.", "lame.test."], authority.port)
    with running_unbound(tmp_path_factory.mktemp("unbound") / "files", stubs) as server:
        yield server


@pytest.fixture
def silent() -> Iterator[int]:
    """Take questions and answer none."""
    with socket.socket(type=socket.SOCK_DGRAM) as server:
        server.bind((LOOPBACK, 0))
        yield server.getsockname()[1]


FOUR = Alias(host("four"))


@pytest.mark.parametrize(
    ("name", "v4", "v6"),
    [
        ("both", found("192.0.2.25"), found("2001:db8::25")),
        ("four", found("192.0.2.4"), Reply()),
        ("six", Reply(), found("2001:db8::6")),
        ("text", Reply(), Reply()),
        ("nonterminal", Reply(), Reply()),
        ("nowhere", Reply(exists=False), Reply(exists=False)),
        ("alias", found("192.0.2.4", alias=FOUR), Reply(alias=FOUR)),
        ("chain", found("192.0.2.4", alias=FOUR), Reply(alias=FOUR)),
        ("empty", Reply(alias=Alias(host("text"))), Reply(alias=Alias(host("text")))),
        ("dangling", *[Reply(alias=Alias(host("nowhere")), exists=False)] * 2),
        ("mx.old", found("192.0.2.26", alias=Alias(host("mx.new"), "DNAME")), Reply(alias=Alias(host("mx.new"), "DNAME"))),
        ("far", found("192.0.2.27", alias=Alias(host("mx.example.net."))), Reply(alias=Alias(host("mx.example.net.")))),
    ],
)  # fmt: skip
def test_a_resolver_is_understood(resolver: Server, name: str, v4: Reply, v6: Reply) -> None:
    answer = look_up([host(name)], resolvers=at(resolver.port))[host(name)]
    assert (answer.v4, answer.v6) == (v4, v6)


@pytest.mark.parametrize(("name", "reason"), [("mx.lame.test.", "SERVFAIL"), ("mx.example.org.", "REFUSED")])
def test_a_resolver_that_fails_leaves_the_host_unknown(resolver: Server, name: str, reason: str) -> None:
    answer = look_up([host(name)], resolvers=at(resolver.port))[host(name)]
    assert answer.unknown == f"127.0.0.1:{resolver.port}: {reason}"
    assert not answer.missing


def test_an_authority_is_believed_about_its_own_hosts_and_no_others(authority: Server) -> None:
    answers = look_up(map(host, ["both", "nowhere", "far", "x.example.org."]), resolvers=at(authority.port))
    assert answers[host("both")].addresses == (ip_address("192.0.2.25"), ip_address("2001:db8::25"))
    assert answers[host("nowhere")].missing
    # The zone is there too, but an authority follows no alias into another zone.
    assert answers[host("far")].alias == Alias(host("mx.example.net."))
    assert answers[host("x.example.org.")].unknown


def test_an_answer_that_does_not_fit_into_a_datagram_comes_over_tcp(resolver: Server) -> None:
    assert len(MANY) * 16 > PAYLOAD
    answer = look_up([host("many")], resolvers=at(resolver.port))[host("many")]
    assert answer.v4 == found(*MANY)


def test_a_thousand_hosts_are_looked_up_in_one_go(resolver: Server) -> None:
    hosts = [host(f"host{number}") for number in range(1000)]
    answers = look_up(hosts, resolvers=at(resolver.port), deadline=60)
    assert list(answers) == hosts
    expected = [found(f"192.0.2.{number % 256}") for number in range(1000)]
    assert [answer.v4 for answer in answers.values()] == expected
    assert {answer.v6 for answer in answers.values()} == {Reply()}


def test_names_of_any_octets_are_asked_for_as_they_are(resolver: Server) -> None:
    odd = names.from_labels([b"a.b \xff", b"example", b"com"])
    assert look_up([odd], resolvers=at(resolver.port))[odd].missing


def test_every_host_is_asked_for_once_with_recursion_and_edns() -> None:
    with responding(lambda question: [_empty(question)]) as responder:
        look_up([host("a"), host("b"), host("a")], resolvers=at(responder.port) * 2)
    asked = sorted(question.question[0].to_text() for question in responder.questions)
    assert asked == [f"{name}.example.com. IN {kind}" for name in "ab" for kind in ("A", "AAAA")]
    for question in responder.questions:
        assert question.flags == dns.flags.RD
        assert (question.edns, question.payload, question.ednsflags) == (0, PAYLOAD, 0)


def test_nothing_is_asked_about_no_hosts(silent: int) -> None:
    assert look_up([], resolvers=at(silent)) == {}


def test_a_silent_resolver_leaves_all_hosts_unknown_at_the_deadline(silent: int) -> None:
    hosts = [host(f"host{number}") for number in range(1000)]
    answers = look_up(hosts, resolvers=at(silent), deadline=0.3)
    assert list(answers) == hosts
    assert {answer.unknown for answer in answers.values()} == {
        f"no answer within 0.3 s from 127.0.0.1:{silent}"
    }


def test_a_silent_resolver_is_given_up_before_the_deadline_if_there_is_time(
    silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "PATIENCE", (0.05, 0.1))
    answer = look_up([host("a")], resolvers=at(silent))[host("a")]
    assert answer.unknown == f"127.0.0.1:{silent}: no answer"


def test_behind_a_silent_resolver_another_one_is_asked_and_soon_first(
    resolver: Server, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "PATIENCE", (0.2,))
    monkeypatch.setattr(ask, "AT_ONCE", 2)
    hosts = [host(f"host{number}") for number in range(200)]
    # With the silent one first for each question, this would take 40 seconds.
    answers = look_up(hosts, resolvers=at(silent, resolver.port), deadline=20)
    assert not any(answer.unknown for answer in answers.values())


@pytest.mark.parametrize("name", ["mx.lame.test.", "mx.example.org."])
def test_where_one_resolver_fails_another_one_is_asked(resolver: Server, name: str) -> None:
    with responding(lambda question: [_empty(question)]) as responder:
        answer = look_up([host(name)], resolvers=at(resolver.port, responder.port))[host(name)]
    assert (answer.v4, answer.v6) == (Reply(), Reply())


def test_a_port_where_nobody_listens_is_said_at_once(resolver: Server) -> None:
    with reserved_port() as port:
        answer = look_up([host("a")], resolvers=at(port), deadline=60)[host("a")]
        assert answer.unknown == f"127.0.0.1:{port}: connection refused"
        assert look_up([host("four")], resolvers=at(port, resolver.port))[host("four")].v4 == found(
            "192.0.2.4"
        )


def test_without_a_resolver_everything_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask, "system_resolvers", tuple)
    answer = look_up([host("a")])[host("a")]
    assert answer.unknown == "/etc/resolv.conf names no resolver; give one with --resolver"


def test_the_resolvers_of_the_system_are_asked_where_none_is_given(
    resolver: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "system_resolvers", lambda: at(resolver.port))
    assert look_up([host("four")])[host("four")].v4 == found("192.0.2.4")


def test_once_stopped_nothing_more_is_asked(silent: int) -> None:
    answer = look_up([host("a")], resolvers=at(silent), deadline=600, stopped=lambda: True)[host("a")]
    assert answer.unknown == "interrupted before it was looked up"


def _empty(question: dns.message.QueryMessage) -> dns.message.Message:
    response = dns.message.make_response(question, recursion_available=True)
    response.flags |= dns.flags.RA
    return response


def _with(question: dns.message.QueryMessage, *addresses: str) -> dns.message.Message:
    response = _empty(question)
    if question.question[0].rdtype == dns.rdatatype.A:
        response.answer.append(dns.rrset.from_text(question.question[0].name, 60, "IN", "A", *addresses))
    return response


def test_only_the_answer_to_the_question_counts() -> None:
    def lie(question: dns.message.QueryMessage) -> Iterator[dns.message.Message | bytes]:
        yield b"garbage"
        yield question
        wrong_id = _with(question, "192.0.2.66")
        wrong_id.id ^= 1
        yield wrong_id
        other = dns.message.make_query("other.example.com.", question.question[0].rdtype, id=question.id)
        assert isinstance(other, dns.message.QueryMessage)
        yield _with(other, "192.0.2.66")
        cut = _with(other, "192.0.2.66")
        cut.flags |= dns.flags.TC
        yield cut
        yield _with(question, "192.0.2.1")
        yield _with(question, "192.0.2.67")

    with responding(lie) as responder:
        answer = look_up([host("a")], resolvers=at(responder.port))[host("a")]
    assert (answer.v4, answer.v6) == (found("192.0.2.1"), Reply())


def test_an_answer_from_elsewhere_does_not_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask, "PATIENCE", (0.5,))
    forged = []
    with socket.socket(type=socket.SOCK_DGRAM) as server, socket.socket(type=socket.SOCK_DGRAM) as other:
        server.bind((LOOPBACK, 0))
        server.setblocking(False)

        def forge() -> bool:
            while True:
                try:
                    data, peer = server.recvfrom(65535)
                except BlockingIOError:
                    return False
                question = dns.message.from_wire(data)
                assert isinstance(question, dns.message.QueryMessage)
                forged.append(other.sendto(_with(question, "192.0.2.66").to_wire(), peer))

        port = server.getsockname()[1]
        answer = look_up([host("a")], resolvers=at(port), stopped=forge)[host("a")]
    assert len(forged) == 2
    assert answer.unknown == f"127.0.0.1:{port}: no answer"


def test_a_cut_answer_without_tcp_is_unknown_and_not_half_an_answer() -> None:
    def cut(question: dns.message.QueryMessage) -> list[dns.message.Message]:
        response = _with(question, "192.0.2.1")
        response.flags |= dns.flags.TC
        return [response]

    with responding(cut) as responder:
        answer = look_up([host("a")], resolvers=at(responder.port))[host("a")]
    assert answer.addresses == ()
    assert answer.unknown == (
        f"127.0.0.1:{responder.port}: the answer does not fit into UDP, and over TCP: connection refused"
    )


def test_a_resolver_that_knows_no_edns_is_asked_without() -> None:
    def old(question: dns.message.QueryMessage) -> list[dns.message.Message]:
        response = _with(question, "192.0.2.1")
        if question.edns >= 0:
            response = dns.message.make_response(question)
            response.set_rcode(dns.rcode.FORMERR)
            response.use_edns(edns=False)
        return [response]

    with responding(old) as responder:
        answer = look_up([host("a")], resolvers=at(responder.port))[host("a")]
    assert (answer.v4, answer.v6) == (found("192.0.2.1"), Reply())
