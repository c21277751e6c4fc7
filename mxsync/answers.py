"""What a resolver answered about hosts. Plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mxsync.names import Name

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class Alias:
    """Where a host's addresses are instead of at the host itself."""

    target: Name
    """The last name of the chain, as far as it was answered."""
    kind: str = "CNAME"
    """What leads away from the host: `CNAME`, or `DNAME` at a name above it (RFC 6672)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What was found out of a host's addresses of one family."""

    addresses: tuple[Address, ...] = ()
    """Those of the host, or of its alias's target."""
    alias: Alias | None = None
    exists: bool = True
    """False where the name, or the target of its alias, does not exist (NXDOMAIN, RFC 6604)."""
    unknown: str = ""
    """Why nothing more is known, in one line; the addresses are then no answer. Empty where all is known."""
    ttl: int | None = field(default=None, compare=False)
    """For how many seconds it may still be kept. It counts down at a resolver: the same answer comes with others."""


@dataclass(frozen=True, slots=True)
class HostAnswer:
    """What was found out of a host."""

    v4: Reply
    """A."""
    v6: Reply
    """AAAA."""

    @classmethod
    def unknown_for(cls, reason: str) -> HostAnswer:
        """Say that nothing was found out, and why."""
        return cls(Reply(unknown=reason), Reply(unknown=reason))

    @property
    def addresses(self) -> tuple[Address, ...]:
        """All addresses that were found."""
        return self.v4.addresses + self.v6.addresses

    @property
    def alias(self) -> Alias | None:
        """Where the host leads, if it is an alias."""
        return self.v4.alias or self.v6.alias

    @property
    def missing(self) -> bool:
        """Whether the name does not exist. Both answers must say so.

        There are servers that say it of a host that only has no AAAA (RFC 4074 §4.2).
        """
        return not (self.v4.exists or self.v6.exists)

    @property
    def unknown(self) -> str:
        """Why not everything is known, in one line; empty where it is."""
        if self.v4.unknown == self.v6.unknown:
            return self.v4.unknown
        parts = (("A", self.v4.unknown), ("AAAA", self.v6.unknown))
        return "; ".join(f"{kind}: {reason}" for kind, reason in parts if reason)
