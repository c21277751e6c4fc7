"""Waits until Route 53's name servers have what was written (INSYNC).

Most changes take less than a minute (API Reference, GetChange). A change is asked about when it is old enough
to be done, in the order of sending; one that is not takes its turn again later.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from mxsync.atomic import Kind, Trouble
from mxsync.provider import ATTENTION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mxsync.atomic import Accepted
    from mxsync.change import ChangeOutcome
    from mxsync_route53.api import Api
    from mxsync_route53.write import Ticket

FIRST = 5.0
"""How many seconds after a change was accepted it is first asked about."""
EVERY = 10.0
"""How many seconds later it is asked about again."""
PATIENCE = 300.0
"""After how many seconds a change is given up on; it is in Route 53 all the same."""

_NOT_WAITED = "it was not waited until all name servers had it"

_log = logging.getLogger("mxsync.route53")


def wait_for(
    api: Api, accepted: Iterable[Accepted[Ticket]], stopping: Callable[[], bool]
) -> Iterator[ChangeOutcome]:
    """Give the outcomes of changes as they reach all name servers, or at once when told to stop.

    Raises nothing.
    """
    queue = [(each.ticket.at + FIRST, number, each) for number, each in enumerate(accepted)]
    heapify(queue)
    total, served = len(queue), 0
    denied = ""
    if total:
        _log.info("waiting until all name servers have %d changes", total)
    while queue:
        due, number, each = heappop(queue)
        while (left := due - time.monotonic()) > 0 and not stopping() and not denied:
            time.sleep(min(left, ATTENTION))
        try:
            why_not = denied or (_NOT_WAITED if stopping() else _ask(api, each))
        except Trouble as error:
            why_not = f"whether all name servers have it could not be asked: {error}"
            # The credentials that may not ask about one change may not ask about the others.
            denied = why_not if error.kind is Kind.DENIED else ""
        if why_not is None:
            served += 1
            _log.info("%d of %d changes are at all name servers", served, total)
        elif not why_not:
            heappush(queue, (time.monotonic() + EVERY, number, each))
            continue
        for outcome in each.outcomes:
            yield replace(outcome, message=why_not or "")


def _ask(api: Api, each: Accepted[Ticket]) -> str | None:
    """Give None for a change that all name servers have, nothing for one to wait for, else why not to.

    Raises Trouble.
    """
    if api.in_sync(each.ticket.change_id):
        return None
    if time.monotonic() - each.ticket.at >= PATIENCE:
        return f"not all name servers had it after {PATIENCE:.0f} s"
    return ""
