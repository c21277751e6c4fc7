"""What a change does to the mail of its owner. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.change import Change
    from mxsync.model import MXSet
    from mxsync.names import Name


class Impact(StrEnum):
    """The kinds of change, by what they mean for mail."""

    CREATE = "create"
    DELETE = "delete"
    TTL = "ttl"
    RENUMBER = "renumber"
    """The same hosts in the same order, under other numbers: the gaps have no meaning."""
    BACKUP = "backup"
    """The hosts that are tried first stay; what comes after them changes."""
    PRIMARY = "primary"
    """Other hosts are tried first."""
    TO_NULL = "to-null"
    FROM_NULL = "from-null"


def impact(change: Change) -> Impact:
    """Classify a change by the order in which senders try hosts (RFC 5321 §5.1, RFC 7505)."""
    before, after = change.before, change.after
    if before is None:
        return Impact.CREATE
    if after is None:
        return Impact.DELETE
    if before.is_null != after.is_null:
        return Impact.TO_NULL if after.is_null else Impact.FROM_NULL
    if before.records == after.records:
        return Impact.TTL
    if before.tiers == after.tiers:
        return Impact.RENUMBER
    return Impact.BACKUP if before.tiers[0] == after.tiers[0] else Impact.PRIMARY


_WITHOUT = {
    True: "mail goes to the owner's own address from then on; write null_mx if it shall take none",
    False: "mail bounces: the owner has no address either",
    None: "senders fall back to the owner's own address, if it has one; without one, mail bounces",
}
"""What senders do once an owner has no set, by whether it has an address (RFC 5321 §5.1)."""


def effect(change: Change, *, addressed: bool | None = None) -> str:
    """Say in one sentence what happens to mail; `addressed` is whether the owner has an address."""
    after = change.after
    match impact(change):
        case Impact.CREATE:
            assert after is not None  # noqa: S101 - a creation has an after
            if after.is_null:
                return "the domain says that it takes no mail"
            return f"mail goes to {_first(after)}"
        case Impact.DELETE:
            return _WITHOUT[addressed]
        case Impact.TTL:
            return "delivery stays the same; caches keep the answer for another time"
        case Impact.RENUMBER:
            return "delivery stays the same: the order of the hosts does not change"
        case Impact.BACKUP:
            return "the first hosts stay; the backups change"
        case Impact.TO_NULL:
            return "the domain says that it takes no mail; mail to it bounces at once"
        case Impact.PRIMARY | Impact.FROM_NULL:
            assert after is not None  # noqa: S101 - these replace one set by another
            return f"new mail goes to {_first(after)} first"


def _first(wanted: MXSet) -> str:
    return _listed(wanted.tiers[0])


def _listed(names: Iterable[Name]) -> str:
    ordered = sorted(names)
    return ordered[0] if len(ordered) == 1 else f"{', '.join(ordered[:-1])} and {ordered[-1]}"
