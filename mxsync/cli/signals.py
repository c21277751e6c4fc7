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
