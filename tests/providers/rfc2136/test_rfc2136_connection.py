"""Servers that cannot be reached or do not answer: one clear line, and one time limit."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.provider import ZoneRequest
from mxsync.reading import Absent, Present, Unreadable, ZoneFailure, ZoneReading
from mxsync_rfc2136 import provider as provider_module
from mxsync_rfc2136.line import TRIES
from mxsync_rfc2136.lines import Pace
from support.relay import Fate, liar, relay
from support.rfc2136 import NEIGHBOURS, mx_set

if TYPE_CHECKING:
    from mxsync.names import Name
    from support.rfc2136 import Site, Through

WANTED = mx_set(300, "10 mx.example.net.")


def test_a_port_without_a_server(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    message = site.failure("zone0.test.", site.open(port=port))
    assert f"127.0.0.1:{port}: cannot connect over TCP: Connection refused" in message


def test_a_write_to_a_port_without_a_server_fails_for_sure(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    outcome = site.write(
        "zone0.test.", Change(names.parse("zone0.test."), None, WANTED), site.open(port=port)
    )
    assert outcome.outcome is Outcome.FAILED
    assert "not sent" in outcome.message


def test_a_host_name_without_an_address(site: Site) -> None:
    message = site.failure("zone0.test.", site.open(server="nowhere.invalid"))
    assert "nowhere.invalid:" in message
    assert "cannot find the server's address" in message


def test_a_host_name_with_several_addresses_is_tried_at_each(site: Site, zone: Name) -> None:
    """`localhost` may be ::1 first, where this server does not listen."""
    assert isinstance(site.ask(site.open(server="localhost"), zone), ZoneReading)


def test_a_host_name_is_looked_up_once(site: Site, zone: Name, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that all zones of a run are read from and written to one and the same server."""
    asked: list[object] = []
    look_up = socket.getaddrinfo

    def counted(host: object, *args: Any, **more: Any) -> Any:
        asked.append(host)
        return look_up(host, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", counted)
    provider = site.open(server="localhost")
    for _ in range(3):
        assert isinstance(site.ask(provider, zone), ZoneReading)
    assert asked.count("localhost") == 1


def test_an_owner_costs_one_question(site: Site, zone: Name, through: Through) -> None:
    """BIND's answer tells its zone too, which need not be asked for; speed is made of this."""
    site.edit(zone, f"update add {zone} 300 MX 10 mx.example.net.")
    numbers: list[int] = []

    def fate(_: bytes, number: int) -> Fate:
        numbers.append(number)
        return "pass"

    assert isinstance(site.read(zone, zone, through(fate)), Present)
    assert len(numbers) == 1


def test_a_server_that_accepts_and_never_answers(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        message = site.failure("zone0.test.", site.open(port=port, timeout=0.3))
    assert f"127.0.0.1:{port}: no answer within 0.3 s" in message


def test_a_server_that_accepts_no_connection(site: Site) -> None:
    """Its queue of connections is full; to us that is the same as a firewall that drops packets."""
    with socket.socket() as full, ExitStack() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        for _ in range(4):
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
        message = site.failure("zone0.test.", site.open(port=port, timeout=0.3))
    assert "no connection within 0.3 s" in message


def test_a_server_that_sends_an_answer_by_the_drop_is_not_waited_for(site: Site) -> None:
    """The time limit is for the whole answer, not for each piece of it."""
    with liar(lambda message: message, pause=0.05) as port:
        message = site.failure("zone0.test.", site.open(port=port, timeout=0.2))
    assert "no answer within 0.2 s" in message


def test_a_server_that_falls_silent_costs_a_few_time_limits_and_not_one_for_every_owner(
    zone: Name, through: Through
) -> None:
    """It is called again, on two new connections; it says nothing there: from then on nothing is sent."""
    numbers: list[int] = []

    def fate(_: bytes, number: int) -> Fate:
        numbers.append(number)
        return "pass" if number == 0 else "mute"

    owners = tuple(names.parse(f"n{number}", zone) for number in range(1000))
    (result,) = through(fate).read([ZoneRequest(zone, owners)])
    assert isinstance(result, ZoneReading)
    reasons = [reading.message for reading in result.owners.values() if isinstance(reading, Unreadable)]
    assert len(reasons) >= 999  # one answer came
    assert {reason.partition(": ")[2] for reason in reasons} == {"no answer within 0.5 s"}
    # Four windows: that of the answer, the next one, and those of the new connections.
    assert len(numbers) < 600


@pytest.mark.parametrize(("fate", "at_once", "place"), [*product(("close", "reset"), (2, 512), (0, 10, 20))])
def test_a_zone_whose_questions_end_the_connection_leaves_others(
    zone: Name, through: Through, monkeypatch: pytest.MonkeyPatch, *, fate: Fate, at_once: int, place: int
) -> None:
    """As with a server that breaks down over one zone: it must not take the others with it."""
    monkeypatch.setattr(provider_module, "READING", Pace(courses=at_once))
    label = names.to_labels(zone)[0]
    provider = through(lambda message, _: fate if bytes([len(label)]) + label in message else "pass")
    others = [names.parse(f"neighbour{number}.test.") for number in range(NEIGHBOURS)]
    bad = ZoneRequest(zone, tuple(names.parse(f"n{number}", zone) for number in range(10)))
    requests = [ZoneRequest(other, (other,)) for other in others]
    results = list(provider.read([*requests[:place], bad, *requests[place:]]))
    assert sorted(it.zone for it in results) == sorted([zone, *others])
    assert [it.zone for it in results if isinstance(it, ZoneFailure)] == [zone]


def test_a_connection_that_the_server_closes_now_and_then_is_made_anew(
    site: Site, zone: Name, through: Through
) -> None:
    """As PowerDNS does after a number of questions, and others when idle."""
    provider = through(lambda _, number: "close" if number % 3 == 2 else "pass")
    result = site.ask(provider, zone, *(f"n{number}.{zone}" for number in range(20)))
    assert isinstance(result, ZoneReading)
    assert set(result.owners.values()) == {Absent(300)}


def test_a_server_that_closes_every_connection(site: Site, zone: Name, through: Through) -> None:
    assert "closed the connection without an answer" in site.failure(zone, through(lambda *_: "close"))


def test_a_server_that_says_nothing_costs_one_time_limit_and_not_one_for_every_zone(site: Site) -> None:
    asked: list[bytes] = []
    zones = [names.parse(f"z{at}.test.") for at in range(1000)]

    def fate(message: bytes, _: int) -> Fate:
        asked.append(message)
        return "mute"

    with relay(site.server.address, site.server.port, fate) as port:
        results = list(site.open(port=port, timeout=0.5).read(ZoneRequest(zone, (zone,)) for zone in zones))
    assert sorted(result.zone for result in results) == sorted(zones)
    assert {type(result) for result in results} == {ZoneFailure}
    reasons = {result.message for result in results if isinstance(result, ZoneFailure)}
    assert reasons == {f"127.0.0.1:{port}: no answer within 0.5 s"}
    assert len(asked) < 200


def test_a_question_that_ends_the_connection_is_asked_twice_and_not_more(
    zone: Name, through: Through
) -> None:
    asked: list[bytes] = []

    def fate(message: bytes, _: int) -> Fate:
        if b"\x06broken" not in message:
            return "pass"
        asked.append(message)
        return "close"

    provider = through(fate)
    (result,) = provider.read([ZoneRequest(zone, (names.parse("broken", zone),))])
    assert isinstance(result, ZoneReading)
    # Once among others, and then alone until it is sure that it is to blame.
    assert len(asked) <= 1 + TRIES


def test_a_server_that_was_silent_is_asked_again_by_the_next_reading(
    site: Site, zone: Name, through: Through
) -> None:
    fates: list[Fate] = ["mute"]
    provider = through(lambda *_: fates[0])
    assert isinstance(site.ask(provider, zone), ZoneFailure)
    fates[0] = "pass"
    assert isinstance(site.ask(provider, zone), ZoneReading)
