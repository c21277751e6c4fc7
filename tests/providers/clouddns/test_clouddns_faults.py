"""What may go wrong between mxsync and Cloud DNS, and what comes of it."""

from __future__ import annotations

import pytest

from mxsync import names
from mxsync.change import Outcome
from mxsync.plan import Plan
from support.clouddns import (
    BACKEND_ERROR,
    FORBIDDEN,
    INACTIVE_BILLING,
    INTERNAL_ERROR,
    INVALID_CREDENTIALS,
    LOST,
    QUOTA_EXCEEDED,
    RATE_LIMIT,
    SERVICE_DISABLED,
    TOO_MANY_REQUESTS,
    Fate,
    Refusal,
    running_fake,
)
from support.clouddns.errors import named
from support.clouddns.site import (
    BEFORE,
    FOREIGN,
    NEW,
    POLL,
    READ,
    WANTED,
    WRITE,
    ZONE,
    ZONES,
    Site,
    apply,
    plan_of,
)
from support.clouddns.zone import SETS_A_ZONE

PASSING = (RATE_LIMIT, TOO_MANY_REQUESTS, INTERNAL_ERROR, BACKEND_ERROR)
"""Refusals that asking again may end."""
LASTING = (FORBIDDEN, SERVICE_DISABLED, INACTIVE_BILLING, INVALID_CREDENTIALS, QUOTA_EXCEEDED)
HINTS = {
    FORBIDDEN: "dns.",
    SERVICE_DISABLED: "enable",
    INACTIVE_BILLING: "billing",
    INVALID_CREDENTIALS: "credentials",
    QUOTA_EXCEEDED: "quota",
}
"""What a message of each says at least: such as the name of the permission that is missing."""


def assert_complete(plan: Plan) -> None:
    changes = {item.change.owner: (item.change.before, item.change.after) for item in plan.changes}
    assert changes == {names.parse(owner, ZONE): (BEFORE[owner], WANTED[owner]) for owner in WANTED}
    assert not plan.failed
    assert not plan.blocked


# Reading


@pytest.mark.parametrize("failure", [*LOST, *PASSING], ids=named)
@pytest.mark.parametrize("method", [ZONES, READ])
def test_a_question_that_goes_wrong_once_is_asked_again(
    site: Site, method: str, failure: Fate | Refusal
) -> None:
    fault = site.fake.fail(method, failure)
    assert_complete(site.plan(site.open()))
    assert fault.times == 0


@pytest.mark.parametrize("refusal", LASTING, ids=named)
@pytest.mark.parametrize("method", [ZONES, READ])
def test_a_refused_question_is_one_line_and_nothing_is_planned(
    site: Site, method: str, refusal: Refusal
) -> None:
    site.fake.fail(method, refusal, times=100)
    plan = site.plan(site.open())
    assert not plan.changes
    (trouble,) = {item.reason for item in plan.failed}
    assert HINTS[refusal] in trouble.lower()
    assert "\n" not in trouble


@pytest.mark.parametrize(
    "failure", [Fate.DROP_BEFORE, Fate.HALF_JSON, Fate.TRUNCATED, BACKEND_ERROR], ids=named
)
@pytest.mark.parametrize("method", [ZONES, READ])
def test_a_question_that_never_gets_an_answer_is_a_failure_and_never_an_absence(
    site: Site, method: str, failure: Fate | Refusal
) -> None:
    site.fake.fail(method, failure, times=1000)
    plan = site.plan(site.open())
    assert not plan.changes
    assert {item.zone for item in plan.failed} == {ZONE}
    assert all("\n" not in item.reason for item in plan.failed)


def test_an_unknown_project_is_one_line_that_names_it(site: Site) -> None:
    plan = site.plan(site.open(project="no-such-project"))
    (trouble,) = {item.reason for item in plan.failed}
    assert "no-such-project" in trouble
    assert "\n" not in trouble


