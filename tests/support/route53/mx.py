"""MX sets of mxsync, put into a fake and looked up there."""

from __future__ import annotations

from mxsync import names
from mxsync.model import MX, MXSet
from mxsync.names import Name
from support.route53.fake import Fake
from support.route53.shapes import Value
from support.route53.values import values
from support.route53.zone import HostedZone


def raw_name(name: Name) -> str:
    """Write a name with every octet that needs it as three octal digits."""
    labels = ("".join(_octet(octet) for octet in label) for label in names.to_labels(name))
    return "".join(f"{label}." for label in labels) or "."


def raw_set(owner: Name, wanted: MXSet) -> Value:
    """Make a record set of simple routing."""
    records = [{"Value": str(record)} for record in wanted.records]
    return {"Name": raw_name(owner), "Type": "MX", "TTL": wanted.ttl, "ResourceRecords": records}


def put_mx(fake: Fake, zone: HostedZone, owner: Name, wanted: MXSet | None) -> None:
    """Set or remove an owner's MX set past the API."""
    if wanted is None:
        fake.remove(zone, raw_name(owner), "MX")
    else:
        fake.put(zone, raw_set(owner, wanted))


def look_mx(fake: Fake, zone: HostedZone, owner: Name) -> MXSet | None:
    """Show an owner's MX set of simple routing past the API."""
    found = fake.look(zone, raw_name(owner), "MX")
    return None if found is None else parsed_set(found)


def parsed_set(rrset: Value) -> MXSet:
    """Read a record set as `boto3` shows it."""
    pairs = (value.split() for value in values(rrset))
    records = (MX(int(preference), names.parse(exchange)) for preference, exchange in pairs)
    return MXSet.of(rrset["TTL"], records)


def _octet(octet: int) -> str:
    char = chr(octet)
    return char if char.isascii() and (char.isalnum() or char in "-_") else f"\\{octet:03o}"
