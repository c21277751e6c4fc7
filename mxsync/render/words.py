"""How values are written for people. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.names import unicode_form
from mxsync.reading import Absent, Blocked, Present

if TYPE_CHECKING:
    from mxsync.model import MX, MXSet
    from mxsync.names import Name
    from mxsync.reading import OwnerReading

_UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def duration(seconds: int) -> str:
    """Write a number of seconds as `1d12h`, `30m` or `0s`."""
    parts = []
    for letter, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{letter}")
    return "".join(parts) or "0s"


def count(number: int, what: str) -> str:
    """Write `1 zone` or `2 zones`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def one_line(text: str) -> str:
    """Make a message fit for a terminal: one line, no control characters that somebody else chose."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else " " for char in text)
    return text.strip()


def name(value: Name) -> str:
    """Write a name as it is, and beside it with its U-labels if it has any."""
    unicode = unicode_form(value)
    return value if unicode == value else f"{value} ({one_line(unicode)})"


def record(value: MX) -> str:
    """Write a record, its exchange like any name."""
    return f"{value.preference} {name(value.exchange)}"


def mx_set(value: MXSet | None) -> str:
    """Write a set in one line, or that there is none."""
    if value is None:
        return "no MX set"
    return f"{', '.join(record(each) for each in value.records)} (TTL {duration(value.ttl)})"


def reading(value: OwnerReading) -> str:
    """Say in one line what was seen at an owner."""
    match value:
        case Present(found):
            return mx_set(found)
        case Absent():
            return mx_set(None)
        case Blocked(reason):
            return one_line(reason)
        case _:
            return one_line(value.message)
