"""SIGINT and SIGTERM: no more is started, what is in flight is finished and reported."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CAME = Event()


def stopping() -> bool:
    """Say whether a signal has come since the last `noticed` began."""
    return _CAME.is_set()


@contextmanager
def noticed() -> Iterator[Callable[[], bool]]:
    """Within this, signals end nothing; the function it gives says whether one has come."""
    _CAME.clear()
    before = {
        number: signal.signal(number, lambda *_: _CAME.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def interrupting() -> Iterator[Callable[[], bool]]:
    """As `noticed`, for what comes before anything is sent: a signal ends the command, even a late one.

    Raises KeyboardInterrupt once what is within has ended.
    """
    with noticed() as stopped:
        yield stopped
    if stopped():
        raise KeyboardInterrupt


def end_politely() -> None:
    """Let SIGTERM end the command as SIGINT does: with a message, and with the exit code for it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
