"""Makes one change at the server, and finds out what came of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import dns.rcode

from mxsync.change import ChangeOutcome, Outcome
from mxsync.reading import Absent, Blocked, Present, Unreadable, set_of
from mxsync_rfc2136 import update
from mxsync_rfc2136.read import read_owner
from mxsync_rfc2136.refusal import explain
from mxsync_rfc2136.session import NotSent, Trouble

if TYPE_CHECKING:
    from mxsync.change import Change
    from mxsync.names import Name
    from mxsync.reading import OwnerReading
    from mxsync_rfc2136.session import Session

MAX_TTL = 2**31 - 1
"""The greatest valid TTL (RFC 2181 §8). BIND, Knot and PowerDNS store a greater one all the same."""
_SHOWN_WITHIN = 2.0
"""For how many seconds a server may go on showing the old set: inline signing takes a moment."""
_LOOK_EVERY = 0.02
_CONDITION_FAILED = {dns.rcode.NXRRSET, dns.rcode.YXRRSET, dns.rcode.NXDOMAIN, dns.rcode.YXDOMAIN}


def make_change(session: Session, zone: Name, change: Change) -> ChangeOutcome:
    """Compare and swap one owner's set. Raises nothing.

    The reading at the start is the guard of the TTL, which the condition of an UPDATE cannot cover.
    """
    answer = _make(session, zone, change)
    return ChangeOutcome(zone, change.owner, answer.outcome, answer.message, answer.found, final=answer.final)


class _Answer(NamedTuple):
    outcome: Outcome
    message: str = ""
    found: OwnerReading | None = None
    final: bool = False


def _make(session: Session, zone: Name, change: Change) -> _Answer:
    if change.after is not None and change.after.ttl > MAX_TTL:
        return _Answer(Outcome.FAILED, f"not sent: TTL {change.after.ttl} is above {MAX_TTL} (RFC 2181 §8)")
    now = read_owner(session, zone, change.owner)
    match now:
        case Unreadable(message):
            return _Answer(Outcome.FAILED, f"not sent: {message}")
        case Blocked(reason):
            return _Answer(Outcome.BLOCKED, reason, now)
    if set_of(now) != change.before:
        return _Answer(Outcome.CONFLICT, "changed since it was read; plan again", now)
    try:
        answer = session.exchange(update.swap(zone, change, session.server.key))
    except NotSent as error:
        return _Answer(Outcome.FAILED, f"not sent: {error}")
    except Trouble as error:
        return _Answer(Outcome.UNKNOWN, f"the update was sent, but {error}")
    rcode = answer.rcode()
    if rcode == dns.rcode.NOERROR:
        return _confirm(session, zone, change)
    if rcode in _CONDITION_FAILED:
        return _conflict(session, zone, change)
    return _Answer(Outcome.FAILED, explain(session, zone, change, rcode))


def _conflict(session: Session, zone: Name, change: Change) -> _Answer:
    """Say what stands in the way of a change whose condition was false."""
    found = read_owner(session, zone, change.owner)
    match found:
        case Blocked(reason):
            return _Answer(Outcome.BLOCKED, reason, found)
        case Unreadable():
            return _Answer(Outcome.CONFLICT, "changed in the last moment; plan again")
    return _Answer(Outcome.CONFLICT, "changed in the last moment; plan again", found)


def _confirm(session: Session, zone: Name, change: Change) -> _Answer:
    """Read until the server shows the wanted set: NOERROR alone is no success."""
    deadline = time.monotonic() + min(_SHOWN_WITHIN, session.server.timeout)
    while True:
        found = read_owner(session, zone, change.owner)
        plain = isinstance(found, Present | Absent)
        if plain and set_of(found) == change.after:
            return _Answer(Outcome.APPLIED, found=found)
        if not plain or set_of(found) != change.before or time.monotonic() >= deadline:
            break
        time.sleep(_LOOK_EVERY)
    took = f"{session.server}: the server took the update, but"
    match found:
        case Unreadable(message):
            return _Answer(Outcome.UNKNOWN, f"{took} the set could not be read afterwards: {message}")
        case Blocked(reason):
            return _Answer(Outcome.UNKNOWN, f"{took} does not show it: {reason}", found, final=True)
        case _ if set_of(found) == change.before:
            message = (
                f"{took} still shows the old set; is it a secondary server that passes updates on, "
                "or has it a policy that drops records?"
            )
            return _Answer(Outcome.UNKNOWN, message, found, final=True)
    # Whoever made this of it, our own update had an effect: it is no conflict that left the set alone.
    message = f"{took} shows {_text(found)}; a limit for TTLs, or somebody else?"
    return _Answer(Outcome.UNKNOWN, message, found, final=True)


def _text(found: OwnerReading) -> str:
    shown = set_of(found)
    if shown is None:
        return "no set"
    return f"TTL {shown.ttl}: {', '.join(str(record) for record in shown.records)}"
