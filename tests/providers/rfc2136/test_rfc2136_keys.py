"""Keys that the server does not take: one clear line each."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from mxsync.change import Change, Outcome
from support.named import Key, new_key, write_key_file
from support.rfc2136 import mx_set

if TYPE_CHECKING:
    from mxsync.names import Name
    from mxsync.provider import Provider
    from support.rfc2136 import Site

WANTED = mx_set(300, "10 mx.example.net.")


def with_key(site: Site, key: Key, **settings: object) -> Provider:
    write_key_file(site.server.folder / "try.key", key)
    return site.open(tsig={"key_file": "try.key"}, **settings)


def test_a_key_that_the_server_does_not_know(site: Site, zone: Name) -> None:
    message = site.failure(zone, with_key(site, new_key("stranger")))
    assert "does not know the TSIG key stranger. (BADKEY)" in message


def test_a_key_of_another_algorithm(site: Site, zone: Name) -> None:
    ours = site.keys["mxsync"]
    message = site.failure(zone, with_key(site, Key(ours.name, ours.secret, "hmac-sha512")))
    assert "BADKEY" in message
    assert "algorithm" in message
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


@pytest.mark.parametrize("algorithm", ["hmac-sha1", "hmac-sha224", "hmac-sha384", "hmac-sha512"])
def test_other_algorithms_are_taken(site: Site, zone: Name, algorithm: str) -> None:
    """The server knows no such key, and says so in an answer that is understood."""
    assert "BADKEY" in site.failure(zone, with_key(site, new_key("stranger", algorithm)))
