"""Changes the sets of a zone at the server, and finds out what came of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mxsync.change import ChangeOutcome, Outcome
from mxsync.reading import Absent, Blocked, Present, Unreadable, set_of
from mxsync_rfc2136 import update
from mxsync_rfc2136.confirm import confirm
from mxsync_rfc2136.message import CONDITION_FAILED, Lost, NotSent, Rcode, Trouble, Unsigned
from mxsync_rfc2136.read import read_owner
from mxsync_rfc2136.refusal import exchange_at_fault, explain, not_signed
from mxsync_rfc2136.talk import Talk, attempt, say, together
from mxsync_rfc2136.zone import check_zone, shows_another_soa

if TYPE_CHECKING:
    from mxsync.change import Change
    from mxsync.names import Name
    from mxsync.provider import ZoneBatch
    from mxsync_rfc2136.message import Soa
    from mxsync_rfc2136.server import Server

MAX_TTL = 2**31 - 1
"""The greatest valid TTL (RFC 2181 §8). BIND, Knot and PowerDNS store a greater one all the same."""
TRIES = 2
"""How often a message is sent whose condition was false, the second time without the sets that moved."""
STRICT_TRIES = 8
"""The same where the condition is the whole zone, in which others may change what they like."""
_WHOLE_ZONE = {Rcode.NOTAUTH, Rcode.NOTIMP, Rcode.FORMERR}
"""Refusals that do not depend on the set."""


def write_zone(server: Server, batch: ZoneBatch, *, strict: bool) -> Talk[list[ChangeOutcome]]:
    """Compare and swap the sets of a batch. Raises nothing.

    As many sets as is wise go in one message. `strict` makes the whole zone, by its SOA record, a part of
    every condition.
    """
    work = _Work(server, batch.zone, strict)
    outcomes: list[ChangeOutcome] = []
    for chunk in update.in_messages(batch.zone, batch.changes):
        outcomes += yield from work.make(chunk, work.tries)
    return outcomes


@dataclass(frozen=True, slots=True)
class _Work:
    """Changes of one zone; each step gives one outcome for each change."""

    server: Server
    zone: Name
    strict: bool

    @property
    def tries(self) -> int:
        return STRICT_TRIES if self.strict else TRIES

    def make(self, changes: list[Change], tries: int) -> Talk[list[ChangeOutcome]]:
        """Make changes with one message, less those that need none or may not be made."""
        faults = yield from together(exchange_at_fault(self.zone, change) for change in changes)
        outcomes = [
            self.outcome(change, Outcome.FAILED, f"not sent: {fault}")
            for change, fault in zip(changes, faults, strict=True)
            if fault
        ]
        changes = [change for change, fault in zip(changes, faults, strict=True) if not fault]
        # Before the sets: whatever changes after this, the condition will notice.
        soa = (yield from attempt(check_zone(self.server, self.zone))) if self.strict else None
        if isinstance(soa, Trouble):
            return outcomes + self.all(changes, Outcome.FAILED, f"not sent: {soa}")
        readings = yield from together(
            read_owner(self.server, self.zone, it.owner, known=True) for it in changes
        )
        seen = dict(zip(changes, readings, strict=True))
        hindered = {change: self.hindrance(change, reading) for change, reading in seen.items()}
        outcomes += [outcome for outcome in hindered.values() if outcome]
        ready = [change for change, outcome in hindered.items() if not outcome]
        if ready:
            outcomes += yield from self.send(ready, soa, tries)
        return outcomes

    def hindrance(self, change: Change, now: Present | Absent | Blocked | Unreadable) -> ChangeOutcome | None:
        """Say why a change is not sent: this reading is the guard of the TTL, which no condition covers."""
        if change.after is not None and change.after.ttl > MAX_TTL:
            message = f"not sent: TTL {change.after.ttl} is above {MAX_TTL} (RFC 2181 §8)"
            return self.outcome(change, Outcome.FAILED, message)
        match now:
            case Unreadable(message):
                return self.outcome(change, Outcome.FAILED, f"not sent: {message}")
            case Blocked(reason):
                return self.outcome(change, Outcome.BLOCKED, reason, now)
            case _ if set_of(now) != change.before:
                return self.outcome(change, Outcome.CONFLICT, "changed since it was read; plan again", now)
        return None

    def send(self, changes: list[Change], soa: Soa | None, tries: int) -> Talk[list[ChangeOutcome]]:
        """Send changes as one message, and what is possible of it if that one is refused."""
        try:
            rcode = (yield from say(update.swap(self.zone, changes, soa))).rcode
        except NotSent as error:
            return self.all(changes, Outcome.FAILED, f"not sent: {error}")
        except Unsigned as error:
            message = not_signed(self.server, self.zone, error)
            return (yield from together(self.refused(change, message) for change in changes))
        except Lost as error:
            return self.all(changes, Outcome.UNKNOWN, f"the update was sent, but {error}")
        if rcode == Rcode.NOERROR:
            return (yield from together(confirm(self.server, self.zone, change) for change in changes))
        # Knot's SERVFAIL may be due to somebody else's message that it took up together with ours.
        if rcode in CONDITION_FAILED | {Rcode.SERVFAIL} and tries > 1:
            return (yield from self.make(changes, tries - 1))
        if (
            soa
            and rcode in CONDITION_FAILED
            and (yield from attempt(shows_another_soa(self.server, self.zone))) is True
        ):
            message = (
                f"{self.server}: the server compares with another SOA record than it shows; is the zone signed inline "
                "(BIND: inline-signing)? Such a zone needs 'cas: records'"
            )
            return self.all(changes, Outcome.FAILED, f"not done: {message}")
        if len(changes) > 1 and rcode not in _WHOLE_ZONE:
            return (yield from self.one_by_one(changes))
        if rcode in CONDITION_FAILED:
            return [self.moved(change) for change in changes]
        reasons = yield from together(explain(self.server, self.zone, change, rcode) for change in changes)
        refused = zip(changes, reasons, strict=True)
        return (yield from together(self.refused(change, reason) for change, reason in refused))

    def one_by_one(self, changes: list[Change]) -> Talk[list[ChangeOutcome]]:
        """Send each set in a message of its own, so that none stands in the way of another one."""
        singly = (self.make([change], self.tries) for change in changes)
        if not self.strict:
            return [outcome for found in (yield from together(singly)) for outcome in found]
        outcomes: list[ChangeOutcome] = []
        for single in singly:  # each of them changes the SOA record, and with it the others' condition
            outcomes += yield from single
        return outcomes

    def moved(self, change: Change) -> ChangeOutcome:
        """Say that the condition was false again and again, though the set was as before when read."""
        if self.strict:
            message = f"not done: the zone changed in each of {self.tries} tries (cas: soa)"
        else:
            message = (
                f"{self.server}: the server shows the set as planned, and says that it has another one; is it "
                "changed all the time, or past the server, which shows its cache (PowerDNS: query-cache-ttl)?"
            )
        return self.outcome(change, Outcome.FAILED, message)

    def refused(self, change: Change, message: str) -> Talk[ChangeOutcome]:
        """Make sure that a refused change was not made after all: not every refusal bears a signature."""
        found = yield from read_owner(self.server, self.zone, change.owner, known=True)
        if isinstance(found, Present | Absent) and set_of(found) == change.before:
            return self.outcome(change, Outcome.FAILED, message, found)
        return self.outcome(change, Outcome.UNKNOWN, message)

    def all(self, changes: list[Change], outcome: Outcome, message: str) -> list[ChangeOutcome]:
        return [self.outcome(change, outcome, message) for change in changes]

    def outcome(
        self,
        change: Change,
        outcome: Outcome,
        message: str,
        found: Present | Absent | Blocked | None = None,
    ) -> ChangeOutcome:
        return ChangeOutcome(self.zone, change.owner, outcome, message, found)
