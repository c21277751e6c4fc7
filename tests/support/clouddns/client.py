"""Asks a fake through google-cloud-dns, once, without credentials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from google.api_core.exceptions import GoogleAPICallError
from google.auth.credentials import AnonymousCredentials
from google.cloud import dns  # type: ignore[import-untyped]

from support.clouddns.fake import Fake
from support.clouddns.zone import Zone


def client(fake: Fake, credentials: Any = None, project: str = "") -> Any:
    """Make a client of Google's own library."""
    return dns.Client(
        project=project or fake.service.project,
        credentials=credentials or AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": fake.url},
    )


def rrset(name: str, *rrdatas: str, ttl: int = 300, kind: str = "MX") -> dict[str, Any]:
    return {"name": name, "type": kind, "ttl": ttl, "rrdatas": list(rrdatas)}


def send(api: Any, zone: Zone, *, add: Any = (), delete: Any = ()) -> Any:
    """Send one change through the library; give it as the library shows it."""
    managed = api.zone(zone.name, zone.dns_name)
    changes = managed.changes()

    def made(each: dict[str, Any]) -> Any:
        return managed.resource_record_set(each["name"], each["type"], each["ttl"], each["rrdatas"])

    for each in add:
        changes.add_record_set(made(each))
    for each in delete:
        changes.delete_record_set(made(each))
    changes.create()
    return changes


def ask(api: Any, path: str, verb: str = "GET", body: Any = None, **query: Any) -> Any:
    """Send a request through the client's own connection, for what the library has no way."""
    return api._connection.api_request(
        method=verb, path=f"/projects/{api.project}/{path}", query_params=query, data=body
    )


def refused(call: Callable[[], object]) -> tuple[int, str, str]:
    """Give status, reason and message of the refusal that a call meets."""
    with pytest.raises(GoogleAPICallError) as caught:
        call()
    found: Any = caught.value
    return found.code, found.errors[0]["reason"], found.errors[0]["message"]


def refused_change(api: Any, zone: Zone, *, add: Any = (), delete: Any = ()) -> tuple[int, str, str]:
    """Give the same of a change; the zone is as before."""
    before = dict(zone.sets)
    found = refused(lambda: send(api, zone, add=add, delete=delete))
    assert zone.sets == before
    return found


def listed(api: Any, zone: Zone, **query: Any) -> list[tuple[str, str]]:
    """List names and types, all pages."""
    found: list[tuple[str, str]] = []
    token: dict[str, str] = {}
    while True:
        page = ask(api, f"managedZones/{zone.name}/rrsets", **query, **token)
        found += [(each["name"], each["type"]) for each in page.get("rrsets", [])]
        if "nextPageToken" not in page:
            return found
        token = {"pageToken": page["nextPageToken"]}
