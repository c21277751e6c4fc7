"""A managed zone, and what a change does to it (REST reference, "changes.create")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from support.clouddns.errors import Problem, Refusal, missing, not_found, over_quota
from support.clouddns.names import order, stored
from support.clouddns.values import Rrset, problems

CHANGED_AT_ONCE = 1_000
"""Quotas: "Additions per change" and "Deletions per change"."""
BYTES_AT_ONCE = 100_000
"""Quotas: "Resource record data size per change"."""
SETS_A_ZONE = 10_000
"""Quotas: "Resource records (RR) sets per managed zone"."""
APEX_KINDS = ("NS", "SOA")
APEX_TTL = 21600

Key = tuple[tuple[str, ...], str]
"""By what sets are told apart and sorted: reversed name, type."""
Sets = dict[Key, Rrset]


@dataclass(slots=True)
class Zone:
    """A managed zone with its record sets; the apex has NS and SOA from the start."""

    name: str
    dns_name: str
    number: int
    resource: Mapping[str, Any]
    """What the API shows of it besides, such as `visibility`; `nameServers` is always there."""
    sets: Sets = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        servers = self.resource["nameServers"]
        soa = f"{servers[0]} cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300"
        for kind, rrdatas in (("NS", servers), ("SOA", [soa])):
            self.put({"name": self.dns_name, "type": kind, "ttl": APEX_TTL, "rrdatas": list(rrdatas)})

    def put(self, rrset: Rrset) -> None:
        """Store a set as it is, past every check, in the place of one of its key."""
        kept = {**deepcopy(dict(rrset)), "name": stored(rrset["name"]) or rrset["name"]}
        self.sets[key(kept)] = kept

    def described(self) -> dict[str, Any]:
        """Describe the zone (schema "ManagedZone")."""
        return {
            "kind": "dns#managedZone",
            "id": str(self.number),
            "name": self.name,
            "dnsName": self.dns_name,
            "creationTime": "2026-01-01T00:00:00.000Z",
            **self.resource,
        }

    def change(self, additions: list[Rrset], deletions: list[Rrset]) -> None:
        """Make a change wholly, deletions first, or refuse it."""
        if found := list(self._limits(additions, deletions)) or list(self._forms(additions, deletions)):
            raise Refusal(*found)
        work = dict(self.sets)
        found = [
            problem for at, each in enumerate(deletions) for problem in _delete(work, normal(each), at)
        ] + [problem for each in additions for problem in _add(work, normal(each))]
        found = found or list(self._whole(work, additions))
        if found:
            raise Refusal(*found)
        self.sets = work

    def _limits(self, additions: list[Rrset], deletions: list[Rrset]) -> Iterator[Problem]:
        if not additions and not deletions:
            yield missing("entity.change")
        for what, given in (("rrsetAdditionsPerChange", additions), ("rrsetDeletionsPerChange", deletions)):
            if len(given) > CHANGED_AT_ONCE:
                yield over_quota(what, CHANGED_AT_ONCE)
        texts = chain.from_iterable(each.get("rrdatas", []) for each in (*additions, *deletions))
        if sum(len(text.encode()) for text in texts) > BYTES_AT_ONCE:
            yield over_quota("totalRrdataSizePerChange", BYTES_AT_ONCE)

    def _forms(self, additions: list[Rrset], deletions: list[Rrset]) -> Iterator[Problem]:
        for part, given in (("additions", additions), ("deletions", deletions)):
            for at, each in enumerate(given):
                yield from problems(each, f"entity.change.{part}[{at}]", self.dns_name)

    def _whole(self, work: Sets, additions: list[Rrset]) -> Iterator[Problem]:
        """Say why the zone cannot be as it would become."""
        for kind in APEX_KINDS:
            if (order(self.dns_name), kind) not in work:
                message = (
                    f"The zone must contain exactly one resource record set of type '{kind}' at the apex."
                )
                yield Problem(400, "invalidZoneApex", message)
        if len(work) > SETS_A_ZONE:
            yield over_quota("rrsetsPerManagedZone", SETS_A_ZONE)
        aliases = {at for at, kind in work if kind == "CNAME"}
        shared = {at for at, kind in work if at in aliases and kind != "CNAME"}
        for number, each in enumerate(additions):
            at, where = order(normal(each)["name"]), f"entity.change.additions[{number}]"
            if each["type"] == "SOA" and at != order(self.dns_name):
                yield Problem(400, "invalidZoneApex", f"The '{where}' of type 'SOA' is not at the apex.")
            elif each["type"] == "CNAME" and at == order(self.dns_name):
                message = f"The resource record set '{where}' of type 'CNAME' cannot exist at the zone apex."
                yield Problem(400, "recordTypeDisallowedAtZoneApex", message)
            elif at in shared:
                both = f"the DNS name '{each['name']}' may have either one CNAME resource record set or resource record sets of other types, but not both."
                message = f"The resource record set '{where}' is invalid because {both}"
                yield Problem(400, "cnameResourceRecordSetConflict", message)


def key(rrset: Rrset) -> Key:
    """Give the key of a set."""
    return order(rrset["name"]), rrset["type"]


def normal(rrset: Rrset) -> Rrset:
    """Give a set that a client sent as the zone keeps it: only what makes it up, the TTL as a number."""
    made = {"name": stored(rrset["name"]) or rrset["name"], "type": rrset["type"]}
    if "ttl" in rrset:
        made["ttl"] = int(rrset["ttl"])
    return made | {part: deepcopy(rrset[part]) for part in ("rrdatas", "routingPolicy") if part in rrset}


def shown(rrset: Rrset) -> dict[str, Any]:
    """Give a set as an answer has it."""
    signed: dict[str, Any] = {} if "routingPolicy" in rrset else {"signatureRrdatas": []}
    return {"kind": "dns#resourceRecordSet", **deepcopy(dict(rrset)), **signed}


def _delete(work: Sets, rrset: Rrset, at: int) -> Iterator[Problem]:
    """Take out exactly this set: its records in any order, their text and the TTL as they are."""
    where, held = f"entity.change.deletions[{at}]", work.get(key(rrset))
    if held is None:
        yield not_found(where, f"{rrset['name']} ({rrset['type']})")
    elif _comparable(held) != _comparable(rrset):
        yield Problem(412, "conditionNotMet", f"Precondition not met for '{where}'")
    else:
        del work[key(rrset)]


def _add(work: Sets, rrset: Rrset) -> Iterator[Problem]:
    if key(rrset) in work:
        name, kind = rrset["name"], rrset["type"]
        what = f"entity.change.additions[{name}][{kind}]"
        yield Problem(409, "alreadyExists", f"The resource '{what}' named '{name} ({kind})' already exists")
    else:
        work[key(rrset)] = rrset


def _comparable(rrset: Rrset) -> object:
    return rrset.get("ttl"), sorted(rrset.get("rrdatas", [])), _bare(rrset.get("routingPolicy"))


def _bare(value: Any) -> Any:
    """Leave out what the service itself adds to a routing policy."""
    match value:
        case dict():
            return {k: _bare(each) for k, each in value.items() if k not in {"kind", "signatureRrdatas"}}
        case list():
            return [_bare(each) for each in value]
    return value
