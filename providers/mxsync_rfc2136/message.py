"""What is said to a name server and what it says, as values."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mxsync.model import MX
    from mxsync.names import Name


class Kind(IntEnum):
    """The types of records that play a part."""

    A = 1
    NS = 2
    CNAME = 5
    SOA = 6
    MX = 15
    AAAA = 28
    DNAME = 39
    TSIG = 250
    AXFR = 252


class Rcode(IntEnum):
    """What a server makes of a message (RFC 1035 §4.1.1, RFC 2136 §2.2)."""

    NOERROR = 0
    FORMERR = 1
    SERVFAIL = 2
    NXDOMAIN = 3
    NOTIMP = 4
    REFUSED = 5
    YXDOMAIN = 6
    YXRRSET = 7
    NXRRSET = 8
    NOTAUTH = 9
    NOTZONE = 10


A_ANSWER = frozenset({Rcode.NOERROR, Rcode.NXDOMAIN})
"""A name is there, or it is not: both answer a question."""
CONDITION_FAILED = frozenset({Rcode.YXDOMAIN, Rcode.YXRRSET, Rcode.NXRRSET, Rcode.NXDOMAIN})
"""What a false prerequisite of an UPDATE is answered with (RFC 2136 §3.2)."""


def rcode_text(rcode: int) -> str:
    """Give the name of an rcode."""
    known = {known.value: known.name for known in Rcode}
    return known.get(rcode, f"RCODE {rcode}")


class Soa(NamedTuple):
    """The data of an SOA record (RFC 1035 §3.3.13); times in seconds."""

    mname: Name
    """The primary server of the zone."""
    rname: Name
    serial: int
    refresh: int
    retry: int
    expire: int
    minimum: int
    """For how long caches may keep a negative answer, at most (RFC 2308 §4)."""


class Record(NamedTuple):
    """One record of an answer."""

    name: Name
    kind: int
    ttl: int
    """In seconds."""
    data: MX | Name | Soa | None
    """By its type: MX; SOA; the target of a CNAME; None for all others, whose data plays no part."""


class Answer(NamedTuple):
    """An answer that is verified: it belongs to the question, and its signature is right."""

    rcode: int
    authoritative: bool = False
    truncated: bool = False
    answer: tuple[Record, ...] = ()
    authority: tuple[Record, ...] = ()
    signed_at: int | None = None
    """When the server signed it by its own clock, in seconds since 1970 (UTC)."""

    def records(self, name: Name, kind: int) -> list[Record]:
        """Give the records of this name and type in the answer section."""
        return [record for record in self.answer if record.kind == kind and record.name == name]

    @property
    def soa(self) -> tuple[Record, Soa] | None:
        """The SOA record of the authority section, which says why there is no answer (RFC 2308 §2)."""
        for record in self.authority:
            if isinstance(record.data, Soa):
                return record, record.data
        return None


class Message(NamedTuple):
    """A question or an UPDATE, to be numbered, signed and sent."""

    name: Name
    """What it is about: the name asked for, or the zone to update."""
    wire: bytes
    """With the id 0, and unsigned."""
    update: bool = False
    """Whether it is an UPDATE: signed with the key for updates."""
    once: bool = False
    """Whether it may change something: it is sent once only."""
    delay: float = 0
    """For how many seconds to wait before it is sent."""


class Trouble(Exception):  # noqa: N818 - not always an error of ours
    """Something that keeps the server from being asked; the text names the server."""


class NotSent(Trouble):
    """The message was not sent."""


class Lost(Trouble):
    """The message was sent, and no answer came that can be trusted: its effect is not known."""


class Unsigned(Lost):
    """The answer is a refusal, without the signature that would prove who says so.

    Servers refuse so what is signed with a key, secret or time that they do not take (RFC 8945 §5.2).
    """

    def __init__(self, message: str, rcode: int) -> None:
        super().__init__(message)
        self.rcode = rcode


Reply = Answer | Trouble
"""What comes of a message."""
