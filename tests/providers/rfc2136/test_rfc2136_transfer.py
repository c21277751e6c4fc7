"""Zone transfers that a server signs message by message, or only now and then (RFC 8945 §5.3.1)."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import dns.tsig
import pytest

from mxsync import names
from mxsync.provider import ZoneRequest
from mxsync.reading import ZoneFailure
from mxsync_rfc2136 import transfer
from mxsync_rfc2136.endpoint import Endpoint
from mxsync_rfc2136.message import Trouble
from mxsync_rfc2136.server import Keys, Server
from mxsync_rfc2136.sign import Signer
from mxsync_rfc2136.tsig import ALGORITHMS, TsigKey
from support.relay import corrupted, liar
from support.rfc2136 import Site
from support.wire import in_dns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mxsync.names import Name

KEY = TsigKey(names.parse("key."), "hmac-sha256", b"a secret of the tests")
ZONE = names.parse("example.test.")
OWNERS = [names.parse(f"n{number}", ZONE) for number in range(20)]
SOA = f"{ZONE} 60 IN SOA ns.example.net. host.example.net. 1 2 3 4 5"


def mx_line(owner: Name) -> str:
    return f"{owner} 60 IN MX 10 mx.example.net."


WHOLE = [[SOA], *([mx_line(owner), f"{owner} 60 IN A 192.0.2.1"] for owner in OWNERS), [SOA]]
"""The records of each message."""


def server_at(port: int, key: TsigKey | None = KEY, timeout: float = 5) -> Server:
    signer = Signer(key) if key else None
    return Server(Endpoint("127.0.0.1", port), timeout, Keys(signer, signer))


def answers(
    question: bytes,
    key: TsigKey | None = KEY,
    messages: Iterable[list[str]] = WHOLE,
    *,
    signed: Callable[[int], bool] = lambda _: True,
) -> list[bytes]:
    """Answer a transfer; dnspython signs the messages whose number `signed` says, and counts the others in."""
    keyring = dns.tsig.Key(in_dns(key.name), key.secret, key.algorithm) if key else None
    asked = dns.message.from_wire(question, keyring=keyring)
    found: list[bytes] = []
    context = None
    for number, lines in enumerate(messages):
        answer = dns.message.make_response(asked)
        answer.flags |= dns.flags.AA
        for line in lines:
            name, ttl, rdclass, kind, data = line.split(" ", 4)
            answer.answer.append(dns.rrset.from_text(name, int(ttl), rdclass, kind, data))
        if number:
            answer.question = []
        if not key or not signed(number):
            answer.tsig = None
        octets = answer.to_wire(max_size=65535, multi=True, tsig_ctx=context)
        if answer.tsig:
            context = answer.tsig_ctx
        elif context is not None:
            context.update(octets)
        found.append(octets)
    return found


def transferred(make: Callable[[bytes], list[bytes]], key: TsigKey | None = KEY) -> frozenset[Name]:
    with liar(make) as port:
        return transfer.mx_owners(server_at(port, key), ZONE)


def refusal(make: Callable[[bytes], list[bytes]], key: TsigKey | None = KEY) -> str:
    with pytest.raises(Trouble) as caught:
        transferred(make, key)
    return str(caught.value)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("every", [1, 2, 3, 21])
def test_a_transfer_that_dnspython_signs_is_taken(algorithm: str, every: int) -> None:
    """The first message and the last are signed, and of those between every so many."""
    key = TsigKey(KEY.name, algorithm, KEY.secret)
    last = len(WHOLE) - 1

    def signed(number: int) -> bool:
        return number % every == 0 or number == last

    assert transferred(lambda question: answers(question, key, signed=signed), key) == frozenset(OWNERS)


def test_an_unsigned_transfer_is_taken_where_nothing_is_signed() -> None:
    assert transferred(lambda question: answers(question, None), None) == frozenset(OWNERS)
    long = [[SOA], *([mx_line(owner)] for owner in OWNERS * 10), [SOA]]
    assert transferred(lambda question: answers(question, None, long), None) == frozenset(OWNERS)


def test_a_transfer_in_one_message_is_taken() -> None:
    whole = [[SOA, *map(mx_line, OWNERS), SOA]]
    assert transferred(lambda question: answers(question, messages=whole)) == frozenset(OWNERS)


@pytest.mark.parametrize(
    "signed",
    [lambda _: False, lambda number: number > 0, lambda number: number < len(WHOLE) - 1],
    ids=["none", "not-the-first", "not-the-last"],
)
def test_a_transfer_whose_first_or_last_message_is_not_signed_is_not_taken(
    signed: Callable[[int], bool],
) -> None:
    assert "in disorder, or wrongly signed" in refusal(lambda it: answers(it, signed=signed))


def test_more_than_99_messages_without_a_signature_are_not_taken() -> None:
    """RFC 8945 §5.3.1."""

    def many(count: int) -> Callable[[bytes], list[bytes]]:
        messages = [[SOA], *([mx_line(OWNERS[0])] for _ in range(count)), [SOA]]
        return lambda question: answers(question, messages=messages, signed=lambda it: it in {0, count + 1})

    assert transferred(many(99)) == {OWNERS[0]}
    assert "in disorder" in refusal(many(100))


@pytest.mark.parametrize("taken", [0, 1, 10, len(WHOLE) - 1])
def test_a_message_that_is_missing_or_comes_twice_is_noticed(taken: int) -> None:
    def without(question: bytes) -> list[bytes]:
        found = answers(question)
        return found[:taken] + found[taken + 1 :]

    def twice(question: bytes) -> list[bytes]:
        found = answers(question)
        return found[: taken + 1] + found[taken:]

    if taken < len(WHOLE) - 1:
        assert refusal(without)
        assert refusal(twice)
    else:
        # The last message is the end: what would come after it is not waited for.
        assert transferred(twice) == frozenset(OWNERS)


@pytest.mark.parametrize("every", [1, 4])
def test_octets_changed_in_a_signed_transfer_are_never_taken(every: int) -> None:
    chance = random.Random(every)
    for _ in range(100):
        changed = chance.randrange(len(WHOLE))

        def spoil(question: bytes, changed: int = changed) -> list[bytes]:
            last = len(WHOLE) - 1
            found = answers(question, signed=lambda number: number % every == 0 or number == last)
            found[changed] = corrupted(found[changed], chance)
            return found

        # Right after all where only the case of the key's name changed, which is not signed.
        with liar(spoil) as port, suppress(Trouble):
            assert transfer.mx_owners(server_at(port, timeout=0.2), ZONE) == frozenset(OWNERS)


@pytest.mark.parametrize(
    "messages",
    [
        [[mx_line(OWNERS[0])], [SOA], [SOA]],
        [[], [SOA], [SOA]],
    ],
    ids=["begins-with-a-record", "begins-with-nothing"],
)
def test_what_does_not_begin_with_the_soa_is_no_transfer(messages: list[list[str]]) -> None:
    assert "in disorder" in refusal(lambda question: answers(question, messages=messages))


def test_a_transfer_that_stands_still_is_given_up() -> None:
    with (
        liar(lambda question: answers(question)[:5]) as port,
        pytest.raises(Trouble, match=r"stood still for 0\.3 s"),
    ):
        transfer.mx_owners(server_at(port, timeout=0.3), ZONE)


def test_a_transfer_by_the_drop_is_given_up() -> None:
    """The time limit is for a whole message."""
    with (
        liar(
            lambda question: answers(question, messages=[[SOA, *map(mx_line, OWNERS), SOA]])[0], pause=0.01
        ) as port,
        pytest.raises(Trouble, match=r"stood still for 0\.3 s"),
    ):
        transfer.mx_owners(server_at(port, timeout=0.3), ZONE)


def test_what_is_no_name_server_is_named(site: Site) -> None:
    with liar(lambda _: b"SSH-2.0-OpenSSH") as port:
        (result,) = site.open(port=port, timeout=0.5).read([ZoneRequest(ZONE, (), every=True)])
    assert isinstance(result, ZoneFailure)
    site.check(result.message)


def test_a_refusal_says_who_may_not() -> None:
    def refuse(question: bytes) -> list[bytes]:
        answer = dns.message.make_response(dns.message.from_wire(question, keyring=False))
        answer.tsig = None
        answer.set_rcode(dns.rcode.NOTAUTH)
        return [answer.to_wire()]

    assert "does not transfer example.test. to the TSIG key key. (NOTAUTH)" in refusal(refuse)


def test_a_transfer_signed_at_another_time_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time

    def late(question: bytes) -> list[bytes]:
        found = answers(question)
        monkeypatch.setattr(time, "time", lambda: now() + 400)
        return found

    assert "wrongly signed" in refusal(late)
