"""What the record sets of a zone mean for an owner. Pure.

An MX set as Cloud DNS keeps it stays with the reading, for a deletion must repeat it exactly (REST reference,
"Change", `deletions`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mxsync import names
from mxsync.errors import InvalidName, InvalidSet
from mxsync.model import MXSet
from mxsync.reading import Absent, Blocked, Present, Unreadable
from mxsync.surroundings import delegation
from mxsync_clouddns.text import from_rrdata, to_rrdata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.names import Name
    from mxsync.reading import OwnerReading
    from mxsync_clouddns.around import RawSet, Shown

_POLICIES = {"wrr": "weighted", "geo": "geolocation", "primaryBackup": "failover"}
"""What the key of a routing policy says about how Cloud DNS answers with it."""
_SHOWN = 5
"""How many records of a routing policy a reason names."""


def read_owner(shown: Shown, owner: Name) -> OwnerReading:
    """Say what an owner has, of which all sets were seen; the names above it count where they were seen too."""
    if not names.is_within(owner, shown.zone):
        return Blocked(f"{owner} lies outside of {shown.zone}")
    found = shown.of_type(owner, "MX")
    if cut := delegation(shown.has, shown.zone, owner):
        reason = f"{cut} is delegated: an MX set of {owner} in {shown.zone} is never served"
        return Blocked(reason, vacant=found is None, rule="MXL10")
    if found is None:
        if shown.of_type(owner, "CNAME"):
            reason = f"{owner} is a CNAME: an MX set cannot stand beside it (RFC 2181 §10.1)"
            return Blocked(reason, vacant=True, rule="MXL07")
        if wildcard := shown.wildcard_set(owner):
            return Absent(wildcard.get("ttl"), wildcard=True)
        return Absent(shown.negative_ttl())
    if policy := found.get("routingPolicy"):
        what_to_do = "make it a set without one, or take the owner out of the manifest"
        reason = f"{owner} has a routing policy ({_described(policy)}); {what_to_do}"
        return Blocked(reason, rule="MXL08")
    try:
        return Present(_to_set(found), raw=found, addressed=shown.addressed(owner))
    except (InvalidSet, InvalidName, TypeError, AttributeError) as error:
        return Unreadable(f"Cloud DNS gives an odd MX set for {owner}: {error}")


def new_set(owner: Name, wanted: MXSet) -> RawSet:
    """Write a set as a change takes it."""
    rrdatas = [to_rrdata(record) for record in wanted.records]
    return {"name": owner, "type": "MX", "ttl": wanted.ttl, "rrdatas": rrdatas}


def _to_set(raw: RawSet) -> MXSet:
    if not isinstance(raw.get("ttl"), int):
        raise InvalidSet("it has no TTL")
    if not raw.get("rrdatas"):
        raise InvalidSet("it has neither records nor a routing policy")
    # Two spellings of one record are one record.
    return MXSet.of(raw["ttl"], {from_rrdata(text) for text in raw["rrdatas"]})


def _described(policy: dict[str, Any]) -> str:
    kinds = [word for key, word in _POLICIES.items() if key in policy]
    others = sorted(policy.keys() - _POLICIES.keys() - {"kind", "healthCheck"})
    records = list(dict.fromkeys(_records(policy)))
    rest = f", and {len(records) - _SHOWN} more" if len(records) > _SHOWN else ""
    values = f": {', '.join(records[:_SHOWN])}{rest}" if records else ""
    return " ".join((*kinds, *others)) + values


def _records(part: Any) -> Iterator[str]:  # noqa: ANN401 - as deep as the policy
    """Give the records anywhere in a policy."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "rrdatas" and isinstance(value, list):
                yield from map(str, value)
            else:
                yield from _records(value)
    elif isinstance(part, list):
        for value in part:
            yield from _records(value)
