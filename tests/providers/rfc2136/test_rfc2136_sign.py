"""Signatures made and checked by hand are those that dnspython makes and checks (RFC 8945)."""

from __future__ import annotations

import secrets
import time

import dns.exception
import dns.message
import dns.rcode
import dns.tsig
import dns.update
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.model import MX
from mxsync.names import Name
from mxsync_rfc2136 import codec, update, wire
from mxsync_rfc2136.endpoint import Endpoint
from mxsync_rfc2136.message import Answer, Kind, Lost, Message, Record, Unsigned
from mxsync_rfc2136.server import Keys, Server
from mxsync_rfc2136.sign import Signer
from mxsync_rfc2136.tsig import ALGORITHMS, TsigKey
from support.wire import any_names, calm, in_dns, mxs, rrset

algorithms = st.sampled_from(ALGORITHMS)
key_names = any_names.filter(lambda name: name != names.ROOT)
OWNER = names.parse("example.test.")
KEY = names.parse("key.")
MXS = (MX(10, names.parse("mx1.example.net.")), MX(20, names.parse("mx2.example.net.")))


def new_key(name: Name = KEY, algorithm: str = "hmac-sha256") -> TsigKey:
    return TsigKey(name, algorithm, secrets.token_bytes(32))


def in_dnspython(key: TsigKey) -> dns.tsig.Key:
    return dns.tsig.Key(in_dns(key.name), key.secret, key.algorithm)


def server(key: TsigKey | None) -> Server:
    signer = Signer(key) if key else None
    return Server(Endpoint("127.0.0.1", 53), 1, Keys(signer, signer))


def question(name: Name = OWNER) -> Message:
    return Message(name, wire.question(name, Kind.MX))


def answer_of(sent: bytes, key: TsigKey, *records: Record) -> dns.message.Message:
    """Answer as a server would that has this key."""
    answer = dns.message.make_response(dns.message.from_wire(sent, keyring=in_dnspython(key)))
    answer.answer += [rrset(record) for record in records]
    return answer


def octets(message: dns.message.Message) -> bytes:
    return message.to_wire(max_size=65535)


@calm
@given(key_names, algorithms, any_names, st.integers(0, 65535))
def test_dnspython_takes_our_signature_of_a_question(
    name: Name, algorithm: str, asked: Name, number: int
) -> None:
    key = new_key(name, algorithm)
    sent, mac = codec.write(server(key).keys, question(asked), number)
    found = dns.message.from_wire(sent, keyring=in_dnspython(key))
    assert (found.id, found.had_tsig, found.mac) == (number, True, mac)
    assert found.question[0].name == in_dns(asked)
    assert found.tsig
    assert abs(found.tsig[0].time_signed - time.time()) < 60
    with pytest.raises(dns.tsig.BadSignature):
        dns.message.from_wire(sent, keyring=in_dnspython(new_key(name, algorithm)))


@calm
@given(key_names, algorithms)
def test_dnspython_takes_our_signature_of_an_update(name: Name, algorithm: str) -> None:
    key = new_key(name, algorithm)
    sent, _ = codec.write(server(key).keys, update.may_write(OWNER, OWNER), 7)
    found = dns.message.from_wire(sent, keyring=in_dnspython(key))
    assert isinstance(found, dns.update.UpdateMessage)
    assert found.had_tsig


@calm
@given(key_names, algorithms, st.lists(mxs, max_size=3), st.integers(0, 65535))
def test_we_take_dnspythons_signature_of_an_answer(
    name: Name, algorithm: str, data: list[object], number: int
) -> None:
    key = new_key(name, algorithm)
    ours = server(key)
    records = tuple(Record(OWNER, Kind.MX, 300, it) for it in data)  # type: ignore[arg-type]
    sent, mac = codec.write(ours.keys, question(), number)
    answer = octets(answer_of(sent, key, *records))
    found = codec.read(ours, question(), sent, mac, answer)
    assert isinstance(found, Answer), found
    assert (found.rcode, found.answer) == (0, records)
    assert found.signed_at is not None
    assert wire.read(answer, question().wire[12:], OWNER)[1], "it was read by hand"
    Signer(key).verify(answer, wire.read(answer, question().wire[12:], OWNER)[1], mac)  # type: ignore[arg-type]


