"""How many calls it takes: what Cloud DNS allows is counted by the minute, for the whole project."""

from __future__ import annotations

from pathlib import Path

import pytest

from mxsync import names
from mxsync.change import Outcome
from mxsync.model import MXSet
from support.clouddns import Fake, Zone
from support.clouddns.mx import look_mx, put_mx
from support.clouddns.site import POLL, READ, WRITE, ZONES, Manifest, apply, open_block, plan_of
from support.clouddns.zone import BYTES_AT_ONCE, CHANGED_AT_ONCE
from support.sets import mx_set

SET = mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net.")
OTHER = mx_set(3600, "10 other.example.net.", "20 mx2.example.net.")
SMALL = [names.parse(f"zone{number}.example.org") for number in range(200)]
LARGE = names.parse("example.com")
MANAGED = ("@", "lists", "news", "n2500", "*")


@pytest.fixture
def small(fake: Fake) -> dict[str, Zone]:
    """Make two hundred zones with a set at the apex."""
    zones: dict[str, Zone] = {}
    for zone in SMALL:
        zones[zone] = fake.new_zone(zone)
        put_mx(fake, zones[zone], zone, SET)
    return zones


@pytest.fixture
def large(fake: Fake) -> Zone:
    """Make a zone of five thousand names, a few of which have an MX set."""
    zone = fake.new_zone(LARGE)
    for number in range(5000):
        address = {"name": f"n{number}.example.com.", "type": "A", "ttl": 60, "rrdatas": ["192.0.2.1"]}
        fake.put(zone, address)
    for owner in MANAGED:
        put_mx(fake, zone, names.parse(owner, LARGE), SET)
    fake.forget_calls()
    return zone


def test_an_unchanged_plan_over_200_zones_takes_at_most_202_calls(
    fake: Fake, small: dict[str, Zone], tmp_path: Path
) -> None:
    plan = plan_of(open_block(fake, tmp_path), {zone: {"@": SET} for zone in small})
    assert (plan.unchanged, plan.changes, plan.failed) == (200, (), ())
    assert fake.counts[READ] == 200
    assert fake.counts.total() <= 202


def test_a_change_of_200_zones_is_read_again_and_written_once_each(
    fake: Fake, small: dict[str, Zone], tmp_path: Path
) -> None:
    provider = open_block(fake, tmp_path)
    plan = plan_of(provider, {zone: {"@": OTHER} for zone in small})
    fake.forget_calls()
    assert apply(provider, plan).count(Outcome.APPLIED) == 200
    assert (fake.counts[READ], fake.counts[WRITE]) == (400, 200)
    assert fake.counts.total() <= 604
    assert {look_mx(fake, zone, names.parse(name)) for name, zone in small.items()} == {OTHER}


def test_few_zones_of_a_large_project_are_found_without_listing_it(fake: Fake, tmp_path: Path) -> None:
    for number in range(1000):
        fake.new_zone(f"other{number}.example.net")
    put_mx(fake, fake.new_zone(LARGE), LARGE, SET)
    plan = plan_of(open_block(fake, tmp_path), {LARGE: {"@": SET}})
    assert plan.unchanged == 1
    assert fake.counts == {ZONES: 1, READ: 1}


def test_many_zones_are_found_by_listing_them(fake: Fake, tmp_path: Path) -> None:
    for zone in SMALL:
        fake.new_zone(zone)
    plan_of(open_block(fake, tmp_path), {zone: {"@": SET} for zone in SMALL[::2]})
    assert fake.counts.total() - fake.counts[READ] <= 2


@pytest.mark.usefixtures("large")
def test_five_owners_of_a_zone_of_5000_names_take_at_most_6_calls(fake: Fake, tmp_path: Path) -> None:
    plan = plan_of(open_block(fake, tmp_path), {LARGE: dict.fromkeys(MANAGED, SET)})
    assert (plan.unchanged, plan.changes, plan.failed) == (5, (), ())
    assert fake.counts.total() <= 6


@pytest.mark.usefixtures("large")
def test_owners_that_are_absent_take_no_more_calls_than_those_that_are_there(
    fake: Fake, tmp_path: Path
) -> None:
    owners = [f"absent{number}" for number in range(5)]
    plan = plan_of(open_block(fake, tmp_path), {LARGE: dict.fromkeys(owners)})
    assert plan.unchanged == 5
    assert fake.counts.total() <= 6


def test_whether_an_owner_has_an_address_takes_no_call_of_its_own(
    fake: Fake, large: Zone, tmp_path: Path
) -> None:
    put_mx(fake, large, names.parse("bare", LARGE), SET)
    provider = open_block(fake, tmp_path)
    counts, addressed = [], []
    for wanted in (OTHER, None):
        fake.forget_calls()
        plan = plan_of(provider, {LARGE: dict.fromkeys(("n2500", "bare", "@"), wanted)})
        counts.append(fake.counts[READ])
        addressed.append({item.change.owner.partition(".")[0]: item.addressed for item in plan.changes})
    assert counts == [3, 3]
    # Whether a wildcard has an address does not show in a part of the zone.
    assert addressed == [{"n2500": True, "bare": None, "example": False}] * 2


