"""How many calls it takes: what Route 53 allows is five a second, for the whole account."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mxsync import names
from mxsync.change import Outcome
from mxsync.model import MXSet
from mxsync_route53.provider import Route53Provider
from support.route53 import Fake, HostedZone
from support.route53.errors import ACCESS_DENIED, THROTTLING
from support.route53.mx import look_mx, put_mx
from support.route53.site import Manifest, apply, open_block, plan_of
from support.sets import mx_set

SET = mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net.")
OTHER = mx_set(3600, "10 other.example.net.", "20 mx2.example.net.")
SMALL = [names.parse(f"zone{number}.example.org") for number in range(200)]
LARGE = names.parse("example.com")
MANAGED = ("@", "lists", "news", "n2500", "*")
WRITE = "ChangeResourceRecordSets"


@pytest.fixture
def small(fake: Fake) -> dict[str, HostedZone]:
    """Make two hundred zones with a set at the apex, among others that are nobody's business."""
    zones: dict[str, HostedZone] = {}
    for zone in SMALL:
        zones[zone] = fake.new_zone(zone)
        put_mx(fake, zones[zone], zone, SET)
    return zones


@pytest.fixture
def large(fake: Fake) -> HostedZone:
    """Make a zone of five thousand names, a few of which have an MX set."""
    zone = fake.new_zone(LARGE)
    for number in range(5000):
        address = {"ResourceRecords": [{"Value": "192.0.2.1"}], "TTL": 60, "Type": "A"}
        fake.put(zone, {"Name": f"n{number}.example.com", **address})
    for owner in MANAGED:
        put_mx(fake, zone, names.parse(owner, LARGE), SET)
    fake.forget_calls()
    return zone


def test_an_unchanged_plan_over_200_small_zones_takes_at_most_202_calls(
    fake: Fake, small: dict[str, HostedZone], tmp_path: Path
) -> None:
    plan = plan_of(open_block(fake.url, tmp_path), {zone: {"@": SET} for zone in small})
    assert (plan.unchanged, plan.changes, plan.failed) == (200, (), ())
    assert fake.counts["ListResourceRecordSets"] == 200
    assert fake.counts.total() <= 202


def test_few_zones_of_a_large_account_are_found_without_listing_it(fake: Fake, tmp_path: Path) -> None:
    for number in range(1000):
        fake.new_zone(f"other{number}.example.net")
    put_mx(fake, fake.new_zone(LARGE), LARGE, SET)
    plan = plan_of(open_block(fake.url, tmp_path), {LARGE: {"@": SET}})
    assert plan.unchanged == 1
    assert fake.counts.total() <= 2


def test_many_zones_are_found_by_listing_them(fake: Fake, tmp_path: Path) -> None:
    for zone in SMALL:
        fake.new_zone(zone)
    plan_of(open_block(fake.url, tmp_path), {zone: {"@": SET} for zone in SMALL[::2]})
    assert fake.counts.total() - fake.counts["ListResourceRecordSets"] <= 2


@pytest.mark.usefixtures("large")
def test_five_owners_of_a_zone_of_5000_names_take_at_most_6_calls(fake: Fake, tmp_path: Path) -> None:
    plan = plan_of(open_block(fake.url, tmp_path), {LARGE: dict.fromkeys(MANAGED, SET)})
    assert (plan.unchanged, plan.changes, plan.failed) == (5, (), ())
    assert fake.counts.total() <= 6


@pytest.mark.usefixtures("large")
def test_owners_that_are_absent_take_no_more_calls_than_those_that_are_there(
    fake: Fake, tmp_path: Path
) -> None:
    owners = [f"absent{number}" for number in range(5)]
    plan = plan_of(open_block(fake.url, tmp_path), {LARGE: dict.fromkeys(owners)})
    assert plan.unchanged == 5
    assert fake.counts.total() <= 6


