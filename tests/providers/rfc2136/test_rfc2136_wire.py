"""Messages made and read by hand are the ones that dnspython makes and reads."""

from __future__ import annotations

import random
import struct
from contextlib import suppress

import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.names import Name
from mxsync_rfc2136 import careful, wire
from mxsync_rfc2136.message import Answer, Kind, Record, Soa
from support.relay import corrupted
from support.wire import any_labels, any_names, calm, in_dns, mxs, numbers, rrset, soas, ttls

READ_OTHERWISE = (wire.Odd, IndexError, struct.error)
"""What sends an answer to the careful reader; nothing else may come of any octets."""
kinds = st.sampled_from([Kind.MX, Kind.SOA])


def record(name: Name, kind: Kind) -> st.SearchStrategy[Record]:
    data = {Kind.MX: mxs, Kind.SOA: soas}.get(kind, any_names)
    return st.builds(Record, st.just(name), st.just(int(kind)), ttls, data)


authority = st.lists(
    st.tuples(any_names, st.sampled_from([Kind.NS, Kind.SOA, Kind.MX])).flatmap(lambda it: record(*it)),
    max_size=3,
)
others = st.lists(
    st.builds(Record, any_names, st.sampled_from([1, 28]), ttls, st.none()),
    max_size=2,
)


def read_as(found: Record) -> Record:
    """Give what a reader makes of a record: RFC 2181 §8; the target of an NS record plays no part."""
    data = None if found.kind == Kind.NS else found.data
    return found._replace(ttl=found.ttl if found.ttl < 2**31 else 0, data=data)


def response(name: Name, kind: int, number: int = 0) -> dns.message.Message:
    question = dns.message.make_query(in_dns(name), dns.rdatatype.RdataType(kind), flags=0, id=number)
    return dns.message.make_response(question)


def octets(message: dns.message.Message) -> bytes:
    return message.to_wire(max_size=65535)


@calm
@given(any_names, st.integers(1, 65535))
def test_a_question_is_made_as_dnspython_does(name: Name, kind: int) -> None:
    question = dns.message.make_query(in_dns(name), dns.rdatatype.RdataType(kind), flags=0, id=0)
    assert wire.question(name, kind) == octets(question)


@calm
@given(any_labels)
def test_a_name_is_written_and_read_in_any_case(labels: list[bytes]) -> None:
    name = names.from_labels(labels)
    as_it_is = dns.name.Name((*labels, b"")).to_wire()
    assert as_it_is is not None
    assert wire.decode(b"??" + as_it_is + b"rest", 2) == (name, 2 + len(as_it_is))
    assert wire.encode(name).lower() == as_it_is.lower()


@calm
@given(st.lists(any_names, min_size=1, max_size=8), any_names)
def test_names_are_read_as_dnspython_compresses_them(found: list[Name], asked: Name) -> None:
    """Each may point into any that stands before it."""
    answer = response(asked, Kind.NS)
    for name in (*found, *found):
        answer.answer.append(rrset(Record(name, Kind.NS, 60, name)))
    message = octets(answer)
    places = list(wire.records(message, 12 + len(wire.encode(asked)) + 4, 2 * len(found)))
    assert [wire.decode(message, place.owner)[0] for place in places] == [*found, *found]
    assert [wire.decode(message, place.start) for place in places] == [
        (name, place.end) for name, place in zip((*found, *found), places, strict=True)
    ]
    assert places[-1].end == len(message)


@calm
@given(any_names, kinds, st.data(), authority, others, st.booleans(), st.sampled_from([0, 3]))
def test_an_answer_is_read_as_it_was_meant(  # noqa: PLR0917 - hypothesis gives them by place
    name: Name,
    kind: Kind,
    data: st.DataObject,
    authorities: list[Record],
    additional: list[Record],
    authoritative: bool,
    rcode: int,
) -> None:
    records = data.draw(st.lists(record(name, kind), max_size=4))
    answer = response(name, kind)
    answer.set_rcode(rcode)  # type: ignore[arg-type]
    if authoritative:
        answer.flags |= dns.flags.AA
    answer.answer += [rrset(it) for it in records]
    answer.authority += [rrset(it) for it in authorities]
    answer.additional += [rrset(it) for it in additional]
    question = wire.question(name, kind)
    found, tsig = wire.read(octets(answer), question[12:], name)
    assert tsig is None
    assert found == Answer(
        rcode,
        authoritative,
        answer=tuple(read_as(it) for it in records),
        authority=tuple(read_as(it) for it in authorities),
    )
    assert careful.read("server", question, b"", None, octets(answer)) == found


