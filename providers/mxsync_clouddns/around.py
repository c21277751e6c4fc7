"""What the record sets of a zone say of the names around an owner. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mxsync import names
from mxsync.reading import Host

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.names import Name

RawSet = dict[str, Any]
"""A record set as the API gives it (REST reference, "ResourceRecordSet")."""

_ADDRESS = frozenset({"A", "AAAA", "ALIAS"})


@dataclass(slots=True)
class Shown:
    """The record sets of a zone that were seen."""

    zone: Name
    sets: dict[Name, dict[str, RawSet]] = field(default_factory=dict)
    """By name and type, of which there is one set at most."""
    whole: bool = False
    """Whether these are all sets of the zone."""
    _existing: set[Name] = field(default_factory=set)

    def add(self, name: Name, raw: RawSet) -> None:
        """Take a set in."""
        self.sets.setdefault(name, {})[raw["type"]] = raw
        if name not in self._existing:
            self._existing.update((name, *above(self.zone, name)))

    def of_type(self, name: Name, kind: str) -> RawSet | None:
        """Give the set of this name and type."""
        return self.sets.get(name, {}).get(kind)

    def delegation(self, owner: Name) -> Name | None:
        """Find the delegation at or above an owner, as far as it was seen."""
        if owner == self.zone:
            return None
        return next((name for name in (owner, *above(self.zone, owner)) if self.of_type(name, "NS")), None)

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

    def unfit_hosts(self, hosts: Iterable[Name]) -> dict[Name, Host]:
        """Give those of the hosts that cannot take mail; that one has no address shows only in a whole zone."""
        found: dict[Name, Host] = {}
        for host in hosts:
            if not names.is_within(host, self.zone) or self.delegation(host):
                continue
            if self.of_type(host, "CNAME"):
                found[host] = Host.ALIAS
            elif self.whole and not self._has_address(host) and not self._under_wildcard(host):
                found[host] = Host.NO_ADDRESS
        return found

    def _has_address(self, host: Name) -> bool:
        return not _ADDRESS.isdisjoint(self.sets.get(host, ()))

    def _under_wildcard(self, host: Name) -> bool:
        """Whether a wildcard may answer for a host."""
        wildcards = (names.parse("*", name) for name in (*above(self.zone, host), self.zone))
        return any(
            self._has_address(wildcard) or self.of_type(wildcard, "CNAME")
            for wildcard in wildcards
            if wildcard != host
        )


def above(zone: Name, owner: Name) -> list[Name]:
    """Give the names between an owner and its zone, where a delegation would cut the owner off."""
    found: list[Name] = []
    if names.is_within(owner, zone) and owner != zone:
        while (owner := names.parent(owner)) != zone:
            found.append(owner)
    return found
