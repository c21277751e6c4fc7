"""MX records and sets, as values.

An `MXSet` is any non-empty MX RRset that DNS can serve, so that a broken live set can be read and
repaired. Whether a set is *good* is the business of the rules. No set at all is `None`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mxsync.errors import InvalidSet
from mxsync.names import ROOT, Name

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_PREFERENCE = 0xFFFF
"""A preference is 16 bits (RFC 1035 §3.3.9)."""
MAX_WIRE_TTL = 0xFFFFFFFF
"""What the field of 32 bits can hold; above 2^31-1 a TTL is invalid (RFC 2181 §8) but may be met."""


@dataclass(frozen=True, slots=True, order=True)
class MX:
    """One MX record: a host that takes mail, and its place in the order (RFC 5321 §5.1)."""

    preference: int
    """0..65535; the lowest is tried first."""
    exchange: Name
    """The host; `.` says that the domain takes no mail (RFC 7505)."""

    def __str__(self) -> str:
        return f"{self.preference} {self.exchange}"


@dataclass(frozen=True, slots=True)
class MXSet:
    """The MX records of one owner, which DNS serves and changes as one.

    Make it with `MXSet.of`, which sorts and checks; equal sets are equal values.
    """

    ttl: int
    """For how long caches may keep the set, in seconds."""
    records: tuple[MX, ...]
    """By preference, then by exchange; never empty, none twice."""

    @classmethod
    def of(cls, ttl: int, records: Iterable[MX]) -> MXSet:
        """Make a set of records in any order.

        Raises InvalidSet: no record, the same record twice, a preference or TTL out of range.
        """
        ordered = tuple(sorted(records))
        if not ordered:
            raise InvalidSet("an MX set has at least one record")
        if not 0 <= ttl <= MAX_WIRE_TTL:
            raise InvalidSet(f"TTL {ttl} is out of range: 0..{MAX_WIRE_TTL} seconds")
        for record in ordered:
            if not 0 <= record.preference <= MAX_PREFERENCE:
                raise InvalidSet(f"preference {record.preference} is out of range: 0..{MAX_PREFERENCE}")
        if len(set(ordered)) < len(ordered):
            raise InvalidSet("an MX set holds no record twice")
        return cls(ttl, ordered)

    @property
    def is_null(self) -> bool:
        """Whether the set says "no mail here": one record with the root as exchange (RFC 7505 §3)."""
        return len(self.records) == 1 and self.records[0].exchange == ROOT

    @property
    def tiers(self) -> tuple[frozenset[Name], ...]:
        """The exchanges in the order of trying: those of equal preference together (RFC 5321 §5.1).

        An exchange that stands at two preferences serves at the better one only.
        """
        best: dict[Name, int] = {}
        for record in self.records:
            best.setdefault(record.exchange, record.preference)
        return tuple(
            frozenset(exchange for exchange, preference in best.items() if preference == tier)
            for tier in sorted(set(best.values()))
        )
