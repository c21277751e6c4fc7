"""The provider of Cloud DNS at a server on this machine, as a manifest's block opens it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mxsync import live, names
from mxsync.apply import apply_plan
from mxsync.model import MXSet
from mxsync.plan import Plan, make_plan
from mxsync.provider import Context, Provider
from mxsync.registry import open_provider
from mxsync.report import Report
from mxsync.state import Desired, DesiredZone, Wanted
from mxsync_clouddns import ClouddnsConfig, plugin
from support.clouddns.fake import Fake
from support.clouddns.mx import look_mx, put_mx
from support.clouddns.zone import Zone
from support.sets import mx_set

ZONE = names.parse("example.com")
OLD = mx_set(3600, "10 old.example.net.", "20 mx2.example.net.")
NEW = mx_set(3600, "10 new.example.net.", "20 mx2.example.net.")
FOREIGN = mx_set(3600, "10 foreign.example.net.")
ZONES = "managedZones.list"
READ = "resourceRecordSets.list"
WRITE = "changes.create"
POLL = "changes.get"

WANTED = {"create": NEW, "update": NEW, "delete": None, "ttl": MXSet.of(60, OLD.records)}
BEFORE = {"create": None, "update": OLD, "delete": OLD, "ttl": OLD}
"""An owner for each action: what it shall have, and what it has."""

LOCAL = frozenset({"127.0.0.1"})
"""What lets a block send real credentials to the fake."""
QUICK = 60_000
"""Requests a minute, where the pace is not what is tested."""

Manifest = Mapping[Any, Mapping[str, MXSet | None]]
"""By zone and owner, what shall be there; owners are relative to their zone."""


def open_block(
    fake: Fake,
    folder: Path,
    *,
    allowed: frozenset[str] = frozenset(),
    parallel: int | None = None,
    **settings: Any,
) -> Provider:
    """Open a block `gcp`; it does not wait until changes are done unless told."""
    block = {
        "project": fake.service.project,
        "endpoint": fake.url,
        "requests_per_minute": QUICK,
        "wait": "none",
    } | settings
    context = Context("gcp", folder, allow_endpoints=allowed, parallel=parallel)
    return open_provider(plugin, ClouddnsConfig.model_validate(block), context)


def plan_of(provider: Provider, manifest: Manifest, *, whole: bool = False) -> Plan:
    """Compare what is wanted with what is there."""
    zones = []
    for zone, owners in manifest.items():
        apex = names.parse(zone)
        wanted = {names.parse(owner, apex): Wanted(each) for owner, each in owners.items()}
        zones.append(DesiredZone("gcp", apex, wanted, whole=whole))
    desired = Desired(tuple(zones))
    return make_plan(desired, live.read(desired.requests(), {"gcp": provider}))


def apply(provider: Provider, plan: Plan) -> Report:
    """Carry a plan out."""
    return apply_plan(plan, {"gcp": provider})


@dataclass(frozen=True)
class Site:
    """A fake with one zone that has `BEFORE`, and a provider that is to make it `WANTED`."""

    fake: Fake
    zone: Zone
    folder: Path

    @classmethod
    def of(cls, fake: Fake, folder: Path) -> Site:
        """Make the zone in a fake."""
        site = cls(fake, fake.new_zone(ZONE), folder)
        for owner, held in BEFORE.items():
            site.put(owner, held)
        return site

    def open(self, **settings: Any) -> Provider:
        return open_block(self.fake, self.folder, **settings)

    def put(self, owner: str, wanted: MXSet | None) -> None:
        put_mx(self.fake, self.zone, names.parse(owner, ZONE), wanted)

    def look(self, owner: str) -> MXSet | None:
        return look_mx(self.fake, self.zone, names.parse(owner, ZONE))

    def held(self) -> dict[str, MXSet | None]:
        return {owner: self.look(owner) for owner in WANTED}

    def plan(self, provider: Provider) -> Plan:
        return plan_of(provider, {ZONE: WANTED})
