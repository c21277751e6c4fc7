"""What comes of writes that are refused in part, or for no visible reason."""

from __future__ import annotations

from typing import Any

import pytest

from mxsync import names
from mxsync.change import Outcome
from mxsync.report import Result
from support.clouddns import FORBIDDEN, QUOTA_EXCEEDED
from support.clouddns.errors import refusal
from support.clouddns.site import FOREIGN, NEW, OLD, READ, WANTED, WRITE, ZONE, Site, apply, plan_of
from support.sets import mx_set

REFUSED = refusal(400, "invalid", "Something is wrong")
MANY = {f"m{number}": mx_set(300, f"{number} mx.example.net.") for number in range(64)}


def test_changes_that_a_quota_leaves_room_for_are_made(site: Site) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.fake.fail(WRITE, QUOTA_EXCEEDED)
    assert apply(provider, plan).count(Outcome.APPLIED) == 4
    assert site.held() == WANTED


@pytest.mark.parametrize(("refused", "most"), [(QUOTA_EXCEEDED, 20), (FORBIDDEN, 1)], ids=str)
def test_who_may_write_nothing_learns_that_in_few_calls(site: Site, refused: Any, most: int) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: MANY})
    site.fake.fail(WRITE, refused, times=1000)
    assert apply(provider, plan).count(Outcome.FAILED) == len(MANY)
    assert site.fake.counts[WRITE] <= most


def test_a_change_that_is_refused_for_no_visible_reason_goes_out_in_halves(site: Site) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: MANY})
    # All that hold the first set, down to the one that holds nothing else.
    site.fake.fail(WRITE, REFUSED, times=7)
    report = apply(provider, plan)
    failed = [result for result in report.results if result.outcome is not Outcome.APPLIED]
    assert [(it.owner, it.outcome) for it in failed] == [(names.parse("m0", ZONE), Outcome.FAILED)]
    assert "Something is wrong" in failed[0].message


def test_the_condition_and_the_new_set_are_sent_in_one_change(site: Site) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"update": NEW}})
    held = site.fake.look(site.zone, "update.example.com.", "MX")
    assert held
    apply(provider, plan)
    (call,) = [call for call in site.fake.calls if call.method == WRITE]
    (deletion,), (addition,) = call.body["deletions"], call.body["additions"]
    assert deletion == {
        "name": "update.example.com.",
        "type": "MX",
        "ttl": str(held["ttl"]),
        "rrdatas": held["rrdatas"],
    }
    assert addition["rrdatas"] == [str(record) for record in NEW.records]


@pytest.mark.parametrize("answer", [(None, "pending"), ("1", None)])
def test_an_odd_answer_to_a_change_is_settled_by_reading(
    site: Site, monkeypatch: pytest.MonkeyPatch, answer: tuple[str | None, str | None]
) -> None:
    from mxsync_clouddns import connection  # noqa: PLC0415 - the name that is patched

    whole = connection.change

    def half(*args: Any) -> tuple[str | None, str | None]:
        whole(*args)
        return answer

    provider = site.open()
    plan = plan_of(provider, {ZONE: {"update": NEW}})
    monkeypatch.setattr(connection, "change", half)
    (result,) = apply(provider, plan).results
    assert (result.outcome, result.message) == (Outcome.APPLIED, "")
    assert site.fake.counts[WRITE] == 1


# What shows after a write

ODD = {"name": "update.example.com.", "type": "MX", "rrdatas": ["10 mx.example.net."]}
"""Without a TTL, it cannot be read."""


def test_a_set_that_becomes_odd_before_the_write_fails_alone(site: Site) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.fake.fail(WRITE, lambda: site.fake.put(site.zone, ODD))
    outcomes = {result.owner: result.outcome for result in apply(provider, plan).results}
    assert outcomes.pop(names.parse("update", ZONE)) is Outcome.FAILED
    assert set(outcomes.values()) == {Outcome.APPLIED}


def after_the_write(site: Site, what: Any) -> Result:
    """Update a set; let something happen when it is read for the first time after the write."""
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"update": NEW}})
    site.fake.forget_calls()
    site.fake.fail(READ, what, skip=1)
    (result,) = apply(provider, plan).results
    assert [call.method for call in site.fake.calls][:3] == [READ, WRITE, READ]
    return result


def test_a_write_that_cannot_be_read_at_once_is_read_by_the_engine(site: Site) -> None:
    assert after_the_write(site, FORBIDDEN).outcome is Outcome.APPLIED


def test_a_set_that_cannot_be_read_after_the_write_is_unknown(site: Site) -> None:
    result = after_the_write(site, lambda: site.fake.put(site.zone, ODD))
    assert result.outcome is Outcome.UNKNOWN
    assert "it has no TTL" in result.message


def test_an_old_set_that_shows_after_the_write_is_written_once_more(site: Site) -> None:
    result = after_the_write(site, lambda: site.put("update", OLD))
    assert result.outcome is Outcome.APPLIED
    assert site.fake.counts[WRITE] == 2
    assert site.look("update") == NEW


def test_something_else_that_shows_after_the_write_is_reported_and_stays(site: Site) -> None:
    result = after_the_write(site, lambda: site.put("update", FOREIGN))
    assert result.outcome is Outcome.UNKNOWN
    assert "something else" in result.message
    assert site.look("update") == FOREIGN
