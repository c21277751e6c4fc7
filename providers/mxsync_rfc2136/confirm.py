"""Reads a set until it shows what an update made of it: NOERROR alone is no success."""

from __future__ import annotations

from itertools import accumulate, takewhile
from typing import TYPE_CHECKING

from mxsync.change import ChangeOutcome, Outcome
from mxsync.reading import Absent, Blocked, Present, Unreadable, set_of
from mxsync_rfc2136 import update
from mxsync_rfc2136.message import Rcode, Trouble
from mxsync_rfc2136.read import read_owner
from mxsync_rfc2136.talk import Talk, say
from mxsync_rfc2136.zone import check_zone

if TYPE_CHECKING:
    from mxsync.change import Change
    from mxsync.model import MXSet
    from mxsync.names import Name
    from mxsync.reading import OwnerReading
    from mxsync_rfc2136.server import Server

LOOKS = (0, 0.02, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 0.72)
"""After how many seconds to look, each from the last look: inline signing takes a moment. Two in all."""


def confirm(server: Server, zone: Name, change: Change) -> Talk[ChangeOutcome]:
    """Say what came of a change that the server answered with NOERROR. Raises nothing."""

    def final(outcome: Outcome, message: str) -> ChangeOutcome:
        said = f"{server}: the server took the update, but {message}"
        return ChangeOutcome(zone, change.owner, outcome, said, found, final=True)

    looks = takewhile(lambda look: look[1] <= server.timeout, zip(LOOKS, accumulate(LOOKS), strict=True))
    found: OwnerReading = Absent()
    for delay, _ in looks:
        found = yield from read_owner(server, zone, change.owner, known=True, delay=delay)
        if not isinstance(found, Present | Absent) or set_of(found) != change.before:
            break
    shown = set_of(found)
    match found:
        case Unreadable(message):
            said = (
                f"{server}: the server took the update, but the set could not be read afterwards: {message}"
            )
            return ChangeOutcome(zone, change.owner, Outcome.UNKNOWN, said)
        case Blocked(reason):
            return final(Outcome.FAILED, f"does not show the set: {reason}")
        case _ if shown == change.after:
            return ChangeOutcome(zone, change.owner, Outcome.APPLIED, found=found)
    if shown != change.before and not _lowered(change, shown):
        # Whoever made this of it, our own update had an effect: it is no conflict that left the set alone.
        message = f"shows {_text(found)}; did somebody else change it at the same time?"
        return final(Outcome.UNKNOWN, message)
    if shown == change.before and not (yield from _is_as_before(server, zone, change)):
        message = "still shows the old set; is it a secondary server that passes updates on?"
        return final(Outcome.UNKNOWN, message)
    if shown and change.after and _lowered(change, shown):
        message = (
            f"keeps the TTL at {shown.ttl} instead of {change.after.ttl}: it has a limit (BIND: max-zone-ttl); "
            "the records are as wanted; write a TTL that it takes into the manifest"
        )
        return final(Outcome.FAILED, message)
    message = "left the set as it was; has it a policy that drops records (PowerDNS: Lua)?"
    return final(Outcome.FAILED, message)


def _lowered(change: Change, shown: MXSet | None) -> bool:
    """Say whether only the TTL is not as wanted. A limit lowers: a higher one is somebody else's."""
    after = change.after
    return bool(shown and after and shown.records == after.records and shown.ttl < after.ttl)


def _is_as_before(server: Server, zone: Name, change: Change) -> Talk[bool]:
    """Ask whoever decides on updates, which need not be the server that answers questions."""
    before, after = change.before, change.after
    try:
        if not (before and after and before.records == after.records):
            return (yield from say(update.holds(zone, change))).rcode == Rcode.NOERROR
        # No condition covers the TTL. But what is shown of an SOA record on is as it is where that one still is.
        soa = yield from check_zone(server, zone)
        shown = yield from read_owner(server, zone, change.owner, known=True)
        same = (yield from say(update.unchanged(zone, soa))).rcode == Rcode.NOERROR
        return same and isinstance(shown, Present) and shown.set == before
    except Trouble:
        return False


def _text(found: OwnerReading) -> str:
    shown = set_of(found)
    if shown is None:
        return "no set"
    return f"TTL {shown.ttl}: {', '.join(str(record) for record in shown.records)}"
