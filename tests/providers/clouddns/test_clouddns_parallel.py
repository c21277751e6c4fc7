"""How many requests a block has under way at once."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier

import pytest

from mxsync import names
from mxsync.change import Outcome
from mxsync.plan import Plan
from mxsync_clouddns.provider import ClouddnsProvider
from mxsync_clouddns.session import MOST
from support.clouddns import Fake
from support.clouddns.mx import put_mx
from support.clouddns.site import POLL, READ, apply, open_block, plan_of
from support.sets import mx_set

OLD, NEW = mx_set(3600, "10 old.example.net."), mx_set(3600, "10 new.example.net.")
ZONES = [names.parse(f"zone{number}.example.org") for number in range(12)]
CHOSEN = {zone.removesuffix("."): zone.removesuffix(".").replace(".", "-") for zone in ZONES}
"""The managed zones by name: each is looked up by a call of its own."""


def planned_and_applied(fake: Fake, folder: Path, parallel: int | None) -> Plan:
    provider = open_block(fake, folder, parallel=parallel, wait="done", managed_zones=CHOSEN)
    plan = plan_of(provider, {zone: {"@": NEW} for zone in ZONES})
    assert apply(provider, plan).count(Outcome.APPLIED) == len(ZONES)
    assert fake.counts[POLL] >= len(ZONES)
    return plan


def fill(fake: Fake) -> None:
    for zone in ZONES:
        put_mx(fake, fake.service.zones.get(CHOSEN[zone.removesuffix(".")]) or fake.new_zone(zone), zone, OLD)


def test_with_one_there_is_never_another_request_under_way_and_the_result_is_the_same(
    fake: Fake, tmp_path: Path
) -> None:
    fill(fake)
    one = planned_and_applied(fake, tmp_path, 1)
    assert fake.most == 1
    fill(fake)
    assert planned_and_applied(fake, tmp_path, None) == one


@pytest.mark.parametrize("method", ["managedZones.get", READ, POLL])
def test_with_several_just_as_many_are_under_way(fake: Fake, tmp_path: Path, method: str) -> None:
    fill(fake)
    fake.fail(method, Barrier(9, timeout=10).wait, times=9)
    planned_and_applied(fake, tmp_path, 9)
    assert fake.most == 9


def test_there_are_no_more_than_the_library_keeps_connections(fake: Fake, tmp_path: Path) -> None:
    provider = open_block(fake, tmp_path, parallel=1000)
    assert isinstance(provider, ClouddnsProvider)
    assert provider.workers == provider.zones.workers == MOST == 10
