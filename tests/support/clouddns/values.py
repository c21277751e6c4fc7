"""What may stand in a record set that is added ("Error messages", "Errors relating to managed records")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import dns.exception
import dns.name
import dns.rdata

from support.clouddns.errors import Problem, invalid, missing, over_quota
from support.clouddns.names import is_within, stored

Rrset = Mapping[str, Any]

KINDS = frozenset(
    [
        "A",
        "AAAA",
        "CAA",
        "CNAME",
        "DNSKEY",
        "DS",
        "HTTPS",
        "IPSECKEY",
        "MX",
        "NAPTR",
        "NS",
        "PTR",
        "SOA",
        "SPF",
        "SRV",
        "SSHFP",
        "SVCB",
        "TLSA",
        "TXT",
    ]
)
"""The types of "Supported DNS record types", without the service's own ALIAS."""
SINGLE = frozenset({"CNAME", "SOA"})
RECORDS_A_SET = 100
"""Quotas: "Records per RR set"."""
_MX = re.compile(r"[0-9]+[ \t]+\S+")
_POLICIES = frozenset({"geo", "wrr", "primaryBackup"})


def problems(rrset: Rrset, at: str, zone: str) -> Iterator[Problem]:
    """Say what is wrong with a record set, whatever else the zone has; `at` is where it stands."""
    name, kind = stored(rrset.get("name", "")), rrset.get("type", "")
    if name is None or not is_within(name, zone):
        yield invalid(f"{at}.name", rrset.get("name", ""))
        return
    if kind not in KINDS:
        yield invalid(f"{at}.type", kind)
        return
    if "ttl" not in rrset:
        yield missing(f"{at}.ttl")
    elif int(rrset["ttl"]) < 0:
        yield invalid(f"{at}.ttl", rrset["ttl"])
    if "routingPolicy" in rrset:
        yield from _policy(rrset, at)
    else:
        yield from _records(rrset.get("rrdatas", []), kind, at)
    if kind == "NS" and name.startswith("*."):
        message = f"The resource record set '{at}' of type 'NS' has the wrong type to be a wildcard."
        yield Problem(400, "wildcardNotAllowed", message)


def _records(rrdatas: list[str], kind: str, at: str) -> Iterator[Problem]:
    if not rrdatas:
        yield invalid(f"{at}.rrdata", "")
    if len(rrdatas) > RECORDS_A_SET:
        yield over_quota("resourceRecordsPerRrset", RECORDS_A_SET)
    if len(rrdatas) > 1 and kind in SINGLE:
        message = f"The resource record set '{at}' is only permitted to have one record because it is of type '{kind}'."
        yield Problem(400, "invalidRecordCount", message)
    for number, text in enumerate(rrdatas):
        if not _fits(text, kind) or text in rrdatas[:number]:
            yield invalid(f"{at}.rrdata[{number}]", text)


def _policy(rrset: Rrset, at: str) -> Iterator[Problem]:
    """Check the little that the schema's own comments say: one policy, and no records beside it."""
    policy = rrset["routingPolicy"]
    if rrset.get("rrdatas") or len(_POLICIES & policy.keys()) != 1:
        yield invalid(f"{at}.routingPolicy", sorted(policy))


def _fits(text: str, kind: str) -> bool:
    # A master file may have comments and brackets (RFC 1035 §5.1); the records of the API have none.
    if kind == "MX" and not _MX.fullmatch(text):
        return False
    try:
        rdata = dns.rdata.from_text("IN", kind, text, origin=None, relativize=False)
    except (dns.exception.DNSException, ValueError):
        return False
    parts = (getattr(rdata, slot) for slot in rdata.__slots__)
    return all(part.is_absolute() for part in parts if isinstance(part, dns.name.Name))
