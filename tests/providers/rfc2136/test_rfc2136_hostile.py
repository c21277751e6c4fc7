"""Whatever octets come back, what is made of them is a verified answer or a line that says why not."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.provider import ZoneRequest
from mxsync.reading import Absent, Unreadable, ZoneFailure, ZoneReading
from mxsync_rfc2136 import codec, update, wire
from mxsync_rfc2136.endpoint import Endpoint
from mxsync_rfc2136.message import Answer, Kind, Lost, Message
from mxsync_rfc2136.server import Keys, Server
from mxsync_rfc2136.sign import Signer
from mxsync_rfc2136.tsig import TsigKey
from support.relay import corrupted, liar, unsigned
from support.rfc2136 import mx_set
from support.wire import any_names, calm

if TYPE_CHECKING:
    from mxsync.names import Name
    from support.rfc2136 import Site

SIGNER = Signer(TsigKey(names.parse("key."), "hmac-sha256", b"a secret of the tests"))
APEX = names.parse("zone0.test.")
WANTED = mx_set(300, "10 mx.example.net.")


@calm
@given(st.binary(max_size=200), any_names, st.booleans(), st.booleans())
def test_noise_is_lost_in_one_line(noise: bytes, name: Name, signed: bool, with_head: bool) -> None:
    server = Server(Endpoint("127.0.0.1", 53), 1, Keys(*[SIGNER if signed else None] * 2))
    for message in (Message(name, wire.question(name, Kind.MX)), update.may_write(name, name)):
        sent, mac = codec.write(server.keys, message, 7)
        # An update that is answered by its header alone, without a signature, is an answer.
        head = sent[:2] + bytes([sent[2] | 0x80]) + sent[3:] if with_head else b"\0\7"
        found = codec.read(server, message, sent, mac, head + noise)
        assert isinstance(found, Lost | Answer)
        if signed:
            assert isinstance(found, Lost)
            assert "\n" not in str(found)
            assert str(found).startswith("127.0.0.1:53: ")


def garble(message: bytes, chance: random.Random) -> bytes:
    """Answer with something that is none, or none to this."""
    answer = unsigned(message)
    match chance.randrange(7):
        case 0:
            return message[:2] + chance.randbytes(chance.randrange(100))
        case 1:
            return answer[: chance.randrange(len(answer))]
        case 2:
            return chance.randbytes(chance.randrange(100))
        case 3:
            return message
        case 4:
            return answer + chance.randbytes(chance.randrange(1, 20))
        case 5:
            return message[:2] + b"\x84\0" + message[4:]
    return answer[:12] + corrupted(answer[12:] + b"..", chance)


@pytest.mark.parametrize("seed", range(20))
def test_a_server_that_talks_nonsense_is_neither_read_nor_written(site: Site, seed: int) -> None:
    """With a key: without one, anybody's answer counts."""
    chance = random.Random(seed)
    owners = tuple(names.parse(f"n{number}", APEX) for number in range(5))
    with liar(lambda message: garble(message, chance)) as port:
        provider = site.open(port=port, timeout=0.3)
        (result,) = provider.read([ZoneRequest(APEX, owners)])
        assert isinstance(result, ZoneFailure)
        site.check(result.message)
        outcome = site.write(APEX, Change(APEX, None, WANTED), provider)
        assert outcome.outcome is Outcome.FAILED
        assert outcome.message.startswith("not sent: ")


@pytest.mark.parametrize("seed", range(20))
def test_nonsense_between_right_answers_is_no_reading(site: Site, zone: Name, seed: int) -> None:
    """Every other answer is right, and read as what it is."""
    chance = random.Random(seed)
    answered: list[bytes] = []

    def now_and_then(message: bytes) -> bytes:
        asked = dns.message.from_wire(message)
        answer = dns.message.make_response(asked)
        answer.flags |= dns.flags.AA
        soa = dns.rrset.from_text(zone, 60, "IN", "SOA", "ns. host. 1 2 3 4 60")
        is_soa = asked.question[0].rdtype == dns.rdatatype.SOA
        (answer.answer if is_soa else answer.authority).append(soa)
        if is_soa or chance.random() < 0.5:
            answered.append(message)
            return answer.to_wire()
        return message[:2] + answer.to_wire()[2 : chance.randrange(4, 60)]

    owners = tuple(names.parse(f"n{number}", zone) for number in range(50))
    with liar(now_and_then) as port:
        provider = site.open(port=port, tsig=None, unsigned=True, timeout=1)
        (result,) = provider.read([ZoneRequest(zone, owners)])
    assert isinstance(result, ZoneReading)
    absent = [owner for owner, found in result.owners.items() if found == Absent(60)]
    lost = [found for found in result.owners.values() if isinstance(found, Unreadable)]
    assert len(absent) + len(lost) == len(owners)
    assert len(absent) == len(answered)
    for found in lost:
        site.check(found.message)


def test_answers_to_nobody_are_an_end(site: Site) -> None:
    with liar(lambda message: bytes([message[0] ^ 0xFF]) + message[1:]) as port:
        message = site.failure(APEX, site.open(port=port, timeout=0.5))
    assert "no answer to the question; is it a DNS server?" in message
