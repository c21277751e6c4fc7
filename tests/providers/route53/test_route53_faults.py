"""What may go wrong between mxsync and Route 53, and what comes of it: lost answers, races, refusals."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mxsync import names
from mxsync.change import Outcome
from mxsync.model import MXSet
from mxsync.plan import Plan
from mxsync.provider import Provider
from support.cli import Run, mxsync
from support.route53 import (
    ACCESS_DENIED,
    EXPIRED_TOKEN,
    INVALID_TOKEN,
    PRIOR_REQUEST,
    THROTTLING,
    WRONG_SIGNATURE,
    Fake,
    Fate,
    HostedZone,
    Refusal,
    running_fake,
)
from support.route53.mx import look_mx, put_mx
from support.route53.site import apply, open_block, plan_of
from support.sets import mx_set

ZONE = names.parse("example.com")
OLD = mx_set(3600, "10 old.example.net.", "20 mx2.example.net.")
NEW = mx_set(3600, "10 new.example.net.", "20 mx2.example.net.")
FOREIGN = mx_set(3600, "10 foreign.example.net.")
WRITE = "ChangeResourceRecordSets"
READ = "ListResourceRecordSets"

WANTED = {"create": NEW, "update": NEW, "delete": None, "ttl": MXSet.of(60, OLD.records)}
BEFORE = {"create": None, "update": OLD, "delete": OLD, "ttl": OLD}
"""An owner for each action: what it shall have, and what it has."""

Failure = Fate | Refusal


@dataclass(frozen=True)
class Site:
    """A fake with one zone that has `BEFORE`, and a provider that is to make it `WANTED`."""

    fake: Fake
    zone: HostedZone
    folder: Path

    def open(self, **settings: Any) -> Provider:
        return open_block(self.fake.url, self.folder, **settings)

    def put(self, owner: str, wanted: MXSet | None) -> None:
        put_mx(self.fake, self.zone, names.parse(owner, ZONE), wanted)

    def look(self, owner: str) -> MXSet | None:
        return look_mx(self.fake, self.zone, names.parse(owner, ZONE))

    def held(self) -> dict[str, MXSet | None]:
        return {owner: self.look(owner) for owner in WANTED}

    def plan(self, provider: Provider) -> Plan:
        return plan_of(provider, {ZONE: WANTED})


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with running_fake() as fake:
        site = Site(fake, fake.new_zone(ZONE), tmp_path)
        for owner, held in BEFORE.items():
            site.put(owner, held)
        yield site


def assert_complete(plan: Plan) -> None:
    changes = {item.change.owner: (item.change.before, item.change.after) for item in plan.changes}
    assert changes == {names.parse(owner, ZONE): (BEFORE[owner], WANTED[owner]) for owner in WANTED}
    assert not plan.failed
    assert not plan.blocked


# Reading


@pytest.mark.parametrize("failure", [*Fate, THROTTLING], ids=str)
@pytest.mark.parametrize("operation", ["ListHostedZonesByName", READ])
def test_a_question_that_goes_wrong_once_is_asked_again(site: Site, operation: str, failure: Failure) -> None:
    fault = site.fake.fail(operation, failure)
    assert_complete(site.plan(site.open()))
    assert fault.times == 0


@pytest.mark.parametrize(
    ("refusal", "hint"),
    [
        (ACCESS_DENIED, "access denied"),
        (EXPIRED_TOKEN, "expired"),
        (INVALID_TOKEN, "access key"),
        (WRONG_SIGNATURE, "signature"),
    ],
    ids=lambda it: getattr(it, "code", None),
)
@pytest.mark.parametrize("operation", ["ListHostedZonesByName", READ])
def test_a_refused_question_is_one_line_and_nothing_is_planned(
    site: Site, operation: str, refusal: Refusal, hint: str
) -> None:
    site.fake.fail(operation, refusal, times=100)
    plan = site.plan(site.open())
    assert not plan.changes
    (trouble,) = {item.reason for item in plan.failed}
    assert hint in trouble
    assert "\n" not in trouble


def test_a_zone_that_is_gone_when_it_is_read_fails_alone(site: Site) -> None:
    other = site.fake.new_zone("example.org")
    site.fake.fail(READ, lambda: site.fake.service.zones.pop(site.zone.id, None) and None, zone=site.zone)  # type: ignore[arg-type]
    plan = plan_of(site.open(), {ZONE: WANTED, other.name: {"@": NEW}})
    assert [item.zone for item in plan.failed] == [ZONE]
    assert "no hosted zone" in plan.failed[0].reason
    assert [item.zone for item in plan.changes] == [other.name]


# Lost answers


@pytest.mark.parametrize("failure", [*Fate, THROTTLING, PRIOR_REQUEST], ids=str)
def test_a_write_that_goes_wrong_once_is_applied(site: Site, failure: Failure) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.fake.fail(WRITE, failure)
    report = apply(provider, plan)
    assert [(result.outcome, result.message) for result in report.results] == [(Outcome.APPLIED, "")] * 4
    assert site.held() == WANTED


@pytest.mark.parametrize("owner", WANTED)
@pytest.mark.parametrize("failure", [Fate.DROP_AFTER, Fate.TRUNCATED], ids=str)
def test_one_change_whose_answer_is_lost_is_applied(site: Site, owner: str, failure: Failure) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: {owner: WANTED[owner]}})
    site.fake.fail(WRITE, failure)
    (result,) = apply(provider, plan).results
    assert (result.outcome, result.message) == (Outcome.APPLIED, "")
    assert site.held() == BEFORE | {owner: WANTED[owner]}


def test_answers_lost_twice_in_a_row_are_applied(site: Site) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.fake.fail(WRITE, Fate.DROP_AFTER)
    site.fake.fail(WRITE, Fate.DROP_BEFORE)
    report = apply(provider, plan)
    assert report.count(Outcome.APPLIED) == 4
    assert site.held() == WANTED


def test_a_lost_answer_with_reading_lost_too_is_unknown(site: Site) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.fake.fail(WRITE, Fate.TRUNCATED)
    # What is read again before the write passes; what comes after the write does not.
    reads_before = _reads_of_an_apply_before_its_write(site)
    site.fake.fail(READ, ACCESS_DENIED, times=1000, skip=reads_before)
    report = apply(provider, plan)
    assert report.count(Outcome.UNKNOWN) == 4
    assert all(result.message for result in report.results)
    assert site.held() == WANTED


def _reads_of_an_apply_before_its_write(site: Site) -> int:
    """Count on a second fake how many pages an apply reads before it writes."""
    with running_fake() as fake:
        twin = Site(fake, fake.new_zone(ZONE), site.folder)
        for owner, held in BEFORE.items():
            twin.put(owner, held)
        provider = twin.open()
        plan = twin.plan(provider)
        fake.forget_calls()
        apply(provider, plan)
        operations = [call.operation for call in fake.calls]
        return operations[: operations.index(WRITE)].count(READ)


def test_a_foreign_set_after_a_lost_answer_is_a_conflict_and_stays(site: Site) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"update": NEW}})
    site.fake.fail(WRITE, Fate.DROP_AFTER)
    site.fake.fail(WRITE, lambda: site.put("update", FOREIGN))
    (result,) = apply(provider, plan).results
    assert result.outcome is Outcome.CONFLICT
    assert site.look("update") == FOREIGN


# Refused for good


def test_a_denied_write_fails_and_says_which_right_is_missing(site: Site) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.fake.fail(WRITE, ACCESS_DENIED, times=100)
    report = apply(provider, plan)
    assert report.count(Outcome.FAILED) == 4
    assert all("route53:ChangeResourceRecordSets" in result.message for result in report.results)
    assert site.held() == BEFORE


@pytest.mark.parametrize("refusal", [EXPIRED_TOKEN, INVALID_TOKEN, WRONG_SIGNATURE], ids=lambda it: it.code)
def test_credentials_that_end_before_the_write_change_nothing(site: Site, refusal: Refusal) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.fake.fail(WRITE, refusal, times=100)
    assert apply(provider, plan).count(Outcome.FAILED) == 4
    assert site.held() == BEFORE


# Others


def test_a_set_changed_between_plan_and_apply_is_a_conflict_and_the_others_are_applied(site: Site) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.put("update", FOREIGN)
    report = apply(provider, plan)
    outcomes = {result.owner: result.outcome for result in report.results}
    assert outcomes.pop(names.parse("update", ZONE)) is Outcome.CONFLICT
    assert set(outcomes.values()) == {Outcome.APPLIED}
    assert site.held() == WANTED | {"update": FOREIGN}


@pytest.mark.parametrize("owner", WANTED)
def test_a_set_changed_just_before_the_write_is_a_conflict_and_the_others_are_applied(
    site: Site, owner: str
) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.fake.fail(WRITE, lambda: site.put(owner, FOREIGN))
    report = apply(provider, plan)
    outcomes = {result.owner: result.outcome for result in report.results}
    assert outcomes.pop(names.parse(owner, ZONE)) is Outcome.CONFLICT
    assert set(outcomes.values()) == {Outcome.APPLIED}
    assert site.held() == WANTED | {owner: FOREIGN}


def test_another_spelling_of_the_same_set_just_before_the_write_is_no_conflict(site: Site) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"update": NEW}})
    values = [{"Value": "20 MX2.example.net"}, {"Value": "10 old.example.NET"}]
    respelled = {
        "Name": "update.example.com",
        "Type": "MX",
        "TTL": 3600,
        "ResourceRecords": values,
    }
    site.fake.fail(WRITE, lambda: site.fake.put(site.zone, respelled))
    (result,) = apply(provider, plan).results
    assert result.outcome is Outcome.APPLIED
    assert site.look("update") == NEW


def test_of_two_racing_on_one_set_one_wins_and_the_other_reports_a_conflict(site: Site) -> None:
    first, second = site.open(), site.open()
    plan = plan_of(first, {ZONE: {"update": NEW}})
    overtaking = plan_of(second, {ZONE: {"update": FOREIGN}})
    won: list[Outcome] = []
    site.fake.fail(WRITE, lambda: won.extend(it.outcome for it in apply(second, overtaking).results))
    (result,) = apply(first, plan).results
    assert won == [Outcome.APPLIED]
    assert result.outcome is Outcome.CONFLICT
    assert site.look("update") == FOREIGN


def test_of_two_processes_racing_on_one_set_one_wins_and_the_other_reports_a_conflict(
    site: Site, tmp_path: Path
) -> None:
    # Neither write is processed before both have been sent.
    both = threading.Barrier(2)
    site.fake.fail(WRITE, lambda: both.wait(60) and None, times=2)  # type: ignore[arg-type]
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        (folder / "mxsync.yaml").write_text(
            "mxsync: 1\n"
            f"providers: {{aws: {{type: route53, endpoint_url: '{site.fake.url}', requests_per_second: 100, wait: none}}}}\n"
            f"defaults: {{provider: aws, ttl: 1h}}\n"
            f"zones: {{example.com: {{mx: {{update: [10 {folder.name}.example.net.]}}}}}}\n"
        )
    runs: list[tuple[str, Run]] = []

    def run(folder: Path) -> None:
        runs.append((folder.name, mxsync("apply", "--yes", "--format", "json", cwd=folder)))

    threads = [threading.Thread(target=run, args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = {run.code: name for name, run in runs}
    assert sorted(codes) == [0, 4], runs
    assert site.look("update") == mx_set(3600, f"10 {codes[0]}.example.net.")


# What is not ours to change

_ONE = {"SetIdentifier": "one"}
_TARGET = {"HostedZoneId": "Z1", "DNSName": "target.example.com.", "EvaluateTargetHealth": False}
SPECIAL: dict[str, dict[str, Any]] = {
    "weighted": {"Weight": 10, **_ONE},
    "latency": {"Region": "eu-west-1", **_ONE},
    "failover": {"Failover": "PRIMARY", **_ONE},
    "geolocation": {"GeoLocation": {"ContinentCode": "EU"}, **_ONE},
    "multivalue": {"MultiValueAnswer": True, **_ONE},
    "alias": {"AliasTarget": _TARGET},
    "traffic policy": {"TrafficPolicyInstanceId": "12345678-1234-1234-1234-123456789012"},
}


@pytest.mark.parametrize("wanted", [NEW, None], ids=["wanted", "absent"])
@pytest.mark.parametrize("kind", SPECIAL)
def test_a_set_of_another_routing_policy_is_blocked_described_and_untouched(
    site: Site, kind: str, wanted: MXSet | None
) -> None:
    rrset: dict[str, Any] = {"Name": "special.example.com.", "Type": "MX", **SPECIAL[kind]}
    if kind not in {"alias", "traffic policy"}:
        rrset |= {"TTL": 300, "ResourceRecords": [{"Value": "10 mx.example.net."}]}
    site.fake.put(site.zone, rrset)
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"special": wanted}})
    assert not plan.changes
    (trouble,) = plan.blocked
    assert kind in trouble.reason
    assert ("'one'" in trouble.reason) == ("SetIdentifier" in rrset)
    assert [it.outcome for it in apply(provider, plan).results] == [Outcome.BLOCKED]
    assert WRITE not in site.fake.counts
    assert site.fake.look(site.zone, "special.example.com", "MX", rrset.get("SetIdentifier", "")) == rrset


def test_many_sets_of_one_owner_are_blocked_although_they_fill_more_than_a_page(site: Site) -> None:
    for number in range(350):
        weighted = {
            "Name": "special.example.com.",
            "Type": "MX",
            "SetIdentifier": f"set {number:03}",
            "Weight": 1,
            "TTL": 300,
            "ResourceRecords": [{"Value": "10 mx.example.net."}],
        }
        site.fake.put(site.zone, weighted)
    plan = plan_of(site.open(), {ZONE: {"special": NEW, "update": NEW}})
    assert [item.owner for item in plan.blocked] == ["special.example.com."]
    assert [item.change.owner for item in plan.changes] == ["update.example.com."]


def test_a_set_that_becomes_weighted_just_before_the_write_is_left_alone(site: Site) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"update": NEW}})
    weighted = {
        "Name": "update.example.com.",
        "Type": "MX",
        **SPECIAL["weighted"],
        "TTL": 3600,
        "ResourceRecords": [{"Value": str(record)} for record in OLD.records],
    }

    def reroute() -> None:
        site.put("update", None)
        site.fake.put(site.zone, weighted)

    site.fake.fail(WRITE, reroute)
    (result,) = apply(provider, plan).results
    assert result.outcome in {Outcome.BLOCKED, Outcome.CONFLICT}
    assert site.fake.look(site.zone, "update.example.com", "MX", "one") == weighted
    assert site.look("update") is None


def test_a_cname_that_appears_just_before_the_write_is_left_alone(site: Site) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"create": NEW}})
    cname = {
        "Name": "create.example.com.",
        "Type": "CNAME",
        "TTL": 60,
        "ResourceRecords": [{"Value": "elsewhere.example.net"}],
    }
    site.fake.fail(WRITE, lambda: site.fake.put(site.zone, cname))
    (result,) = apply(provider, plan).results
    assert result.outcome in {Outcome.BLOCKED, Outcome.CONFLICT}
    assert site.look("create") is None


# No differences made up


@pytest.mark.parametrize(
    ("owner", "name", "value"),
    [
        ("*", "\\052.example.com", "10 old.example.net."),
        ("*", "*.example.com.", "10 old.example.net."),
        ("UPPER", "upper.example.com", "10 OLD.EXAMPLE.NET"),
        ("dot", "dot.example.com", "10 old.example.net"),
        ("a/b", "a\\057b.example.com", "10 old.example.net"),
        ("a\\.b", "a\\056b.example.com", "10 old.example.net"),
        ("_mail", "_mail.example.com", "10 old.example.net"),
        ("@", "EXAMPLE.com", "10 old.example.net"),
        ("x", "x.example.com", "10 \\157ld.example.net"),
        ("\\252", "\\374.example.com", "10 old.example.net"),
    ],
)
def test_a_set_that_is_written_in_another_way_is_as_wanted(
    site: Site, owner: str, name: str, value: str
) -> None:
    rrset = {"Name": name, "Type": "MX", "TTL": 3600, "ResourceRecords": [{"Value": value}]}
    site.fake.put(site.zone, rrset)
    plan = plan_of(site.open(), {ZONE: {owner: mx_set(3600, "10 old.example.net.")}})
    assert (plan.unchanged, plan.changes, plan.blocked, plan.failed) == (1, (), (), ())


def test_a_set_that_is_written_in_another_way_can_be_changed(site: Site) -> None:
    values = [{"Value": "20 MX2.Example.NET"}, {"Value": "10 old.example.net"}]
    rrset = {"Name": "\\052.example.com", "Type": "MX", "TTL": 3600, "ResourceRecords": values}
    site.fake.put(site.zone, rrset)
    provider = site.open()
    report = apply(provider, plan_of(provider, {ZONE: {"*": NEW}}))
    assert [result.outcome for result in report.results] == [Outcome.APPLIED]
    assert site.look("*") == NEW
