"""How many requests a block has under way at once."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier

from mxsync import names
from mxsync.change import Outcome
from mxsync.plan import Plan
from support.route53 import Fake
from support.route53.mx import put_mx
from support.route53.site import apply, open_block, plan_of
from support.sets import mx_set

OLD, NEW = mx_set(3600, "10 old.example.net."), mx_set(3600, "10 new.example.net.")
ZONES = [names.parse(f"zone{number}.example.org") for number in range(12)]
READ = "ListResourceRecordSets"


def planned_and_applied(fake: Fake, folder: Path, parallel: int | None) -> Plan:
    provider = open_block(fake.url, folder, parallel=parallel)
    plan = plan_of(provider, {zone: {"@": NEW} for zone in ZONES})
    assert apply(provider, plan).count(Outcome.APPLIED) == len(ZONES)
    return plan


def fill(fake: Fake) -> None:
    for zone in ZONES:
        made = next((each for each in fake.service.zones.values() if each.name == zone), None)
        put_mx(fake, made or fake.new_zone(zone), zone, OLD)


def test_with_one_there_is_never_another_request_under_way_and_the_result_is_the_same(
    fake: Fake, tmp_path: Path
) -> None:
    fill(fake)
    one = planned_and_applied(fake, tmp_path, 1)
    assert fake.most == 1
    fill(fake)
    assert planned_and_applied(fake, tmp_path, None) == one


def test_with_several_just_as_many_are_under_way(fake: Fake, tmp_path: Path) -> None:
    fill(fake)
    fake.fail(READ, Barrier(12, timeout=10).wait, times=12)
    planned_and_applied(fake, tmp_path, 12)
    assert fake.most == 12
