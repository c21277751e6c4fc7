"""What the record sets of a zone mean for an owner. Pure.

A record set is the mapping that boto3 gives; that of an MX set stays with the reading, for a deletion must
repeat it exactly (API Reference, ChangeResourceRecordSets, `DELETE`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mxsync import names
from mxsync.errors import InvalidName, InvalidSet
from mxsync.model import MXSet
from mxsync.reading import Absent, Blocked, Present, Unreadable
from mxsync.surroundings import addressed, delegation
from mxsync_route53.around import among, has, negative_ttl, of_type, wildcard_set
from mxsync_route53.text import from_api, from_value, to_api, to_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mxsync.names import Name
    from mxsync.reading import OwnerReading
    from mxsync_route53.around import RawSet, Sets

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


def read_owner(sets: Sets, zone: Name, owner: Name, *, whole: bool = False) -> OwnerReading:
    """Say what an owner has, from sets that are complete for it; the names above it count where known.

    Whether a wildcard answers for it shows only in the sets of a `whole` zone.
    """
    if not names.is_within(owner, zone):
        return Blocked(f"{owner} lies outside of {zone}")
    found = of_type(sets, owner, "MX")
    if cut := delegation(has(sets), zone, owner):
        reason = f"{cut} is delegated: an MX set of {owner} in {zone} is never served"
        return Blocked(reason, vacant=not found, rule="MXL10")
    if not found:
        if of_type(sets, owner, "CNAME"):
            reason = f"{owner} is a CNAME: an MX set cannot stand beside it (RFC 2181 §10.1)"
            return Blocked(reason, vacant=True, rule="MXL07")
        if whole and (wildcard := wildcard_set(sets, zone, owner)):
            return Absent(wildcard.get("TTL"), wildcard=True)
        return Absent(negative_ttl(sets, zone))
    if len(found) > 1 or found[0].keys() - _SIMPLE:
        what_to_do = "make it a set of simple routing, or take the owner out of the manifest"
        reason = f"{owner} has a routing policy ({_described(found)}); {what_to_do}"
        return Blocked(reason, rule="MXL08")
    try:
        kinds = {raw["Type"] for raw in sets[owner]}
        to_address = addressed(has(sets), kinds, zone, owner, among(sets) if whole else None)
        return Present(_to_set(found[0]), raw=found[0], addressed=to_address)
    except (InvalidSet, InvalidName, KeyError, TypeError, ValueError) as error:
        return Unreadable(f"Route 53 gives an odd MX set for {owner}: {error}")


def new_set(owner: Name, wanted: MXSet) -> RawSet:
    """Write a set as a change takes it."""
    values = [{"Value": to_value(record)} for record in wanted.records]
    return {"Name": to_api(owner), "Type": "MX", "TTL": wanted.ttl, "ResourceRecords": values}


def name_of(raw: Mapping[str, Any]) -> Name:
    """Give the name of a record set. Raises InvalidName."""
    return from_api(raw["Name"])


def _to_set(raw: RawSet) -> MXSet:
    # Two spellings of one record are one record.
    return MXSet.of(int(raw["TTL"]), {from_value(record["Value"]) for record in raw["ResourceRecords"]})


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
