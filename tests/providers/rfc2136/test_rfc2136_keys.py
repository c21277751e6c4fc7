"""Keys that the server does not take: one clear line each."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync_rfc2136.tsig import ALGORITHMS
from support.named import running_named
from support.nameserver import Key, Zone, new_key, write_key_file
from support.rfc2136 import Site, mx_set

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.names import Name
    from mxsync.provider import Provider

WANTED = mx_set(300, "10 mx.example.net.")


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


@pytest.fixture(scope="module")
def many_keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    keys = {algorithm: new_key(f"key-{algorithm}", algorithm) for algorithm in ALGORITHMS}
    folder = tmp_path_factory.mktemp("algorithms")
    with running_named(folder, [Zone("example.com.")], list(keys.values())) as server:
        yield Site(server, keys)


@pytest.mark.parametrize("algorithm", [name for name in ALGORITHMS if name.count("-") == 1])
def test_every_algorithm_of_full_length_signs_questions_and_updates(many_keys: Site, algorithm: str) -> None:
    provider = with_key(many_keys, many_keys.keys[algorithm])
    change = Change(names.parse(f"{algorithm}.example.com."), None, WANTED)
    assert many_keys.write("example.com.", change, provider).outcome is Outcome.APPLIED


@pytest.mark.parametrize("algorithm", [name for name in ALGORITHMS if name.count("-") == 2])
def test_an_algorithm_that_bind_has_otherwise_is_named(many_keys: Site, algorithm: str) -> None:
    message = many_keys.failure("example.com.", with_key(many_keys, many_keys.keys[algorithm]))
    assert f"with {algorithm} (BADKEY)" in message
