"""Several connections to one server, each led by a thread of its own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING

from mxsync_rfc2136.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mxsync_rfc2136.server import Server
    from mxsync_rfc2136.talk import T, Talk


@dataclass(frozen=True, slots=True)
class Pace:
    """How much is done at once."""

    lines: int = 1
    """Connections, each made when it is first needed."""
    courses: int = 1
    """Talks under way on each."""
    window: int = 128
    """Messages under way on each at the start; more while the server is quick."""


ONE = Pace()
"""For a single talk."""


@dataclass(frozen=True, slots=True)
class _Ended:
    """A connection has nothing more to do."""

    error: BaseException | None


def converse(
    server: Server, talks: Iterable[Talk[T]], pace: Pace = ONE, *, finish: bool = False
) -> Iterator[T]:
    """Lead talks at a pace, and give their results as they come.

    A talk is taken only when there is room for it. Once nobody listens any more, none is taken; those
    under way are brought to their ends if `finish` says so.
    """
    remaining, lock, stopped = iter(talks), Lock(), False
    results: SimpleQueue[T | _Ended] = SimpleQueue()

    def lead(first: Talk[T]) -> None:
        waiting, error = [first], None

        def take() -> Talk[T] | None:
            if waiting:
                return waiting.pop()
            with lock:
                return None if stopped else next(remaining, None)

        try:
            for result in Line(server, take, courses=pace.courses, window=pace.window).run(unheard):
                results.put(result)
        except BaseException as raised:  # noqa: BLE001 - it is raised where the results are taken
            error = raised
        results.put(_Ended(error))

    def unheard() -> bool:
        return stopped and not finish

    # One for each to begin with: a few talks shall not share the fate of one connection.
    threads = [Thread(target=lead, args=(talk,), daemon=True) for talk in islice(remaining, pace.lines)]
    for thread in threads:
        thread.start()
    try:
        yield from _until_ended(results, len(threads))
    finally:
        stopped = True
        for thread in threads:
            thread.join()


def _until_ended(results: SimpleQueue[T | _Ended], running: int) -> Iterator[T]:
    while running:
        result = results.get()
        if not isinstance(result, _Ended):
            yield result
        elif result.error:
            raise result.error
        else:
            running -= 1
