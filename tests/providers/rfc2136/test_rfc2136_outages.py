"""A server that goes away, with or without coming back, and a clock that jumps: no report is wrong."""

from __future__ import annotations

import threading
import time
from itertools import product
from typing import TYPE_CHECKING

import pytest

from mxsync.apply import apply_plan
from mxsync.change import Outcome
from support.relay import Fate, is_update, relay
from support.rfc2136 import Site
from support.trial import HUNG, OFFICE, TIMEOUT, Timed, Trial, all_of, plan_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mxsync.change import ChangeOutcome
    from mxsync.provider import Provider, ZoneBatch


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