def test_a_zone_that_is_gone_when_it_is_read_fails_alone(site: Site) -> None:
    other = site.fake.new_zone("example.org")
    site.fake.fail(READ, lambda: site.fake.service.zones.pop(site.zone.name, None), zone=site.zone)
    plan = plan_of(site.open(), {ZONE: WANTED, other.dns_name: {"@": NEW}})
    assert {item.zone for item in plan.failed} == {ZONE}
    assert [item.zone for item in plan.changes] == [other.dns_name]


# Lost answers


@pytest.mark.parametrize("failure", [*LOST, *PASSING], ids=named)
def test_a_write_that_goes_wrong_once_is_applied(site: Site, failure: Fate | Refusal) -> None:
    provider = site.open()
    plan = site.plan(provider)
    fault = site.fake.fail(WRITE, failure)
    report = apply(provider, plan)
    assert [(result.outcome, result.message) for result in report.results] == [(Outcome.APPLIED, "")] * 4
    assert site.held() == WANTED
    assert fault.times == 0


@pytest.mark.parametrize("owner", WANTED)
@pytest.mark.parametrize("failure", [Fate.DROP_AFTER, Fate.TRUNCATED, Fate.HALF_JSON], ids=str)
def test_one_change_whose_answer_is_lost_is_applied(site: Site, owner: str, failure: Fate) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: {owner: WANTED[owner]}})
    site.fake.fail(WRITE, failure)
    (result,) = apply(provider, plan).results
    assert (result.outcome, result.message) == (Outcome.APPLIED, "")
    assert site.held() == BEFORE | {owner: WANTED[owner]}


def test_a_lost_answer_of_a_change_that_took_effect_is_not_sent_again(site: Site) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.fake.forget_calls()
    site.fake.fail(WRITE, Fate.DROP_AFTER)
    assert apply(provider, plan).count(Outcome.APPLIED) == 4
    assert site.fake.counts[WRITE] == 1


def test_answers_lost_twice_in_a_row_are_applied(site: Site) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.fake.fail(WRITE, Fate.DROP_BEFORE)
    site.fake.fail(WRITE, Fate.DROP_AFTER)
    report = apply(provider, plan)
    assert report.count(Outcome.APPLIED) == 4
    assert site.held() == WANTED


@pytest.mark.parametrize("refusal", [FORBIDDEN, INVALID_CREDENTIALS], ids=named)
@pytest.mark.parametrize("lost", [Fate.DROP_AFTER, Fate.UNAVAILABLE_AFTER], ids=str)
def test_a_lost_answer_after_which_writes_are_refused_is_applied(
    site: Site, lost: Fate, refusal: Refusal
) -> None:
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
    site.fake.fail(READ, FORBIDDEN, times=1000, skip=_reads_of_an_apply_before_its_write(site))
    report = apply(provider, plan)
    assert report.count(Outcome.UNKNOWN) == 4
    assert all(result.message and "\n" not in result.message for result in report.results)
    assert site.held() == WANTED


def test_a_change_that_was_taken_and_cannot_be_read_afterwards_is_unknown(site: Site) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.fake.fail(READ, FORBIDDEN, times=1000, skip=_reads_of_an_apply_before_its_write(site))
    report = apply(provider, plan)
    assert report.count(Outcome.UNKNOWN) == 4
    assert all(result.message and "\n" not in result.message for result in report.results)
    assert site.held() == WANTED


def test_a_set_that_somebody_changes_just_after_the_write_is_not_called_applied(site: Site) -> None:
    provider = site.open()
    plan = site.plan(provider)
    reads = _reads_of_an_apply_before_its_write(site)
    site.fake.fail(READ, lambda: site.put("update", FOREIGN), skip=reads)
    outcomes = {result.owner: result.outcome for result in apply(provider, plan).results}
    assert outcomes.pop(names.parse("update", ZONE)) in {Outcome.UNKNOWN, Outcome.CONFLICT}
    assert set(outcomes.values()) == {Outcome.APPLIED}
    assert site.held() == WANTED | {"update": FOREIGN}


