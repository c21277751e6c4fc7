"""The floor: the least that a Python process can do, with messages made from templates.

    python -m benchmarks.bind.floor_handmade plan|apply|transfer JOB

Reads every set of the job on one connection; `apply` then changes those that differ, with the set seen as
a condition, on several connections, and reads them back. `transfer` finds every MX set of the zone by AXFR.
"""

from __future__ import annotations

import base64
import hmac
import socket
import struct
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.bind.job import ADDRESS, TTL, load
from benchmarks.bind.pipeline import TIMEOUT, exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from benchmarks.bind.job import MX, Access

CONNECTIONS, WINDOW = 16, 6
"""For updates: so many do not reach BIND's `update-quota` of 100."""

_MX, _SOA, _TSIG, _AXFR, _IN, _NONE, _ANY = 15, 6, 250, 252, 1, 254, 255
_ANSWER, _AUTHORITATIVE, _ERROR = 0x8000, 0x0400, 0x000F
_UPDATE = 5 << 11
_MAC_SIZE = 32

Records = frozenset[tuple[int, int, bytes]]
"""(TTL, preference, exchange on the wire)."""
Differences = dict["MX", Records]
"""What is there, for each set that is not as it is wanted."""


def wire(name: str) -> bytes:
    """Give a name as it is sent, without compression."""
    labels = (bytes([len(label)]) + label.encode("ascii") for label in name.rstrip(".").split("."))
    return b"".join(labels) + b"\0"


def records(wanted: MX) -> Records:
    """Give a set as it is compared."""
    return frozenset(((TTL, 10, wire(wanted.first)), (TTL, 20, wire(wanted.second))))


class Signer:
    """Signs messages and checks answers (RFC 8945); all have the time at which it was made."""

    def __init__(self, access: Access) -> None:
        self._secret = base64.b64decode(access.secret)
        name, algorithm = wire(access.key), wire("hmac-sha256.")
        now = struct.pack("!HIH", 0, int(time.time()), 300)
        self._head = name + struct.pack("!HHI", _TSIG, _ANY, 0)
        self._variables_head = name + struct.pack("!HI", _ANY, 0) + algorithm
        self._variables = self._variables_head + now + bytes(4)
        rest = algorithm + now + struct.pack("!H", _MAC_SIZE)
        self._head += struct.pack("!H", len(rest) + _MAC_SIZE + 6) + rest
        self._size = len(self._head) + _MAC_SIZE + 6
        self._macs: dict[bytes, bytes] = {}
        self._following: set[bytes] = set()

    def sign(self, message: bytes) -> bytes:
        """Add the TSIG record; `message` has no additional section."""
        mac = hmac.digest(self._secret, message + self._variables, "sha256")
        number = message[:2]
        self._macs[number] = mac
        return message[:11] + b"\1" + message[12:] + self._head + mac + number + bytes(4)

    def verify(self, answer: bytes, *, more: bool = False) -> None:
        """Check the TSIG record of an answer. Raises SystemExit if it is not right.

        With `more`, what follows may answer the same question (RFC 8945 section 5.3.1).
        """
        size = len(answer) - self._size
        body, signature = answer[:size], answer[size:]
        times = signature[-_MAC_SIZE - 16 : -_MAC_SIZE - 8]
        before, follows = self._macs.pop(answer[:2]), answer[:2] in self._following
        additional = struct.pack("!H", (answer[10] << 8 | answer[11]) - 1)
        covered = body[:10] + additional + body[12:]
        covered += times if follows else self._variables_head + times + signature[-4:]
        mac = hmac.digest(self._secret, _MAC_SIZE.to_bytes(2, "big") + before + covered, "sha256")
        if not hmac.compare_digest(mac, signature[-_MAC_SIZE - 6 : -6]):
            raise SystemExit("an answer has a wrong signature")
        if more:
            self._macs[answer[:2]] = mac
            self._following.add(answer[:2])


class Seen(NamedTuple):
    """What the answer to one question said."""

    number: int
    """The message id."""
    records: Records


def question(number: int, owner: str, kind: int = _MX) -> bytes:
    """Make the question for a set, without asking for recursion."""
    return struct.pack("!6H", number, 0, 1, 0, 0, 0) + wire(owner) + struct.pack("!HH", kind, _IN)


def read_answer(answer: bytes) -> Seen:
    """Read the MX records of an answer. Raises SystemExit if it is not authoritative."""
    number, flags, _, answers, _, _ = struct.unpack_from("!6H", answer)
    if not flags & _ANSWER or not flags & _AUTHORITATIVE or flags & _ERROR:
        raise SystemExit(f"an answer has the flags {flags:#06x}")
    at = answer.index(0, 12) + 5
    found = set()
    for _ in range(answers):
        at = _skip(answer, at)
        kind, _, ttl, size, preference = struct.unpack_from("!HHIHH", answer, at)
        if kind != _MX:
            raise SystemExit(f"an answer has a record of type {kind}")
        found.add((ttl, preference, _name(answer, at + 12)))
        at += 10 + size
    return Seen(number, frozenset(found))


