"""Which server is asked: several in turn for a plan, the primary one alone for everything about a write."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import dns.message
import dns.rrset
import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.provider import Context, ZoneBatch, ZoneRequest
from mxsync.reading import Absent, OwnerReading, Present, Unreadable, ZoneFailure, ZoneReading
from mxsync.registry import open_provider
from mxsync_rfc2136 import Rfc2136Config, plugin, wire
from support.cli import mxsync
from support.dnstools import dig, nsupdate
from support.named import running_named
from support.nameserver import Right, Server, Zone, new_key, write_key_file
from support.relay import is_update, liar, relay
from support.rfc2136 import mx_set
from support.secondary import running_secondary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mxsync.change import ChangeOutcome
    from mxsync.names import Name
    from mxsync.provider import Provider

POOL = 40
KEY, OTHER = new_key("mxsync"), new_key("other", right=Right.ALL)
OLD, NEW = mx_set(300, "10 old.example.net."), mx_set(300, "10 new.example.net.")
RECORDS = "@ 300 MX 10 old.example.net."
ZONES = [Zone(f"zone{number}.test.", RECORDS) for number in range(POOL)]


@dataclass(frozen=True, slots=True)
class Pair:
    """A primary server, and a secondary one that learns of no change."""

    primary: Server
    secondary: Server
    _numbers: Iterator[int] = field(default_factory=count)

    def new_zone(self) -> Name:
        """Give a zone that both have, with `OLD` at its apex."""
        return names.parse(ZONES[next(self._numbers)].name)

    def open(
        self, *servers: Server | str, writing: bool = False, stopping: bool = False, **settings: Any
    ) -> Provider:
        """Open a block with these servers; None takes a setting away."""
        block = {
            "servers": [at(server) for server in servers],
            "tsig": {"key_file": "mxsync.key"},
            "timeout": 5,
        } | settings
        config = Rfc2136Config.model_validate({name: it for name, it in block.items() if it is not None})
        context = Context("office", self.primary.folder, writing=writing, stopping=lambda: stopping)
        return open_provider(plugin, config, context)

    def edit(self, zone: Name, record: str) -> None:
        """Change the set at the primary, as somebody else."""
        lines = f"zone {zone}\nupdate delete {zone} MX\nupdate add {zone} 300 MX {record}"
        nsupdate(self.primary, OTHER, lines)


def at(server: Server | str) -> str:
    return server if isinstance(server, str) else f"{server.address}:{server.port}"


def ask(provider: Provider, zone: str) -> ZoneReading | ZoneFailure:
    name = names.parse(zone)
    (result,) = provider.read([ZoneRequest(name, (name,))])
    return result


def seen(provider: Provider, zone: str) -> object:
    result = ask(provider, zone)
    assert isinstance(result, ZoneReading), result
    return result.owners[names.parse(zone)]


def failure(provider: Provider, zone: str) -> str:
    result = ask(provider, zone)
    assert isinstance(result, ZoneFailure), result
    assert "\n" not in result.message
    return result.message


def change(provider: Provider, zone: Name) -> ChangeOutcome:
    (outcome,) = provider.write([ZoneBatch(zone, (Change(zone, OLD, NEW),), {})])
    assert "\n" not in outcome.message
    return outcome


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    home, away = tmp_path_factory.mktemp("primary"), tmp_path_factory.mktemp("secondary")
    write_key_file(home / "mxsync.key", KEY)
    write_key_file(home / "other.key", OTHER)
    with ExitStack() as stack:
        only = Zone("only.test.", RECORDS)
        primary = stack.enter_context(running_named(home, [*ZONES, only], [KEY, OTHER]))
        yield Pair(
            primary, stack.enter_context(running_secondary(away, dict.fromkeys(ZONES, primary), OTHER))
        )


@pytest.fixture
def gone() -> str:
    """Give a server that refuses every connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return f"127.0.0.1:{port}"


