"""SIGINT and SIGTERM: no more is started, what is in flight is finished and reported."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def noticed() -> Iterator[Callable[[], bool]]:
    """Within this, signals end nothing; the function it gives says whether one has come."""
    came = Event()
    before = {
        number: signal.signal(number, lambda *_: came.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield came.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
