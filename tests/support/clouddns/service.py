"""The methods of the API, on the zones of one project."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from support.clouddns.errors import Refusal, invalid, not_found, refusal
from support.clouddns.names import stored
from support.clouddns.values import KINDS, Rrset
from support.clouddns.zone import Zone, normal, shown

Answer = dict[str, Any]
Query = Mapping[str, str]

_FILTER = re.compile(r'name=(?:(has_suffix)\()?"([^"]+)"(?(1)\))(?: AND type="([A-Z]+)")?')
"""The forms of `resourceRecordSets.list`, parameter `filter`."""


@dataclass(slots=True)
class Service:
    """One project. Not safe for threads: the server calls it under a lock."""

    project: str = "mail-prod"
    zones: dict[str, Zone] = field(default_factory=dict)
    """By name."""
    zones_a_page: int = 100
    sets_a_page: int = 1_000
    """The most that a page has; reports of the real service show about a thousand record sets."""
    sparse: bool = False
    """Whether filters are applied to pages after they were cut, so that a page with a token may be empty.
    The list is then left out, as Google's APIs do with what is empty."""
    polls_until_done: int = 1
    """How many `changes.get` of a change say pending before one says done."""
    polls: dict[tuple[str, str], int] = field(default_factory=dict)

    def run(self, method: str, path: Mapping[str, str], query: Query, body: Any) -> Answer:
        """Carry out a method."""
        if path["project"] != self.project:
            raise Refusal(not_found("parameters.project", path["project"]))
        if "fields" in query:
            raise refusal(501, "notImplemented", "this fake has no partial answers")
        match method:
            case "managedZones.list":
                return self._list_zones(query)
            case "managedZones.get":
                return self._zone(path).described()
            case "resourceRecordSets.list":
                return self._list_sets(self._zone(path), query)
            case "changes.create":
                return self._change(self._zone(path), body)
            case "changes.get":
                return self._poll(self._zone(path), path["changeId"])
        raise refusal(501, "notImplemented", f"this fake has no {method}")

    def _zone(self, path: Mapping[str, str]) -> Zone:
        """Find a zone by its name or by its number."""
        wanted = path["managedZone"]
        for zone in self.zones.values():
            if wanted in {zone.name, str(zone.number)}:
                return zone
        raise Refusal(not_found("parameters.managedZone", wanted))

    def _list_zones(self, query: Query) -> Answer:
        wanted = query.get("dnsName")
        if wanted is not None and stored(wanted) is None:
            raise Refusal(invalid("parameters.dnsName", wanted))
        dns_name = stored(wanted) if wanted else None
        listed = [
            (name, zone.described() if dns_name in (None, zone.dns_name) else None)
            for name, zone in sorted(self.zones.items())
        ]
        page = self._page(listed, query, self.zones_a_page)
        return {"kind": "dns#managedZonesListResponse", **self._list("managedZones", *page)}

    def _list_sets(self, zone: Zone, query: Query) -> Answer:
        name, suffix, kind = _wanted(query)
        listed = sorted((f"{'.'.join(at)} {held}", (at, held)) for at, held in zone.sets)
        chosen = (
            (at, shown(zone.sets[which]) if _matches(zone.sets[which], name, suffix, kind) else None)
            for at, which in listed
        )
        page = self._page(chosen, query, self.sets_a_page)
        return {"kind": "dns#resourceRecordSetsListResponse", **self._list("rrsets", *page)}

    def _page(
        self, listed: Iterable[tuple[str, Answer | None]], query: Query, most: int
    ) -> tuple[list[Answer], Answer]:
        """Cut a page out of what is listed by its keys; what the filters leave out is None."""
        limit = int(query.get("maxResults", most))
        if limit <= 0:
            raise Refusal(invalid("parameters.maxResults", limit))
        of = {name: text for name, text in query.items() if name not in {"pageToken", "maxResults"}}
        after = _opened(query["pageToken"], of) if "pageToken" in query else ""
        rest = [(at, each) for at, each in listed if at > after and (self.sparse or each is not None)]
        page = rest[: min(limit, most)]
        token = {"nextPageToken": _token(page[-1][0], of)} if len(rest) > len(page) else {}
        return [each for _, each in page if each is not None], token

    def _list(self, name: str, found: list[Answer], token: Answer) -> Answer:
        return token if self.sparse and not found else {name: found, **token}

    def _change(self, zone: Zone, body: Answer) -> Answer:
        if {"peeringConfig", "forwardingConfig"} & zone.resource.keys():
            raise Refusal(invalid("parameters.managedZone", zone.name))
        additions, deletions = body.get("additions", []), body.get("deletions", [])
        zone.change(additions, deletions)
        parts = {"additions": additions, "deletions": deletions}
        made = {
            "kind": "dns#change",
            "id": str(len(zone.changes) + 1),
            "startTime": "2026-01-01T00:00:00.000Z",
            **{part: [shown(normal(each)) for each in given] for part, given in parts.items() if given},
        }
        zone.changes.append(made)
        return {**made, "status": "pending"}

    def _poll(self, zone: Zone, number: str) -> Answer:
        for made in zone.changes:
            if made["id"] == number:
                polls = self.polls[zone.name, number] = self.polls.get((zone.name, number), 0) + 1
                return {**made, "status": "pending" if polls <= self.polls_until_done else "done"}
        raise Refusal(not_found("parameters.changeId", number))


def _wanted(query: Query) -> tuple[str | None, str | None, str | None]:
    """Read which sets a list shall have: name, end of the name, type."""
    name, kind, text = query.get("name"), query.get("type"), query.get("filter")
    suffix = None
    if text is not None:
        found = _FILTER.fullmatch(text)
        if found is None or name is not None or kind is not None:
            raise Refusal(invalid("parameters.filter", text))
        kind = found[3]
        name, suffix = (None, found[2]) if found[1] else (found[2], None)
    if kind is not None and name is None and suffix is None:
        raise Refusal(invalid("parameters.name", ""))
    if kind is not None and kind not in KINDS:
        raise Refusal(invalid("parameters.type", kind))
    for given in (name, suffix):
        if given is not None and stored(given) is None:
            raise Refusal(invalid("parameters.name", given))
    return stored(name) if name else None, stored(suffix) if suffix else None, kind


def _matches(rrset: Rrset, name: str | None, suffix: str | None, kind: str | None) -> bool:
    return (
        name in (None, rrset["name"])
        and (suffix is None or rrset["name"].endswith(suffix))
        and kind in (None, rrset["type"])
    )


def _token(last: str, of: Query) -> str:
    return urlsafe_b64encode(json.dumps([last, dict(of)], sort_keys=True).encode()).decode()


def _opened(token: str, of: Query) -> str:
    """Give the key after which a page starts; a token is good for the question it came with."""
    try:
        last, then = json.loads(urlsafe_b64decode(token))
    except ValueError:
        raise Refusal(invalid("parameters.pageToken", token)) from None
    if then != dict(of):
        raise Refusal(invalid("parameters.pageToken", token))
    return str(last)
