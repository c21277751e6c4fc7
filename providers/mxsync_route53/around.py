"""What the record sets of a zone say of the names around an owner. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mxsync import names
from mxsync.surroundings import above

if TYPE_CHECKING:
    from collections.abc import Callable

    from mxsync.names import Name

RawSet = dict[str, Any]
"""A record set as boto3 gives and takes it."""
Sets = dict["Name", list[RawSet]]
"""The record sets of names."""


def of_type(sets: Sets, name: Name, kind: str) -> list[RawSet]:
    """Give the record sets of this name and type."""
    return [raw for raw in sets.get(name, ()) if raw["Type"] == kind]


def has(sets: Sets) -> Callable[[Name, str], bool]:
    """Give a function that tells whether there is a set of a name and type."""
    return lambda name, kind: bool(of_type(sets, name, kind))


def among(sets: Sets) -> Callable[[Name], int]:
    """Give a function that counts the names with sets at or below a name."""
    return lambda name: sum(other == name or other.endswith(f".{name}") for other in sets)


def negative_ttl(sets: Sets, zone: Name) -> int | None:
    """Give for how many seconds caches keep that there is no set, where the SOA was seen (RFC 2308 §5)."""
    for raw in of_type(sets, zone, "SOA"):
        values = raw.get("ResourceRecords", [])
        minimum = values[0]["Value"].split()[-1] if values and values[0]["Value"].split() else ""
        if minimum.isascii() and minimum.isdecimal():
            return min(int(raw["TTL"]), int(minimum))
    return None


def wildcard_set(sets: Sets, zone: Name, owner: Name) -> RawSet | None:
    """Find the MX set with which a wildcard answers for an owner, in the sets of a whole zone (RFC 4592)."""
    for name in (owner, *above(zone, owner), zone):
        found = of_type(sets, names.parse("*", name), "MX") if name != owner else []
        if found:
            return found[0]
        if name in sets or any(other.endswith(f".{name}") for other in sets):
            return None  # nothing above the closest name that exists makes up an answer
    return None
