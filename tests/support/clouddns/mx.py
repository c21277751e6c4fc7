"""MX sets of mxsync, put into a fake and looked up there."""

from __future__ import annotations

from mxsync import names
from mxsync.model import MX, MXSet
from mxsync.names import Name
from support.clouddns.fake import Fake
from support.clouddns.values import Rrset
from support.clouddns.zone import Zone


def raw_set(owner: str, wanted: MXSet) -> Rrset:
    """Make a record set as the API shows it."""
    rrdatas = [str(record) for record in wanted.records]
    return {"name": owner, "type": "MX", "ttl": wanted.ttl, "rrdatas": rrdatas}


def put_mx(fake: Fake, zone: Zone, owner: Name, wanted: MXSet | None) -> None:
    """Set or remove an owner's MX set past the API."""
    if wanted is None:
        fake.remove(zone, owner, "MX")
    else:
        fake.put(zone, raw_set(owner, wanted))


def look_mx(fake: Fake, zone: Zone, owner: Name) -> MXSet | None:
    """Show an owner's MX set past the API; one with a routing policy is none."""
    found = fake.look(zone, owner, "MX")
    if found is None or "rrdatas" not in found:
        return None
    pairs = (text.split() for text in found["rrdatas"])
    return MXSet.of(
        found["ttl"], (MX(int(preference), names.parse(exchange)) for preference, exchange in pairs)
    )
