"""Tells the answers that a wildcard made up from real sets (RFC 4592).

On the wire they look alike. But a set that a wildcard made is a copy of the wildcard's own, and that
one can be asked for. Where both are equal, the server itself is asked with a condition and no change:
conditions see real sets only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rcode
import dns.rrset

from mxsync import names
from mxsync_rfc2136 import update

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mxsync.names import Name
    from mxsync_rfc2136.session import Session


def made_up(session: Session, zone: Name, owner: Name, found: list[dns.rrset.RRset]) -> bool | None:
    """Say whether these records, the answer for the owner, came from a wildcard.

    None if the server does not tell. Raises Trouble.
    """
    kind = found[0].rdtype
    if not any(_same(found, session.ask(other, kind).answer) for other in _wildcards(zone, owner)):
        return False
    answer = session.exchange(update.exists(zone, owner, kind, session.server.key))
    return {dns.rcode.NOERROR: False, dns.rcode.NXRRSET: True}.get(answer.rcode())


def _wildcards(zone: Name, owner: Name) -> Iterator[Name]:
    """Give every wildcard that could answer for the owner, the nearest first; none for the apex."""
    above = owner
    while above != zone:
        above = names.parent(above)
        other = names.parse("*", above)
        if other != owner:
            yield other


def _same(found: list[dns.rrset.RRset], answer: Iterable[dns.rrset.RRset]) -> bool:
    """Compare by data alone; a false alarm costs one question more, a miss would be a wrong reading."""
    kind = found[0].rdtype
    return {data for [data] in found} == {
        data for record in answer if record.rdtype == kind for data in record
    }
