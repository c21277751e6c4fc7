"""Waits until Cloud DNS says that what was written is done.

It says so when it has told its name servers (REST reference, "Change", `status`). Each round asks about all
changes that are not done, whichever zones they are of; so there are few rounds, however many zones.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from mxsync.atomic import Trouble
from mxsync.provider import ATTENTION, in_threads
from mxsync_clouddns.session import CONNECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mxsync.atomic import Accepted
    from mxsync.change import ChangeOutcome
    from mxsync_clouddns.api import Api
    from mxsync_clouddns.write import Ticket

FIRST = 1.0
"""How many seconds after the last write the first round is; each later one waits twice as long."""
LONGEST = 15.0
"""The longest time between two rounds, in seconds."""
PATIENCE = 300.0
"""After how many seconds the last round begins; what it finds pending is in Cloud DNS all the same."""

_log = logging.getLogger("mxsync.clouddns")


def wait_for(
    api: Api,
    accepted: Iterable[Accepted[Ticket]],
    stopping: Callable[[], bool],
    *,
    workers: int = CONNECTIONS,
) -> Iterator[ChangeOutcome]:
    """Give the outcomes of changes as they are done, or at once when told to stop; ask about so many at once.

    Raises nothing.
    """
    waiting = list(accepted)
    total, done, pause, end = len(waiting), 0, FIRST, time.monotonic() + PATIENCE
    last = False
    while waiting and not last:
        _sleep(pause, stopping)
        if stopping():
            yield from _as_they_are(waiting, "it was not waited until Cloud DNS had told its name servers")
            return
        # A round may take long, for many changes or few requests a minute: all are asked about once more after it.
        last = time.monotonic() >= end
        pause = min(2 * pause, LONGEST)
        pending: list[Accepted[Ticket]] = []
        for each, why_not in in_threads(lambda each: [(each, _ask(api, each))], waiting, workers=workers):
            if why_not == "":
                pending.append(each)
            else:
                yield from _as_they_are([each], why_not or "")
        done += len(waiting) - len(pending)
        waiting = pending
        _log.info("%d of %d changes are done", done, total)
    yield from _as_they_are(waiting, f"Cloud DNS had not told its name servers after {PATIENCE:.0f} s")


def _sleep(seconds: float, stopping: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and not stopping():
        time.sleep(min(left, ATTENTION))


def _as_they_are(accepted: Iterable[Accepted[Ticket]], message: str) -> Iterator[ChangeOutcome]:
    for each in accepted:
        for outcome in each.outcomes:
            yield replace(outcome, message=message)


def _ask(api: Api, each: Accepted[Ticket]) -> str | None:
    """Give None for a change that is done, nothing for one to wait for, else why not to."""
    try:
        return None if api.is_done(each.ticket.zone, each.ticket.change_id) else ""
    except Trouble as error:
        return f"whether its name servers have been told could not be asked: {error}"
