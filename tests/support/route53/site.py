"""The provider of Route 53 at a server on this machine, as a manifest's block opens it."""

from __future__ import annotations

from collections.abc import Mapping
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
from mxsync_route53 import Route53Config, plugin

QUICK = 1000.0
"""Requests a second, where the pace is not what is tested."""

Manifest = Mapping[Any, Mapping[str, MXSet | None]]
"""By zone and owner, what shall be there; owners are relative to their zone."""


def open_block(url: str, folder: Path, **settings: Any) -> Provider:
    """Open a block `aws`; it does not wait for INSYNC unless told."""
    block = {"endpoint_url": url, "requests_per_second": QUICK, "wait": "none"} | settings
    return open_provider(plugin, Route53Config.model_validate(block), Context("aws", folder))


def plan_of(provider: Provider, manifest: Manifest, *, whole: bool = False) -> Plan:
    """Compare what is wanted with what is there."""
    zones = []
    for zone, owners in manifest.items():
        apex = names.parse(zone)
        wanted = {names.parse(owner, apex): Wanted(each) for owner, each in owners.items()}
        zones.append(DesiredZone("aws", apex, wanted, whole=whole))
    desired = Desired(tuple(zones))
    return make_plan(desired, live.read(desired.requests(), {"aws": provider}))


def apply(provider: Provider, plan: Plan) -> Report:
    """Carry a plan out."""
    return apply_plan(plan, {"aws": provider})
