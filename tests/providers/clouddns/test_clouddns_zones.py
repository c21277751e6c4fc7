"""Which managed zone a name means, where it may mean several."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mxsync import names
from mxsync.change import Outcome
from mxsync.model import MXSet
from mxsync.provider import Listing, ZoneRequest
from mxsync.reading import ZoneFailure, ZoneReading
from support.clouddns import Fake
from support.clouddns.mx import look_mx, put_mx
from support.clouddns.site import WRITE, apply, open_block, plan_of
from support.sets import mx_set

ZONE = names.parse("example.com")
SETS = [mx_set(300, f"10 mx{number}.example.net.") for number in range(3)]
PEERING = {"peeringConfig": {"targetNetwork": {"networkUrl": "https://www.googleapis.com/compute/v1/x"}}}
FORWARDING = {"forwardingConfig": {"targetNameServers": [{"ipv4Address": "192.0.2.53"}]}}


def before(fake: Fake, folder: Path, **settings: Any) -> MXSet | None:
    """Give what a plan for the apex finds there."""
    plan = plan_of(open_block(fake, folder, **settings), {ZONE: {"@": mx_set(1, "1 wanted.example.net.")}})
    assert not plan.failed, plan.failed
    return plan.changes[0].change.before


def failure(fake: Fake, folder: Path, **settings: Any) -> str:
    """Give the one line that says why the zone cannot be read."""
    plan = plan_of(open_block(fake, folder, **settings), {ZONE: {"@": SETS[0]}})
    assert not plan.changes
    (trouble,) = plan.failed
    assert "\n" not in trouble.reason
    return trouble.reason


def test_equal_names_are_an_error_that_lists_them_with_their_visibility(fake: Fake, tmp_path: Path) -> None:
    fake.new_zone(ZONE, name="first", private=True)
    fake.new_zone(ZONE, name="second", private=True)
    reason = failure(fake, tmp_path, visibility="private")
    for hint in ("first", "second", "private", "managed_zones"):
        assert hint in reason


def test_a_name_chooses_among_equal_names_and_the_others_stay(fake: Fake, tmp_path: Path) -> None:
    zones = [fake.new_zone(ZONE, name=name, private=True) for name in ("one", "two", "three")]
    for zone, each in zip(zones, SETS, strict=True):
        put_mx(fake, zone, ZONE, each)
    wanted = mx_set(300, "10 wanted.example.net.")
    provider = open_block(fake, tmp_path, visibility="private", managed_zones={"example.com": "two"})
    assert apply(provider, plan_of(provider, {ZONE: {"@": wanted}})).count(Outcome.APPLIED) == 1
    assert [look_mx(fake, zone, ZONE) for zone in zones] == [SETS[0], wanted, SETS[2]]


def test_the_visibility_chooses_between_a_public_and_a_private_zone(fake: Fake, tmp_path: Path) -> None:
    public, private = fake.new_zone(ZONE), fake.new_zone(ZONE, private=True)
    put_mx(fake, public, ZONE, SETS[0])
    put_mx(fake, private, ZONE, SETS[1])
    assert before(fake, tmp_path, visibility="public") == SETS[0]
    assert before(fake, tmp_path, visibility="private") == SETS[1]


def test_a_reading_says_whether_the_zone_is_private(fake: Fake, tmp_path: Path) -> None:
    fake.new_zone(ZONE, name="outside")
    fake.new_zone(ZONE, name="inside", private=True)
    cases: list[tuple[dict[str, Any], bool]] = [
        ({"visibility": "private"}, True),
        ({"visibility": "public"}, False),
        ({"managed_zones": {"example.com": "inside"}}, True),
        ({"managed_zones": {"example.com": "outside"}}, False),
    ]
    for settings, expected in cases:
        (reading,) = open_block(fake, tmp_path, **settings).read([ZoneRequest(ZONE, (ZONE,))])
        assert isinstance(reading, ZoneReading)
        assert reading.private is expected


@pytest.mark.parametrize("visibility", ["public", "private"])
def test_a_zone_of_the_other_visibility_alone_is_an_error_that_says_so(
    fake: Fake, tmp_path: Path, visibility: str
) -> None:
    fake.new_zone(ZONE, private=visibility == "public")
    reason = failure(fake, tmp_path, visibility=visibility)
    assert "private" in reason
    assert "public" in reason


def test_a_zone_whose_name_only_begins_alike_is_not_taken(fake: Fake, tmp_path: Path) -> None:
    for name in ("a.example.com", "example.com.example.org", "example.community", "xample.com"):
        fake.new_zone(name)
    assert "example.com." in failure(fake, tmp_path)


def test_a_managed_zone_that_is_not_there_is_one_line(fake: Fake, tmp_path: Path) -> None:
    fake.new_zone(ZONE)
    assert "no-such-zone" in failure(fake, tmp_path, managed_zones={"example.com": "no-such-zone"})


def test_a_managed_zone_of_another_name_is_refused(fake: Fake, tmp_path: Path) -> None:
    fake.new_zone(ZONE)
    other = fake.new_zone("example.org", name="other")
    assert "other" in failure(fake, tmp_path, managed_zones={"example.com": "other"})
    assert look_mx(fake, other, names.parse("example.org")) is None


@pytest.mark.parametrize(
    ("special", "word"), [(PEERING, "peering"), (FORWARDING, "forwarding")], ids=["peering", "forwarding"]
)
@pytest.mark.parametrize("chosen", [False, True], ids=["found", "chosen"])
def test_a_zone_without_records_of_its_own_is_refused_with_the_reason(
    fake: Fake, tmp_path: Path, special: dict[str, Any], word: str, *, chosen: bool
) -> None:
    fake.new_zone(ZONE, name="special", private=True, **special)
    settings = {"managed_zones": {"example.com": "special"}} if chosen else {}
    assert word in failure(fake, tmp_path, visibility="private", **settings)
    assert WRITE not in fake.counts


def test_a_zone_is_found_on_a_later_page(fake: Fake, tmp_path: Path) -> None:
    fake.service.zones_a_page, fake.service.sparse = 2, True
    for number in range(7):
        fake.new_zone(f"a{number}.example.net")
    put_mx(fake, fake.new_zone(ZONE), ZONE, SETS[0])
    assert before(fake, tmp_path) == SETS[0]


def test_all_zones_are_listed_of_which_it_is_clear_that_they_are_meant(fake: Fake, tmp_path: Path) -> None:
    twice, chosen = names.parse("example.net"), names.parse("example.org")
    fake.new_zone(ZONE)
    fake.new_zone("inner.example.", private=True)
    fake.new_zone("peer.example.", private=True, peeringConfig=PEERING["peeringConfig"])
    fake.new_zone(twice)
    fake.new_zone(twice, private=True)
    fake.new_zone(chosen, name="first")
    fake.new_zone(chosen, private=True)
    provider = open_block(fake, tmp_path, managed_zones={"example.org": "first"})
    assert isinstance(provider, Listing)
    listed = list(provider.list_zones())
    failures = [each for each in listed if isinstance(each, ZoneFailure)]
    assert {each for each in listed if not isinstance(each, ZoneFailure)} == {ZONE, chosen}
    assert [each.zone for each in failures] == [twice]
    assert "choose one" in failures[0].message
    private = open_block(fake, tmp_path, visibility="private")
    assert isinstance(private, Listing)
    found = list(private.list_zones())
    assert "inner.example." in found
    assert "peer.example." in [each.zone for each in found if isinstance(each, ZoneFailure)]
