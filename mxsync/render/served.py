"""What servers told, as parts of texts and documents. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mxsync.documents.values import set_document
from mxsync.reading import Absent, Blocked, Present, set_of
from mxsync.render.words import one_line, reading

if TYPE_CHECKING:
    from datetime import datetime

    from mxsync.authority.servers import Delegation, Told
    from mxsync.reading import OwnerReading


def told_line(told: Told) -> str:
    """Say in one line what a server told."""
    return f"{one_line(str(told.server))}: {seen(told.reading)}"


def seen(found: OwnerReading) -> str:
    """Say in one line what there is, also that a wildcard answers where there is nothing."""
    wildcard = ", but for a wildcard's answer" if isinstance(found, Absent) and found.wildcard else ""
    return f"{reading(found)}{wildcard}"


def told_document(told: Told) -> dict[str, Any]:
    """Write what a server told."""
    at = told.server.at
    return {
        "server": told.server.name,
        "address": at.address if at else None,
        "port": at.port if at else None,
        "role": told.server.role,
        "kind": told.kind,
        **reading_document(told.reading),
    }


def reading_document(found: OwnerReading) -> dict[str, Any]:
    """Write what was seen at an owner: a set, null where there is none, and why nothing is known."""
    known = isinstance(found, Present | Absent)
    return {"set": set_document(set_of(found)), "message": "" if known else reading(found)}


def state_of(found: OwnerReading) -> str:
    """Name what was seen at an owner."""
    match found:
        case Present():
            return "set"
        case Absent():
            return "none"
        case Blocked():
            return "blocked"
        case _:
            return "unreadable"


def delegation_document(delegation: Delegation) -> dict[str, Any]:
    """Write where a zone is served."""
    return {
        "parent": delegation.parent,
        "delegated_to": list(delegation.at_parent),
        "name_servers": list(delegation.at_apex),
        "trouble": delegation.trouble,
    }


def clock(when: datetime) -> str:
    """Write a time for people."""
    return f"{when:%Y-%m-%d %H:%M:%S} UTC"


def timestamp(when: datetime | None) -> str | None:
    """Write a time for programs."""
    return f"{when:%Y-%m-%dT%H:%M:%SZ}" if when else None
