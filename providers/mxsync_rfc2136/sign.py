"""Signs messages and checks the signatures of answers (TSIG, RFC 8945).

One signature by dnspython takes about 100 µs, one of these 7; see `wire`.
"""

from __future__ import annotations

import hmac
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from mxsync import names
from mxsync_rfc2136 import wire
from mxsync_rfc2136.message import Kind
from mxsync_rfc2136.wire import Odd

if TYPE_CHECKING:
    from mxsync.names import Name
    from mxsync_rfc2136.tsig import TsigKey
    from mxsync_rfc2136.wire import Place

FUDGE = 300
"""By how many seconds the clocks may differ (RFC 8945 §10)."""
_ARCOUNT = slice(10, 12)
_ANY = b"\0\xff\0\0\0\0"
"""Class ANY and TTL 0, as every TSIG record has them (RFC 8945 §4.2)."""
_NO_ERROR = b"\0\0\0\0"
"""No error and no other data."""


class Tsig(NamedTuple):
    """The data of a TSIG record (RFC 8945 §4.2)."""

    name: Name
    algorithm: Name
    time: int
    """When it was signed, in seconds since 1970 (UTC)."""
    fudge: int
    mac: bytes
    id: bytes
    error: int
    other: bytes


def parse(message: bytes, place: Place) -> Tsig:
    """Read a TSIG record. Raises Odd or IndexError."""
    name, _ = wire.decode(message, place.owner)
    algorithm, at = wire.decode(message, place.start)
    size = int.from_bytes(message[at + 8 : at + 10])
    rest = at + 10 + size
    if rest + 6 + int.from_bytes(message[rest + 4 : rest + 6]) != place.end:
        raise Odd
    return Tsig(
        name,
        algorithm,
        int.from_bytes(message[at : at + 6]),
        int.from_bytes(message[at + 6 : at + 8]),
        message[at + 10 : rest],
        message[rest : rest + 2],
        int.from_bytes(message[rest + 2 : rest + 4]),
        message[rest + 6 : place.end],
    )


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with one key."""

    key: TsigKey
    _name: bytes = field(init=False, repr=False)
    _algorithm: bytes = field(init=False, repr=False)
    _keyed: hmac.HMAC = field(init=False, repr=False, compare=False)
    """Has taken in the key. A copy of it is quicker than `hmac.digest`, and keeps the interpreter's lock: each
    time that one of several threads lets go of it, it may wait 5 ms to have it again."""
    _size: int | None = field(init=False, repr=False)
    """Octets of a signature that is cut (RFC 8945 §5.2.2.1); None for whole ones."""

    def __post_init__(self) -> None:
        _, kind, *size = self.key.algorithm.split("-")
        object.__setattr__(self, "_name", wire.encode(self.key.name))
        object.__setattr__(self, "_algorithm", wire.encode(names.parse(self.key.algorithm)))
        object.__setattr__(self, "_keyed", hmac.new(self.key.secret, digestmod=kind))
        object.__setattr__(self, "_size", int(size[0]) // 8 if size else None)

    def sign(self, message: bytes) -> tuple[bytes, bytes]:
        """Give a message with its signature, and the signature alone. It has no additional records."""
        stamp = int(time.time()).to_bytes(6) + FUDGE.to_bytes(2)
        mac = self._mac(message + self._name + _ANY + self._algorithm + stamp + _NO_ERROR)
        data = self._algorithm + stamp + len(mac).to_bytes(2) + mac + message[:2] + _NO_ERROR
        record = self._name + Kind.TSIG.to_bytes(2) + _ANY + len(data).to_bytes(2) + data
        return message[: _ARCOUNT.start] + b"\0\1" + message[_ARCOUNT.stop :] + record, mac

    def verify(self, answer: bytes, place: Place, mac: bytes) -> Tsig:
        """Check the signature of the answer to a message that was signed with `mac`, and give it.

        Raises Odd for every answer that is not in order.
        """
        tsig = parse(answer, place)
        prefix = len(mac).to_bytes(2) + mac
        digest = prefix + self._bare(answer, place, tsig) + self._name + _ANY
        self._check(digest + self._variables(tsig), tsig)
        return tsig

    def verify_next(self, answers: list[bytes], place: Place, mac: bytes) -> Tsig:
        """Check the signature of a further message of one answer (RFC 8945 §5.3.1), and give it.

        `answers` ends with the signed message; before it are those since the last signed one, which had
        `mac`. Raises Odd.
        """
        tsig = parse(answers[-1], place)
        digest = b"".join((len(mac).to_bytes(2), mac, *answers[:-1], self._bare(answers[-1], place, tsig)))
        stamp = tsig.time.to_bytes(6) + tsig.fudge.to_bytes(2)
        self._check(digest + stamp, tsig)
        return tsig

    def _bare(self, message: bytes, place: Place, tsig: Tsig) -> bytes:
        """Give the message as it was before it was signed."""
        count = int.from_bytes(message[_ARCOUNT]) - 1
        return (
            tsig.id + message[2 : _ARCOUNT.start] + count.to_bytes(2) + message[_ARCOUNT.stop : place.owner]
        )

    def _variables(self, tsig: Tsig) -> bytes:
        stamp = tsig.time.to_bytes(6) + tsig.fudge.to_bytes(2)
        error = tsig.error.to_bytes(2) + len(tsig.other).to_bytes(2) + tsig.other
        return self._algorithm + stamp + error

    def _check(self, digest: bytes, tsig: Tsig) -> None:
        in_order = (
            tsig.error == 0
            and tsig.name == self.key.name
            and tsig.algorithm == f"{self.key.algorithm}."
            and abs(tsig.time - time.time()) <= tsig.fudge
            and hmac.compare_digest(self._mac(digest), tsig.mac)
        )
        if not in_order:
            raise Odd

    def _mac(self, data: bytes) -> bytes:
        made = self._keyed.copy()
        made.update(data)
        return made.digest()[: self._size]
