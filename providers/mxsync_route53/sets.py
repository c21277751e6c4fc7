"""What the record sets of a zone mean for an owner. Pure.

A record set is the mapping that boto3 gives; that of an MX set stays with the reading, for a deletion must
repeat it exactly (API Reference, ChangeResourceRecordSets, `DELETE`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mxsync import names
from mxsync.errors import InvalidName, InvalidSet
from mxsync.model import MXSet
from mxsync.reading import Absent, Blocked, Host, Present, Unreadable
from mxsync_route53.text import from_api, from_value, to_api, to_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mxsync.names import Name
    from mxsync.reading import OwnerReading

RawSet = dict[str, Any]
"""A record set as boto3 gives and takes it."""
Sets = dict["Name", list[RawSet]]
"""The record sets of names."""

_SIMPLE = frozenset({"Name", "Type", "TTL", "ResourceRecords"})
_POLICIES = {
    "AliasTarget": "alias",
    "TrafficPolicyInstanceId": "traffic policy",
    "Weight": "weighted",
    "Region": "latency",
    "Failover": "failover",
    "GeoLocation": "geolocation",
    "GeoProximityLocation": "geoproximity",
    "MultiValueAnswer": "multivalue",
    "CidrRoutingConfig": "IP-based",
}
"""What the key of a record set says about how Route 53 answers with it."""
_SHOWN = 5
"""How many sets of one owner a reason describes."""
_ADDRESS = frozenset({"A", "AAAA"})


def read_owner(sets: Sets, zone: Name, owner: Name) -> OwnerReading:
    """Say what an owner has, from sets that are complete for it; the names above it count where known."""
    if not names.is_within(owner, zone):
        return Blocked(f"{owner} lies outside of {zone}")
    found = _of_type(sets, owner, "MX")
    if cut := _delegated(sets, zone, owner):
        reason = f"{cut} is delegated: an MX set of {owner} in {zone} is never served"
        return Blocked(reason, vacant=not found)
    if not found:
        if _of_type(sets, owner, "CNAME"):
            reason = f"{owner} is a CNAME: an MX set cannot stand beside it (RFC 2181 §10.1)"
            return Blocked(reason, vacant=True)
        return Absent(_negative_ttl(sets, zone))
    if len(found) > 1 or found[0].keys() - _SIMPLE:
        what_to_do = "make it a set of simple routing, or take the owner out of the manifest"
        return Blocked(f"{owner} has a routing policy ({_described(found)}); {what_to_do}")
    try:
        return Present(_to_set(found[0]), raw=found[0])
    except (InvalidSet, InvalidName, KeyError, TypeError, ValueError) as error:
        return Unreadable(f"Route 53 gives an odd MX set for {owner}: {error}")


def new_set(owner: Name, wanted: MXSet) -> RawSet:
    """Write a set as a change takes it."""
    values = [{"Value": to_value(record)} for record in wanted.records]
    return {"Name": to_api(owner), "Type": "MX", "TTL": wanted.ttl, "ResourceRecords": values}


def unfit_hosts(sets: Sets, zone: Name, hosts: Iterable[Name], *, whole: bool) -> dict[Name, Host]:
    """Give those of the hosts that cannot take mail; that one has no address shows only in a `whole` zone."""
    found: dict[Name, Host] = {}
    for host in hosts:
        if not names.is_within(host, zone) or _delegated(sets, zone, host):
            continue
        if _of_type(sets, host, "CNAME"):
            found[host] = Host.ALIAS
        elif whole and not _has_address(sets, host) and not _under_wildcard(sets, zone, host):
            found[host] = Host.NO_ADDRESS
    return found


def above(zone: Name, owner: Name) -> list[Name]:
    """Give the names between an owner and its zone, where a delegation would cut the owner off."""
    found: list[Name] = []
    if names.is_within(owner, zone) and owner != zone:
        while (owner := names.parent(owner)) != zone:
            found.append(owner)
    return found


def name_of(raw: Mapping[str, Any]) -> Name:
    """Give the name of a record set. Raises InvalidName."""
    return from_api(raw["Name"])


def _to_set(raw: RawSet) -> MXSet:
    # Two spellings of one record are one record.
    return MXSet.of(int(raw["TTL"]), {from_value(record["Value"]) for record in raw["ResourceRecords"]})


def _of_type(sets: Sets, name: Name, kind: str) -> list[RawSet]:
    return [raw for raw in sets.get(name, ()) if raw["Type"] == kind]


def _delegated(sets: Sets, zone: Name, owner: Name) -> Name | None:
    """Find the delegation at or above an owner."""
    if owner == zone:
        return None
    return next((name for name in (owner, *above(zone, owner)) if _of_type(sets, name, "NS")), None)


def _negative_ttl(sets: Sets, zone: Name) -> int | None:
    """Read the SOA record, where it was seen (RFC 2308 §5)."""
    for raw in _of_type(sets, zone, "SOA"):
        values = raw.get("ResourceRecords", [])
        minimum = values[0]["Value"].split()[-1] if values and values[0]["Value"].split() else ""
        if minimum.isascii() and minimum.isdecimal():
            return min(int(raw["TTL"]), int(minimum))
    return None


def _has_address(sets: Sets, host: Name) -> bool:
    return any(raw["Type"] in _ADDRESS for raw in sets.get(host, ()))


def _under_wildcard(sets: Sets, zone: Name, host: Name) -> bool:
    """Whether a wildcard may answer for a host."""
    wildcards = (names.parse("*", name) for name in (*above(zone, host), zone))
    return any(
        _has_address(sets, wildcard) or _of_type(sets, wildcard, "CNAME")
        for wildcard in wildcards
        if wildcard != host
    )


def _described(found: Sequence[RawSet]) -> str:
    shown = "; ".join(_one(raw) for raw in found[:_SHOWN])
    rest = len(found) - _SHOWN
    return f"{shown}; and {rest} more" if rest > 0 else shown


def _one(raw: RawSet) -> str:
    kinds = [f"{word}{_detail(raw[key])}" for key, word in _POLICIES.items() if raw.get(key) is not None]
    others = sorted(raw.keys() - _SIMPLE - _POLICIES.keys() - {"SetIdentifier", "HealthCheckId"})
    name = f"'{raw['SetIdentifier']}': " if "SetIdentifier" in raw else ""
    values = ", ".join(record["Value"] for record in raw.get("ResourceRecords", ()))
    how = " ".join((*kinds, *others)) or "simple"
    return f"{name}{how}: {values}" if values else f"{name}{how}"


def _detail(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("DNSName") or "/".join(str(part) for part in value.values())
    return "" if value is True else f" {value}"
