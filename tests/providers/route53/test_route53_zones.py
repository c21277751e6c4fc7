"""Which hosted zone a name means, where it may mean several."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mxsync import names
from mxsync.change import Outcome
from mxsync.model import MXSet
from mxsync.provider import Listing, ZoneRequest
from mxsync.reading import ZoneFailure, ZoneReading
from support.route53 import Fake
from support.route53.mx import look_mx, put_mx
from support.route53.site import apply, open_block, plan_of
from support.sets import mx_set

ZONE = names.parse("example.com")
SETS = [mx_set(300, f"10 mx{number}.example.net.") for number in range(3)]


def before(fake: Fake, folder: Path, **settings: Any) -> MXSet | None:
    """Give what a plan for the apex finds there."""
    plan = plan_of(
        open_block(fake.url, folder, **settings), {ZONE: {"@": mx_set(1, "1 wanted.example.net.")}}
    )
    assert not plan.failed, plan.failed
    return plan.changes[0].change.before


def failure(fake: Fake, folder: Path, **settings: Any) -> str:
    """Give the one line that says why the zone cannot be read."""
    plan = plan_of(open_block(fake.url, folder, **settings), {ZONE: {"@": SETS[0]}})
    (trouble,) = plan.failed
    assert "\n" not in trouble.reason
    return trouble.reason


def test_equal_names_are_an_error_that_tells_them_apart(fake: Fake, tmp_path: Path) -> None:
    first = fake.new_zone(ZONE)
    second = fake.new_zone(ZONE, comment="the old one")
    reason = failure(fake, tmp_path)
    for hint in (first.id, second.id, "the old one", first.name_servers[0], second.name_servers[0]):
        assert hint in reason
    assert "zone_ids" in reason


def test_an_id_chooses_among_equal_names_and_the_others_stay(fake: Fake, tmp_path: Path) -> None:
    zones = [fake.new_zone(ZONE) for _ in range(3)]
    for zone, each in zip(zones, SETS, strict=True):
        put_mx(fake, zone, ZONE, each)
    wanted = mx_set(300, "10 wanted.example.net.")
    provider = open_block(fake.url, tmp_path, zone_ids={"example.com": zones[1].id})
    assert apply(provider, plan_of(provider, {ZONE: {"@": wanted}})).count(Outcome.APPLIED) == 1
    assert [look_mx(fake, zone, ZONE) for zone in zones] == [SETS[0], wanted, SETS[2]]


def test_beside_a_private_zone_of_the_same_name_it_must_be_said_which_is_meant(
    fake: Fake, tmp_path: Path
) -> None:
    public, private = fake.new_zone(ZONE), fake.new_zone(ZONE, private=True, comment="inside")
    put_mx(fake, public, ZONE, SETS[0])
    put_mx(fake, private, ZONE, SETS[1])
    reason = failure(fake, tmp_path)
    assert f"public {public.id}" in reason
    assert f"private {private.id} 'inside'" in reason
    assert "'private: true' or 'private: false', or 'zone_ids:" in reason
    assert before(fake, tmp_path, private=False) == SETS[0]
    assert before(fake, tmp_path, private=True) == SETS[1]
    assert before(fake, tmp_path, zone_ids={"example.com": private.id}) == SETS[1]


def test_a_reading_says_whether_the_zone_is_private(fake: Fake, tmp_path: Path) -> None:
    public, private = fake.new_zone(ZONE), fake.new_zone(ZONE, private=True)
    by_id = {"example.com": private.id}
    cases: list[tuple[dict[str, Any], bool]] = [
        ({"private": True}, True),
        ({"private": False}, False),
        # Nobody asks what kind of zone an id is; the block may say it.
        ({"zone_ids": by_id}, False),
        ({"zone_ids": by_id, "private": True}, True),
        ({"zone_ids": {"example.com": public.id}}, False),
    ]
    for settings, expected in cases:
        (reading,) = open_block(fake.url, tmp_path, **settings).read([ZoneRequest(ZONE, (ZONE,))])
        assert isinstance(reading, ZoneReading)
        assert reading.private is expected


@pytest.mark.parametrize("private", [True, False])
def test_a_zone_of_the_other_kind_alone_is_an_error_that_says_so(
    fake: Fake, tmp_path: Path, *, private: bool
) -> None:
    fake.new_zone(ZONE, private=not private)
    reason = failure(fake, tmp_path, private=private)
    assert "private" in reason
    assert "public" in reason


def test_a_zone_whose_name_only_begins_alike_is_not_taken(fake: Fake, tmp_path: Path) -> None:
    for name in ("a.example.com", "example.com.example.org", "example.community", "xample.com"):
        fake.new_zone(name)
    assert "no hosted zone example.com." in failure(fake, tmp_path)


def test_an_id_that_is_not_there_is_one_line(fake: Fake, tmp_path: Path) -> None:
    fake.new_zone(ZONE)
    assert "ZNONE" in failure(fake, tmp_path, zone_ids={"example.com": "ZNONE"})


def test_an_id_of_another_zone_is_refused(fake: Fake, tmp_path: Path) -> None:
    fake.new_zone(ZONE)
    other = fake.new_zone("example.org")
    assert other.id in failure(fake, tmp_path, zone_ids={"example.com": other.id})


def test_a_zone_with_escapes_in_its_name_is_found(fake: Fake, tmp_path: Path) -> None:
    zone = names.parse("0/25.2.0.192.example.net")
    made = fake.new_zone("0/25.2.0.192.example.net")
    put_mx(fake, made, zone, SETS[0])
    plan = plan_of(open_block(fake.url, tmp_path), {zone: {"@": SETS[0]}})
    assert (plan.unchanged, plan.failed) == (1, ())


def test_all_zones_are_listed_of_which_it_is_clear_that_they_are_meant(fake: Fake, tmp_path: Path) -> None:
    twice, chosen = names.parse("example.net"), names.parse("example.org")
    fake.new_zone(ZONE)
    fake.new_zone("inner.example.", private=True)
    for name in (twice, twice, chosen):
        other = fake.new_zone(name)
    fake.new_zone(chosen)
    provider = open_block(fake.url, tmp_path, zone_ids={"example.org": other.id})
    assert isinstance(provider, Listing)
    listed = list(provider.list_zones())
    failures = [each for each in listed if isinstance(each, ZoneFailure)]
    assert {each for each in listed if not isinstance(each, ZoneFailure)} == {ZONE, chosen}
    assert [each.zone for each in failures] == [twice]
    assert "choose one" in failures[0].message
    private = open_block(fake.url, tmp_path, private=True)
    assert isinstance(private, Listing)
    assert list(private.list_zones()) == ["inner.example."]


def test_a_listing_is_asked_for_once(fake: Fake, tmp_path: Path) -> None:
    zones = [names.parse(f"z{number}.example.") for number in range(120)]
    for zone in zones:
        fake.new_zone(zone)
    provider = open_block(fake.url, tmp_path)
    assert isinstance(provider, Listing)
    assert set(provider.list_zones()) == set(zones)
    list(provider.read(ZoneRequest(zone, (), every=True) for zone in zones))
    assert fake.counts["ListHostedZones"] == 2
    assert fake.counts["ListHostedZonesByName"] == 0
