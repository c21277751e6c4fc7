"""What goes wrong on the way, or in the service, at a request of the test's choice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from support.route53.errors import Refusal


class Fate(StrEnum):
    """What becomes of a request, and of the connection it came on."""

    DROP_BEFORE = "drop before"
    """The connection is closed; the service never sees the request."""
    DROP_AFTER = "drop after"
    """The service does what was asked; the connection is closed without an answer."""
    RESET_BEFORE = "reset before"
    """As `DROP_BEFORE`, with a TCP reset."""
    RESET_AFTER = "reset after"
    UNAVAILABLE_BEFORE = "503 before"
    """A 503 without a body that is XML, as a load balancer gives; nothing was done."""
    UNAVAILABLE_AFTER = "503 after"
    """The same, and what was asked was done."""
    TRUNCATED = "truncated"
    """It was done; the answer ends in its middle."""
    SLOW = "slow"
    """It was done; the answer comes after `Fake.delay` seconds."""


@dataclass(slots=True)
class Fault:
    """Strikes at requests of one operation, `times` in a row, after it let `skip` of them pass."""

    operation: str
    what: Fate | Refusal | Callable[[], object]
    """A refusal is answered and nothing done; a callable is run just before the request is processed."""
    times: int = 1
    skip: int = 0
    zone: str | None = None
    """Only requests for the hosted zone of this ID."""

    def strikes(self, operation: str, zone: str | None) -> bool:
        """Say whether this request is one, and count it."""
        if self.operation != operation or self.times == 0 or self.zone not in (None, zone):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True
