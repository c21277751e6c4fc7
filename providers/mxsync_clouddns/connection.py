"""What is asked of google-cloud-dns, and in which way. Nothing else here touches its objects.

Changes are made and looked at by its own classes. Its listings cannot be used (0.37.2): `Client.list_zones` has
no filter and hides the visibility, and `ManagedZone.list_resource_record_sets` has no filter and breaks on a set
with a routing policy. For these the client's own connection is asked, as its classes do it.
A test holds all that is used here against the library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Client = Any
"""`google.cloud.dns.Client`, which has no types."""

TIMEOUT = (10, 60)
"""In seconds: for a connection, and for each part of an answer."""


def ask(client: Client, path: str, query: Mapping[str, str]) -> Any:  # noqa: ANN401 - whatever the JSON holds
    """Get what the project has at a path, such as `managedZones`."""
    return client._connection.api_request(  # noqa: SLF001 - see above
        method="GET",
        path=f"/projects/{client.project}/{path}",
        query_params=dict(query),
        timeout=TIMEOUT,
    )


def zone_path(zone: str, rest: str = "") -> str:
    """Give the path of a managed zone, or of what it has."""
    return f"managedZones/{quote(zone, safe='')}{rest}"


def change(
    client: Client,
    zone: str,
    additions: Iterable[Mapping[str, Any]],
    deletions: Iterable[Mapping[str, Any]],
) -> tuple[str | None, str | None]:
    """Change sets, all of them or none; give the change's id and status."""
    managed = client.zone(zone)
    changes = managed.changes()
    for raw in additions:
        changes.add_record_set(_set(managed, raw))
    for raw in deletions:
        changes.delete_record_set(_set(managed, raw))
    changes.create()
    return changes.name, changes.status


def status(client: Client, zone: str, change_id: str) -> str | None:
    """Ask what has become of a change."""
    changes = client.zone(zone).changes()
    changes.name = change_id
    changes.reload()
    found: str | None = changes.status
    return found


def _set(managed: Any, raw: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the library has no types
    return managed.resource_record_set(raw["name"], raw["type"], raw["ttl"], list(raw["rrdatas"]))
