"""Several connections to one server, each led by a thread of its own."""

from __future__ import annotations

from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING

from mxsync_rfc2136.line import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mxsync_rfc2136.server import Server
    from mxsync_rfc2136.talk import T, Talk


@dataclass(frozen=True, slots=True)
class _Ended:
    """A connection has nothing more to do."""

    error: BaseException | None


def converse(
    server: Server, talks: Iterable[Talk[T]], *, lines: int = 1, courses: int = 1, window: int = 128
) -> Iterator[T]:
    """Lead talks over up to `lines` connections, up to `courses` at once on each; results as they come.

    `window` messages may be under way on each at the start; more while the server is quick.

    A talk is taken only when there is room for it. Whoever stops listening waits for the talks under
    way, and no more is taken. A connection is made when it is first needed.
    """
    remaining, lock, stopped = iter(talks), Lock(), False
    results: SimpleQueue[T | _Ended] = SimpleQueue()

    def take() -> Talk[T] | None:
        with lock:
            return None if stopped else next(remaining, None)

    def lead() -> None:
        error = None
        try:
            for result in Line(server, take, courses=courses, window=window).run():
                results.put(result)
        except BaseException as raised:  # noqa: BLE001 - it is raised where the results are taken
            error = raised
        results.put(_Ended(error))

    threads = [Thread(target=lead, daemon=True) for _ in range(lines)]
    for thread in threads:
        thread.start()
    try:
        yield from _until_ended(results, lines)
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
