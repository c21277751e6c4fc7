"""A cloud's zone as everybody can ask for it: what a fake of its API holds, served by a real BIND.

    fake = stack.enter_context(running_fake())
    cloud = stack.enter_context(serving(tmp_path, "aws", on_route53(fake, "example.test.")))
    ...
    cloud.publish()   # what the fake has now

The fakes have no DNS. So this BIND stands for all name servers that the cloud names for the zone: it has the zone
with the NS and SOA records that the fake made, and the zones of the servers' own names, all with its one address.
What is changed through the API is served from `publish` on, and no sooner.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from support.front import fronting
from support.named import running_named
from support.nameserver import Server, Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from support.clouddns import Fake as CloudDns
    from support.front import Front
    from support.route53 import Fake as Route53


@dataclass(frozen=True, slots=True)
class Hosted:
    """A zone at a fake, and the provider block that leads there."""

    name: str
    block: str
    """In YAML's flow style."""
    name_servers: Sequence[str]
    records: Callable[[], Iterable[str]]
    """Gives the lines of a zone file: all that the zone has now."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """What serves a hosted zone."""

    hosted: Hosted
    front: Front
    hosts: Sequence[str]
    """The zones in which its name servers have their names."""

    def publish(self) -> None:
        """Serve what the zone has now."""
        lines = "".join(f"{line}\n" for line in self.hosted.records())
        (self.front.server.folder / "0.zone").write_text(lines, "utf-8")
        self.front.server.restart()

    @property
    def stubs(self) -> dict[str, Server]:
        """Where a resolver finds the addresses of its name servers."""
        return dict.fromkeys(self.hosts, self.front.server)


def on_route53(fake: Route53, zone: str) -> Hosted:
    """Make a public hosted zone at Route 53."""
    made = fake.new_zone(zone)

    def records() -> Iterator[str]:
        for rrset in made.sets.values():
            for record in rrset["ResourceRecords"]:
                yield f"{rrset['Name']} {rrset['TTL']} {rrset['Type']} {record['Value']}"

    servers = [f"{server}." for server in made.name_servers]
    block = f"{{type: route53, endpoint_url: '{fake.url}'}}"
    return Hosted(zone, block, servers, records)


def on_clouddns(fake: CloudDns, zone: str) -> Hosted:
    """Make a public managed zone at Cloud DNS."""
    made = fake.new_zone(zone)

    def records() -> Iterator[str]:
        for rrset in made.sets.values():
            for record in rrset["rrdatas"]:
                yield f"{rrset['name']} {rrset['ttl']} {rrset['type']} {record}"

    block = f"{{type: clouddns, project: mail-prod, endpoint: '{fake.url}'}}"
    servers = made.resource["nameServers"]
    return Hosted(zone, block, servers, records)


@contextmanager
def serving(folder: Path, hosted: Hosted) -> Iterator[Cloud]:
    """Serve a hosted zone until the block ends, as it is now; all files are in `folder`, which is made."""
    folder.mkdir()
    hosts: dict[str, list[str]] = defaultdict(list)
    for server in hosted.name_servers:
        label, _, zone = server.partition(".")
        hosts[zone].append(label)
    with fronting(Server(folder, 0, (), (), ())) as front:
        zones = [Zone(hosted.name, apex="".join(f"@ NS {server}\n" for server in hosted.name_servers))]
        zones += [
            Zone(zone, "".join(f"{label} A {front.address}\n" for label in labels))
            for zone, labels in hosts.items()
        ]
        with running_named(folder, zones) as front.server:
            cloud = Cloud(hosted, front, tuple(hosts))
            cloud.publish()
            yield cloud
