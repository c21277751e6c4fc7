"""The fault table: whatever the network does to a message, no change is lost, doubled or misreported.

Each fault meets the messages of one zone among 40 that share connections. The others must not notice.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.apply import apply_plan
from mxsync.change import Outcome
from mxsync.provider import ZoneRequest
from mxsync.reading import Absent, Present, Unreadable, ZoneReading
from mxsync_rfc2136 import provider as provider_module
from mxsync_rfc2136.lines import Pace
from support.named import running_named
from support.nameserver import Right, Zone, new_key, write_key_file
from support.relay import AFTER, BEFORE, Fate, is_update, relay
from support.rfc2136 import Site
from support.trial import OFFICE, Timed, Trial, plan_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mxsync.change import ChangeOutcome
    from mxsync.names import Name
    from mxsync.provider import Provider, ZoneBatch

TIMEOUT = 0.5
HUNG = 3 * TIMEOUT + 2
"""Seconds that nothing may take: a bound for hanging, far above what is needed."""
ZONES = [names.parse(f"zone{number}.test.") for number in range(40)]
VICTIM = ZONES[17]
FAULTS: tuple[Fate, ...] = (*BEFORE, *AFTER)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("faults")
    keys = {"mxsync": new_key("mxsync"), "other": new_key("other", right=Right.ALL)}
    write_key_file(folder / "mxsync.key", keys["mxsync"])
    write_key_file(folder / "other.key", keys["other"])
    with running_named(folder, [Zone(zone) for zone in ZONES], list(keys.values())) as server:
        yield Site(server, keys)


@pytest.fixture
def trial(office: Site) -> Trial:
    return Trial(office.server, office.keys["other"], ZONES)


def concerns(message: bytes, zone: Name) -> bool:
    label = names.to_labels(zone)[0]
    return bytes([len(label)]) + label in message


class Once:
    """Does something to the first message of the victims that is of this sort, or to all of them."""

    def __init__(
        self, fate: Fate, *, update: bool, always: bool, victims: Iterable[Name] = (VICTIM,)
    ) -> None:
        self._fate, self._update, self._always, self._victims = fate, update, always, tuple(victims)
        self.met = 0

    def __call__(self, message: bytes, _: int) -> Fate:
        concerned = any(concerns(message, zone) for zone in self._victims)
        if not concerned or is_update(message) != self._update or (self.met and not self._always):
            return "pass"
        self.met += 1
        return self._fate


def unread(trial: Trial, provider: Provider, *, every: bool = False) -> tuple[set[Name], float]:
    """Read all zones; give those that were not, or not wholly, and the seconds it took.

    Whatever was read is what is there.
    """
    timed = Timed(provider)
    owners = ("@", "a", "b")
    requests = [
        ZoneRequest(zone, () if every else tuple(names.parse(it, zone) for it in owners), every=every)
        for zone in trial.zones
    ]
    missing: set[Name] = set()
    results = list(timed.read(requests))
    assert sorted(result.zone for result in results) == sorted(trial.zones)
    for result in results:
        sets = trial.before[result.zone].sets
        if not isinstance(result, ZoneReading):
            assert "\n" not in result.message
            missing.add(result.zone)
            continue
        if every:
            assert set(result.owners) == set(sets)
        for owner, reading in result.owners.items():
            if isinstance(reading, Unreadable):
                assert "\n" not in reading.message
                missing.add(result.zone)
            else:
                assert reading == (Present(sets[owner]) if owner in sets else Absent(300))
    return missing, timed.longest


def all_of(outcome: Outcome, *, less: Iterable[Name] = ()) -> dict[Name, set[Outcome]]:
    return {zone: {outcome} for zone in ZONES if zone not in set(less)}


HARMLESS = {"delay", "twice", "reorder"}
ASKED_AGAIN = {"close", "reset", "lose", "break", "drip", "renumber", "cut"}
"""What ends the connection, or makes it useless, tells that the answer is missing before its time is over."""


@pytest.mark.parametrize("fault", FAULTS)
def test_after_a_fault_in_one_answer_all_is_read_or_that_zone_is_a_failure(
    office: Site, trial: Trial, fault: Fate
) -> None:
    judge = Once(fault, update=False, always=False)
    with relay(office.server.address, office.server.port, judge) as port:
        missing, took = unread(trial, office.open(port=port, timeout=TIMEOUT))
    assert judge.met
    assert took < HUNG
    assert missing == (set() if fault in HARMLESS | ASKED_AGAIN else {VICTIM})


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_all_answers_about_a_zone_leaves_its_neighbours(
    office: Site, trial: Trial, fault: Fate
) -> None:
    judge = Once(fault, update=False, always=True)
    with relay(office.server.address, office.server.port, judge) as port:
        missing, took = unread(trial, office.open(port=port, timeout=TIMEOUT))
    assert took < HUNG
    assert missing == (set() if fault in HARMLESS else {VICTIM})


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_a_transfer_is_a_failure_of_its_zone(office: Site, trial: Trial, fault: Fate) -> None:
    asked: list[bytes] = []

    def judge(message: bytes, _: int) -> Fate:
        asked.append(message)
        return fault if concerns(message, VICTIM) and b"\0\0\xfc\0\1" in message else "pass"

    with relay(office.server.address, office.server.port, judge) as port:
        provider = office.open(port=port, timeout=TIMEOUT, tsig={"key_file": "other.key"})
        missing, took = unread(trial, provider, every=True)
    assert asked
    assert took < HUNG
    # It has a connection of its own, and is over with its last message.
    assert missing == (set() if fault in {"delay", "twice", "reorder"} else {VICTIM})


@pytest.mark.parametrize("fault", FAULTS)
def test_an_update_that_meets_a_fault_is_made_once_and_reported_as_applied(
    office: Site, trial: Trial, fault: Fate
) -> None:
    """Whether it got through or not: what came of it is settled by reading."""
    judge = Once(fault, update=True, always=False)
    with relay(office.server.address, office.server.port, judge) as port:
        report, took = trial.apply(office.open(port=port, timeout=TIMEOUT))
    assert judge.met
    assert took < HUNG
    assert trial.check(report) == all_of(Outcome.APPLIED)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_all_updates_of_a_zone_leaves_its_neighbours(
    office: Site, trial: Trial, fault: Fate
) -> None:
    judge = Once(fault, update=True, always=True)
    with relay(office.server.address, office.server.port, judge) as port:
        report, took = trial.apply(office.open(port=port, timeout=TIMEOUT))
    assert took < HUNG
    outcomes = trial.check(report)
    assert outcomes.pop(VICTIM) == {Outcome.UNKNOWN if fault in BEFORE else Outcome.APPLIED}
    assert outcomes == all_of(Outcome.APPLIED, less={VICTIM})


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_all_questions_about_a_zone_keeps_its_changes_from_being_sent(
    office: Site, trial: Trial, fault: Fate
) -> None:
    judge = Once(fault, update=False, always=True)
    with relay(office.server.address, office.server.port, judge) as port:
        report, took = trial.apply(office.open(port=port, timeout=TIMEOUT))
    assert took < HUNG
    outcomes = trial.check(report)
    assert outcomes.pop(VICTIM) == {Outcome.APPLIED if fault in HARMLESS else Outcome.FAILED}
    assert outcomes == all_of(Outcome.APPLIED, less={VICTIM})


@pytest.mark.parametrize("fault", ["mute", "swallow", "close", "lose"])
def test_several_zones_that_get_no_answers_leave_the_others(office: Site, trial: Trial, fault: Fate) -> None:
    """As with zones that somebody has locked: a connection must not be given up for a few of them."""
    victims = ZONES[3:6]
    judge = Once(fault, update=True, always=True, victims=victims)
    with relay(office.server.address, office.server.port, judge) as port:
        report, took = trial.apply(office.open(port=port, timeout=TIMEOUT))
    assert took < HUNG
    outcomes = trial.check(report)
    expected = Outcome.UNKNOWN if fault in BEFORE else Outcome.APPLIED
    assert [outcomes.pop(zone) for zone in victims] == [{expected}] * 3
    assert outcomes == all_of(Outcome.APPLIED, less=victims)


@pytest.mark.parametrize("fault", ["mute", "swallow", "close", "lose"])
def test_several_zones_that_cannot_be_read_leave_the_others(
    office: Site, trial: Trial, monkeypatch: pytest.MonkeyPatch, fault: Fate
) -> None:
    monkeypatch.setattr(provider_module, "READING", Pace(courses=10))
    victims = ZONES[3:6]
    judge = Once(fault, update=False, always=True, victims=victims)
    with relay(office.server.address, office.server.port, judge) as port:
        missing, took = unread(trial, office.open(port=port, timeout=TIMEOUT))
    assert took < HUNG
    assert missing == set(victims)


# The server itself


class Interrupted(Timed):
    """Does something when so many batches have been taken."""

    def __init__(self, provider: Provider, at: int, act: Callable[[], None]) -> None:
        super().__init__(provider)
        self._at, self._act = at, act
        self._taken = 0

    def write(self, batches: Iterable[ZoneBatch]) -> Iterator[ChangeOutcome]:
        def counted() -> Iterator[ZoneBatch]:
            for batch in batches:
                if self._taken == self._at:
                    self._act()
                self._taken += 1
                yield batch

        return super().write(counted())


@pytest.mark.parametrize(("at", "kill"), [*product((0, 1, 20, 39), (True, False))])
def test_a_server_that_is_restarted_between_two_sets_gets_each_change_once(
    office: Site, trial: Trial, at: int, *, kill: bool
) -> None:
    """Those under way are settled by reading, once it is back within the time limit."""
    server = office.server
    comes_back = threading.Thread(target=server.start)

    def restart() -> None:
        (server.kill if kill else server.stop)()
        comes_back.start()

    provider = Interrupted(office.open(timeout=10), at, restart)
    report = apply_plan(plan_of(trial.changes), {OFFICE: provider})
    comes_back.join()
    assert provider.longest < 3 * 10 + 2
    assert trial.check(report) == all_of(Outcome.APPLIED)


@pytest.mark.parametrize("at", [0, 1, 20, 39])
def test_a_server_that_does_not_come_back_leaves_nothing_misreported(
    office: Site, trial: Trial, at: int
) -> None:
    provider = Interrupted(office.open(timeout=TIMEOUT), at, office.server.kill)
    report = apply_plan(plan_of(trial.changes), {OFFICE: provider})
    office.server.start()
    assert provider.longest < HUNG
    found = {outcome for outcomes in trial.check(report).values() for outcome in outcomes}
    assert found <= {Outcome.APPLIED, Outcome.FAILED, Outcome.UNKNOWN}
    assert Outcome.APPLIED not in found or at


def test_a_server_that_is_not_there_changes_nothing_and_costs_no_time(office: Site, trial: Trial) -> None:
    office.server.stop()
    report, took = trial.apply(office.open(timeout=TIMEOUT))
    office.server.start()
    assert took < HUNG
    assert trial.check(report) == all_of(Outcome.FAILED)
    assert all("Connection refused" in result.message for result in report.results)


@pytest.mark.parametrize("off", [-400, 400])
@pytest.mark.parametrize("when", ["from the start", "before the updates", "after the updates"])
def test_a_clock_that_jumps_is_never_a_success_nor_a_change_denied(
    office: Site, trial: Trial, monkeypatch: pytest.MonkeyPatch, when: str, off: int
) -> None:
    """The signature of what is sent, or of what comes back, is then of another time."""
    jump = [off if when == "from the start" else 0]
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + jump[0])

    def judge(message: bytes, _: int) -> Fate:
        if is_update(message) and when == "after the updates":
            jump[0] = off
        return "pass"

    def before_the_updates() -> None:
        if when == "before the updates":
            jump[0] = off

    with relay(office.server.address, office.server.port, judge) as port:
        provider = Interrupted(office.open(port=port, timeout=TIMEOUT), 0, before_the_updates)
        report = apply_plan(plan_of(trial.changes), {OFFICE: provider})
    jump[0] = 0
    assert provider.longest < HUNG
    found = {outcome for outcomes in trial.check(report).values() for outcome in outcomes}
    assert Outcome.APPLIED not in found
    if when != "after the updates":
        assert found == {Outcome.FAILED}
        assert all("BADTIME" in result.message for result in report.results)


# Any faults in any order


@pytest.mark.parametrize("rate", [0.05, 0.2, 0.5])
def test_no_sequence_of_faults_makes_a_report_wrong(office: Site, rate: float) -> None:
    """`applied` is there, `failed` is unchanged, `unknown` is one of both; and nothing is made twice."""

    def run(seed: int) -> Counter[Outcome]:
        chance = random.Random(f"{rate} {seed}")
        lot = ZONES[seed % 10 :: 10]

        def judge(_: bytes, __: int) -> Fate:
            return chance.choice(FAULTS) if chance.random() < rate else "pass"

        with locks[seed % 10]:
            trial = Trial(office.server, office.keys["other"], lot)
            with relay(office.server.address, office.server.port, judge, late=0.3) as port:
                report, _ = trial.apply(office.open(port=port, timeout=0.2))
            try:
                trial.check(report)
            except AssertionError as error:
                raise AssertionError(f"seed {seed}: {error}") from error
            return Counter(result.outcome for result in report.results)

    locks = [threading.Lock() for _ in range(10)]
    with ThreadPoolExecutor(10) as pool:
        outcomes = sum(pool.map(run, range(40)), Counter[Outcome]())
    assert outcomes.total() == 40 * 4 * 3
    assert outcomes[Outcome.APPLIED]
