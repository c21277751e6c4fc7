"""What may go wrong between mxsync and Route 53, and what comes of it."""

from __future__ import annotations

import pytest

from mxsync import names
from mxsync.change import Outcome
from mxsync.plan import Plan
from support.route53 import (
    ACCESS_DENIED,
    EXPIRED_TOKEN,
    INVALID_TOKEN,
    PRIOR_REQUEST,
    THROTTLING,
    WRONG_SIGNATURE,
    Fate,
    Refusal,
    running_fake,
)
from support.route53.site import BEFORE, FOREIGN, NEW, OLD, READ, WANTED, WRITE, ZONE, Site, apply, plan_of

Failure = Fate | Refusal


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
    site.fake.fail(READ, lambda: site.fake.service.zones.pop(site.zone.id, None) and None, zone=site.zone)
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


@pytest.mark.parametrize("refusal", [ACCESS_DENIED, EXPIRED_TOKEN], ids=lambda it: it.code)
@pytest.mark.parametrize("lost", [Fate.DROP_AFTER, Fate.UNAVAILABLE_AFTER], ids=str)
def test_a_lost_answer_whose_resend_is_refused_is_applied(site: Site, lost: Fate, refusal: Refusal) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.fake.fail(WRITE, lost)
    site.fake.fail(WRITE, refusal, times=100)
    assert apply(provider, plan).count(Outcome.APPLIED) == 4
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
        twin = Site.of(fake, site.folder)
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


def test_owners_that_may_not_be_changed_do_not_stop_the_others(site: Site) -> None:
    site.fake.service.forbidden = frozenset({"update.example.com"})
    provider = site.open()
    report = apply(provider, site.plan(provider))
    outcomes = {result.owner: result.outcome for result in report.results}
    assert outcomes.pop(names.parse("update", ZONE)) is Outcome.FAILED
    assert set(outcomes.values()) == {Outcome.APPLIED}
    assert site.held() == WANTED | {"update": OLD}
