"""Keys that the server does not take: one clear line each."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import dns.message
import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.errors import MxsyncError, ProviderError
from mxsync.provider import Context, ZoneRequest
from mxsync.reading import Present, ZoneFailure, ZoneReading
from mxsync_rfc2136.tsig import ALGORITHMS
from support.cli import mxsync
from support.knot import running_knot
from support.named import running_named
from support.nameserver import Key, Right, Zone, new_key, write_key_file
from support.powerdns import running_powerdns
from support.relay import is_update, relay
from support.rfc2136 import Site, mx_set

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mxsync.names import Name
    from mxsync.provider import Provider

WANTED = mx_set(300, "10 mx.example.net.")
OLD = mx_set(300, "10 old.example.net.")
MX = "@ 300 MX 10 old.example.net."


def with_key(site: Site, key: Key, **settings: object) -> Provider:
    write_key_file(site.server.folder / "try.key", key)
    return site.open(tsig={"key_file": "try.key"}, **settings)


def test_a_key_that_the_server_does_not_know(site: Site, zone: Name) -> None:
    message = site.failure(zone, with_key(site, new_key("stranger")))
    assert "does not know the TSIG key stranger. with hmac-sha256 (BADKEY)" in message


def test_a_key_of_another_algorithm(site: Site, zone: Name) -> None:
    ours = site.keys["mxsync"]
    message = site.failure(zone, with_key(site, Key(ours.name, ours.secret, "hmac-sha512")))
    assert "with hmac-sha512 (BADKEY)" in message
    assert ours.secret not in message


def test_a_key_with_another_secret(site: Site, zone: Name) -> None:
    wrong = new_key("mxsync")
    message = site.failure(zone, with_key(site, wrong))
    assert "the secret of the TSIG key mxsync. is not the one that the server has (BADSIG)" in message
    assert wrong.secret not in message


@pytest.mark.parametrize("off", [-3600, 3600])
def test_a_clock_that_is_off(site: Site, zone: Name, monkeypatch: pytest.MonkeyPatch, off: int) -> None:
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + off)
    message = site.failure(zone)
    assert "BADTIME" in message
    assert "clocks" in message


def test_a_write_with_a_wrong_secret_fails_for_sure(site: Site, zone: Name) -> None:
    outcome = site.write(zone, Change(zone, None, WANTED), with_key(site, new_key("mxsync")))
    assert outcome.outcome is Outcome.FAILED
    assert "BADSIG" in outcome.message
    assert site.stored(zone, zone) == []


def test_a_server_that_wants_a_key(site: Site) -> None:
    message = site.failure("closed.test.", site.open(tsig=None, unsigned=True))
    assert "REFUSED" in message
    assert "without a TSIG key" in message


FULL = [name for name in ALGORITHMS if name.count("-") == 1]
SHORT = [name for name in ALGORITHMS if name.count("-") == 2]
POOL = 20
SERVERS = {"BIND": running_named, "Knot": running_knot, "PowerDNS": running_powerdns}


@pytest.fixture(scope="module", params=tuple(SERVERS))
def keyed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Give each of the servers with a key that may only read, one that may update, and one of each algorithm."""
    keys = {
        "reader": new_key("reader", right=Right.READ),
        "writer": new_key("writer"),
        **{algorithm: new_key(f"key-{algorithm}", algorithm) for algorithm in FULL},
    }
    folder = tmp_path_factory.mktemp("keyed")
    for key in keys.values():
        write_key_file(folder / f"{key.name}.key", key)
    zones = [Zone(f"zone{number}.test.", MX) for number in range(POOL)]
    with SERVERS[request.param](folder, zones, list(keys.values())) as server:
        yield Site(server, keys)


@pytest.mark.parametrize("algorithm", FULL)
def test_every_algorithm_of_full_length_signs_questions_and_updates(keyed: Site, algorithm: str) -> None:
    provider = with_key(keyed, keyed.keys[algorithm])
    apex = keyed.new_zone()
    assert keyed.read(apex, apex, provider) == Present(OLD)
    assert keyed.write(apex, Change(apex, OLD, WANTED), provider).outcome is Outcome.APPLIED


@pytest.mark.parametrize("algorithm", SHORT)
def test_a_shortened_signature_that_no_server_knows_is_named(keyed: Site, algorithm: str) -> None:
    long, _, _ = algorithm.rpartition("-")
    ours = keyed.keys[long]
    message = keyed.failure("zone0.test.", with_key(keyed, Key(ours.name, ours.secret, algorithm)))
    assert f"TSIG key {ours.name}." in message


def test_bind_means_other_keys_by_the_algorithms_of_two_numbers(tmp_path: Path) -> None:
    keys = {algorithm: new_key(f"key-{algorithm}", algorithm) for algorithm in SHORT}
    with running_named(tmp_path, [Zone("example.com.")], [new_key("first"), *keys.values()]) as server:
        site = Site(server, keys)
        for algorithm, key in keys.items():
            assert f"with {algorithm} (BADKEY)" in site.failure("example.com.", with_key(site, key))


# One key to read, another one to update

APART = {"tsig": {"key_file": "reader.key"}, "update_tsig": {"key_file": "writer.key"}}
UPDATE_ONLY = {"tsig": None, "unsigned": True, "update_tsig": {"key_file": "writer.key"}}


def signers(messages: list[bytes]) -> set[tuple[bool, str | None]]:
    """Say of messages whether they are updates, and which key signed them."""
    found = set()
    for octets in messages:
        message = dns.message.from_wire(octets, keyring=False)
        found.add((is_update(octets), str(message.keyname) if message.keyname else None))
    return found


