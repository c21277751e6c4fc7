"""The server with the zones, as its owner sees it."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3

from benchmarks.route53.case import HOSTS, TTL
from support.ministack import running_ministack
from support.route53 import running_fake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from types_boto3_route53 import Route53Client

    from benchmarks.route53.case import Sets

BATCH = 300
"""How many record sets are made at once."""


@dataclass(frozen=True, slots=True)
class Course:
    """The server with the zones, as its owner sees it."""

    client: Route53Client
    make: Callable[[str], str]
    """Makes a hosted zone; gives its id."""
    limit: Callable[[float | None], None]
    """Lets so many requests through in a second; None for as many as come."""
    ids: dict[str, str] = field(default_factory=dict)

    def fill(self, sets: Sets, names: int = 0) -> None:
        """Make zones with their sets, and with so many other names in each."""
        for zone, owners in sets.items():
            self.ids[zone] = self.make(zone)
            records = [_record(f"m{at}.{zone}", "A", ("192.0.2.1",)) for at in range(names)]
            self._upsert(zone, [*records, *(_record(owner, "MX", HOSTS) for owner in owners)])

    def reset(self, sets: Sets) -> None:
        """Give every owner its first set again."""
        for zone, owners in sets.items():
            self._upsert(zone, [_record(owner, "MX", HOSTS) for owner in owners])

    def wrong(self, sets: Sets, wanted: Sequence[str]) -> list[str]:
        """Name the owners that have something else than what is wanted."""
        found = {}
        for zone in sets:
            pages = self.client.get_paginator("list_resource_record_sets").paginate(
                HostedZoneId=self.ids[zone]
            )
            for page in pages:
                for each in page["ResourceRecordSets"]:
                    if each["Type"] == "MX":
                        found[each["Name"]] = sorted(value["Value"] for value in each["ResourceRecords"])
        return [owner for owners in sets.values() for owner in owners if found.get(owner) != sorted(wanted)]

    def _upsert(self, zone: str, records: Sequence[Mapping[str, Any]]) -> None:
        for at in range(0, len(records), BATCH):
            part: list[Any] = [
                {"Action": "UPSERT", "ResourceRecordSet": record} for record in records[at : at + BATCH]
            ]
            self.client.change_resource_record_sets(
                HostedZoneId=self.ids[zone], ChangeBatch={"Changes": part}
            )


def _record(name: str, kind: str, values: Sequence[str]) -> dict[str, Any]:
    return {"Name": name, "Type": kind, "TTL": TTL, "ResourceRecords": [{"Value": it} for it in values]}


@contextmanager
def serving(server: str, folder: Path) -> Iterator[tuple[str, Course]]:
    """Run a server; give its URL, and how its owner sees it."""
    with ExitStack() as stack:
        fake = stack.enter_context(running_fake()) if server == "fake" else None
        url = fake.url if fake else stack.enter_context(running_ministack(folder))
        client = boto3.Session("test", "test", region_name="us-east-1").client("route53", endpoint_url=url)

        def make(zone: str) -> str:
            if fake:
                return fake.new_zone(zone).id
            return client.create_hosted_zone(Name=zone, CallerReference=zone)["HostedZone"]["Id"]

        def limit(rate: float | None) -> None:
            if fake is None:
                raise SystemExit(f"{server} knows no limit; use --server fake")
            fake.rate = rate

        yield url, Course(client, make, limit)