@pytest.fixture
def silent() -> Iterator[str]:
    """Give a server that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def lame() -> Iterator[str]:
    """Give a server that answers everything without authority, as a resolver does."""

    def answer(message: bytes) -> bytes:
        question = dns.message.from_wire(message)
        reply = dns.message.make_response(question)
        name = question.question[0].name
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", "SOA", "ns. host. 1 2 3 4 5"))
        return reply.to_wire()

    with liar(answer) as port:
        yield f"127.0.0.1:{port}"


# Reading


@pytest.mark.parametrize("kind", ["gone", "silent", "lame"])
def test_a_server_that_cannot_be_asked_is_passed_over(
    pair: Pair, kind: str, request: pytest.FixtureRequest
) -> None:
    first = request.getfixturevalue(kind)
    # Unsigned, for the lame one knows no key.
    provider = pair.open(first, pair.secondary, tsig=None, unsigned=True, timeout=0.5)
    assert seen(provider, pair.new_zone()) == Present(OLD)


def test_a_server_that_refuses_the_zone_is_passed_over(pair: Pair) -> None:
    provider = pair.open(pair.secondary, pair.primary)
    assert seen(provider, "only.test.") == Present(OLD)


def test_a_secondary_that_never_got_the_zone_is_passed_over(pair: Pair, tmp_path: Path) -> None:
    zone = pair.new_zone()
    nowhere = f'zone "{zone}" {{ type secondary; primaries port 1 {{ 127.0.0.1; }}; }};'
    with running_named(tmp_path, [Zone("ready.test.")], [KEY], statements=nowhere) as empty:
        assert seen(pair.open(empty, pair.primary), zone) == Present(OLD)
        assert "SERVFAIL" in failure(pair.open(empty), zone)


def test_only_the_zones_that_the_first_server_lacks_are_asked_for_at_the_second(pair: Pair) -> None:
    zone = pair.new_zone()
    asked: set[str] = set()

    def note(message: bytes, _: int) -> Any:
        asked.add(dns.message.from_wire(message, keyring=False).question[0].name.to_text())
        return "pass"

    with relay(pair.primary.address, pair.primary.port, note) as port:
        provider = pair.open(pair.secondary, f"127.0.0.1:{port}")
        results = list(provider.read(ZoneRequest(it, (it,)) for it in (zone, names.parse("only.test."))))
    assert {result.zone for result in results} == {zone, "only.test."}
    assert all(isinstance(result, ZoneReading) for result in results)
    assert asked == {"only.test."}


def test_all_reasons_are_told_where_no_server_can_be_asked(
    pair: Pair, gone: str, silent: str, lame: str
) -> None:
    nobody = pair.open(gone, silent, lame, pair.secondary, tsig=None, unsigned=True, timeout=0.3)
    message = failure(nobody, "only.test.")
    for reason in (
        f"{gone}: cannot connect over TCP: Connection refused",
        f"{silent}: no answer within 0.3 s",
        f"{lame}: the server has no authority for only.test.",
        f"{at(pair.secondary)}: the server refuses to answer for only.test.",
    ):
        assert message.count(reason) == 1


def test_a_set_that_one_server_cannot_give_is_asked_for_at_the_next(pair: Pair) -> None:
    zone = pair.new_zone()
    request = ZoneRequest(zone, (zone, names.parse("other", zone)))

    def fate(message: bytes, _: int) -> Any:
        return "mute" if message[12:].startswith(wire.encode(zone)) else "pass"

    with relay(pair.secondary.address, pair.secondary.port, fate) as port:
        first = f"127.0.0.1:{port}"
        found: list[list[OwnerReading]] = []
        for servers in ((first, pair.primary), (first,), (first, first)):
            (result,) = pair.open(*servers, timeout=0.5).read([request])
            assert isinstance(result, ZoneReading)
            found.append(list(result.owners.values()))
    assert [type(other) for _, other in found] == [Absent] * 3
    assert found[0][0] == Present(OLD)
    assert [type(apex) for apex, _ in found[1:]] == [Unreadable] * 2


def test_all_sets_of_a_zone_come_from_the_first_server_that_transfers_it(pair: Pair, gone: str) -> None:
    zone = pair.new_zone()
    provider = pair.open(gone, pair.primary, tsig={"key_file": "other.key"})
    (result,) = provider.read([ZoneRequest(zone, (), every=True)])
    assert isinstance(result, ZoneReading)
    assert result.owners == {zone: Present(OLD, addressed=False)}


def test_no_further_server_is_asked_once_the_run_is_to_end(pair: Pair, gone: str) -> None:
    zone = pair.new_zone()
    assert seen(pair.open(gone, pair.primary), zone) == Present(OLD)
    assert f"{gone}: cannot connect" in failure(pair.open(gone, pair.primary, stopping=True), zone)


# Writing


def test_a_plan_may_be_behind_and_a_run_that_writes_reads_the_primary_alone(pair: Pair) -> None:
    zone = pair.new_zone()
    pair.edit(zone, "10 new.example.net.")
    servers = (pair.secondary, pair.primary)
    assert seen(pair.open(*servers), zone) == Present(OLD)
    assert seen(pair.open(*servers, primary=at(pair.primary), writing=True), zone) == Present(NEW)


def test_a_run_that_writes_does_not_fall_back_on_a_secondary(pair: Pair, gone: str) -> None:
    provider = pair.open(pair.secondary, primary=gone, writing=True)
    assert f"{gone}: cannot connect over TCP" in failure(provider, pair.new_zone())


def test_a_plan_needs_no_primary_that_can_be_found(pair: Pair) -> None:
    zone = pair.new_zone()
    assert seen(pair.open(pair.secondary, primary="nowhere.invalid"), zone) == Present(OLD)
    writing = pair.open(pair.secondary, primary="nowhere.invalid", writing=True)
    assert "nowhere.invalid:53: cannot find the server's address" in failure(writing, zone)


def test_updates_go_to_the_first_server(pair: Pair) -> None:
    zone = pair.new_zone()
    assert change(pair.open(pair.primary, pair.secondary), zone).outcome is Outcome.APPLIED
    assert dig(pair.primary, zone).rdata == ["10 new.example.net."]
    assert dig(pair.secondary, zone).rdata == ["10 old.example.net."]


def test_updates_go_to_the_server_that_is_named_primary(pair: Pair) -> None:
    zone = pair.new_zone()
    provider = pair.open(pair.secondary, primary=at(pair.primary))
    assert change(provider, zone).outcome is Outcome.APPLIED
    assert dig(pair.primary, zone).rdata == ["10 new.example.net."]


def test_a_secondary_that_is_taken_for_the_primary_says_so_and_changes_nothing(pair: Pair) -> None:
    zone = pair.new_zone()
    outcome = change(pair.open(pair.secondary, pair.primary), zone)
    assert outcome.outcome is Outcome.FAILED
    assert at(pair.secondary) in outcome.message
    assert "primary server" in outcome.message
    assert dig(pair.primary, zone).rdata == ["10 old.example.net."]


def test_a_secondary_that_is_behind_is_no_witness_of_a_write(pair: Pair) -> None:
    """What it still shows would look as if nothing had come of the write."""
    zone = pair.new_zone()
    provider = pair.open(pair.secondary, primary=at(pair.primary), writing=True)
    assert change(provider, zone).outcome is Outcome.APPLIED
    assert seen(provider, zone) == Present(NEW)


def test_a_secondary_that_passes_updates_on_is_told_to_be_no_witness(pair: Pair, tmp_path: Path) -> None:
    zone = pair.new_zone()
    served = {Zone(zone): pair.primary}
    with running_secondary(
        tmp_path, served, OTHER, options="allow-update-forwarding { any; };"
    ) as forwarding:
        outcome = change(pair.open(forwarding), zone)
    assert outcome.outcome is Outcome.UNKNOWN
    assert "is it a secondary server that passes updates on?" in outcome.message
    assert dig(pair.primary, zone).rdata == ["10 new.example.net."]


def manifest(pair: Pair, primary: str, *zones: Name) -> Path:
    """Write a manifest that reads at the secondary and wants `NEW`."""
    path = pair.primary.folder / f"{names.to_labels(zones[0])[0].decode()}.yaml"
    wanted = "".join(
        f"  {zone.rstrip('.')}: {{ttl: 300, records: [10 new.example.net.]}}\n" for zone in zones
    )
    path.write_text(
        f"mxsync: 1\nproviders:\n  office:\n    type: rfc2136\n    servers: ['{at(pair.secondary)}']\n"
        f"    primary: '{primary}'\n    tsig: {{key_file: mxsync.key}}\n    timeout: 2\n"
        f"defaults: {{provider: office}}\nzones:\n{wanted}"
    )
    return path


def test_an_apply_goes_by_the_primary_where_a_plan_was_behind(pair: Pair) -> None:
    zone = pair.new_zone()
    pair.edit(zone, "10 new.example.net.")
    path = manifest(pair, at(pair.primary), zone)
    plan = mxsync("plan", path, "--format", "json", cwd=pair.primary.folder)
    assert plan.document["summary"]["update"] == 1
    done = mxsync("apply", path, "--yes", "--format", "json", cwd=pair.primary.folder)
    assert done.code == 0
    assert done.document["results"] == []


def test_a_lost_answer_is_settled_at_the_primary(pair: Pair) -> None:
    zone = pair.new_zone()
    lost: list[int] = []

    def fate(message: bytes, number: int) -> Any:
        # The first that changes anything; conditions alone have no update section.
        if lost or not is_update(message) or message[8:10] == b"\0\0":
            return "pass"
        lost.append(number)
        return "lose"

    with relay(pair.primary.address, pair.primary.port, fate) as port:
        path = manifest(pair, f"127.0.0.1:{port}", zone)
        done = mxsync("apply", path, "--yes", "--format", "json", cwd=pair.primary.folder)
    assert len(lost) == 1
    assert done.code == 0
    assert [each["outcome"] for each in done.document["results"]] == ["applied"]
    assert dig(pair.primary, zone).rdata == ["10 new.example.net."]
    assert dig(pair.secondary, zone).rdata == ["10 old.example.net."]


# Two blocks


def test_two_blocks_that_reach_one_primary_are_refused(pair: Pair) -> None:
    zone = pair.new_zone()
    path = pair.primary.folder / "two.yaml"
    port = pair.primary.port
    path.write_text(
        "mxsync: 1\nproviders:\n"
        f"  direct: {{type: rfc2136, server: '{at(pair.primary)}', tsig: {{key_file: mxsync.key}}}}\n"
        f"  away: {{type: rfc2136, server: '{at(pair.secondary)}', primary: 'localhost:{port}',"
        " tsig: {key_file: mxsync.key}}\n"
        f"zones: {{{zone.rstrip('.')}: {{providers: [direct, away], mx: {{'@': [10 new.example.net.]}}}}}}\n"
    )
    run = mxsync("plan", path, cwd=pair.primary.folder)
    assert run.code == 1
    assert "providers 'away' and 'direct' reach the same zone" in run.out + run.err


def backend(provider: Provider, zone: str) -> str:
    result = ask(provider, zone)
    assert isinstance(result, ZoneReading), result
    return result.backend


def test_one_primary_is_one_backend_however_it_is_reached(pair: Pair) -> None:
    zone, primary = pair.new_zone(), at(pair.primary)
    port = pair.primary.port
    found = {
        backend(provider, zone)
        for provider in (
            pair.open(primary),
            pair.open(pair.secondary, primary=primary),
            pair.open("127.0.0.1", port=port),
            pair.open(f"localhost:{port}"),
            pair.open(f"localhost.:{port}"),
            pair.open(pair.secondary, primary=f"localhost:{port}"),
            pair.open(primary, writing=True),
            pair.open(primary, tsig={"key_file": "other.key"}, update_tsig={"key_file": "mxsync.key"}),
        )
    }
    assert len(found) == 1


def test_another_server_zone_or_key_is_another_backend(pair: Pair) -> None:
    """Another key, for a server may have views: zones of one name, of which the key chooses one."""
    zone = pair.new_zone()
    found = [
        backend(pair.open(pair.primary), zone),
        backend(pair.open(pair.secondary), zone),
        backend(pair.open(pair.primary), pair.new_zone()),
        backend(pair.open(pair.primary, tsig={"key_file": "other.key"}), zone),
        backend(pair.open(pair.primary, source="127.0.0.2"), zone),
    ]
    assert len(set(found)) == len(found)
