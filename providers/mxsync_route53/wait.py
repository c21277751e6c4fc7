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

from mxsync_route53.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mxsync.change import ChangeOutcome
    from mxsync_route53.api import Api
    from mxsync_route53.write import Accepted

FIRST = 5.0
"""How many seconds after a change was accepted it is first asked about."""
EVERY = 10.0
"""How many seconds later it is asked about again."""
PATIENCE = 300.0
"""After how many seconds a change is given up on; it is in Route 53 all the same."""

_log = logging.getLogger("mxsync.route53")


def wait_for(api: Api, accepted: Iterable[Accepted]) -> Iterator[ChangeOutcome]:
    """Give the outcomes of changes as they reach all name servers. Raises nothing."""
    queue = [(each.at + FIRST, number, each) for number, each in enumerate(accepted)]
    heapify(queue)
    total = len(queue)
    while queue:
        due, number, each = heappop(queue)
        time.sleep(max(0.0, due - time.monotonic()))
        reason = ""
        try:
            done = api.in_sync(each.change_id)
        except Trouble as error:
            done, reason = True, f"whether all name servers have it could not be asked: {error}"
        if not done and time.monotonic() - each.at >= PATIENCE:
            done, reason = True, f"not all name servers had it after {PATIENCE:.0f} s"
        if not done:
            heappush(queue, (time.monotonic() + EVERY, number, each))
            continue
        if reason:
            _log.warning("%s: %s", each.outcomes[0].zone, reason)
        _log.info("%d of %d changes are at all name servers", total - len(queue), total)
        for outcome in each.outcomes:
            yield replace(outcome, message=reason)
