"""The actions of the API, on the zones of one account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, dropwhile
from typing import Any

from support.route53.errors import ACCESS_DENIED, Refusal, no_such_zone
from support.route53.names import order, stored
from support.route53.shapes import CHANGE_REQUEST, RECORD_TYPES, Value
from support.route53.xml import read
from support.route53.zone import HostedZone, key

ZONES_A_PAGE = 100
"""API Reference, "ListHostedZones" and "ListHostedZonesByName", MaxItems."""
SETS_A_PAGE = 300
"""API Reference, "ListResourceRecordSets", MaxItems."""
SUBMITTED = "2026-01-01T00:00:00.000Z"


@dataclass(slots=True)
class Service:
    """One account. Not safe for threads: the server calls it under a lock."""

    zones: dict[str, HostedZone] = field(default_factory=dict)
    polls_until_insync: int = 1
    """How many GetChange of a change say PENDING before one says INSYNC."""
    forbidden: frozenset[str] = frozenset()
    """Names whose records the caller may not change, in the form of the condition key
    `route53:ChangeResourceRecordSetsNormalizedRecordNames`: lower case, without the trailing dot."""
    _polls: dict[str, int] = field(default_factory=dict)
    _comments: dict[str, str] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def zone(self, zone_id: str) -> HostedZone:
        if zone_id not in self.zones:
            raise no_such_zone(zone_id)
        return self.zones[zone_id]

    def list_hosted_zones(self, query: Mapping[str, str]) -> Value:
        """ListHostedZones: in no order that a client could use; the marker is the next zone's ID."""
        limit = _limit(query, ZONES_A_PAGE)
        kind = query.get("hostedzonetype")
        if kind not in (None, "PrivateHostedZone"):
            raise Refusal("InvalidInput", f"hostedzonetype '{kind}' is not valid")
        ordered = sorted(
            (zone for zone in self.zones.values() if _matches(zone, kind, query.get("delegationsetid"))),
            key=lambda zone: zone.id,
        )
        marker = query.get("marker", "")
        if marker and marker not in self.zones:
            raise Refusal("InvalidInput", f"The specified marker '{marker}' is not valid")
        rest = list(dropwhile(lambda zone: zone.id != marker, ordered)) if marker else ordered
        answer = {"HostedZones": [zone.described() for zone in rest[:limit]], "Marker": marker}
        return answer | _page(rest, limit, lambda zone: {"NextMarker": zone.id})

    def list_hosted_zones_by_name(self, query: Mapping[str, str]) -> Value:
        """ListHostedZonesByName: a start point, by name with the labels reversed, then by ID."""
        limit = _limit(query, ZONES_A_PAGE)
        name, zone_id = query.get("dnsname"), query.get("hostedzoneid")
        if zone_id is not None and name is None:
            raise Refusal("InvalidInput", "hostedzoneid needs dnsname")
        start = (order(_domain(name)) if name is not None else "", zone_id or "")
        ordered = sorted(self.zones.values(), key=_by_name)
        rest = [zone for zone in ordered if _by_name(zone) >= start]
        answer: Value = {"HostedZones": [zone.described() for zone in rest[:limit]]}
        echo = {"DNSName": name, "HostedZoneId": zone_id}
        answer |= {member: given for member, given in echo.items() if given is not None}
        return answer | _page(
            rest, limit, lambda zone: {"NextDNSName": zone.name, "NextHostedZoneId": zone.id}
        )

    def get_hosted_zone(self, zone_id: str) -> Value:
        """GetHostedZone: name servers of a public zone, VPCs of a private one."""
        zone = self.zone(zone_id)
        if zone.private:
            vpcs = [{"VPCRegion": "us-east-1", "VPCId": "vpc-0a1b2c3d"}]
            return {"HostedZone": zone.described(), "VPCs": vpcs}
        reusable = {"Id": f"/delegationset/{zone.delegation_set}"} if zone.delegation_set else {}
        servers = {**reusable, "NameServers": list(zone.name_servers)}
        return {"HostedZone": zone.described(), "DelegationSet": servers}

    def get_hosted_zone_count(self) -> Value:
        return {"HostedZoneCount": len(self.zones)}

    def list_resource_record_sets(self, zone_id: str, query: Mapping[str, str]) -> Value:
        """ListResourceRecordSets: a start point, never a filter."""
        zone, limit = self.zone(zone_id), _limit(query, SETS_A_PAGE)
        name, kind, identifier = (query.get(member) for member in ("name", "type", "identifier"))
        if kind is not None and name is None:
            raise Refusal("InvalidInput", "The request specified a type but no name")
        if identifier is not None and kind is None:
            raise Refusal("InvalidInput", "The request specified an identifier but no name and type")
        if kind is not None and kind not in RECORD_TYPES:
            raise Refusal("InvalidInput", f"The type '{kind}' is not valid")
        start = (order(stored(name)) if name is not None else "", kind or "", identifier or "")
        rest = [zone.sets[at] for at in sorted(zone.sets) if at >= start]
        return {"ResourceRecordSets": rest[:limit]} | _page(rest, limit, _next_record)

    def change_resource_record_sets(self, zone_id: str, body: bytes) -> Value:
        """ChangeResourceRecordSets: the answer always says PENDING."""
        zone = self.zone(zone_id)
        batch = read(body, "ChangeResourceRecordSetsRequest", CHANGE_REQUEST)["ChangeBatch"]
        named = {stored(each["ResourceRecordSet"]["Name"]).removesuffix(".") for each in batch["Changes"]}
        if named & self.forbidden:
            raise ACCESS_DENIED
        zone.change(batch["Changes"])
        change = f"C{next(self._numbers):013d}"
        self._polls[change] = 0
        self._comments[change] = batch.get("Comment", "")
        return self._change_info(change, "PENDING")

    def get_change(self, change: str) -> Value:
        """GetChange: PENDING until it was asked often enough."""
        if change not in self._polls:
            raise Refusal("NoSuchChange", f"Could not find resource with ID: {change}", 404)
        self._polls[change] += 1
        pending = self._polls[change] <= self.polls_until_insync
        return self._change_info(change, "PENDING" if pending else "INSYNC")

    def _change_info(self, change: str, status: str) -> Value:
        info = {"Id": f"/change/{change}", "Status": status, "SubmittedAt": SUBMITTED}
        comment = self._comments[change]
        return {"ChangeInfo": {**info, "Comment": comment} if comment else info}


def _limit(query: Mapping[str, str], most: int) -> int:
    """Read MaxItems; more than the most is taken as the most."""
    text = query.get("maxitems", str(most))
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise Refusal("InvalidInput", f"Value '{text}' at 'maxItems' must be a positive integer")
    return min(int(text), most)


def _page(rest: Sequence[Any], limit: int, following: Any) -> Value:
    truncated = len(rest) > limit
    answer = {"IsTruncated": truncated, "MaxItems": str(limit)}
    return {**answer, **following(rest[limit])} if truncated else answer


def _next_record(rrset: Value) -> Value:
    answer = {"NextRecordName": rrset["Name"], "NextRecordType": rrset["Type"]}
    return answer | ({"NextRecordIdentifier": rrset["SetIdentifier"]} if key(rrset)[2] else {})


def _by_name(zone: HostedZone) -> tuple[str, str]:
    return order(zone.name), zone.id


def _domain(name: str) -> str:
    try:
        return stored(name)
    except Refusal as refusal:
        raise Refusal("InvalidDomainName", refusal.message) from None


def _matches(zone: HostedZone, kind: str | None, delegation_set: str | None) -> bool:
    return (kind is None or zone.private) and delegation_set in (None, zone.delegation_set)
