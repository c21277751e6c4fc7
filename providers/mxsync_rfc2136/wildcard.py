"""Tells the answers that a wildcard made up from real sets (RFC 4592).

On the wire they look alike. But a set that a wildcard made is a copy of the wildcard's own, and that
one can be asked for. Where both are equal, the server itself is asked with a condition and no change:
conditions see real sets only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync import names
from mxsync_rfc2136 import update
from mxsync_rfc2136.message import A_ANSWER, Rcode
from mxsync_rfc2136.talk import Talk, ask, say, together

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from mxsync.names import Name
    from mxsync_rfc2136.message import Answer, Record


def above(zone: Name, owner: Name, kind: int) -> Talk[list[Answer]]:
    """Ask for every wildcard that could answer for the owner. Raises Trouble."""
    return (yield from together(ask(other, kind) for other in _wildcards(zone, owner)))


def made_up(zone: Name, owner: Name, found: list[Record], answers: list[Answer]) -> Talk[bool | None]:
    """Say whether these records, the answer for the owner, came from a wildcard; `answers` are theirs.

    None if the server does not tell. Raises Trouble.
    """
    kind = found[0].kind
    ours = {record.data for record in found}
    if not any(_may_be(answer, kind, ours) for answer in answers):
        return False
    answer = yield from say(update.exists(zone, owner, kind))
    match answer.rcode:
        case Rcode.NOERROR:
            return False
        case Rcode.NXRRSET:
            return True
    return None


def _may_be(answer: Answer, kind: int, ours: AbstractSet[object]) -> bool:
    """Say whether this answer for a wildcard leaves room for it to have these data.

    By data alone: a false alarm costs one question more, a miss would be a wrong reading.
    """
    whole = answer.rcode in A_ANSWER and not answer.truncated
    return not whole or {record.data for record in answer.answer if record.kind == kind} == ours


def _wildcards(zone: Name, owner: Name) -> Iterator[Name]:
    """Give every wildcard that could answer for the owner, the nearest first; none for the apex."""
    above = owner
    while above != zone:
        above = names.parent(above)
        other = names.parse("*", above)
        if other != owner:
            yield other