@calm
@given(key_names, algorithms)
def test_we_take_dnspythons_signature_of_the_answer_to_an_update(name: Name, algorithm: str) -> None:
    key = new_key(name, algorithm)
    ours, message = server(key), update.may_write(OWNER, OWNER)
    sent, mac = codec.write(ours.keys, message, 7)
    answer = octets(answer_of(sent, key))
    tsig = wire.read_done(answer)[1]
    assert tsig
    Signer(key).verify(answer, tsig, mac)
    found = codec.read(ours, message, sent, mac, answer)
    assert isinstance(found, Answer)
    assert found.rcode == 0


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_octet_that_was_changed_anywhere_never_changes_what_is_read(algorithm: str) -> None:
    """Every octet behind the id, every bit: lost, or the same answer (as with the case of the key's name)."""
    key = new_key(algorithm=algorithm)
    ours = server(key)
    records = [Record(OWNER, Kind.MX, 300, it) for it in MXS]
    sent, mac = codec.write(ours.keys, question(), 7)
    answer = octets(answer_of(sent, key, *records))
    right = codec.read(ours, question(), sent, mac, answer)
    assert isinstance(right, Answer)
    taken = 0
    for at in range(2, len(answer)):
        for bit in range(8):
            spoilt = bytearray(answer)
            spoilt[at] ^= 1 << bit
            found = codec.read(ours, question(), sent, mac, bytes(spoilt))
            assert found == right or isinstance(found, Lost), (at, bit, found)
            taken += found == right
    assert taken < 64, "next to every octet counts"


@pytest.mark.parametrize("update_too", [False, True])
def test_an_answer_is_taken_for_its_own_message_only(*, update_too: bool) -> None:
    """Two questions of the same text have signatures of their own; so has an update."""
    key = new_key()
    ours = server(key)
    message = update.may_write(OWNER, OWNER) if update_too else question()
    first, second = (codec.write(ours.keys, message, number) for number in (1, 2))
    answer = octets(answer_of(first[0], key))
    assert isinstance(codec.read(ours, message, *first, answer), Answer)
    renumbered = second[0][:2] + answer[2:]
    assert isinstance(codec.read(ours, message, *second, answer), Lost)
    assert isinstance(codec.read(ours, message, *second, renumbered), Lost)


def test_an_answer_signed_with_another_key_is_not_taken() -> None:
    ours, theirs = new_key(), new_key()
    sent, mac = codec.write(server(ours).keys, question(), 7)
    answer = answer_of(sent, ours)
    answer.use_tsig(in_dnspython(theirs))
    found = codec.read(server(ours), question(), sent, mac, octets(answer))
    assert isinstance(found, Lost)
    assert "wrong signature" in str(found)


@pytest.mark.parametrize("off", [-400, 400])
def test_an_answer_from_another_time_is_not_taken(monkeypatch: pytest.MonkeyPatch, off: int) -> None:
    """Somebody may have kept it."""
    key = new_key()
    sent, mac = codec.write(server(key).keys, question(), 7)
    answer = octets(answer_of(sent, key))
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + off)
    found = codec.read(server(key), question(), sent, mac, answer)
    assert isinstance(found, Lost)
    assert "BADTIME" in str(found)


def test_an_unsigned_answer_to_a_signed_message_is_not_taken() -> None:
    key = new_key()
    sent, mac = codec.write(server(key).keys, question(), 7)
    answer = answer_of(sent, key, Record(OWNER, Kind.MX, 300, MXS[0]))
    answer.tsig = None
    found = codec.read(server(key), question(), sent, mac, octets(answer))
    assert isinstance(found, Lost)
    assert not isinstance(found, Unsigned), "it is no refusal"
    answer.set_rcode(dns.rcode.REFUSED)
    assert isinstance(codec.read(server(key), question(), sent, mac, octets(answer)), Unsigned)


def test_a_signed_answer_to_an_unsigned_message_is_not_taken() -> None:
    key = new_key()
    sent, _ = codec.write(server(key).keys, question(), 7)
    answer = octets(answer_of(sent, key))
    plain, mac = codec.write(server(None).keys, question(), 7)
    assert isinstance(codec.read(server(None), question(), plain, mac, answer), Lost)


def test_no_secret_stands_in_the_text_of_a_signer() -> None:
    key = new_key()
    assert repr(key.secret) not in repr(Signer(key))
    assert repr(key.secret) not in repr(server(key))
