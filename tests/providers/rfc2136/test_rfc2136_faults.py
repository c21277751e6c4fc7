"""The fault table: whatever the network does to a message, no change is lost, doubled or misreported.

Each fault meets the messages of one zone among 40 that share connections. The others must not notice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.change import Outcome
from mxsync.provider import ZoneRequest
from mxsync.reading import Absent, Present, Unreadable, ZoneReading
from mxsync_rfc2136 import provider as provider_module
from mxsync_rfc2136.lines import Pace
from support.relay import BEFORE, FAULTS, Fate, is_update, relay
from support.rfc2136 import Site
from support.trial import HUNG, TIMEOUT, ZONES, Timed, Trial, all_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.names import Name
    from mxsync.provider import Provider

VICTIM = ZONES[17]


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