@calm
@given(any_names, soas, st.integers(0, 65535))
def test_the_owner_of_an_answer_may_be_in_another_case(name: Name, soa: Soa, number: int) -> None:
    """BIND gives it as it is stored, without compression."""
    answer = response(name, Kind.SOA, number)
    answer.answer.append(rrset(Record(name, Kind.SOA, 60, soa)))
    upper = dns.name.Name(label.upper() for label in in_dns(name).labels)
    written = upper.to_wire()
    message = octets(answer)
    asked = wire.question(name, Kind.SOA)[12:]
    start = 12 + len(asked)
    assert written is not None
    pointed = name != names.ROOT
    spelt = message[:start] + written + message[start + (2 if pointed else 1) :]
    # What is longer now moves what pointers point to: only a message without any others can be spelt so.
    if spelt.count(b"\xc0") == 0:
        assert wire.read(spelt, asked, name)[0].answer == (Record(name, Kind.SOA, 60, soa),)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: answer.flags.__class__(answer.flags | dns.flags.TC),
        lambda answer: answer.flags.__class__(answer.flags & ~dns.flags.QR),
        lambda answer: answer.flags.__class__(answer.flags | 5 << 11),
        lambda answer: answer.flags.__class__(answer.flags | 2),
        lambda answer: answer.flags.__class__(answer.flags | 5),
    ],
    ids=["cut-short", "question", "update", "servfail", "refused"],
)
def test_flags_out_of_the_ordinary_are_for_the_careful_reader(spoil: object) -> None:
    name = names.parse("example.test.")
    answer = response(name, Kind.MX)
    answer.flags = spoil(answer)  # type: ignore[operator]
    with pytest.raises(wire.Odd):
        wire.read(octets(answer), wire.question(name, Kind.MX)[12:], name)


@calm
@given(any_names, any_names, kinds, kinds)
def test_an_answer_to_another_question_is_not_read(
    asked: Name, answered: Name, kind: Kind, other: Kind
) -> None:
    answer = octets(response(answered, other))
    if (asked, kind) == (answered, other):
        wire.read(answer, wire.question(asked, kind)[12:], asked)
    else:
        with pytest.raises(READ_OTHERWISE):
            wire.read(answer, wire.question(asked, kind)[12:], asked)


@calm
@given(any_names, st.lists(mxs, max_size=3), authority, st.randoms(use_true_random=False), st.integers(1, 9))
def test_whatever_is_read_of_spoilt_octets_dnspython_reads_too(
    name: Name, records: list[object], authorities: list[Record], chance: random.Random, times: int
) -> None:
    answer = response(name, Kind.MX)
    answer.answer += [rrset(Record(name, Kind.MX, 300, it)) for it in records]  # type: ignore[arg-type]
    answer.authority += [rrset(it) for it in authorities]
    message = octets(answer)
    for _ in range(times):
        message = corrupted(message, chance)
        if chance.random() < 0.2:
            message = message[: chance.randrange(16, len(message) + 1)]
    question = wire.question(name, Kind.MX)
    try:
        found, tsig = wire.read(message, question[12:], name)
    except READ_OTHERWISE:
        return
    theirs = careful.read("server", question, b"", None, message)
    if tsig is None and isinstance(theirs, Answer):
        assert found == theirs


@calm
@given(st.binary(max_size=300), any_names)
def test_noise_is_never_more_than_odd(noise: bytes, name: Name) -> None:
    asked = wire.question(name, Kind.MX)[12:]
    for octets_ in (
        noise,
        b"\0\0\x84\0\0\1\0\1\0\1\0\1" + asked + noise,
        b"\0\0\xa8\0\0\1\0\0\0\0\0\1" + asked + noise,
    ):
        for read in (lambda it: wire.read(it, asked, name), wire.read_done):
            with suppress(*READ_OTHERWISE):
                read(octets_)


@calm
@given(st.binary(min_size=1, max_size=300), st.integers(0, 299))
def test_no_octets_make_a_name_without_end(octets_: bytes, at: int) -> None:
    try:
        name, end = wire.decode(octets_, at)
    except READ_OTHERWISE:
        return
    assert len(wire.encode(name)) <= 255
    assert end <= len(octets_)


@calm
@given(numbers, st.sampled_from([0, 1]))
def test_the_answer_to_an_update_is_read_with_and_without_its_zone(number: int, zones: int) -> None:
    """RFC 2136 §3.8 leaves it to the server."""
    question = b"\7example\4test\0\0\6\0\1" * zones
    head = (number & 0xFFFF).to_bytes(2) + b"\xa8\0" + zones.to_bytes(2) + b"\0" * 6
    assert wire.read_done(head + question) == (Answer(0), None)
    for rcode in range(1, 16):
        with pytest.raises(wire.Odd):
            wire.read_done(head[:3] + bytes([rcode]) + head[4:] + question)