def _reads_of_an_apply_before_its_write(site: Site) -> int:
    """Count on a second fake how many pages an apply reads before it writes."""
    with running_fake() as fake:
        twin = Site.of(fake, site.folder)
        provider = twin.open()
        plan = twin.plan(provider)
        fake.forget_calls()
        apply(provider, plan)
        called = [call.method for call in fake.calls]
        return called[: called.index(WRITE)].count(READ)


def test_a_foreign_set_after_a_lost_answer_is_a_conflict_and_stays(site: Site) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"update": NEW}})
    site.fake.fail(WRITE, lambda: site.put("update", FOREIGN))
    site.fake.fail(WRITE, Fate.DROP_AFTER)
    (result,) = apply(provider, plan).results
    assert result.outcome is Outcome.CONFLICT
    assert site.look("update") == FOREIGN


@pytest.mark.parametrize("failure", [*LOST, *PASSING, FORBIDDEN, INVALID_CREDENTIALS], ids=named)
def test_a_change_that_was_made_stays_applied_whatever_becomes_of_waiting_for_it(
    site: Site, failure: Fate | Refusal
) -> None:
    provider = site.open(wait="done")
    plan = plan_of(provider, {ZONE: {"update": NEW}})
    site.fake.service.polls_until_done = 0
    site.fake.fail(POLL, failure)
    (result,) = apply(provider, plan).results
    assert result.outcome is Outcome.APPLIED
    assert site.look("update") == NEW


# Refused for good


@pytest.mark.parametrize("refusal", LASTING, ids=named)
def test_a_refused_write_fails_with_one_line_and_changes_nothing(site: Site, refusal: Refusal) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.fake.fail(WRITE, refusal, times=100)
    report = apply(provider, plan)
    assert report.count(Outcome.FAILED) == 4
    assert all(HINTS[refusal] in result.message.lower() for result in report.results)
    assert all("\n" not in result.message for result in report.results)
    assert site.held() == BEFORE


def test_a_denied_write_says_which_permission_is_missing(site: Site) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"update": NEW}})
    site.fake.fail(WRITE, FORBIDDEN, times=100)
    (result,) = apply(provider, plan).results
    assert "dns.changes.create" in result.message


def test_a_zone_that_is_nearly_full_takes_what_there_is_room_for(site: Site) -> None:
    provider = site.open()
    manifest = {ZONE: {"update": NEW, "ttl": WANTED["ttl"], **{f"n{number}": NEW for number in range(8)}}}
    plan = plan_of(provider, manifest)
    for number in range(SETS_A_ZONE - 3 - len(site.zone.sets)):
        rrset = {"name": f"full{number}.example.com.", "type": "A", "ttl": 60, "rrdatas": ["192.0.2.1"]}
        site.fake.put(site.zone, rrset)
    report = apply(provider, plan)
    outcomes = {result.owner: result.outcome for result in report.results}
    applied = [owner for owner, outcome in outcomes.items() if outcome is Outcome.APPLIED]
    assert {names.parse("update", ZONE), names.parse("ttl", ZONE)} <= set(applied)
    assert set(outcomes.values()) == {Outcome.APPLIED, Outcome.FAILED}
    assert all("quota" in result.message for result in report.results if result.outcome is Outcome.FAILED)
    assert len(site.zone.sets) <= SETS_A_ZONE


def test_a_zone_that_is_gone_when_it_is_written_fails_and_others_are_applied(site: Site) -> None:
    other = site.fake.new_zone("example.org")
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"update": NEW}, other.dns_name: {"@": NEW}})
    site.fake.fail(WRITE, lambda: site.fake.service.zones.pop(site.zone.name, None), zone=site.zone)
    outcomes = {result.zone: result.outcome for result in apply(provider, plan).results}
    assert outcomes[ZONE] in {Outcome.FAILED, Outcome.UNKNOWN}
    assert outcomes[names.parse(other.dns_name)] is Outcome.APPLIED
