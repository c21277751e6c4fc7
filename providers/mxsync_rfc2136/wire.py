"""DNS messages in wire format (RFC 1035 §4.1): just what questions about MX sets and their answers need.

dnspython takes about 240 µs for a question and its answer, and thousands of them are what a plan is made
of. So the one question there is and the plain answers to it are made and read here; whatever is out of
the ordinary raises `Odd`, and `careful` has dnspython look at it.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from mxsync import names
from mxsync.errors import InvalidName
from mxsync.model import MX
from mxsync_rfc2136.message import A_ANSWER, Answer, Kind, Record, Soa

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.names import Name

HEADER = struct.Struct("!6H")
"""Id, flags, and how many entries each of the four sections has."""
_FIXED = struct.Struct("!HHIH")
"""Type, class, TTL and length of the data, after the owner of a record."""
_NUMBERS = struct.Struct("!5I")
"""What follows the two names of an SOA record: serial, refresh, retry, expire, minimum."""
_IN = b"\0\1"
_CLASS_IN = 1
_ASKED = (0xC0, HEADER.size)
"""A pointer to the name in the question."""
_POINTER = 0xC0
_MAX_TTL = 2**31 - 1

_TC, _OPCODE, _QR, _AA = 0x0200, 0x7800, 0x8000, 0x0400


class Odd(Exception):  # noqa: N818 - it need not be an error
    """A message that is not read here."""


class Place(NamedTuple):
    """Where a record stands in a message, and what it is."""

    owner: int
    """The offset of its first octet, that of the owner."""
    kind: int
    rdclass: int
    ttl: int
    start: int
    """The offset of its data."""
    end: int


@lru_cache(maxsize=10_000)
def encode(name: Name) -> bytes:
    """Write a name, without compression."""
    return b"".join(bytes([len(label)]) + label for label in names.to_labels(name)) + b"\0"


def question(name: Name, kind: int) -> bytes:
    """Ask for the records of one type, without recursion (RD=0), with the id 0."""
    return b"\0\0\0\0\0\1\0\0\0\0\0\0" + encode(name) + kind.to_bytes(2) + _IN


def decode(wire: bytes, at: int) -> tuple[Name, int]:
    """Read a name; give it with the offset behind it. Raises Odd."""
    labels: list[bytes] = []
    end, before = 0, at
    while size := wire[at]:
        if size >= _POINTER:
            target = (size & 0x3F) << 8 | wire[at + 1]
            end = end or at + 2
            # Pointers lead back, always further: there is no way in a circle.
            if target >= before:
                raise Odd
            at = before = target
        elif size > names.MAX_LABEL:
            raise Odd
        else:
            labels.append(wire[at + 1 : at + 1 + size])
            at += 1 + size
    return _name(tuple(labels)), end or at + 1


@lru_cache(maxsize=10_000)
def _name(labels: tuple[bytes, ...]) -> Name:
    try:
        return names.from_labels(labels)
    except InvalidName as error:
        raise Odd from error


def records(wire: bytes, at: int, count: int) -> Iterator[Place]:
    """Find the records that begin at an offset. Raises Odd, IndexError or struct.error."""
    for _ in range(count):
        owner = at
        while size := wire[at]:
            if size >= _POINTER:
                at += 1
                break
            at += 1 + size
        kind, rdclass, ttl, length = _FIXED.unpack_from(wire, at + 1)
        start = at + 1 + _FIXED.size
        at = start + length
        if at > len(wire):
            raise Odd
        yield Place(owner, kind, rdclass, ttl, start, at)


def read(wire: bytes, asked: bytes, name: Name) -> tuple[Answer, Place | None]:
    """Read a plain answer to the question `asked` (name, type and class) about this name.

    Gives it with the place of the TSIG record, if one ends the message; the caller verifies that.
    Raises Odd, IndexError or struct.error for everything else.
    """
    _, flags, questions, answers, authorities, others = HEADER.unpack_from(wire)
    rcode = flags & 0xF
    end = HEADER.size + len(asked)
    if flags & (_QR | _OPCODE | _TC) != _QR or rcode not in A_ANSWER:
        raise Odd
    if questions != 1 or wire[HEADER.size : end] != asked:
        raise Odd
    answer: list[Record] = []
    authority: list[Record] = []
    tsig = None
    for number, place in enumerate(records(wire, end, answers + authorities + others), 1):
        if number <= answers:
            answer.append(_record(wire, place, name))
            if answer[-1].name != name or answer[-1].kind not in {Kind.MX, Kind.SOA}:
                raise Odd
        elif number <= answers + authorities:
            authority.append(_record(wire, place, name))
        elif place.kind == Kind.TSIG:
            tsig = place
        end = place.end
    if end != len(wire) or (tsig and tsig.end != end):
        raise Odd
    return Answer(
        rcode, authoritative=bool(flags & _AA), answer=tuple(answer), authority=tuple(authority)
    ), tsig


def read_done(wire: bytes) -> tuple[Answer, Place | None]:
    """Read the plain answer to an UPDATE: NOERROR, with no records but the TSIG one (RFC 2136 §3.8).

    Raises Odd, IndexError or struct.error for everything else.
    """
    _, flags, zones, *sections, others = HEADER.unpack_from(wire)
    if flags & (_QR | _OPCODE | _TC | 0xF) != _QR | 5 << 11 or any(sections) or zones > 1 or others > 1:
        raise Odd
    at = HEADER.size
    if zones:
        at = decode(wire, at)[1] + 4
    tsig = next(records(wire, at, others), None)
    if (tsig.end if tsig else at) != len(wire) or (tsig and tsig.kind != Kind.TSIG):
        raise Odd
    return Answer(0), tsig


def _record(wire: bytes, place: Place, asked: Name) -> Record:
    at = place.owner
    name = asked if (wire[at], wire[at + 1]) == _ASKED else decode(wire, at)[0]
    data, end = _data(wire, place)
    if end != place.end or place.rdclass != _CLASS_IN:
        raise Odd
    # RFC 2181 §8: one with the highest bit set counts as 0.
    return Record(name, place.kind, place.ttl if place.ttl <= _MAX_TTL else 0, data)


def _data(wire: bytes, place: Place) -> tuple[MX | Soa | None, int]:
    """Read what a record says; give it with the offset behind it."""
    match place.kind:
        case Kind.MX:
            exchange, end = decode(wire, place.start + 2)
            return MX(int.from_bytes(wire[place.start : place.start + 2]), exchange), end
        case Kind.SOA:
            mname, at = decode(wire, place.start)
            rname, at = decode(wire, at)
            return Soa(mname, rname, *_NUMBERS.unpack_from(wire, at)), at + _NUMBERS.size
    return None, place.end
