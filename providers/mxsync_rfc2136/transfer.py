"""Finds every owner of an MX set in a zone, and those that have an address, by a zone transfer (AXFR, RFC 5936).

Of the records only their types are looked at: a zone of 50,000 names takes a fraction of a second. What
the owners have is asked afterwards, as for any other owner.
"""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING

from mxsync_rfc2136 import wire
from mxsync_rfc2136.message import Kind, Lost, NotSent, Rcode, Trouble, rcode_text

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from mxsync.names import Name
    from mxsync_rfc2136.server import Server
    from mxsync_rfc2136.wire import Place

_ID = b"\x5a\x5a"
_UNSIGNED = 99
"""How many messages in a row may be without a signature, at most (RFC 8945 §5.3.1)."""
_ENDS = 2
"""The SOA record stands at the beginning and at the end (RFC 5936 §2.2)."""


def mx_owners(server: Server, zone: Name) -> frozenset[Name]:
    """Give the owners of all MX sets, as `owners` does. Raises Trouble."""
    return owners(server, zone, Kind.MX)[Kind.MX]


def owners(server: Server, zone: Name, *kinds: Kind) -> dict[Kind, frozenset[Name]]:
    """Give the owners of all sets of each type, those that are never served too.

    Every message must come within the time limit of the one before it. Raises Trouble.
    """
    found: dict[int, set[Name]] = {kind: set() for kind in kinds}
    try:
        with server.connect() as connection:
            for message, places in _messages(server, zone, connection):
                for it in places:
                    if it.kind in found:
                        found[it.kind].add(wire.decode(message, it.owner)[0])
    except TimeoutError:
        raise Lost(f"{server}: the transfer of {zone} stood still for {server.timeout:g} s") from None
    except (OSError, EOFError) as error:
        raise Lost(f"{server}: the server broke off the transfer of {zone}") from error
    except (wire.Odd, IndexError, struct.error) as error:
        raise Lost(f"{server}: the transfer of {zone} is in disorder, or wrongly signed") from error
    return {kind: frozenset(found[kind]) for kind in kinds}


def _messages(server: Server, zone: Name, connection: socket.socket) -> Iterator[tuple[bytes, list[Place]]]:
    """Ask for the zone; give each message with its records. All are verified once the last one was given."""
    asked, mac = _ID + wire.question(zone, Kind.AXFR)[2:], b""
    if signer := server.keys.questions:
        asked, mac = signer.sign(asked)
    connection.sendall(len(asked).to_bytes(2) + asked)
    unsigned: list[bytes] = []
    ends, first = 0, True
    while ends < _ENDS:
        message = _receive(connection, time.monotonic() + server.timeout)
        if message[:2] != _ID:
            raise wire.Odd
        if (rcode := message[3] & 0xF) != Rcode.NOERROR:
            raise _refused(server, zone, rcode)
        places = list(_records(message))
        unsigned.append(message)
        if signer and places and places[-1].kind == Kind.TSIG:
            tsig = places.pop()
            verified = signer.verify(message, tsig, mac) if first else signer.verify_next(unsigned, tsig, mac)
            mac = verified.mac
            unsigned.clear()
        elif (first and signer) or len(unsigned) > _UNSIGNED:
            raise wire.Odd
        ends += sum(_is_soa(message, place, zone) for place in places)
        if not ends or (signer and unsigned and ends >= _ENDS):
            raise wire.Odd
        if not signer:
            unsigned.clear()
        first = False
        yield message, places


def _records(message: bytes) -> Iterator[Place]:
    _, _, questions, *sections = wire.HEADER.unpack_from(message)
    at = wire.HEADER.size
    for _ in range(questions):
        at = wire.decode(message, at)[1] + 4
    return wire.records(message, at, sum(sections))


def _is_soa(message: bytes, place: Place, zone: Name) -> bool:
    """Say whether a record is the zone's SOA; one below, that is never served, ends nothing."""
    return place.kind == Kind.SOA and wire.decode(message, place.owner)[0] == zone


def _refused(server: Server, zone: Name, rcode: int) -> Trouble:
    return NotSent(
        f"{server}: the server does not transfer {zone} to {server.keys.asking} ({rcode_text(rcode)}); "
        "'scope: zone' needs the leave to (BIND: allow-transfer), and so does an import; 'scope: owners' and 'import --owner' do not"
    )


def _receive(connection: socket.socket, deadline: float) -> bytes:
    return _read(connection, int.from_bytes(_read(connection, 2, deadline)), deadline)


def _read(connection: socket.socket, size: int, deadline: float) -> bytes:
    got = bytearray()
    while len(got) < size:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        piece = connection.recv(size - len(got))
        if not piece:
            raise EOFError
        got += piece
    return bytes(got)
