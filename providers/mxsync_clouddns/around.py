"""What the record sets of a zone say of the names around an owner. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mxsync import names
from mxsync.surroundings import above, addressed

if TYPE_CHECKING:
    from mxsync.names import Name

RawSet = dict[str, Any]
"""A record set as the API gives it (REST reference, "ResourceRecordSet")."""


@dataclass(slots=True)
class Shown:
    """The record sets of a zone that were seen."""

    zone: Name
    sets: dict[Name, dict[str, RawSet]] = field(default_factory=dict)
    """By name and type, of which there is one set at most."""
    whole: bool = False
    """Whether these are all sets of the zone."""
    settled: set[Name] = field(default_factory=set)
    """Names of which all sets were seen, in a zone that was not seen whole."""
    _existing: Counter[Name] = field(default_factory=Counter)
    """How many names with sets there are at or below each name."""

    def add(self, name: Name, raw: RawSet) -> None:
        """Take a set in."""
        if name not in self.sets:
            self.sets[name] = {}
            self._existing.update((name, *above(self.zone, name)))
        self.sets[name][raw["type"]] = raw

    def of_type(self, name: Name, kind: str) -> RawSet | None:
        """Give the set of this name and type."""
        return self.sets.get(name, {}).get(kind)

    def has(self, name: Name, kind: str) -> bool:
        """Whether there is a set of this name and type."""
        return kind in self.sets.get(name, {})

    def addressed(self, owner: Name) -> bool | None:
        """Say whether an owner has an address once it has no MX set, as far as that shows."""
        among = self._existing.__getitem__ if self.whole else None
        found = addressed(self.has, self.sets.get(owner, {}), self.zone, owner, among)
        return found if found or self.whole or owner in self.settled else None

    def negative_ttl(self) -> int | None:
        """Give for how many seconds caches keep that there is no set, where the SOA was seen (RFC 2308 §5)."""
        raw = self.of_type(self.zone, "SOA") or {}
        words = "".join(raw.get("rrdatas", ())[:1]).split()
        minimum = words[-1] if words else ""
        ttl = raw.get("ttl")
        if not isinstance(ttl, int) or not (minimum.isascii() and minimum.isdecimal()):
            return None
        return min(ttl, int(minimum))

    def wildcard_set(self, owner: Name) -> RawSet | None:
        """Find the MX set with which a wildcard answers for an owner, in a whole zone (RFC 4592)."""
        if not self.whole or owner in self._existing:
            return None
        # Nothing above the closest name that exists makes up an answer.
        closest = next((name for name in above(self.zone, owner) if name in self._existing), self.zone)
        return self.of_type(names.parse("*", closest), "MX")
