"""`primary: mname`: updates go to the server that each zone's SOA record names."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.provider import Context, ZoneBatch, ZoneRequest
from mxsync.reading import Present, ZoneFailure, ZoneReading
from mxsync.registry import open_provider
from mxsync_rfc2136 import Rfc2136Config, plugin
from support.dnstools import dig, nsupdate
from support.knot import running_knot
from support.named import running_named
from support.nameserver import Right, Server, Zone, new_key, write_key_file
from support.network import resolve
from support.rfc2136 import mx_set
from support.secondary import running_secondary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.provider import Provider

KEY, OTHER = new_key("mxsync"), new_key("other", right=Right.ALL)
OLD, NEW = mx_set(300, "10 old.example.net."), mx_set(300, "10 new.example.net.")
MX = "@ 300 MX 10 old.example.net."
HOSTS = {
    "first.example.net": "127.0.0.1",
    "second.example.net": "127.0.0.2",
    "refusing.example.net": "127.0.0.3",
}
FIRST = [Zone(f"zone{number}.test.", MX, mname="first.example.net.") for number in range(30)]
FIRST += [
    Zone("here.test.", MX, mname="localhost."),
    Zone("self.test.", MX, mname="localhost."),
    Zone("lost.test.", MX, mname="nowhere.invalid."),
    Zone("down.test.", MX, mname="refusing.example.net."),
    Zone("root.test.", MX, mname="."),
    Zone("number.test.", MX, mname="192.0.2.53."),
]
SECOND = [Zone("other.test.", MX, mname="second.example.net.")]


@dataclass(frozen=True, slots=True)
class Three:
    """Two primary servers with one port on different addresses, and a secondary one of all their zones."""

    first: Server
    second: Server
    secondary: Server

    def open(self, *, writing: bool, **settings: Any) -> Provider:
        block = {
            "server": f"127.0.0.1:{self.secondary.port}",
            "primary": "mname",
            "port": self.first.port,
            "tsig": {"key_file": "mxsync.key"},
            "timeout": 5,
        } | settings
        config = Rfc2136Config.model_validate(block)
        return open_provider(plugin, config, Context("office", self.first.folder, writing=writing))


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Three]:
    folders = [tmp_path_factory.mktemp(name) for name in ("first", "second", "secondary")]
    write_key_file(folders[0] / "mxsync.key", KEY)
    with ExitStack() as stack:
        first = stack.enter_context(running_named(folders[0], FIRST, [KEY, OTHER]))
        # Knot, for it also listens on addresses of the loopback interface that the system does not list.
        second = stack.enter_context(
            running_knot(folders[1], SECOND, [KEY, OTHER], options=f"    listen: 127.0.0.2@{first.port}\n")
        )
        primaries = dict.fromkeys(FIRST, first) | dict.fromkeys(SECOND, second)
        secondary = stack.enter_context(running_secondary(folders[2], primaries, OTHER))
        yield Three(first, second, secondary)


@pytest.fixture(autouse=True)
def hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the hosts of these zones their addresses, as a resolver would."""
    for host, address in HOSTS.items():
        resolve(monkeypatch, host, address)


def read(provider: Provider, *zones: str) -> dict[str, ZoneReading | ZoneFailure]:
    requests = [ZoneRequest(names.parse(zone), (names.parse(zone),)) for zone in zones]
    return {result.zone: result for result in provider.read(iter(requests))}


def failure(provider: Provider, zone: str) -> str:
    result = read(provider, zone)[zone]
    assert isinstance(result, ZoneFailure), result
    assert "\n" not in result.message
    return result.message


def change(zone: str) -> ZoneBatch:
    name = names.parse(zone)
    return ZoneBatch(name, (Change(name, OLD, NEW),), {})


def test_each_zone_is_changed_at_the_primary_of_its_own(three: Three) -> None:
    provider = three.open(writing=True)
    outcomes = list(provider.write(iter([change("zone0.test."), change("other.test.")])))
    assert {(outcome.zone, outcome.outcome) for outcome in outcomes} == {
        ("zone0.test.", Outcome.APPLIED),
        ("other.test.", Outcome.APPLIED),
    }
    assert dig(three.first, "zone0.test.").rdata == ["10 new.example.net."]
    assert dig(three.second, "other.test.").rdata == ["10 new.example.net."]
    assert dig(three.secondary, "zone0.test.").rdata == ["10 old.example.net."]


