"""One pace for all that this process asks of an account.

Route 53 takes five requests a second from an account, whoever sends them (Developer Guide, "Quotas"). This is
one timestamp and a lock; pyrate-limiter would do the same, and takes 150 ms to import.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock


@dataclass(slots=True)
class Pace:
    """Lets requests pass at even distances, for any number of threads."""

    per_second: float
    _free: float = 0.0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def wait(self) -> None:
        """Return when the next request may be sent."""
        # Whoever sleeps keeps the lock: a thread that wakes late must not come close before the next one.
        with self._lock:
            time.sleep(max(0.0, self._free - time.monotonic()))
            self._free = time.monotonic() + 1 / self.per_second


_PACES: dict[str, Pace] = {}
_LOCK = Lock()


def pace_of(account: str, per_second: float) -> Pace:
    """Give the one pace of an account; of blocks that want different ones, the slowest counts."""
    with _LOCK:
        pace = _PACES.setdefault(account, Pace(per_second))
        pace.per_second = min(pace.per_second, per_second)
        return pace
