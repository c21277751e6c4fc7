"""The budget of requests in a minute, and what is asked again."""

from __future__ import annotations

import logging
from threading import Thread
from typing import Any

import pytest
import requests
from google.api_core.exceptions import BadRequest, Forbidden, ServiceUnavailable, TooManyRequests
from google.auth.exceptions import RefreshError, TransportError

from mxsync_clouddns.limit import MINUTE, Budget, budget_of
from mxsync_clouddns.retry import ATTEMPTS, patiently


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("mxsync_clouddns.limit.time", made)
    return made


def passes(budget: Budget, clock: Clock, count: int) -> list[float]:
    found = []
    for _ in range(count):
        budget.wait()
        found.append(clock.now)
    return found


def test_a_minutes_requests_pass_at_once_and_the_next_when_the_first_is_a_minute_old(clock: Clock) -> None:
    budget = Budget(3)
    assert passes(budget, clock, 7) == [
        *[100.0] * 3,
        *[100.0 + MINUTE] * 3,
        100.0 + 2 * MINUTE,
    ]


def test_waiting_for_the_next_minute_is_said(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "mxsync.clouddns"):
        passes(Budget(3), clock, 6)
    assert [record.getMessage() for record in caplog.records] == [
        "the requests of this minute are used up; going on in 61 s"
    ]


def test_what_was_not_used_in_one_minute_is_not_added_to_the_next(clock: Clock) -> None:
    budget = Budget(2)
    passes(budget, clock, 1)
    clock.now = 1000.0
    assert passes(budget, clock, 3) == [1000.0, 1000.0, 1000.0 + MINUTE]


def test_threads_share_a_budget(clock: Clock) -> None:
    budget = Budget(10)
    threads = [Thread(target=passes, args=(budget, clock, 5)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now == pytest.approx(100.0 + MINUTE)


def test_blocks_of_one_user_share_the_smallest_budget() -> None:
    first = budget_of("a test's user", 400)
    assert budget_of("a test's user", 200) is first
    assert budget_of("a test's user", 300).per_minute == 200
    assert budget_of("another user", 300) is not first


# Asking again


def made(kind: Any, *args: Any, **more: Any) -> Exception:
    """Make an error of a library without types."""
    error = kind(*args, **more)
    assert isinstance(error, Exception)
    return error


RATE = made(Forbidden, "", errors=[{"reason": "rateLimitExceeded"}])
CUT = requests.exceptions.ChunkedEncodingError("cut")
NO_TOKEN_NOW = made(RefreshError, "later", retryable=True)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mxsync_clouddns.retry.FIRST_PAUSE", 0.001)


def attempts(failure: Exception, *, writes: bool, hurried: bool = False, times: int = 2) -> int:
    """Let a call fail so often; give how often it was made."""
    calls = 0

    def call() -> None:
        nonlocal calls
        calls += 1
        if calls <= times:
            raise failure

    try:
        patiently(call, writes=writes, hurried=hurried)
    except type(failure):
        assert calls <= times
    return calls


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "failure", [RATE, made(TooManyRequests, ""), made(TransportError), NO_TOKEN_NOW], ids=repr
)
@pytest.mark.parametrize("writes", [False, True])
def test_what_was_surely_not_looked_at_is_sent_again(failure: Exception, *, writes: bool) -> None:
    assert attempts(failure, writes=writes) == 3


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "failure",
    [made(ServiceUnavailable, ""), CUT, requests.ConnectionError(), requests.ReadTimeout()],
    ids=repr,
)
def test_a_question_without_an_answer_is_asked_again_and_a_write_is_not(failure: Exception) -> None:
    assert attempts(failure, writes=False) == 3
    assert attempts(failure, writes=True) == 1


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    "failure",
    [
        made(BadRequest, ""),
        made(Forbidden, ""),
        made(RefreshError, "gone"),
        requests.exceptions.SSLError(),
    ],
    ids=repr,
)
@pytest.mark.parametrize("writes", [False, True])
def test_what_asking_again_does_not_help_is_not_asked_again(failure: Exception, *, writes: bool) -> None:
    assert attempts(failure, writes=writes) == 1


@pytest.mark.usefixtures("quick")
def test_a_question_that_never_gets_an_answer_is_given_up() -> None:
    assert attempts(CUT, writes=False, times=1000) == ATTEMPTS


@pytest.mark.usefixtures("quick")
def test_once_patience_has_ended_further_calls_are_refused_at_once() -> None:
    assert attempts(RATE, writes=False, hurried=True) == 1
