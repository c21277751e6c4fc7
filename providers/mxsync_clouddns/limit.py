"""One budget for all that this process asks with the same credentials.

Google counts the requests of an IAM user by the minute ("Quotas and limits" of Cloud DNS) and publishes no
number; the console's page of quotas shows it. So a run may ask at once, until a minute's requests are used up.
This is a few timestamps and a lock; pyrate-limiter would do the same, and takes 150 ms to import.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import dataclass, field
from threading import Lock

_log = logging.getLogger("mxsync.clouddns")

MINUTE = 61.0
"""In seconds; one more, for requests take different times on their way."""


@dataclass(slots=True)
class Budget:
    """Lets so many requests pass in any minute, for any number of threads."""

    per_minute: int
    _passed: deque[float] = field(default_factory=deque)
    """When the last requests passed."""
    _lock: Lock = field(default_factory=Lock, repr=False)

    def wait(self) -> None:
        """Return when the next request may be sent."""
        # Whoever sleeps keeps the lock: all others come later.
        with self._lock:
            while len(self._passed) >= self.per_minute:
                left = self._passed.popleft() + MINUTE - time.monotonic()
                if left > 1:
                    _log.info("the requests of this minute are used up; going on in %.0f s", left)
                time.sleep(max(0.0, left))
            self._passed.append(time.monotonic())


_BUDGETS: dict[str, Budget] = {}
_LOCK = Lock()


def budget_of(user: str, per_minute: int) -> Budget:
    """Give the one budget of a user; of blocks that want different ones, the smallest counts."""
    with _LOCK:
        budget = _BUDGETS.setdefault(user, Budget(per_minute))
        budget.per_minute = min(budget.per_minute, per_minute)
        return budget