def test_whether_an_owner_has_an_address_takes_no_call_of_its_own(
    fake: Fake, large: HostedZone, tmp_path: Path
) -> None:
    put_mx(fake, large, names.parse("bare", LARGE), SET)
    provider = open_block(fake.url, tmp_path)
    counts, addressed = [], []
    for wanted in (OTHER, None):
        fake.forget_calls()
        plan = plan_of(provider, {LARGE: dict.fromkeys(("n2500", "bare", "@"), wanted)})
        counts.append(fake.counts)
        addressed.append({item.change.owner.partition(".")[0]: item.addressed for item in plan.changes})
    assert counts[0]["ListResourceRecordSets"] == counts[1]["ListResourceRecordSets"]
    # Whether a wildcard has an address does not show in a part of the zone.
    assert addressed == [{"n2500": True, "bare": None, "example": False}] * 2


@pytest.mark.usefixtures("large")
def test_very_many_owners_take_no_more_calls_than_the_zone_has_pages(fake: Fake, tmp_path: Path) -> None:
    manifest = {LARGE: dict.fromkeys(f"n{number}" for number in range(1, 5000, 5))}
    plan = plan_of(open_block(fake.url, tmp_path), manifest)
    assert plan.unchanged == 1000
    assert fake.counts.total() <= 1 + 5007 // 300 + 1


