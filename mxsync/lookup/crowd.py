"""Does many things at once on the network, for so long and no longer."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator

T = TypeVar("T")

_ATTENTION = 0.1
"""After how many seconds `stopped` is heard at the latest."""


async def crowd(
    work: Callable[[T], Awaitable[None]],
    items: Iterable[T],
    *,
    at_once: int,
    ends: float,
    stopped: Callable[[], bool] = lambda: False,
) -> None:
    """Do the work for all items, some at once, until a time on the monotonic clock, or until stopped."""
    some = list(items)
    remaining = iter(some)

    async def serve(waiting: Iterator[T]) -> None:
        for item in waiting:
            await work(item)

    workers = [asyncio.create_task(serve(remaining)) for _ in range(min(at_once, len(some)))]
    pending = set(workers)
    while pending and not stopped() and (left := ends - time.monotonic()) > 0:
        _, pending = await asyncio.wait(pending, timeout=min(left, _ATTENTION))
    for worker in pending:
        worker.cancel()
    for result in await asyncio.gather(*workers, return_exceptions=True):
        if isinstance(result, Exception):
            raise result
