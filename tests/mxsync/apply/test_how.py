"""How an apply goes on after trouble: to the end, not at all, or up to there; and who hears of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from mxsync import live, names
from mxsync.apply import How, apply_plan
from mxsync.apply.sending import AHEAD
from mxsync.apply.waves import parse_waves
from mxsync.change import ChangeOutcome, Outcome
from mxsync.errors import JournalError
from mxsync.memory import MemoryProvider
from mxsync.names import Name
from mxsync.plan import Plan, PlannedChange, make_plan
from mxsync.provider import Provider, ZoneBatch, ZoneRequest
from mxsync.reading import ZoneFailure, ZoneReading
from mxsync.report import ExitCode, Report, Result
from mxsync.state import Desired, DesiredZone, Wanted
from support.sets import mx_set

ZONES = [names.parse(f"zone{at}.test.") for at in range(10)]
BEFORE = mx_set(3600, "10 old.example.net.")
AFTER = mx_set(3600, "10 new.example.net.")
OTHER = mx_set(3600, "10 other.example.net.")
WAVES = How(waves=parse_waves("1,50%,100%"))


@dataclass
class Watched(MemoryProvider):
    """A memory provider that notes what it is asked, zone by zone, and refuses or loses some of it."""

    refused: set[Name] = field(default_factory=set)
    lost: set[Name] = field(default_factory=set)
    """Of which the first answer is lost, after the change."""
    asked: list[tuple[str, Name]] = field(default_factory=list)
    after_write: Callable[[Name], None] = lambda _: None
    silent: set[Name] = field(default_factory=set)

    def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
        for request in requests:
            self.asked.append(("read", request.zone))
            if request.zone in self.silent:
                yield ZoneFailure(request.zone, "timed out")
            else:
                yield from super().read([request])

    def write(self, batches: Iterable[ZoneBatch]) -> Iterator[ChangeOutcome]:
        for batch in batches:
            self.asked.append(("write", batch.zone))
            if batch.zone in self.refused:
                yield ChangeOutcome(batch.zone, batch.zone, Outcome.FAILED, "REFUSED")
                continue
            outcomes = list(super().write([batch]))
            if batch.zone in self.lost:
                self.lost.discard(batch.zone)
                outcomes = [replace(each, outcome=Outcome.UNKNOWN, message="lost") for each in outcomes]
            yield from outcomes
            self.after_write(batch.zone)

    @property
    def written(self) -> list[Name]:
        return [zone for verb, zone in self.asked if verb == "write"]


@dataclass
class Listener:
    """Notes all that a watcher hears, and breaks when told to."""

    heard: list[tuple[str, Name]] = field(default_factory=list)
    full_at: int | None = None
    """At which announcement the disk is full."""
    announced: int = 0

    def intends(self, changes: Sequence[PlannedChange]) -> None:
        self.announced += 1
        if self.full_at is not None and self.announced >= self.full_at:
            raise JournalError("the journal cannot be written: no space left")
        self.heard += [("intends", item.zone) for item in changes]

    def settled(self, result: Result) -> None:
        self.heard.append((str(result.outcome), result.zone))


def serving(zones: Iterable[Name] = ZONES) -> Watched:
    return Watched({zone: {zone: BEFORE} for zone in zones})


def plan(providers: dict[str, Provider], zones: Iterable[Name] = ZONES) -> Plan:
    desired = Desired(
        tuple(DesiredZone(name, zone, {zone: Wanted(AFTER)}) for zone in zones for name in providers)
    )
    return make_plan(desired, live.read(desired.requests(), providers))


def outcomes(report: Report) -> list[str]:
    return [str(result.outcome) for result in report.results]


def applied_to(provider: MemoryProvider) -> set[Name]:
    return {zone for zone, sets in provider.zones.items() if sets.get(zone) == AFTER}


def run(provider: Watched, how: How, *, move: Iterable[Name] = ()) -> Report:
    """Plan for all zones of a provider, let somebody else change some, and apply."""
    made = plan({"a": provider})
    for zone in move:
        provider.zones[zone][zone] = OTHER
    provider.asked.clear()
    return apply_plan(made, {"a": provider}, how=how)


def test_an_apply_goes_on_after_a_failure_and_reports_all() -> None:
    provider = serving()
    provider.refused = {ZONES[0]}
    report = run(provider, How())
    assert outcomes(report) == ["failed"] + ["applied"] * 9
    assert report.exit_code is ExitCode.PARTIAL


def test_with_fail_fast_no_write_is_started_after_one_that_failed() -> None:
    provider = serving()
    provider.refused = {ZONES[2]}
    report = run(provider, How(fail_fast=True))
    assert outcomes(report) == ["applied"] * 2 + ["failed"] + ["skipped"] * 7
    assert provider.written == ZONES[:3]
    assert report.results[-1].message == "not sent: --fail-fast, and zone2.test. at 'a' is: failed"
    assert (report.exit_code, report.interrupted) == (ExitCode.PARTIAL, False)


def test_with_fail_fast_a_set_that_moved_before_anything_was_sent_stops_all() -> None:
    provider = serving()
    report = run(provider, How(fail_fast=True), move=[ZONES[9]])
    assert outcomes(report) == ["skipped"] * 9 + ["conflict"]
    assert provider.written == []
    assert report.exit_code is ExitCode.CONFLICT


def test_with_fail_fast_an_answer_in_doubt_is_settled_before_more_is_sent() -> None:
    provider = serving()
    provider.lost = {ZONES[1]}
    report = run(provider, How(fail_fast=True))
    assert outcomes(report) == ["applied"] * 10
    sent = provider.asked.index(("write", ZONES[1]))
    assert provider.asked[sent + 1] == ("read", ZONES[1])
    assert report.exit_code is ExitCode.DONE


def test_with_all_or_nothing_one_set_that_moved_keeps_all_from_being_sent() -> None:
    provider = serving()
    report = run(provider, How(all_or_nothing=True), move=[ZONES[4]])
    assert provider.written == []
    assert outcomes(report) == ["skipped"] * 4 + ["conflict"] + ["skipped"] * 5
    assert report.results[0].message == (
        "not sent: --all-or-nothing, and 1 of the sets cannot be changed as planned"
    )
    assert report.exit_code is ExitCode.CONFLICT


def test_with_all_or_nothing_a_set_that_cannot_be_read_keeps_all_from_being_sent() -> None:
    provider = serving()
    made = plan({"a": provider})
    provider.silent = {ZONES[3]}
    report = apply_plan(made, {"a": provider}, how=How(all_or_nothing=True))
    assert provider.written == []
    assert outcomes(report) == ["skipped"] * 3 + ["failed"] + ["skipped"] * 6
    assert report.exit_code is ExitCode.FAILED


def test_with_all_or_nothing_what_is_as_wanted_already_is_no_obstacle() -> None:
    provider = serving()
    made = plan({"a": provider})
    provider.zones[ZONES[0]][ZONES[0]] = AFTER
    report = apply_plan(made, {"a": provider}, how=How(all_or_nothing=True))
    assert outcomes(report) == ["already"] + ["applied"] * 9


def test_between_waves_what_was_applied_is_read_once_more() -> None:
    provider = serving()
    report = run(provider, WAVES)
    assert outcomes(report) == ["applied"] * 10
    after_first = provider.asked.index(("write", ZONES[0])) + 1
    assert provider.asked[after_first] == ("read", ZONES[0])
    assert provider.asked[after_first + 1] == ("write", ZONES[1])
    last_wave = provider.asked.index(("write", ZONES[5]))
    assert {zone for verb, zone in provider.asked[after_first + 1 : last_wave] if verb == "read"} == set(
        ZONES[1:5]
    )


def test_a_wave_with_a_failure_is_the_last_and_finishes() -> None:
    provider = serving()
    provider.refused = {ZONES[1]}
    report = run(provider, WAVES)
    assert outcomes(report) == ["applied", "failed", "applied", "applied", "applied"] + ["skipped"] * 5
    assert (
        report.results[-1].message == "not sent: wave 2 of 3 did not go well: zone1.test. at 'a' is: failed"
    )
    assert report.exit_code is ExitCode.PARTIAL


def test_a_wave_that_somebody_undoes_is_a_conflict_and_the_last() -> None:
    provider = serving()

    def undo(zone: Name) -> None:
        if zone == ZONES[0]:
            provider.zones[zone][zone] = OTHER

    provider.after_write = undo
    report = run(provider, WAVES)
    assert outcomes(report) == ["conflict"] + ["skipped"] * 9
    assert report.results[0].message == "it was applied, and is something else by now"


def test_a_wave_that_cannot_be_verified_is_the_last_and_what_it_applied_stays_applied() -> None:
    provider = serving()
    provider.after_write = provider.silent.add
    report = run(provider, WAVES)
    assert outcomes(report) == ["applied"] + ["skipped"] * 9
    assert report.results[1].message == "not sent: wave 1 of 3 could not be verified: zone0.test.: timed out"
    assert report.exit_code is ExitCode.PARTIAL


def test_a_set_of_a_later_wave_that_moved_does_not_stop_the_waves_before_it() -> None:
    provider = serving()
    report = run(provider, WAVES, move=[ZONES[9]])
    assert outcomes(report) == ["applied"] * 9 + ["conflict"]


def test_an_owner_at_two_providers_is_in_one_wave() -> None:
    providers: dict[str, Provider] = {"a": serving(), "b": serving()}
    report = apply_plan(plan(providers), providers, how=WAVES)
    assert outcomes(report) == ["applied"] * 20
    first, second = providers["a"], providers["b"]
    assert isinstance(first, Watched)
    assert isinstance(second, Watched)
    assert first.written == second.written == ZONES


def test_watchers_hear_of_every_change_before_it_is_sent_and_of_what_came_of_it_once() -> None:
    provider, listener = serving(), Listener()
    provider.refused, provider.lost = {ZONES[1]}, {ZONES[2]}
    sent: list[tuple[Name, bool]] = []
    provider.after_write = lambda zone: sent.append((zone, ("intends", zone) in listener.heard))
    made = plan({"a": provider})
    provider.zones[ZONES[0]][ZONES[0]] = OTHER
    apply_plan(made, {"a": provider}, watchers=[listener])
    assert all(heard for _, heard in sent)
    results = [(what, zone) for what, zone in listener.heard if what != "intends"]
    expected = dict.fromkeys(ZONES, "applied") | {ZONES[0]: "conflict", ZONES[1]: "failed"}
    assert sorted(results) == sorted((what, zone) for zone, what in expected.items())
    assert ("intends", ZONES[0]) not in listener.heard


def test_nothing_is_sent_whose_intent_cannot_be_written_down() -> None:
    provider, listener = serving(), Listener(full_at=1)
    report = apply_plan(plan({"a": provider}), {"a": provider}, watchers=[listener])
    assert provider.written == []
    assert outcomes(report) == ["skipped"] * 10
    assert report.results[0].message == "not sent: the journal cannot be written: no space left"
    assert report.exit_code is ExitCode.FAILED


def test_what_was_announced_is_still_settled_when_the_journal_fails_later() -> None:
    zones = [names.parse(f"z{at}.test.") for at in range(AHEAD + 5)]
    provider, listener = serving(zones), Listener(full_at=2)
    report = apply_plan(plan({"a": provider}, zones), {"a": provider}, watchers=[listener])
    assert outcomes(report) == ["applied"] * AHEAD + ["skipped"] * 5
    assert applied_to(provider) == set(zones[:AHEAD])
    assert report.exit_code is ExitCode.PARTIAL


def test_watchers_hear_one_thing_at_a_time() -> None:
    busy, overlaps = threading.Lock(), []

    class Careful(Listener):
        def settled(self, result: Result) -> None:
            if not busy.acquire(blocking=False):
                overlaps.append(result)
                return
            super().settled(result)
            busy.release()

    providers: dict[str, Provider] = {name: serving() for name in "abcd"}
    apply_plan(plan(providers), providers, watchers=[Careful()])
    assert overlaps == []


@pytest.mark.parametrize("how", [How(fail_fast=True), WAVES, How(all_or_nothing=True)])
def test_a_signal_is_an_interruption_whatever_was_asked_for(how: How) -> None:
    provider = serving()
    made = plan({"a": provider})
    report = apply_plan(made, {"a": provider}, how=how, stopped=lambda: bool(provider.written))
    assert report.exit_code is ExitCode.INTERRUPTED
    assert set(outcomes(report)) == {"applied", "skipped"}
    assert report.results[-1].message == "not sent: interrupted"
