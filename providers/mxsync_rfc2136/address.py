"""Finds out whether senders would find an address at an owner that has lost its MX set (RFC 5321 §5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync_rfc2136.message import A_ANSWER, Answer, Kind, Rcode
from mxsync_rfc2136.talk import Talk, ask, attempt, together

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.names import Name
    from mxsync_rfc2136.message import Trouble

ADDRESS = (Kind.A, Kind.AAAA)


def ask_address(owner: Name) -> Talk[bool | None]:
    """Ask whether an owner has an address; None where the answers do not tell. Raises nothing."""
    answers = yield from together(attempt(ask(owner, kind)) for kind in ADDRESS)
    found = [_shows(answer, owner, kind) for answer, kind in zip(answers, ADDRESS, strict=True)]
    return True if any(found) else None if None in found else False


def falls_back(own: bool | None, wildcards: Iterable[Answer]) -> bool | None:  # noqa: FBT001 - what was found out
    """Say the same of an owner without a set, by what its own answers say and those for wildcards above it.

    The name may go with its set, and then a wildcard answers for it. Whether it goes, nobody can see before.
    """
    if own is not False:
        return own
    alone = all(answer.rcode == Rcode.NXDOMAIN and answer.authoritative for answer in wildcards)
    return False if alone else None


def _shows(answer: Answer | Trouble, owner: Name, kind: Kind) -> bool | None:
    if not isinstance(answer, Answer) or answer.rcode not in A_ANSWER:
        return None
    if not answer.authoritative or answer.truncated:
        return None
    if answer.records(owner, kind):
        return True
    return None if answer.answer else False