def test_a_whole_zone_is_read_once_page_by_page(fake: Fake, large: HostedZone, tmp_path: Path) -> None:
    wanted = {LARGE: dict.fromkeys(MANAGED[1:], SET)}
    plan = plan_of(open_block(fake.url, tmp_path), wanted, whole=True)
    assert [item.change.owner for item in plan.changes] == [LARGE]
    assert fake.counts["ListResourceRecordSets"] == -(-len(large.sets) // 300)


@pytest.mark.parametrize("workers", [1, 3, 32])
def test_the_number_of_calls_does_not_depend_on_the_threads(
    fake: Fake, small: dict[str, HostedZone], tmp_path: Path, workers: int
) -> None:
    opened = open_block(fake.url, tmp_path)
    assert isinstance(opened, Route53Provider)
    provider = replace(opened, workers=workers)
    plan = plan_of(provider, {zone: {"@": OTHER} for zone in small})
    assert fake.counts.total() == 202
    fake.forget_calls()
    assert apply(provider, plan).count(Outcome.APPLIED) == 200
    assert fake.counts == {"ListResourceRecordSets": 400, WRITE: 200}


def _many(fake: Fake, zone: HostedZone, count: int) -> Manifest:
    """Give a zone so many owners with `SET`, and want `OTHER` at all of them."""
    owners: dict[str, MXSet | None] = {}
    for number in range(count):
        put_mx(fake, zone, names.parse(f"m{number}", LARGE), SET)
        owners[f"m{number}"] = OTHER
    return {LARGE: owners}


def test_a_large_batch_is_split_by_whole_sets_within_the_limits(fake: Fake, tmp_path: Path) -> None:
    zone = fake.new_zone(LARGE)
    # Four records each, two to delete and two to create: 250 of them fit a request of 1,000.
    manifest = _many(fake, zone, 600)
    provider = open_block(fake.url, tmp_path)
    plan = plan_of(provider, manifest)
    fake.forget_calls()
    assert apply(provider, plan).count(Outcome.APPLIED) == 600
    assert [call.answered for call in fake.calls if call.operation == WRITE] == ["200"] * 3
    assert look_mx(fake, zone, names.parse("m599", LARGE)) == OTHER


def test_a_batch_of_long_values_is_split_by_characters(fake: Fake, tmp_path: Path) -> None:
    fake.new_zone(LARGE)
    host = f"{'a' * 60}.{'b' * 60}.{'c' * 60}"
    long = mx_set(3600, *(f"{number} {host}.example.net." for number in range(10)))
    provider = open_block(fake.url, tmp_path)
    plan = plan_of(provider, {LARGE: {f"m{number}": long for number in range(40)}})
    fake.forget_calls()
    assert apply(provider, plan).count(Outcome.APPLIED) == 40
    characters = 40 * sum(len(str(record)) for record in long.records)
    assert [call.answered for call in fake.calls if call.operation == WRITE] == ["200"] * -(
        -characters // 32000
    )


def test_conflicts_in_a_large_batch_leave_the_others_applied_and_cost_few_calls(
    fake: Fake, tmp_path: Path
) -> None:
    zone = fake.new_zone(LARGE)
    provider = open_block(fake.url, tmp_path)
    plan = plan_of(provider, _many(fake, zone, 200))
    foreign = mx_set(60, "1 foreign.example.net.")
    moved = [names.parse(f"m{number}", LARGE) for number in (0, 100, 199)]

    def interfere() -> None:
        for owner in moved:
            put_mx(fake, zone, owner, foreign)

    fake.fail(WRITE, interfere)
    fake.forget_calls()
    report = apply(provider, plan)
    assert (report.count(Outcome.APPLIED), report.count(Outcome.CONFLICT)) == (197, 3)
    assert [look_mx(fake, zone, owner) for owner in moved] == [foreign] * 3
    assert fake.counts[WRITE] == 2


def test_within_the_rate_no_request_is_throttled(fake: Fake, tmp_path: Path) -> None:
    fake.rate = 5
    for zone in SMALL[:8]:
        put_mx(fake, fake.new_zone(zone), zone, SET)
    provider = open_block(fake.url, tmp_path, requests_per_second=4.5)
    same = open_block(fake.url, tmp_path, requests_per_second=4.5)
    for block in (provider, same):
        assert plan_of(block, {zone: {"@": SET} for zone in SMALL[:4]}).unchanged == 4
    assert not [call for call in fake.calls if call.answered == THROTTLING.code]


# Waiting for the name servers


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask at once, and again at once: these tests count, and do not wait."""
    monkeypatch.setattr("mxsync_route53.wait.FIRST", 0.0)
    monkeypatch.setattr("mxsync_route53.wait.EVERY", 0.0)


@pytest.mark.usefixtures("impatient")
def test_a_change_is_waited_for_until_it_is_in_sync(fake: Fake, tmp_path: Path) -> None:
    fake.service.polls_until_insync = 2
    put_mx(fake, fake.new_zone(LARGE), LARGE, SET)
    provider = open_block(fake.url, tmp_path, wait="insync")
    report = apply(provider, plan_of(provider, {LARGE: {"@": OTHER}}))
    assert report.count(Outcome.APPLIED) == 1
    assert fake.counts["GetChange"] == 3


def test_nothing_is_waited_for_where_the_block_says_so(fake: Fake, tmp_path: Path) -> None:
    put_mx(fake, fake.new_zone(LARGE), LARGE, SET)
    provider = open_block(fake.url, tmp_path, wait="none")
    assert apply(provider, plan_of(provider, {LARGE: {"@": OTHER}})).count(Outcome.APPLIED) == 1
    assert "GetChange" not in fake.counts


@pytest.mark.usefixtures("impatient")
def test_many_changes_are_waited_for_in_few_calls(fake: Fake, tmp_path: Path) -> None:
    for zone in SMALL[:30]:
        put_mx(fake, fake.new_zone(zone), zone, SET)
    fake.service.polls_until_insync = 0
    provider = open_block(fake.url, tmp_path, wait="insync")
    plan = plan_of(provider, {zone: {"@": OTHER} for zone in SMALL[:30]})
    assert apply(provider, plan).count(Outcome.APPLIED) == 30
    assert fake.counts["GetChange"] <= 30


@pytest.mark.usefixtures("impatient")
def test_a_change_that_may_not_be_asked_about_is_applied_and_says_so(fake: Fake, tmp_path: Path) -> None:
    put_mx(fake, fake.new_zone(LARGE), LARGE, SET)
    fake.fail("GetChange", ACCESS_DENIED, times=100)
    provider = open_block(fake.url, tmp_path, wait="insync")
    (result,) = apply(provider, plan_of(provider, {LARGE: {"@": OTHER}})).results
    assert result.outcome is Outcome.APPLIED
    assert "route53:GetChange" in result.message
    assert fake.counts["GetChange"] == 1


@pytest.mark.usefixtures("impatient")
def test_a_change_that_never_gets_in_sync_is_applied_and_says_so(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mxsync_route53.wait.PATIENCE", 0.0)
    fake.service.polls_until_insync = 1_000
    put_mx(fake, fake.new_zone(LARGE), LARGE, SET)
    provider = open_block(fake.url, tmp_path, wait="insync")
    (result,) = apply(provider, plan_of(provider, {LARGE: {"@": OTHER}})).results
    assert result.outcome is Outcome.APPLIED
    assert "not all name servers" in result.message