@pytest.mark.usefixtures("large")
def test_very_many_owners_take_no_more_calls_than_the_zone_has_pages(fake: Fake, tmp_path: Path) -> None:
    manifest = {LARGE: dict.fromkeys(f"n{number}" for number in range(1, 5000, 5))}
    plan = plan_of(open_block(fake, tmp_path), manifest)
    assert plan.unchanged == 1000
    assert fake.counts.total() <= 1 + -(-5007 // fake.service.sets_a_page) + 1


def test_a_whole_zone_is_read_once_page_by_page(fake: Fake, large: Zone, tmp_path: Path) -> None:
    plan = plan_of(open_block(fake, tmp_path), {LARGE: dict.fromkeys(MANAGED[1:], SET)}, whole=True)
    assert [item.change.owner for item in plan.changes] == [LARGE]
    assert fake.counts[READ] <= -(-len(large.sets) // fake.service.sets_a_page)


def _many(fake: Fake, zone: Zone, count: int, held: MXSet = SET, wanted: MXSet = OTHER) -> Manifest:
    """Give a zone so many owners with a set, and want another one at all of them."""
    owners: dict[str, MXSet | None] = {}
    for number in range(count):
        put_mx(fake, zone, names.parse(f"m{number}", LARGE), held)
        owners[f"m{number}"] = wanted
    return {LARGE: owners}


def test_a_large_batch_is_split_by_whole_sets_within_the_limit(fake: Fake, tmp_path: Path) -> None:
    zone = fake.new_zone(LARGE)
    provider = open_block(fake, tmp_path)
    plan = plan_of(provider, _many(fake, zone, CHANGED_AT_ONCE + 500))
    fake.forget_calls()
    assert apply(provider, plan).count(Outcome.APPLIED) == CHANGED_AT_ONCE + 500
    assert [call.answered for call in fake.calls if call.method == WRITE] == ["200"] * 2
    assert look_mx(fake, zone, names.parse("m1499", LARGE)) == OTHER


def test_a_batch_of_long_records_is_split_by_their_bytes(fake: Fake, tmp_path: Path) -> None:
    zone = fake.new_zone(LARGE)
    host = f"{'a' * 60}.{'b' * 60}.{'c' * 60}"
    held = mx_set(3600, *(f"{number} {host}.example.net." for number in range(10, 60)))
    provider = open_block(fake, tmp_path)
    plan = plan_of(provider, _many(fake, zone, 25, held, MXSet.of(60, held.records)))
    fake.forget_calls()
    assert apply(provider, plan).count(Outcome.APPLIED) == 25
    size = 2 * 25 * sum(len(str(record)) for record in held.records)
    answered = [call.answered for call in fake.calls if call.method == WRITE]
    assert set(answered) == {"200"}
    assert len(answered) <= -(-size // BYTES_AT_ONCE) + 1


def test_conflicts_in_a_large_batch_leave_the_others_applied_and_cost_few_calls(
    fake: Fake, tmp_path: Path
) -> None:
    zone = fake.new_zone(LARGE)
    provider = open_block(fake, tmp_path)
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


def test_within_the_rate_no_request_is_refused(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A short minute, and a shorter one of the fake: requests take different times on their way.
    monkeypatch.setattr("mxsync_clouddns.limit.MINUTE", 0.6)
    fake.limit = (10, 0.3)
    for zone in SMALL[:8]:
        put_mx(fake, fake.new_zone(zone), zone, SET)
    for _ in range(2):
        block = open_block(fake, tmp_path, requests_per_minute=10)
        assert plan_of(block, {zone: {"@": SET} for zone in SMALL[:8]}).unchanged == 8
    assert fake.counts.total() > 10
    assert {call.answered for call in fake.calls} == {"200"}


# Waiting for the name servers


def test_a_change_is_waited_for_until_it_is_done(fake: Fake, tmp_path: Path) -> None:
    fake.service.polls_until_done = 2
    put_mx(fake, fake.new_zone(LARGE), LARGE, SET)
    provider = open_block(fake, tmp_path, wait="done")
    assert apply(provider, plan_of(provider, {LARGE: {"@": OTHER}})).count(Outcome.APPLIED) == 1
    assert fake.counts[POLL] == 3


def test_nothing_is_waited_for_where_the_block_says_so(fake: Fake, tmp_path: Path) -> None:
    put_mx(fake, fake.new_zone(LARGE), LARGE, SET)
    provider = open_block(fake, tmp_path, wait="none")
    assert apply(provider, plan_of(provider, {LARGE: {"@": OTHER}})).count(Outcome.APPLIED) == 1
    assert POLL not in fake.counts
