"""The UPDATE messages (RFC 2136), as pure functions: whole MX sets, all of a message or nothing.

Names are written without compression: every server reads that, and the messages stay short enough.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from mxsync import names
from mxsync_rfc2136.message import Kind, Message
from mxsync_rfc2136.wire import HEADER, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mxsync.change import Change
    from mxsync.model import MX
    from mxsync.names import Name
    from mxsync_rfc2136.message import Soa

MAX_SETS = 20
"""Sets of one message at most: for each, PowerDNS walks the zone, which in a large one takes 50 ms."""
MAX_SIZE = 32_000
"""Octets of one message at most, less the signature; only a single set may exceed it."""
_OPCODE = 5 << 11
_IN, _NONE, _ANY = 1, 254, 255
_FIXED = struct.Struct("!HHIH")
_PROBE = b"\0\0" + encode(names.parse("mxsync-probe.invalid."))


def swap(zone: Name, changes: Iterable[Change], soa: Soa | None = None) -> Message:
    """Change MX sets from `before` to `after`, if all of them still are `before`.

    The condition does not cover the TTL (RFC 2136 §1.1.1); the caller reads again just before, or gives
    the SOA record that he read before it: then the zone must be unchanged as a whole. It also demands
    that there is no CNAME, which would have the server ignore the records (§3.4.2.2).
    """
    conditions: list[bytes] = [_same_soa(zone, soa)] if soa else []
    updates: list[bytes] = []
    for change in changes:
        owner = encode(change.owner)
        conditions.append(_record(owner, Kind.CNAME, _NONE))
        if change.before is None:
            conditions.append(_record(owner, Kind.MX, _NONE))
        else:
            # Value dependent (§2.4.2): all records of the set, with TTL 0.
            conditions += (_record(owner, Kind.MX, _IN, 0, _mx(record)) for record in change.before.records)
        updates.append(_record(owner, Kind.MX, _ANY))
        if change.after is not None:
            ttl = change.after.ttl
            updates += (_record(owner, Kind.MX, _IN, ttl, _mx(record)) for record in change.after.records)
    return _message(zone, conditions, updates, once=True)


def exists(zone: Name, owner: Name, kind: int) -> Message:
    """Ask whether the owner has a set of this type of its own: a condition and no change (§2.4.1)."""
    return _message(zone, [_record(encode(owner), kind, _ANY)], [])


def holds(zone: Name, change: Change) -> Message:
    """Ask whether the owner has the records of `before`: the condition of a change without the change."""
    owner = encode(change.owner)
    if change.before is None:
        return _message(zone, [_record(owner, Kind.MX, _NONE)], [])
    records = (_record(owner, Kind.MX, _IN, 0, _mx(record)) for record in change.before.records)
    return _message(zone, list(records), [])


def unchanged(zone: Name, soa: Soa) -> Message:
    """Ask whether the zone has this SOA record: then nothing in it, TTLs included, has changed since."""
    return _message(zone, [_same_soa(zone, soa)], [])


def may_write(zone: Name, owner: Name) -> Message:
    """Ask whether the MX set of an owner may be changed, and change nothing in any case.

    The condition says that the zone has no SOA record, which is false: YXRRSET means that the server
    would have gone on to the deletion (of one record that is not there), REFUSED that it would not. A
    condition alone is answered by BIND's update-policy whoever asks.
    """
    conditions = [_record(encode(zone), Kind.SOA, _NONE)]
    return _message(zone, conditions, [_record(encode(owner), Kind.MX, _NONE, 0, _PROBE)])


def in_messages(zone: Name, changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Share changes out to messages that no server finds too large, in their order."""
    chunk: list[Change] = []
    size = 0
    for change in changes:
        more = len(swap(zone, [change]).wire)
        if chunk and (len(chunk) == MAX_SETS or size + more > MAX_SIZE):
            yield chunk
            chunk, size = [], 0
        chunk.append(change)
        size += more
    if chunk:
        yield chunk


def _message(zone: Name, conditions: list[bytes], updates: list[bytes], *, once: bool = False) -> Message:
    header = HEADER.pack(0, _OPCODE, 1, len(conditions), len(updates), 0)
    zone_section = encode(zone) + Kind.SOA.to_bytes(2) + _IN.to_bytes(2)
    return Message(zone, b"".join((header, zone_section, *conditions, *updates)), update=True, once=once)


def _record(owner: bytes, kind: int, rdclass: int, ttl: int = 0, data: bytes = b"") -> bytes:
    return owner + _FIXED.pack(kind, rdclass, ttl, len(data)) + data


def _mx(record: MX) -> bytes:
    return record.preference.to_bytes(2) + encode(record.exchange)


def _same_soa(zone: Name, soa: Soa) -> bytes:
    data = encode(soa.mname) + encode(soa.rname) + struct.pack("!5I", *soa[2:])
    return _record(encode(zone), Kind.SOA, _IN, 0, data)