def _skip(message: bytes, at: int) -> int:
    while length := message[at]:
        if length >= 0xC0:  # noqa: PLR2004 - a pointer, RFC 1035 section 4.1.4
            return at + 2
        at += 1 + length
    return at + 1


def _name(message: bytes, at: int) -> bytes:
    parts = []
    while length := message[at]:
        if length >= 0xC0:  # noqa: PLR2004 - as above
            at = (length & 0x3F) << 8 | message[at + 1]
            continue
        parts.append(message[at : at + 1 + length])
        at += 1 + length
    return b"".join(parts).lower() + b"\0"


def update(number: int, wanted: MX, seen: Records) -> bytes:
    """Make the message that replaces the set seen by the wanted one (RFC 2136), if it is still there."""
    zone, owner = wire(wanted.zone), wire(wanted.owner)
    new = records(wanted)
    parts = [struct.pack("!6H", number, _UPDATE, 1, len(seen) or 1, 1 + len(new), 0)]
    parts += (zone, struct.pack("!HH", _SOA, _IN))
    if not seen:
        parts += (owner, struct.pack("!HHIH", _MX, _NONE, 0, 0))
    parts += (_record(owner, 0, preference, target) for _, preference, target in seen)
    parts += (owner, struct.pack("!HHIH", _MX, _ANY, 0, 0))
    parts += (_record(owner, ttl, preference, target) for ttl, preference, target in new)
    return b"".join(parts)


def _record(owner: bytes, ttl: int, preference: int, target: bytes) -> bytes:
    return owner + struct.pack("!HHIHH", _MX, _IN, ttl, 2 + len(target), preference) + target


def read(access: Access, sets: Iterable[MX]) -> dict[MX, Records]:
    """Ask for all sets on one connection."""
    signer, asked = Signer(access), dict(enumerate(sets))
    messages = [signer.sign(question(number, mx.owner)) for number, mx in asked.items()]
    found = {}
    for answer in exchange((ADDRESS, access.port), messages):
        signer.verify(answer)
        seen = read_answer(answer)
        found[asked.pop(seen.number)] = seen.records
    return found


def different(access: Access, wanted: Iterable[MX]) -> Differences:
    """Give what is there instead of what is wanted."""
    return {mx: seen for mx, seen in read(access, wanted).items() if seen != records(mx)}


def write(access: Access, changes: Differences) -> None:
    """Replace sets. Raises SystemExit where the server refuses."""
    signer = Signer(access)
    messages = [signer.sign(update(number, mx, seen)) for number, (mx, seen) in enumerate(changes.items())]
    answers = exchange((ADDRESS, access.port), messages, connections=CONNECTIONS, window=WINDOW)
    for answer in answers:
        signer.verify(answer)
        if code := answer[3] & _ERROR:
            raise SystemExit(f"an update ended with code {code}")


def transfer(access: Access, wanted: Iterable[MX]) -> Differences:
    """Give what is in the zone instead of what is wanted, found among all its records."""
    sets = {wire(mx.owner): mx for mx in wanted}
    found: dict[bytes, set[tuple[int, int, bytes]]] = {owner: set() for owner in sets}
    signer, zone = Signer(access), next(iter(sets.values())).zone
    starts = 0
    with socket.create_connection((ADDRESS, access.port), TIMEOUT) as connection:
        message = signer.sign(question(0, zone, _AXFR))
        connection.sendall(len(message).to_bytes(2, "big") + message)
        stream = connection.makefile("rb")
        while starts < 2:  # noqa: PLR2004 - the SOA comes first and last
            answer = stream.read(int.from_bytes(stream.read(2), "big"))
            signer.verify(answer, more=True)
            _, flags, questions, answers, _, _ = struct.unpack_from("!6H", answer)
            if flags & _ERROR:
                raise SystemExit(f"the transfer ended with code {flags & _ERROR}")
            at = _skip(answer, 12) + 4 if questions else 12
            for _ in range(answers):
                owner, at = at, _skip(answer, at)
                kind, _, ttl, size = struct.unpack_from("!HHIH", answer, at)
                if kind == _MX:
                    preference = answer[at + 10] << 8 | answer[at + 11]
                    found.setdefault(_name(answer, owner), set()).add(
                        (ttl, preference, _name(answer, at + 12))
                    )
                starts += kind == _SOA
                at += 10 + size
    if extra := found.keys() - sets.keys():
        raise SystemExit(f"the zone has {len(extra)} other MX sets")
    return {mx: frozenset(found[owner]) for owner, mx in sets.items() if found[owner] != records(mx)}


def main(
    read_different: Callable[[Access, Iterable[MX]], Differences],
    write_all: Callable[[Access, Differences], None],
    read_all: Callable[[Access, Iterable[MX]], Differences],
) -> None:
    """Do what the command line says."""
    verb, path = sys.argv[1:]
    access, wanted = load(path)
    changes = (read_all if verb == "transfer" else read_different)(access, wanted)
    if verb == "apply" and changes:
        write_all(access, changes)
        if left := read_different(access, changes):
            raise SystemExit(f"{len(left)} sets were not changed")
    print(len(changes), "changes")  # noqa: T201 - what the benchmark looks at


if __name__ == "__main__":
    main(different, write, transfer)
