"""The elements of requests and answers: names and limits.

API Reference, "Data types"; the tests of the fake compare all of it with botocore's service model.
Values are as boto3 shows them: dictionaries, lists, text, numbers and truth values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Text:
    """Text of limited length, perhaps one of a few words."""

    low: int = 0
    high: int | None = None
    words: frozenset[str] | None = None


@dataclass(frozen=True)
class Number:
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Flag:
    """`true` or `false`."""


@dataclass(frozen=True)
class ListOf:
    """Elements of one name; `low` is the least number of them."""

    item: str
    shape: Shape
    low: int = 0


@dataclass(frozen=True)
class Struct:
    """Members in the order of the documents ("Request syntax"), which answers keep."""

    members: Mapping[str, Shape]
    required: frozenset[str] = field(default=frozenset())


Shape = Text | Number | Flag | ListOf | Struct

RECORD_TYPES = frozenset(
    {"SOA", "A", "TXT", "NS", "CNAME", "MX", "NAPTR", "PTR", "SRV", "SPF", "AAAA", "CAA"}
    | {"DS", "TLSA", "SSHFP", "SVCB", "HTTPS"}
)
_NAME = Text(high=1024)
_ID = Text(high=32)
_COMMENT = Text(high=256)

ALIAS_TARGET = Struct(
    {"HostedZoneId": _ID, "DNSName": _NAME, "EvaluateTargetHealth": Flag()},
    frozenset({"HostedZoneId", "DNSName", "EvaluateTargetHealth"}),
)
GEO_LOCATION = Struct({"ContinentCode": Text(2, 2), "CountryCode": Text(1, 2), "SubdivisionCode": Text(1, 3)})
GEO_PROXIMITY = Struct(
    {
        "AWSRegion": Text(1, 64),
        "LocalZoneGroup": Text(1, 64),
        "Coordinates": Struct(
            {"Latitude": Text(1, 6), "Longitude": Text(1, 7)}, frozenset({"Latitude", "Longitude"})
        ),
        "Bias": Number(-99, 99),
    }
)
RECORD_SET = Struct(
    {
        "Name": _NAME,
        "Type": Text(words=RECORD_TYPES),
        "SetIdentifier": Text(1, 128),
        "Weight": Number(0, 255),
        "Region": Text(1, 64),
        "GeoLocation": GEO_LOCATION,
        "Failover": Text(words=frozenset({"PRIMARY", "SECONDARY"})),
        "MultiValueAnswer": Flag(),
        "TTL": Number(0, 2147483647),
        "ResourceRecords": ListOf(
            "ResourceRecord", Struct({"Value": Text(high=4000)}, frozenset({"Value"})), low=1
        ),
        "AliasTarget": ALIAS_TARGET,
        "HealthCheckId": Text(high=64),
        "TrafficPolicyInstanceId": Text(1, 36),
        "CidrRoutingConfig": Struct(
            {"CollectionId": Text(), "LocationName": Text(1, 16)}, frozenset({"CollectionId", "LocationName"})
        ),
        "GeoProximityLocation": GEO_PROXIMITY,
    },
    frozenset({"Name", "Type"}),
)
CHANGE_REQUEST = Struct(
    {
        "ChangeBatch": Struct(
            {
                "Comment": _COMMENT,
                "Changes": ListOf(
                    "Change",
                    Struct(
                        {
                            "Action": Text(words=frozenset({"CREATE", "DELETE", "UPSERT"})),
                            "ResourceRecordSet": RECORD_SET,
                        },
                        frozenset({"Action", "ResourceRecordSet"}),
                    ),
                    low=1,
                ),
            },
            frozenset({"Changes"}),
        )
    },
    frozenset({"ChangeBatch"}),
)

HOSTED_ZONE = Struct(
    {
        "Id": _ID,
        "Name": _NAME,
        "CallerReference": Text(1, 128),
        "Config": Struct({"Comment": _COMMENT, "PrivateZone": Flag()}),
        "ResourceRecordSetCount": Number(),
    },
    frozenset({"Id", "Name", "CallerReference"}),
)
_ZONES = ListOf("HostedZone", HOSTED_ZONE)
_CHANGE_INFO = Struct(
    {
        "ChangeInfo": Struct(
            {
                "Id": _ID,
                "Status": Text(words=frozenset({"PENDING", "INSYNC"})),
                "SubmittedAt": Text(),
                "Comment": _COMMENT,
            },
            frozenset({"Id", "Status", "SubmittedAt"}),
        )
    },
    frozenset({"ChangeInfo"}),
)
ANSWERS: Mapping[str, Struct] = {
    "ListHostedZones": Struct(
        {
            "HostedZones": _ZONES,
            "Marker": Text(high=64),
            "IsTruncated": Flag(),
            "NextMarker": Text(high=64),
            "MaxItems": Text(),
        },
        frozenset({"HostedZones", "Marker", "IsTruncated", "MaxItems"}),
    ),
    "ListHostedZonesByName": Struct(
        {
            "HostedZones": _ZONES,
            "DNSName": _NAME,
            "HostedZoneId": _ID,
            "IsTruncated": Flag(),
            "NextDNSName": _NAME,
            "NextHostedZoneId": _ID,
            "MaxItems": Text(),
        },
        frozenset({"HostedZones", "IsTruncated", "MaxItems"}),
    ),
    "GetHostedZone": Struct(
        {
            "HostedZone": HOSTED_ZONE,
            "DelegationSet": Struct(
                {
                    "Id": _ID,
                    "CallerReference": Text(1, 128),
                    "NameServers": ListOf("NameServer", _NAME, low=1),
                },
                frozenset({"NameServers"}),
            ),
            "VPCs": ListOf("VPC", Struct({"VPCRegion": Text(1, 64), "VPCId": Text(high=1024)}), low=1),
        },
        frozenset({"HostedZone"}),
    ),
    "GetHostedZoneCount": Struct({"HostedZoneCount": Number()}, frozenset({"HostedZoneCount"})),
    "ListResourceRecordSets": Struct(
        {
            "ResourceRecordSets": ListOf("ResourceRecordSet", RECORD_SET),
            "IsTruncated": Flag(),
            "NextRecordName": _NAME,
            "NextRecordType": Text(words=RECORD_TYPES),
            "NextRecordIdentifier": Text(1, 128),
            "MaxItems": Text(),
        },
        frozenset({"ResourceRecordSets", "IsTruncated", "MaxItems"}),
    ),
    "ChangeResourceRecordSets": _CHANGE_INFO,
    "GetChange": _CHANGE_INFO,
}

Value = dict[str, Any]
"""One structure, as boto3 shows it."""
