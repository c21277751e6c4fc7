"""Servers that cannot be reached or do not answer: one clear line, and one time limit."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.provider import ZoneRequest
from mxsync.reading import Absent, Present, Unreadable, ZoneFailure, ZoneReading
from mxsync_rfc2136.provider import WORKERS, Rfc2136Provider
from mxsync_rfc2136.session import PATIENCE, REST, NotSent, Server
from support.relay import Fate, liar
from support.rfc2136 import mx_set

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


def test_an_owner_of_an_apex_costs_two_questions(site: Site, zone: Name, through: Through) -> None:
    """One for the zone and one for the set; speed is made of this."""
    site.edit(zone, f"update add {zone} 300 MX 10 mx.example.net.")
    numbers: list[int] = []

    def fate(_: bytes, number: int) -> Fate:
        numbers.append(number)
        return "pass"

    assert isinstance(site.read(zone, zone, through(fate)), Present)
    assert len(numbers) == 2


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


def test_a_dead_server_costs_one_time_limit_and_not_one_for_every_owner(zone: Name, through: Through) -> None:
    numbers: list[int] = []

    def fate(_: bytes, number: int) -> Fate:
        numbers.append(number)
        return "pass" if number == 0 else "mute"

    owners = tuple(names.parse(f"n{number}", zone) for number in range(500))
    (result,) = through(fate).read([ZoneRequest(zone, owners)])
    assert isinstance(result, ZoneReading)
    assert {type(reading) for reading in result.owners.values()} == {Unreadable}
    assert len(result.owners) == 500
    assert len(numbers) == 2


def test_one_dead_server_leaves_other_zones(site: Site, zone: Name, through: Through) -> None:
    """The connection of one zone breaks, those of the others do not."""
    broken = site.new_zone()
    label = names.to_labels(broken)[0]
    provider = through(lambda message, _: "close" if label in message else "pass")
    results = {
        result.zone: result for result in provider.read(ZoneRequest(it, (it,)) for it in (broken, zone))
    }
    assert not isinstance(results[broken], ZoneReading)
    assert isinstance(results[zone], ZoneReading)


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


def test_a_dead_server_costs_a_few_timeouts_and_not_one_for_every_zone() -> None:
    asked: list[bytes] = []

    def keep_silent(message: bytes) -> bytes:
        asked.append(message)
        time.sleep(1)
        return b""

    zones = [names.parse(f"z{at}.test.") for at in range(100)]
    with liar(keep_silent) as port:
        provider = Rfc2136Provider(Server("127.0.0.1", port, 0.5, None))
        results = list(provider.read(ZoneRequest(zone, (zone,)) for zone in zones))
    failures = [result for result in results if isinstance(result, ZoneFailure)]
    assert sorted(failure.zone for failure in failures) == sorted(zones)
    assert len(asked) <= 2 * WORKERS
    assert any("no answer within 0.5 s" in failure.message for failure in failures)
    assert any("did not answer for other zones" in failure.message for failure in failures)


def test_a_server_that_was_left_alone_is_asked_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server("127.0.0.1", 1, 1, None)
    for _ in range(PATIENCE):
        server.failed()
    with pytest.raises(NotSent, match="did not answer for other zones"):
        server.connect()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + REST)
    with pytest.raises(NotSent, match="cannot connect"):
        server.connect()
