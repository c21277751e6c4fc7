"""Asks again where that is safe and may help; google-cloud-dns by itself never does."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from google.api_core.exceptions import RetryError
from google.api_core.retry import Retry

from mxsync_clouddns.trouble import is_not_sent, is_passing, is_throttled

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

ATTEMPTS = 6
"""How often a question is asked at most that gets no answer; that takes a few seconds."""
PATIENCE = 90.0
"""For how many seconds a request is sent again that was one too many: Google counts by the minute."""
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 20.0
"""Seconds; each pause is any time up to twice the one before."""


def patiently(call: Callable[[], T], *, writes: bool, hurried: bool = False) -> T:
    """Make a call; raises its last failure.

    A write is sent again only if it was surely not looked at. What else becomes of it is settled by reading.
    `hurried` is for calls after one that was given up: they are made once.
    """
    failures = 0

    def again(error: Exception) -> bool:
        nonlocal failures
        failures += not is_throttled(error)
        return not hurried and failures < ATTEMPTS and may_pass(error, writes=writes)

    retry = Retry(again, initial=FIRST_PAUSE, maximum=LONGEST_PAUSE, multiplier=2.0, timeout=PATIENCE)
    try:
        return retry(call)()
    except RetryError as error:
        raise (error.cause if isinstance(error.cause, Exception) else error) from None


def may_pass(error: Exception, *, writes: bool) -> bool:
    """Whether the same request may be sent again, and may then be answered."""
    return is_throttled(error) or is_not_sent(error) or (not writes and is_passing(error))