def test_a_run_that_writes_reads_at_the_primary_that_is_named(three: Three) -> None:
    nsupdate(three.first, OTHER, "zone zone1.test.\nupdate add zone1.test. 300 MX 20 more.example.net.")
    found = {}
    for writing in (False, True):
        result = read(three.open(writing=writing), "zone1.test.")["zone1.test."]
        assert isinstance(result, ZoneReading)
        found[writing] = result.owners[names.parse("zone1.test.")]
    assert found == {
        False: Present(OLD),
        True: Present(mx_set(300, "10 old.example.net.", "20 more.example.net.")),
    }


def test_many_zones_are_read_at_once_at_their_primaries(three: Three) -> None:
    zones = [zone.name for zone in (*FIRST[2:30], *SECOND)]
    results = read(three.open(writing=True), *zones)
    assert set(results) == set(zones)
    assert all(isinstance(result, ZoneReading) for result in results.values())


def test_a_name_of_the_hosts_file_is_found(three: Three) -> None:
    """Names in SOA records end in a dot, those in the file do not."""
    (outcome,) = three.open(writing=True).write(iter([change("here.test.")]))
    assert outcome.outcome is Outcome.APPLIED
    assert dig(three.first, "here.test.").rdata == ["10 new.example.net."]


def test_a_primary_that_cannot_be_found_is_told_with_what_to_do(three: Three) -> None:
    message = failure(three.open(writing=True), "lost.test.")
    assert f"nowhere.invalid:{three.first.port}: cannot find the server's address" in message
    assert "the SOA record names this server" in message
    assert "'primary'" in message
    (outcome,) = three.open(writing=True).write(iter([change("lost.test.")]))
    assert outcome.outcome is Outcome.FAILED
    assert "not sent" in outcome.message


def test_a_plan_needs_no_primary_that_can_be_found(three: Three) -> None:
    """Many a primary is hidden from where plans are made."""
    assert isinstance(read(three.open(writing=False), "lost.test.")["lost.test."], ZoneReading)


def test_a_primary_that_is_down_is_told_with_what_to_do(three: Three) -> None:
    message = failure(three.open(writing=True), "down.test.")
    assert f"refusing.example.net:{three.first.port}: cannot connect over TCP: Connection refused" in message
    assert "the SOA record names this server" in message


@pytest.mark.parametrize(("zone", "mname"), [("root.test.", "."), ("number.test.", "192.0.2.53.")])
@pytest.mark.parametrize("writing", [False, True])
def test_an_soa_record_that_names_no_host_is_told(three: Three, zone: str, mname: str, writing: bool) -> None:
    provider = three.open(writing=writing)
    results = read(provider, zone, "zone2.test.")
    assert isinstance(results["zone2.test."], ZoneReading)
    assert f"the SOA record of {zone} names '{mname}' as the primary server, which is no host" in failure(
        provider, zone
    )
    (outcome,) = provider.write(iter([change(zone)]))
    assert outcome.outcome is Outcome.FAILED
    assert "which is no host" in outcome.message


def test_a_secondary_that_is_named_as_primary_takes_no_update_and_says_so(three: Three) -> None:
    provider = three.open(writing=True, port=three.secondary.port)
    (outcome,) = provider.write(iter([change("self.test.")]))
    assert outcome.outcome is Outcome.FAILED
    assert f"localhost:{three.secondary.port}" in outcome.message
    assert "primary server" in outcome.message
    assert dig(three.first, "self.test.").rdata == ["10 old.example.net."]


def test_no_server_that_knows_the_zone_leaves_its_primary_unknown(three: Three) -> None:
    message = failure(three.open(writing=True), "absent.test.")
    assert "refuses to answer for absent.test." in message
    (outcome,) = three.open(writing=True).write(iter([change("absent.test.")]))
    assert outcome.outcome is Outcome.FAILED
    assert "not sent" in outcome.message


def test_the_primary_that_is_named_is_the_same_backend_as_itself(three: Three) -> None:
    named = read(three.open(writing=False), "zone3.test.")["zone3.test."]
    direct = read(three.open(writing=False, primary=f"127.0.0.1:{three.first.port}"), "zone3.test.")
    other = read(three.open(writing=False), "other.test.")["other.test."]
    same = direct["zone3.test."]
    assert isinstance(named, ZoneReading)
    assert isinstance(same, ZoneReading)
    assert isinstance(other, ZoneReading)
    assert named.backend == same.backend
    assert "127.0.0.2" in other.backend
