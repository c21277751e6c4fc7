"""The engine: what comes of a change, whatever a provider answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pytest

from mxsync import live, names
from mxsync.apply import TRIES, How, apply_plan
from mxsync.change import ChangeOutcome, Outcome
from mxsync.memory import MemoryProvider
from mxsync.model import MXSet
from mxsync.names import Name
from mxsync.plan import Plan, make_plan
from mxsync.provider import Provider, ZoneBatch, ZoneRequest
from mxsync.reading import Blocked, Present, ZoneFailure, ZoneReading
from mxsync.report import ExitCode, Report, Result
from mxsync.state import Desired, DesiredZone, Live, Wanted
from support.sets import mx_set

ZONES = [names.parse(f"zone{at}.test.") for at in range(4)]
ZONE = ZONES[0]
BEFORE = mx_set(3600, "10 old.example.net.")
AFTER = mx_set(3600, "10 new.example.net.")
OTHER = mx_set(3600, "10 other.example.net.")

Lost = Callable[[MemoryProvider, ZoneBatch], Iterator[ChangeOutcome]]


@dataclass
class Flaky(MemoryProvider):
    """A memory provider whose answers to writes go through `spoil`, one function for each attempt."""

    spoil: list[Lost] = field(default_factory=list)
    deaf: bool = False
    """Whether reads get no answer."""
    sent: list[Name] = field(default_factory=list)

    def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
        if self.deaf:
            return (ZoneFailure(request.zone, "timed out") for request in requests)
        return super().read(requests)

    def write(self, batches: Iterable[ZoneBatch]) -> Iterator[ChangeOutcome]:
        for batch in batches:
            self.sent.append(batch.zone)
            spoil = self.spoil.pop(0) if self.spoil else None
            yield from spoil(self, batch) if spoil else super().write([batch])


def unknown(batch: ZoneBatch) -> Iterator[ChangeOutcome]:
    for change in batch.changes:
        yield ChangeOutcome(batch.zone, change.owner, Outcome.UNKNOWN, "the answer was lost")


def lost_after(provider: MemoryProvider, batch: ZoneBatch) -> Iterator[ChangeOutcome]:
    """The write takes effect; its answer is lost."""
    for change in batch.changes:
        provider._swap(batch.zone, change)
    return unknown(batch)


def lost_before(_: MemoryProvider, batch: ZoneBatch) -> Iterator[ChangeOutcome]:
    """The write never arrives."""
    return unknown(batch)


def overtaken(provider: MemoryProvider, batch: ZoneBatch) -> Iterator[ChangeOutcome]:
    """Somebody else writes, and our answer is lost."""
    provider.zones[batch.zone][batch.zone] = OTHER
    return unknown(batch)


def lost_and_deaf(provider: MemoryProvider, batch: ZoneBatch) -> Iterator[ChangeOutcome]:
    assert isinstance(provider, Flaky)
    provider.deaf = True
    return unknown(batch)


def echoed(provider: MemoryProvider, batch: ZoneBatch) -> Iterator[ChangeOutcome]:
    """The write takes effect, and its resend by an SDK is answered: it exists already."""
    for change in batch.changes:
        provider._swap(batch.zone, change)
        yield ChangeOutcome(batch.zone, change.owner, Outcome.CONFLICT, "it exists already")


def breaks(_: MemoryProvider, batch: ZoneBatch) -> Iterator[ChangeOutcome]:
    raise RuntimeError(f"a defect in {batch.zone}")


def silent(_: MemoryProvider, __: ZoneBatch) -> Iterator[ChangeOutcome]:
    return iter(())


def refused(_: MemoryProvider, batch: ZoneBatch) -> Iterator[ChangeOutcome]:
    for change in batch.changes:
        yield ChangeOutcome(batch.zone, change.owner, Outcome.FAILED, "REFUSED")


def plan(providers: dict[str, Provider], *zones: Name, after: MXSet | None = AFTER) -> Plan:
    desired = Desired(
        tuple(
            DesiredZone(name, zone, {zone: Wanted(after)}) for name in providers for zone in zones or (ZONE,)
        )
    )
    return make_plan(desired, live.read(desired.requests(), providers))


def serving(*spoil: Lost, zones: Iterable[Name] = (ZONE,)) -> Flaky:
    return Flaky({zone: {zone: BEFORE} for zone in zones}, spoil=list(spoil))


def only(report: Report) -> Result:
    (result,) = report.results
    return result


def test_a_planned_change_is_applied() -> None:
    provider = serving()
    report = apply_plan(plan({"a": provider}), {"a": provider})
    assert only(report).outcome is Outcome.APPLIED
    assert provider.zones[ZONE] == {ZONE: AFTER}
    assert report.exit_code is ExitCode.DONE


def seen_a_moment_ago(provider: Flaky) -> Live:
    return live.read({"a": [ZoneRequest(ZONE, (ZONE,))]}, {"a": provider})


def test_what_was_read_a_moment_ago_is_not_read_again() -> None:
    provider = serving()
    made, fresh = plan({"a": provider}), seen_a_moment_ago(provider)
    provider.deaf = True
    assert only(apply_plan(made, {"a": provider}, fresh=fresh)).outcome is Outcome.APPLIED
    assert provider.zones[ZONE] == {ZONE: AFTER}


def test_a_set_that_changes_in_that_moment_stays() -> None:
    provider = serving()
    made, fresh = plan({"a": provider}), seen_a_moment_ago(provider)
    provider.zones[ZONE][ZONE] = OTHER
    report = apply_plan(made, {"a": provider}, fresh=fresh)
    assert only(report).outcome is Outcome.CONFLICT
    assert provider.zones[ZONE] == {ZONE: OTHER}


def test_a_lost_answer_is_settled_by_a_reading_all_the_same() -> None:
    provider = serving(lost_after)
    report = apply_plan(plan({"a": provider}), {"a": provider}, fresh=seen_a_moment_ago(provider))
    assert only(report).outcome is Outcome.APPLIED
    assert provider.sent == [ZONE]


def test_a_set_that_is_as_wanted_by_now_is_already_and_nothing_is_sent() -> None:
    provider = serving()
    made = plan({"a": provider})
    provider.zones[ZONE][ZONE] = AFTER
    report = apply_plan(made, {"a": provider})
    assert only(report).outcome is Outcome.ALREADY
    assert provider.sent == []
    assert report.exit_code is ExitCode.DONE


def test_a_set_that_moved_since_the_plan_is_a_conflict_and_nothing_is_sent() -> None:
    provider = serving()
    made = plan({"a": provider})
    provider.zones[ZONE][ZONE] = OTHER
    report = apply_plan(made, {"a": provider})
    assert only(report).outcome is Outcome.CONFLICT
    assert getattr(only(report).found, "set", None) == OTHER
    assert provider.sent == []
    assert report.exit_code is ExitCode.CONFLICT


def test_a_set_that_can_no_longer_be_changed_is_blocked_and_nothing_is_sent() -> None:
    class Fixed(Flaky):
        def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
            for request in requests:
                yield ZoneReading(
                    request.zone, "fixed", {request.zone: Present(BEFORE, fixed="it is generated")}
                )

    provider = Fixed({ZONE: {ZONE: BEFORE}})
    report = apply_plan(plan({"a": serving()}), {"a": provider})
    assert (only(report).outcome, only(report).message) == (Outcome.BLOCKED, "it is generated")
    assert provider.sent == []


def test_a_lost_answer_to_a_write_that_took_effect_is_applied_and_sent_once() -> None:
    provider = serving(lost_after)
    report = apply_plan(plan({"a": provider}), {"a": provider})
    assert only(report).outcome is Outcome.APPLIED
    assert provider.sent == [ZONE]


def test_a_write_that_did_not_arrive_is_sent_once_more() -> None:
    provider = serving(lost_before)
    report = apply_plan(plan({"a": provider}), {"a": provider})
    assert only(report).outcome is Outcome.APPLIED
    assert provider.sent == [ZONE, ZONE]
    assert provider.zones[ZONE] == {ZONE: AFTER}


def test_a_lost_answer_and_a_third_set_there_is_a_conflict() -> None:
    provider = serving(overtaken)
    report = apply_plan(plan({"a": provider}), {"a": provider})
    assert only(report).outcome is Outcome.CONFLICT
    assert only(report).message == "the answer was lost; something else is there now; plan again"
    assert provider.zones[ZONE] == {ZONE: OTHER}
    assert provider.sent == [ZONE]


def test_a_lost_answer_and_no_answer_to_the_reading_is_unknown_and_never_failed() -> None:
    provider = serving(lost_and_deaf)
    report = apply_plan(plan({"a": provider}), {"a": provider})
    assert only(report).outcome is Outcome.UNKNOWN
    assert "timed out" in only(report).message
    assert report.exit_code is ExitCode.PARTIAL


def test_a_write_that_gets_lost_every_time_is_unknown_and_not_sent_a_third_time() -> None:
    provider = serving(*[lost_before] * 5)
    report = apply_plan(plan({"a": provider}), {"a": provider})
    assert only(report).outcome is Outcome.UNKNOWN
    assert len(provider.sent) == TRIES


def test_a_refusal_after_a_lost_answer_does_not_say_that_nothing_was_changed() -> None:
    provider = serving(lost_before, refused)
    report = apply_plan(plan({"a": provider}), {"a": provider})
    assert only(report).outcome is Outcome.UNKNOWN


def test_a_conflict_that_echoes_our_own_success_is_applied() -> None:
    provider = serving(echoed)
    report = apply_plan(plan({"a": provider}), {"a": provider})
    assert only(report).outcome is Outcome.APPLIED


@pytest.mark.parametrize("defect", [breaks, silent])
def test_a_provider_that_breaks_off_or_stays_silent_is_settled_by_reading(defect: Lost) -> None:
    provider = serving(defect)
    report = apply_plan(plan({"a": provider}), {"a": provider})
    assert only(report).outcome is Outcome.APPLIED


def test_a_refused_set_is_failed_and_the_other_zones_are_applied() -> None:
    provider = serving(refused, zones=ZONES)
    report = apply_plan(plan({"a": provider}, *ZONES), {"a": provider})
    assert [result.outcome for result in report.results] == [Outcome.FAILED] + [Outcome.APPLIED] * 3
    assert report.exit_code is ExitCode.PARTIAL


def test_a_run_in_which_nothing_worked_has_failed() -> None:
    provider = serving(refused)
    assert apply_plan(plan({"a": provider}), {"a": provider}).exit_code is ExitCode.FAILED


def test_a_zone_that_could_not_be_read_is_in_the_report_and_the_others_are_applied() -> None:
    provider = serving(zones=ZONES[:2])
    made = plan({"a": provider}, *ZONES[:3])
    assert not made.complete
    report = apply_plan(made, {"a": provider})
    assert {result.zone: result.outcome for result in report.results} == {
        ZONES[0]: Outcome.APPLIED,
        ZONES[1]: Outcome.APPLIED,
        ZONES[2]: Outcome.FAILED,
    }
    assert report.exit_code is ExitCode.PARTIAL


def test_a_server_that_goes_away_after_the_plan_fails_its_sets_and_nothing_is_sent() -> None:
    provider = serving()
    made = plan({"a": provider})
    provider.deaf = True
    report = apply_plan(made, {"a": provider})
    assert only(report).outcome is Outcome.FAILED
    assert provider.sent == []


def test_one_owner_at_two_providers_is_sent_to_none_if_one_is_in_conflict() -> None:
    left, right = serving(), serving()
    providers: dict[str, Provider] = {"left": left, "right": right}
    made = plan(providers)
    right.zones[ZONE][ZONE] = OTHER
    report = apply_plan(made, providers)
    assert {result.provider: result.outcome for result in report.results} == {
        "left": Outcome.SKIPPED,
        "right": Outcome.CONFLICT,
    }
    assert left.sent == right.sent == []
    assert report.exit_code is ExitCode.CONFLICT


def test_one_owner_at_two_providers_is_sent_to_none_if_one_could_not_be_planned() -> None:
    left, right = serving(), Flaky()
    providers: dict[str, Provider] = {"left": left, "right": right}
    report = apply_plan(plan(providers), providers)
    assert {result.provider: result.outcome for result in report.results} == {
        "left": Outcome.SKIPPED,
        "right": Outcome.FAILED,
    }
    assert left.sent == []


def test_a_group_of_which_one_is_already_as_wanted_is_sent() -> None:
    left, right = serving(), serving()
    providers: dict[str, Provider] = {"left": left, "right": right}
    made = plan(providers)
    right.zones[ZONE][ZONE] = AFTER
    report = apply_plan(made, providers)
    assert [result.outcome for result in report.results] == [Outcome.APPLIED, Outcome.ALREADY]
    assert report.exit_code is ExitCode.DONE


def test_a_group_holds_back_its_own_owner_only() -> None:
    left, right = serving(zones=ZONES[:2]), serving(zones=ZONES[:2])
    providers: dict[str, Provider] = {"left": left, "right": right}
    made = plan(providers, *ZONES[:2])
    right.zones[ZONES[0]][ZONES[0]] = OTHER
    report = apply_plan(made, providers)
    applied = [
        (result.provider, result.zone) for result in report.results if result.outcome is Outcome.APPLIED
    ]
    assert applied == [("left", ZONES[1]), ("right", ZONES[1])]
    assert report.exit_code is ExitCode.CONFLICT


def test_independent_sends_what_it_can_of_a_group() -> None:
    left, right = serving(), serving()
    providers: dict[str, Provider] = {"left": left, "right": right}
    made = plan(providers)
    right.zones[ZONE][ZONE] = OTHER
    report = apply_plan(made, providers, how=How(independent=True))
    assert [result.outcome for result in report.results] == [Outcome.APPLIED, Outcome.CONFLICT]
    assert report.diverged == ((ZONE, ZONE),)
    assert report.exit_code is ExitCode.PARTIAL


def test_a_group_that_fails_at_one_provider_after_all_is_reported_as_diverged() -> None:
    left, right = serving(), serving(refused)
    providers: dict[str, Provider] = {"left": left, "right": right}
    report = apply_plan(plan(providers), providers)
    assert [result.outcome for result in report.results] == [Outcome.APPLIED, Outcome.FAILED]
    assert report.diverged == ((ZONE, ZONE),)
    assert report.exit_code is ExitCode.PARTIAL


def test_two_blocks_that_reach_the_same_backend_zone_are_not_planned() -> None:
    provider = serving()
    made = plan({"one": provider, "two": provider})
    assert made.changes == ()
    assert [trouble.provider for trouble in made.failed] == ["one", "two"]
    assert all("'one' and 'two'" in trouble.reason for trouble in made.failed)


def test_a_stop_in_the_middle_finishes_what_was_sent_and_starts_no_more() -> None:
    provider = serving(zones=ZONES)
    made = plan({"a": provider}, *ZONES)
    report = apply_plan(made, {"a": provider}, stopped=lambda: len(provider.sent) >= 2)
    assert [result.outcome for result in report.results] == [Outcome.APPLIED] * 2 + [Outcome.SKIPPED] * 2
    assert all("interrupted" in result.message for result in report.results[2:])
    assert report.exit_code is ExitCode.INTERRUPTED
    assert [provider.zones[zone][zone] for zone in ZONES] == [AFTER, AFTER, BEFORE, BEFORE]


def test_a_write_whose_answer_was_lost_is_not_sent_again_after_a_stop() -> None:
    provider = serving(lost_before)
    report = apply_plan(plan({"a": provider}), {"a": provider}, stopped=lambda: bool(provider.sent))
    assert only(report).outcome is Outcome.UNKNOWN
    assert provider.sent == [ZONE]


def test_a_stop_before_anything_was_sent_changes_nothing() -> None:
    provider = serving()
    report = apply_plan(plan({"a": provider}), {"a": provider}, stopped=lambda: True)
    assert only(report).outcome is Outcome.SKIPPED
    assert provider.sent == []


def test_a_deletion_is_applied_and_a_second_plan_is_empty() -> None:
    provider = serving()
    report = apply_plan(plan({"a": provider}, after=None), {"a": provider})
    assert only(report).outcome is Outcome.APPLIED
    assert plan({"a": provider}, after=None).changes == ()


def test_a_provider_whose_reading_breaks_off_fails_its_own_zones_only() -> None:
    class Broken(MemoryProvider):
        def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
            yield from super().read([next(iter(requests))])
            raise RuntimeError("a defect")

    good = serving(zones=ZONES[2:3])
    broken = Broken({zone: {zone: BEFORE} for zone in ZONES[:2]})
    requests = {
        "broken": [ZoneRequest(zone, (zone,)) for zone in ZONES[:2]],
        "good": [ZoneRequest(ZONES[2], (ZONES[2],))],
    }
    seen = live.read(requests, {"good": good, "broken": broken}).zones
    assert isinstance(seen["broken", ZONES[0]], ZoneReading)
    failure = seen["broken", ZONES[1]]
    assert isinstance(failure, ZoneFailure)
    assert "RuntimeError: a defect" in failure.message
    assert isinstance(seen["good", ZONES[2]], ZoneReading)


def test_a_plan_says_for_how_long_caches_keep_the_old_answer() -> None:
    provider = serving(zones=ZONES[:2])
    del provider.zones[ZONES[1]][ZONES[1]]
    made = plan({"a": provider}, *ZONES[:2])
    assert [item.cached_for for item in made.changes] == [3600, 300]


def test_a_stop_between_two_tries_does_not_say_of_what_was_sent_that_it_was_not() -> None:
    provider = serving(*[lost_before] * 4, zones=ZONES)
    # The stop comes after one of the four was sent again.
    report = apply_plan(
        plan({"a": provider}, *ZONES), {"a": provider}, stopped=lambda: len(provider.sent) > 4
    )
    assert [result.outcome for result in report.results] == [Outcome.APPLIED] + [Outcome.UNKNOWN] * 3
    assert all("not sent again: interrupted" in result.message for result in report.results[1:])


def test_a_stop_after_everything_was_sent_interrupts_nothing() -> None:
    provider = serving()
    report = apply_plan(plan({"a": provider}), {"a": provider}, stopped=lambda: bool(provider.sent))
    assert only(report).outcome is Outcome.APPLIED
    assert report.exit_code is ExitCode.DONE


def test_a_stop_while_everything_is_read_again_reads_no_further() -> None:
    asked: list[Name] = []

    class Counting(Flaky):
        def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
            for request in requests:
                asked.append(request.zone)
                yield from super().read([request])

    provider = Counting({zone: {zone: BEFORE} for zone in ZONES})
    made = plan({"a": provider}, *ZONES)
    asked.clear()
    report = apply_plan(made, {"a": provider}, stopped=lambda: len(asked) >= 2)
    assert len(asked) == 2
    assert report.exit_code is ExitCode.INTERRUPTED
    assert {result.outcome for result in report.results} == {Outcome.SKIPPED}


def test_a_provider_that_breaks_off_before_it_takes_anything_has_failed_with_its_reason() -> None:
    class Broken(Flaky):
        def write(self, batches: Iterable[ZoneBatch]) -> Iterator[ChangeOutcome]:
            del batches
            raise ConnectionError("no route")

    provider = Broken({zone: {zone: BEFORE} for zone in ZONES})
    report = apply_plan(plan({"a": provider}, *ZONES), {"a": provider})
    assert {result.outcome for result in report.results} == {Outcome.FAILED}
    assert all(
        "not sent: the provider broke off: ConnectionError: no route" in r.message for r in report.results
    )
    assert report.exit_code is ExitCode.FAILED


def test_a_provider_that_breaks_off_at_its_first_batch_leaves_no_set_without_the_truth() -> None:
    provider = serving(breaks, breaks, zones=ZONES)
    report = apply_plan(plan({"a": provider}, *ZONES), {"a": provider})
    assert [result.outcome for result in report.results] == [Outcome.UNKNOWN] + [Outcome.FAILED] * 3


@pytest.mark.parametrize("claim", [Outcome.ALREADY, Outcome.SKIPPED])
def test_what_only_the_engine_may_say_is_not_believed_of_a_provider(claim: Outcome) -> None:
    def claims(_: MemoryProvider, batch: ZoneBatch) -> Iterator[ChangeOutcome]:
        for change in batch.changes:
            yield ChangeOutcome(batch.zone, change.owner, claim)

    provider = serving(claims)
    report = apply_plan(plan({"a": provider}), {"a": provider})
    assert only(report).outcome is Outcome.APPLIED
    assert provider.zones[ZONE] == {ZONE: AFTER}


def test_answers_that_nobody_asked_for_and_second_answers_are_passed_over() -> None:
    def chatty(provider: MemoryProvider, batch: ZoneBatch) -> Iterator[ChangeOutcome]:
        yield ChangeOutcome(batch.zone, names.parse("other", batch.zone), Outcome.FAILED)
        yield ChangeOutcome(ZONES[3], ZONES[3], Outcome.FAILED)
        for change in batch.changes:
            yield provider._swap(batch.zone, change)
            yield ChangeOutcome(batch.zone, change.owner, Outcome.FAILED, "a second answer")

    provider = serving(chatty)
    assert only(apply_plan(plan({"a": provider}), {"a": provider})).outcome is Outcome.APPLIED


def two_zones(left: Provider, right: Provider) -> Plan:
    """Both have the apex of one zone; `right` alone has an owner below, too."""
    below = names.parse("below", ZONE)
    desired = Desired(
        (
            DesiredZone("left", ZONE, {ZONE: Wanted(AFTER)}),
            DesiredZone("right", ZONE, {below: Wanted(AFTER)}),
        )
    )
    providers = {"left": left, "right": right}
    return make_plan(desired, live.read(desired.requests(), providers))


def test_a_zone_that_fails_at_one_provider_holds_only_owners_that_it_manages() -> None:
    left, right = serving(), Flaky()
    report = apply_plan(two_zones(left, right), {"left": left, "right": right})
    assert [result.outcome for result in report.results] == [Outcome.APPLIED, Outcome.FAILED]


def test_a_group_is_held_if_a_member_that_was_in_sync_has_moved_since() -> None:
    left, right = serving(), Flaky({ZONE: {ZONE: AFTER}})
    providers: dict[str, Provider] = {"left": left, "right": right}
    made = plan(providers)
    assert [(each.provider, each.owner) for each in made.companions] == [("right", ZONE)]
    right.zones[ZONE][ZONE] = OTHER
    report = apply_plan(made, providers)
    assert {result.provider: result.outcome for result in report.results} == {
        "left": Outcome.SKIPPED,
        "right": Outcome.CONFLICT,
    }
    assert left.sent == []
    assert report.exit_code is ExitCode.CONFLICT


def test_a_lost_write_of_a_group_is_not_sent_again_once_another_provider_has_refused() -> None:
    left, right = serving(lost_before), serving(refused)
    providers: dict[str, Provider] = {"left": left, "right": right}
    report = apply_plan(plan(providers), providers)
    assert left.sent == [ZONE]
    assert left.zones[ZONE] == {ZONE: BEFORE}
    assert {result.provider: result.outcome for result in report.results} == {
        "left": Outcome.UNKNOWN,
        "right": Outcome.FAILED,
    }


def test_an_owner_that_is_blocked_at_one_provider_is_diverged_if_another_one_is_applied() -> None:
    class Fixed(Flaky):
        def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
            for request in requests:
                yield ZoneReading(request.zone, "fixed", {request.zone: Blocked("a CNAME")})

    left, right = serving(), Fixed()
    providers: dict[str, Provider] = {"left": left, "right": right}
    held = apply_plan(plan(providers), providers)
    assert [result.outcome for result in held.results] == [Outcome.SKIPPED, Outcome.BLOCKED]
    report = apply_plan(plan(providers), providers, how=How(independent=True))
    assert [result.outcome for result in report.results] == [Outcome.APPLIED, Outcome.BLOCKED]
    assert report.diverged == ((ZONE, ZONE),)


def test_an_outcome_that_no_reading_can_improve_is_taken_as_it_is_and_not_sent_again() -> None:
    def for_good(provider: MemoryProvider, batch: ZoneBatch) -> Iterator[ChangeOutcome]:
        for change in batch.changes:
            provider._swap(batch.zone, change)
            yield ChangeOutcome(batch.zone, change.owner, Outcome.UNKNOWN, "the reload failed", final=True)

    provider = serving(for_good)
    report = apply_plan(plan({"a": provider}), {"a": provider})
    assert (only(report).outcome, only(report).message) == (Outcome.UNKNOWN, "the reload failed")
    assert provider.sent == [ZONE]
    assert report.exit_code is ExitCode.PARTIAL
