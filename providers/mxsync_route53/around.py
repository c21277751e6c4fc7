"""What the record sets of a zone say of the names around an owner. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mxsync import names
from mxsync.reading import Host

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.names import Name

RawSet = dict[str, Any]
"""A record set as boto3 gives and takes it."""
Sets = dict["Name", list[RawSet]]
"""The record sets of names."""

_ADDRESS = frozenset({"A", "AAAA"})


def of_type(sets: Sets, name: Name, kind: str) -> list[RawSet]:
    """Give the record sets of this name and type."""
    return [raw for raw in sets.get(name, ()) if raw["Type"] == kind]


def above(zone: Name, owner: Name) -> list[Name]:
    """Give the names between an owner and its zone, where a delegation would cut the owner off."""
    found: list[Name] = []
    if names.is_within(owner, zone) and owner != zone:
        while (owner := names.parent(owner)) != zone:
            found.append(owner)
    return found


def delegation(sets: Sets, zone: Name, owner: Name) -> Name | None:
    """Find the delegation at or above an owner, as far as it was seen."""
    if owner == zone:
        return None
    return next((name for name in (owner, *above(zone, owner)) if of_type(sets, name, "NS")), None)


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


def unfit_hosts(sets: Sets, zone: Name, hosts: Iterable[Name], *, whole: bool) -> dict[Name, Host]:
    """Give those of the hosts that cannot take mail; that one has no address shows only in a `whole` zone."""
    found: dict[Name, Host] = {}
    for host in hosts:
        if not names.is_within(host, zone) or delegation(sets, zone, host):
            continue
        if of_type(sets, host, "CNAME"):
            found[host] = Host.ALIAS
        elif whole and not _has_address(sets, host) and not _under_wildcard(sets, zone, host):
            found[host] = Host.NO_ADDRESS
    return found


def _has_address(sets: Sets, host: Name) -> bool:
    return any(raw["Type"] in _ADDRESS for raw in sets.get(host, ()))


def _under_wildcard(sets: Sets, zone: Name, host: Name) -> bool:
    """Whether a wildcard may answer for a host."""
    wildcards = (names.parse("*", name) for name in (*above(zone, host), zone))
    return any(
        _has_address(sets, wildcard) or of_type(sets, wildcard, "CNAME")
        for wildcard in wildcards
        if wildcard != host
    )
