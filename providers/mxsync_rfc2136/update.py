"""The UPDATE messages (RFC 2136), as pure functions: one MX set, one message, all or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype
import dns.tsig
import dns.update

from mxsync_rfc2136.convert import to_dns, to_rdatas

if TYPE_CHECKING:
    from mxsync.change import Change
    from mxsync.names import Name


def swap(zone: Name, change: Change, key: dns.tsig.Key | None) -> dns.update.UpdateMessage:
    """Change one MX set from `before` to `after`, if it still is `before`.

    The condition does not cover the TTL (RFC 2136 §1.1.1); the caller reads again just before. It also
    demands that there is no CNAME, which would have the server ignore the records (§3.4.2.2).
    """
    message = _message(zone, key)
    owner = to_dns(change.owner)
    if change.before is None:
        message.absent(owner, dns.rdatatype.MX)
    else:
        # The records, not an RRset: its TTL would go into the condition, where only 0 may stand (§2.4.2).
        message.present(owner, *to_rdatas(change.before))
    message.absent(owner, dns.rdatatype.CNAME)
    message.delete(owner, dns.rdatatype.MX)
    if change.after is not None:
        message.add(owner, change.after.ttl, *to_rdatas(change.after))
    return message


def exists(
    zone: Name, owner: Name, kind: dns.rdatatype.RdataType, key: dns.tsig.Key | None
) -> dns.update.UpdateMessage:
    """Ask whether the owner has a set of this type of its own: a condition and no change (§2.4.1)."""
    message = _message(zone, key)
    message.present(to_dns(owner), kind)
    return message


def _message(zone: Name, key: dns.tsig.Key | None) -> dns.update.UpdateMessage:
    message = dns.update.UpdateMessage(to_dns(zone))
    if key:
        message.use_tsig(key)
    return message
