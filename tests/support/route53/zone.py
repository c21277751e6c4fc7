"""A hosted zone and what a change batch does to it (API Reference, "ChangeResourceRecordSets")."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field

from support.route53.errors import invalid_batch
from support.route53.names import order, stored
from support.route53.shapes import Value
from support.route53.values import check_form, described, policy, problems, values

MAX_RECORDS = 1_000
MAX_CHARACTERS = 32_000
"""Developer Guide, "Quotas", "Number of elements and characters in ChangeResourceRecordSets requests"."""

Key = tuple[str, str, str]
"""By what sets are sorted: reversed name, type, set identifier ("ListResourceRecordSets", sort order)."""


@dataclass(slots=True)
class HostedZone:
    """A zone with its record sets; the apex has SOA and NS from the start ("NS and SOA records")."""

    id: str
    name: str
    private: bool = False
    comment: str = ""
    name_servers: tuple[str, ...] = ()
    delegation_set: str | None = None
    sets: dict[Key, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        soa = f"{self.name_servers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
        self.put({"Name": self.name, "Type": "SOA", "TTL": 900, "ResourceRecords": [{"Value": soa}]})
        servers = [{"Value": f"{server}."} for server in self.name_servers]
        self.put({"Name": self.name, "Type": "NS", "TTL": 172800, "ResourceRecords": servers})

    def put(self, rrset: Value) -> None:
        """Store a set as it is, past every check, in the place of one of its key."""
        kept = {**deepcopy(rrset), "Name": stored(rrset["Name"])}
        self.sets[key(kept)] = kept

    def described(self) -> Value:
        """Describe the zone ("HostedZone")."""
        config = {"Comment": self.comment, "PrivateZone": self.private}
        return {
            "Id": f"/hostedzone/{self.id}",
            "Name": self.name,
            "CallerReference": f"reference-{self.id}",
            "Config": config if self.comment else {"PrivateZone": self.private},
            "ResourceRecordSetCount": len(self.sets),
        }

    def change(self, changes: list[Value]) -> None:
        """Make all changes or none, one after the other ("Change batches and transactional changes")."""
        _check_limits(changes)
        for change in changes:
            check_form(change["Action"], change["ResourceRecordSet"])
        work, found = dict(self.sets), list[str]()
        for change in changes:
            rrset = {
                **change["ResourceRecordSet"],
                "Name": stored(change["ResourceRecordSet"]["Name"]),
            }
            if refused := self._refuse(work, change["Action"], rrset):
                found += refused
            elif change["Action"] == "DELETE":
                del work[key(rrset)]
            else:
                work[key(rrset)] = rrset
        kinds = [kind for name, kind, _ in work if name == order(self.name)]
        if not found and kinds.count("SOA") != 1:
            found.append("A HostedZone must contain exactly one SOA record.")
        if not found and "NS" not in kinds:
            found.append("A HostedZone must contain at least one NS record for the zone itself.")
        if found:
            raise invalid_batch(found)
        self.sets = work

    def _refuse(self, work: dict[Key, Value], action: str, rrset: Value) -> list[str]:
        """Say why one change cannot be made to the sets as they are by then."""
        held = work.get(key(rrset))
        if action == "DELETE":
            tried = f"Tried to delete resource record set {described(rrset)}"
            if held is None:
                return [f"{tried} but it was not found"]
            if _comparable(held) != _comparable(rrset):
                return [f"{tried} but the values provided do not match the current values"]
            return []
        if action == "CREATE" and held is not None:
            return [f"Tried to create resource record set {described(rrset)} but it already exists"]
        return problems(rrset, self.name) or self._conflicts(work, rrset)

    def _conflicts(self, work: dict[Key, Value], rrset: Value) -> list[str]:
        name, kind = rrset["Name"], rrset["Type"]
        beside = [held for at, held in work.items() if held["Name"] == name and at != key(rrset)]
        same = [held for held in beside if held["Type"] == kind]
        others = [held for held in beside if held["Type"] != kind]
        which = f"RRSet of type {kind} with DNS name {name}"
        if kind == "CNAME" and others:
            return [
                f"{which} is not permitted as it conflicts with other records with the same DNS name in zone {self.name}"
            ]
        if any(held["Type"] == "CNAME" for held in others):
            reason = "a conflicting RRSet of type CNAME with the same DNS name already exists"
            return [f"{which} is not permitted because {reason} in zone {self.name}"]
        identifier = f", SetIdentifier {rrset['SetIdentifier']}" if "SetIdentifier" in rrset else ""
        created = f"RRSet with DNS name {name}, type {kind}{identifier} cannot be created"
        if any(policy(held) is None or policy(rrset) is None for held in same):
            return [f"{created} as other RRSets exist with the same name and type."]
        if any(policy(held) != policy(rrset) for held in same):
            return [f"{created} as a set of another routing policy exists with the same name and type."]
        if policy(rrset) == "Weight" and any(held.get("TTL") != rrset.get("TTL") for held in same):
            return [f"{created}: all weighted sets of a name and type must have the same TTL."]
        return []


def key(rrset: Value) -> Key:
    """Give the key of a set whose name is in the stored form."""
    return order(rrset["Name"]), rrset["Type"], rrset.get("SetIdentifier", "")


def _comparable(rrset: Value) -> Value:
    """Make two sets comparable: the order of values has no meaning, everything else has."""
    return {**rrset, "ResourceRecords": sorted(values(rrset))}


def _check_limits(changes: list[Value]) -> None:
    records = characters = 0
    for change in changes:
        given = values(change["ResourceRecordSet"])
        weight = 2 if change["Action"] == "UPSERT" else 1
        # An alias counts as one ("including alias records").
        records += weight * max(1, len(given))
        characters += weight * sum(map(len, given))
    if records > MAX_RECORDS:
        raise invalid_batch([f"Number of records limit of {MAX_RECORDS} exceeded."])
    if characters > MAX_CHARACTERS:
        raise invalid_batch([f"Number of characters limit of {MAX_CHARACTERS} in Value elements exceeded."])
