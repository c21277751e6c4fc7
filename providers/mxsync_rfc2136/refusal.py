"""Says why a server may have refused an update."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync import names
from mxsync_rfc2136 import update
from mxsync_rfc2136.message import CONDITION_FAILED, Answer, Kind, Rcode, Trouble, Unsigned, rcode_text
from mxsync_rfc2136.talk import Talk, ask, attempt, both, say, together

if TYPE_CHECKING:
    from mxsync.change import Change
    from mxsync.names import Name
    from mxsync_rfc2136.server import Server

_FEW = 100
"""Records of a set that BIND takes (`max-records-per-type`)."""


def explain(server: Server, zone: Name, change: Change, rcode: int) -> Talk[str]:
    """Put the refusal of a change into words; asks the server where that helps. Raises nothing."""
    reason = yield from _reason(server, zone, change, rcode)
    return f"{server}: the server refuses the update ({rcode_text(rcode)}): {reason}"


def _reason(server: Server, zone: Name, change: Change, rcode: int) -> Talk[str]:
    match rcode:
        case Rcode.REFUSED:
            return (yield from no_leave(server, zone, change.owner, f"the MX set of {change.owner}"))
        case Rcode.NOTAUTH:
            return not_authorised(server, zone)
        case Rcode.SERVFAIL if change.after and len(change.after.records) > _FEW:
            return (
                f"{len(change.after.records)} records are too many; BIND takes {_FEW} (max-records-per-type)"
            )
        case Rcode.SERVFAIL:
            return "it has trouble of its own, such as a full disk; see its log"
        case Rcode.NOTIMP:
            return "it knows no updates; name the primary server of the zone"
        case Rcode.NOTZONE:
            return f"{change.owner} lies outside of {zone}"
    return "see its log"


def not_authorised(server: Server, zone: str) -> str:
    """Say what NOTAUTH means, which some servers answer to whoever lacks the right."""
    return f"it takes no updates of {zone} from {server.keys.updating}; allow that, or name the zone's primary server"


def not_signed(server: Server, zone: str, error: Unsigned) -> str:
    """Put a refusal of an update into words that came without a signature, when questions are answered."""
    keys = server.keys
    if error.rcode == Rcode.NOTIMP:
        return f"{server}: the server knows no updates (NOTIMP); name the primary server of the zone"
    if keys.updates is keys.questions:
        # The key, the secret and the clock are right, or no question would have been answered.
        return (
            f"{server}: the server refuses the update ({rcode_text(error.rcode)}): it gives {keys.updating} "
            f"no leave to change {zone}, or is not its primary server"
        )
    # Knot answers BADKEY to a key without leave, too.
    return f"{error} (to an update; it may also be that {keys.updating} has no leave to change {zone})"


def no_leave(server: Server, zone: Name, owner: Name, what: str) -> Talk[str]:
    """Say why a REFUSED may be, with the help of messages that change nothing. Raises nothing.

    `what` is what was to be changed, in words.
    """
    who = server.keys.updating
    rights, condition = yield from both(
        attempt(say(update.may_write(zone, owner))), attempt(say(update.exists(zone, zone, Kind.SOA)))
    )
    if isinstance(rights, Answer) and rights.rcode in CONDITION_FAILED:
        return f"{who} may change {what}, but not like this; the server's log says why"
    if isinstance(condition, Answer) and condition.rcode == Rcode.NOERROR:
        return f"{who} may not change {what}; grant it (BIND: update-policy)"
    return (
        f"{who} may not change {what} (BIND: update-policy or allow-update, and allow-query; PowerDNS: dnsupdate, "
        "allow-dnsupdate-from, TSIG-ALLOW-DNSUPDATE), the zone is frozen (rndc thaw), or this is not its primary server"
    )


def exchange_at_fault(zone: Name, change: Change) -> Talk[str | None]:
    """Look for an exchange inside the zone that takes no mail, and say why not (RFC 5321 §5.1).

    BIND refuses an update for that, with no word of the reason; Knot and PowerDNS take it. Raises nothing.
    """
    exchanges = [record.exchange for record in change.after.records] if change.after else []
    inside = [exchange for exchange in dict.fromkeys(exchanges) if names.is_within(exchange, zone)]
    try:
        found = yield from together(
            together(ask(exchange, kind) for kind in (Kind.A, Kind.AAAA)) for exchange in inside
        )
    except Trouble:
        return None
    for exchange, answers in zip(inside, found, strict=True):
        if any(record.kind == Kind.CNAME for answer in answers for record in answer.answer):
            return f"the exchange {exchange} is a CNAME in this zone (RFC 2181 §10.3); name its target"
        if all(answer.authoritative and not answer.answer for answer in answers):
            return f"the exchange {exchange} has no address in this zone; add its A or AAAA record first"
    return None