@pytest.mark.parametrize(("settings", "asks"), [(APART, "reader."), (UPDATE_ONLY, None)])
def test_questions_and_updates_have_keys_of_their_own(
    keyed: Site, settings: dict[str, Any], asks: str | None
) -> None:
    apex, sent = keyed.new_zone(), list[bytes]()

    def note(message: bytes, _: int) -> Any:
        sent.append(message)
        return "pass"

    with relay(keyed.server.address, keyed.server.port, note) as port:
        provider = keyed.open(port=port, **settings)
        assert keyed.read(apex, apex, provider) == Present(OLD)
        assert keyed.write(apex, Change(apex, OLD, WANTED), provider).outcome is Outcome.APPLIED
    assert signers(sent) == {(False, asks), (True, "writer.")}


def test_whoever_only_plans_needs_no_key_for_updates(keyed: Site) -> None:
    apex = keyed.new_zone()
    missing = APART | {"update_tsig": {"key_file": "nowhere.key"}}
    assert keyed.read(apex, apex, keyed.open(**missing)) == Present(OLD)
    with pytest.raises(MxsyncError, match=r"nowhere\.key"):
        keyed.open(Context("office", keyed.server.folder, writing=True), **missing)


def test_a_key_that_may_only_read_updates_nothing_and_is_named(keyed: Site) -> None:
    apex = keyed.new_zone()
    provider = keyed.open(tsig={"key_file": "reader.key"})
    outcome = keyed.write(apex, Change(apex, OLD, WANTED), provider)
    assert outcome.outcome is Outcome.FAILED
    assert "the TSIG key reader." in outcome.message
    assert keyed.read(apex, apex, provider) == Present(OLD)


def test_the_key_that_reads_is_the_one_that_transfers(keyed: Site) -> None:
    apex = keyed.new_zone()
    request = ZoneRequest(apex, (), every=True)
    (found,) = keyed.open(**APART).read([request])
    assert isinstance(found, ZoneReading)
    (refused,) = keyed.open(tsig={"key_file": "writer.key"}).read([request])
    assert isinstance(refused, ZoneFailure)
    assert "the TSIG key writer." in refused.message


def test_a_wrong_secret_of_the_key_for_updates_is_told_when_it_is_used(keyed: Site) -> None:
    apex = keyed.new_zone()
    wrong = new_key("writer")
    write_key_file(keyed.server.folder / "wrong.key", wrong)
    provider = keyed.open(**(APART | {"update_tsig": {"key_file": "wrong.key"}}))
    assert keyed.read(apex, apex, provider) == Present(OLD)
    outcome = keyed.write(apex, Change(apex, OLD, WANTED), provider)
    assert outcome.outcome is Outcome.FAILED
    assert "the TSIG key writer." in outcome.message
    assert wrong.secret not in outcome.message
    assert keyed.read(apex, apex, provider) == Present(OLD)


def test_bind_wants_the_key_for_updates_to_be_allowed_to_ask(tmp_path: Path) -> None:
    reader, writer = new_key("reader", right=Right.READ), new_key("writer")
    for key in (reader, writer):
        write_key_file(tmp_path / f"{key.name}.key", key)
    zone = Zone("example.com.", MX, options="allow-query { key reader; };")
    apex = names.parse(zone.name)
    with running_named(tmp_path, [zone], [reader, writer]) as server:
        site = Site(server, {"reader": reader, "writer": writer})
        outcome = site.write(apex, Change(apex, OLD, WANTED), site.open(**APART))
    assert outcome.outcome is Outcome.FAILED
    assert "the TSIG key writer. may not change the MX set" in outcome.message
    assert "allow-query" in outcome.message


# Key files

READABLE = "mxsync: warning: provider 'office': key file {} can be read by everybody on this machine"


def plan_with(folder: Path, mode: int, tsig: str) -> list[str]:
    """Plan as a user does, with a key file of this mode; give the warnings."""
    key = new_key("mxsync")
    write_key_file(folder / "mxsync.key", key).chmod(mode)
    (folder / "mxsync.yaml").write_text(
        f"mxsync: 1\nproviders: {{office: {{type: rfc2136, server: 127.0.0.1, port: 1, timeout: 1, {tsig}}}}}\n"
        "zones: {example.com: {provider: office, mx: {'@': [10 mx.example.net.]}}}\n"
    )
    run = mxsync("plan", folder, cwd=folder)
    assert key.secret not in run.out + run.err
    assert run.code == 1
    return [line for line in run.err.splitlines() if "warning" in line]


@pytest.mark.parametrize("mode", [0o644, 0o604])
def test_a_key_file_that_everybody_can_read_is_one_warning(tmp_path: Path, mode: int) -> None:
    twice = "tsig: {key_file: mxsync.key}, update_tsig: {key_file: mxsync.key, key: mxsync}"
    (line,) = plan_with(tmp_path, mode, twice)
    path = tmp_path / "mxsync.key"
    assert line == f"{READABLE.format(path)}; take that away: chmod o-r {path}"


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640, 0o660])
def test_a_key_file_for_its_owner_and_group_is_no_warning(tmp_path: Path, mode: int) -> None:
    assert plan_with(tmp_path, mode, "tsig: {key_file: mxsync.key}") == []


def test_a_file_that_only_includes_the_key_file_is_told(tmp_path: Path, site: Site) -> None:
    (tmp_path / "named.conf").write_text('include "/etc/bind/mxsync.key";\noptions { };\n')
    with pytest.raises(ProviderError) as caught:
        site.open(tsig={"key_file": str(tmp_path / "named.conf")})
    site.check(str(caught.value))
    assert "there is no key in it" in str(caught.value)
    assert "it includes other files, which are not read; name the one with the key" in str(caught.value)
