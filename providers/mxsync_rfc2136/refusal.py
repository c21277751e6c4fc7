"""Says why a server may have refused an update."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.flags
import dns.rcode
import dns.rdatatype

from mxsync import names
from mxsync_rfc2136.session import Trouble

if TYPE_CHECKING:
    from mxsync.change import Change
    from mxsync.names import Name
    from mxsync_rfc2136.session import Session

_FEW = 100
"""Records of a set that BIND takes (`max-records-per-type`)."""


def explain(session: Session, zone: Name, change: Change, rcode: dns.rcode.Rcode) -> str:
    """Put the refusal of a change into words; asks the server where that helps. Raises nothing."""
    return f"{session.server}: the server refuses the update ({dns.rcode.to_text(rcode)}): " + _reason(
        session, zone, change, rcode
    )


def _reason(session: Session, zone: Name, change: Change, rcode: dns.rcode.Rcode) -> str:
    match rcode:
        case dns.rcode.REFUSED:
            return _exchange_at_fault(session, zone, change) or _no_leave(session, zone, change)
        case dns.rcode.NOTAUTH:
            return f"it takes no updates of {zone} with {_key(session)}; name the primary server of the zone"
        case dns.rcode.SERVFAIL if change.after and len(change.after.records) > _FEW:
            return (
                f"{len(change.after.records)} records are too many; BIND takes {_FEW} (max-records-per-type)"
            )
        case dns.rcode.SERVFAIL:
            return "it has trouble of its own, such as a full disk; see its log"
        case dns.rcode.NOTIMP:
            return "it knows no updates; name the primary server of the zone"
        case dns.rcode.NOTZONE:
            return f"{change.owner} lies outside of {zone}"
    return "see its log"


def _no_leave(session: Session, zone: Name, change: Change) -> str:
    return (
        f"{_key(session)} may not change the MX set of {change.owner} (BIND: update-policy, allow-update), "
        f"the zone {zone} is frozen (rndc thaw), or this is not its primary server"
    )


def _key(session: Session) -> str:
    return f"the TSIG key {session.server.key_name}" if session.server.key else "a sender without a TSIG key"


def _exchange_at_fault(session: Session, zone: Name, change: Change) -> str | None:
    """Look for an exchange inside the zone that BIND does not take (its check of MX targets)."""
    exchanges = [record.exchange for record in change.after.records] if change.after else []
    for exchange in dict.fromkeys(exchanges):
        if not names.is_within(exchange, zone):
            continue
        try:
            answers = [session.ask(exchange, kind) for kind in (dns.rdatatype.A, dns.rdatatype.AAAA)]
        except Trouble:
            return None
        if any(record.rdtype == dns.rdatatype.CNAME for answer in answers for record in answer.answer):
            return f"the exchange {exchange} is a CNAME in this zone (RFC 2181 §10.3); name its target"
        if all(answer.flags & dns.flags.AA and not answer.answer for answer in answers):
            return f"the exchange {exchange} has no address in this zone; add its A or AAAA record first"
    return None
