"""What came of one question, of any type, to resolvers. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dns.rdata import Rdata

    from mxsync.answers import Alias
    from mxsync.names import Name

Question = tuple["Name", str]
"""A name and a type, such as `MX`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The records of a name, or of what it is an alias of; or that there are none; or that nobody knows."""

    records: tuple[Rdata, ...] = ()
    ttl: int | None = None
    """For how many seconds the records may still be kept, or without any, that there are none."""
    alias: Alias | None = None
    exists: bool = True
    """False where the name, or the target of its alias, does not exist (NXDOMAIN, RFC 6604)."""
    zone: Name | None = None
    """Without records: the zone that says that there are none, where that is told (RFC 2308 §2)."""
    wildcard: Name | None = None
    """The wildcard that made the records up, where a signature shows it (RFC 4035 §5.3.4)."""
    unknown: str = ""
    """Why nothing more is known, in one line; empty where all is known."""
