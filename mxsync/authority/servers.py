"""Name servers of zones, and what they answered. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from mxsync.reading import Absent, Blocked, Present, Unreadable

if TYPE_CHECKING:
    from mxsync.lookup.resolvers import Resolver
    from mxsync.names import Name
    from mxsync.reading import OwnerReading


class Role(StrEnum):
    """Who answers."""

    AUTHORITY = "authority"
    """A name server, by authority."""
    RESOLVER = "resolver"
    """A resolver, from what it keeps or looks up; its TTLs count down."""
    PROVIDER = "provider"
    """A provider block of the manifest, which was read: it has no name server that can be asked."""


@dataclass(frozen=True, slots=True)
class Server:
    """One address of a name server, or who stands for one."""

    name: str
    """The host's name, or its address where it is known by that alone; the name of a provider block."""
    at: Resolver | None
    """None for a provider."""
    role: Role = Role.AUTHORITY

    def __str__(self) -> str:
        if self.at is None:
            return f"provider '{self.name}'"
        if self.role is Role.RESOLVER:
            return f"resolver {self.at}"
        return str(self.at) if self.name == self.at.address else f"{self.name} ({self.at})"


class Kind(StrEnum):
    """What a server's answer about an owner amounts to."""

    SET = "set"
    NONE = "none"
    """The zone has no MX set there (NODATA or NXDOMAIN)."""
    ALIAS = "alias"
    """There is a CNAME."""
    CUT = "cut"
    """The owner lies at or below a delegation out of the zone."""
    LAME = "lame"
    """The server has no authority for the zone (RFC 1912 §2.8)."""
    REFUSED = "refused"
    FAILED = "failed"
    """It answers with an error, such as SERVFAIL."""
    UNREACHABLE = "unreachable"
    """It does not answer."""
    UNASKED = "unasked"
    """It was not asked: this machine has no way to it, as where it has no IPv6, or no time was left."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one server told of one owner."""

    server: Server
    owner: Name
    kind: Kind
    reading: OwnerReading
    """The same in the words of a provider; where there is no answer, why."""

    @property
    def answered(self) -> bool:
        """Whether it is an answer with authority, good or bad."""
        return isinstance(self.reading, Present | Absent | Blocked)

    @property
    def summary(self) -> str:
        """The answer in one line."""
        match self.reading:
            case Present(found):
                return f"{', '.join(map(str, found.records))} (TTL {found.ttl} s)"
            case Absent():
                return "that there is no MX set"
            case Blocked(reason):
                return reason
            case _:
                return self.reading.message

    @classmethod
    def nothing(cls, server: Server, owner: Name, kind: Kind, reason: str) -> Told:
        """Say why there is no answer."""
        return cls(server, owner, kind, Unreadable(reason))


@dataclass(frozen=True, slots=True)
class Delegation:
    """Where a zone is served, as its parent and its own servers say."""

    zone: Name
    parent: Name | None = None
    """The zone that delegates it; None where that is not known."""
    at_parent: tuple[Name, ...] = ()
    """The name servers that the parent names, sorted."""
    at_apex: tuple[Name, ...] = ()
    """Those that the zone itself names, of all answers together, sorted."""
    servers: tuple[Server, ...] = ()
    """All addresses of all of them."""
    negative_ttl: int | None = None
    """For how many seconds caches keep it that a name has no records (RFC 2308 §5), the longest of all answers."""
    trouble: str = ""
    """Why no server is known, or not every one of them, in one line; empty if all are."""
    notes: tuple[str, ...] = ()
    """What is odd about it, each in one line."""
    undelegated: bool = False
    """Whether the trouble is that the parent delegates the zone to nobody; with any other, nobody knows."""

    @property
    def names(self) -> tuple[Name, ...]:
        """The name servers that resolvers may come to."""
        return tuple(sorted({*self.at_parent, *self.at_apex}))
