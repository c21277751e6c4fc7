"""What may stand in a record set (Developer Guide, "Supported DNS record types" and "Quotas")."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping

from support.route53.errors import Refusal, invalid_batch
from support.route53.names import is_within, stored
from support.route53.shapes import Value

MAX_VALUES = 400
"""Values of one record set ("Quotas on records")."""
ROUTING = (
    "Weight",
    "Region",
    "GeoLocation",
    "Failover",
    "MultiValueAnswer",
    "CidrRoutingConfig",
    "GeoProximityLocation",
)
"""What makes a set one of several of its name and type ("Choosing a routing policy")."""


def described(rrset: Value) -> str:
    """Name a set as the messages do."""
    identifier = f", set identifier='{rrset['SetIdentifier']}'" if "SetIdentifier" in rrset else ""
    return f"[name='{rrset['Name']}', type='{rrset['Type']}'{identifier}]"


def values(rrset: Value) -> list[str]:
    return [record["Value"] for record in rrset.get("ResourceRecords", [])]


def policy(rrset: Value) -> str | None:
    """Name the member that gives the routing policy; None for simple routing."""
    return next((name for name in ROUTING if name in rrset), None)


def check_form(action: str, rrset: Value) -> None:
    """Refuse a set that is neither records, alias nor traffic policy ("ChangeResourceRecordSets", syntax)."""
    plain = {"TTL", "ResourceRecords"} & rrset.keys()
    forms = [bool(plain), "AliasTarget" in rrset, "TrafficPolicyInstanceId" in rrset and not plain]
    where = (
        f"in Change with [Action={action}, Name={rrset['Name']}, Type={rrset['Type']}, "
        f"SetIdentifier={rrset.get('SetIdentifier', 'null')}]"
    )
    if sum(forms) != 1 or (plain and len(plain) < len(("TTL", "ResourceRecords"))):
        found = "more than one" if sum(forms) > 1 else "none"
        expected = "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]"
        raise Refusal("InvalidInput", f"Invalid request: {expected}, but found {found} {where}")
    if (policy(rrset) is None) != ("SetIdentifier" not in rrset):
        expected = "Expected a routing policy and SetIdentifier together"
        raise Refusal("InvalidInput", f"Invalid request: {expected} {where}")
    if "MultiValueAnswer" in rrset and "AliasTarget" in rrset:
        raise invalid_batch(["You can't create multivalue answer alias records"])


def problems(rrset: Value, zone: str) -> list[str]:
    """Say what keeps a set from being created in a zone, whatever else the zone has."""
    name, kind, given = rrset["Name"], rrset["Type"], values(rrset)
    found = []
    if not is_within(name, zone):
        found.append(f"RRSet with DNS name {name} is not permitted in zone {zone}")
    if kind == "SOA" and name != zone:
        found.append(f"RRSet of type SOA with DNS name {name} is not permitted in zone {zone}")
    if kind == "CNAME" and name == zone:
        found.append(f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone}")
    if kind == "NS" and name.startswith("\\052."):
        found.append(f"RRSet of type NS with DNS name {name} is not permitted")
    if kind in {"CNAME", "SOA"} and len(given) > 1:
        found.append(f"RRSet of type {kind} with DNS name {name} has more than one value")
    if len(given) > MAX_VALUES:
        found.append(f"Number of records limit of {MAX_VALUES} in one RRSet exceeded")
    found += [
        f"Duplicate Resource Record: '{value}'" for value in dict.fromkeys(given) if given.count(value) > 1
    ]
    for value in given:
        if problem := _CHECKS.get(kind, _any)(value):
            text = f"FATAL problem: {problem} encountered with '{value}'"
            found.append(f"Invalid Resource Record: {text}")
    return found


def _any(value: str) -> str:
    return "" if value else "RRDATAEmpty (Value is empty)"


def _mx(value: str) -> str:
    """`[priority] [mail server host name]` ("MX record type", RFC 1035 section 3.3.9)."""
    fields = value.split(" ")
    priority = fields[0]
    if len(fields) == 1 or not (priority.isascii() and priority.isdecimal()):
        return "MXRRDATAPriorityRequired (MX record doesn't have a priority)"
    if int(priority) > 0xFFFF:
        return "MXRRDATAPriorityOutOfRange (MX record priority is not between 0 and 65535)"
    if len(fields) > len(("priority", "host")) or not fields[1]:
        return "MXRRDATAIllegalFormat (MX record is not a priority and a host name)"
    return _host(fields[1])


def _host(value: str) -> str:
    try:
        stored(value)
    except Refusal as refusal:
        return refusal.message.removeprefix("FATAL problem: ").partition(" encountered")[0]
    return ""


def _address(kind: type[ipaddress.IPv4Address | ipaddress.IPv6Address], problem: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        try:
            kind(value)
        except ValueError:
            return problem
        return ""

    return check


def _text(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return "" if quoted else "InvalidCharacterString (Value should be enclosed in quotation marks)"


_CHECKS: Mapping[str, Callable[[str], str]] = {
    "MX": _mx,
    "CNAME": _host,
    "NS": _host,
    "PTR": _host,
    "A": _address(ipaddress.IPv4Address, "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"),
    "AAAA": _address(
        ipaddress.IPv6Address, "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"
    ),
    "TXT": _text,
    "SPF": _text,
}
