"""The names of a manifest that own something: zones and the owners in them. Pure."""

from __future__ import annotations

from mxsync import names
from mxsync.errors import InvalidName
from mxsync.names import Name, to_labels

_PRINTABLE = range(0x21, 0x7F)


def zone_name(text: str) -> Name:
    """Read the name of a zone, with or without the trailing dot.

    Raises InvalidName.
    """
    if text == "@":
        raise InvalidName("'@' stands for a zone's own name inside of it; write the name")
    zone = names.parse(text)
    if "*" in zone:
        raise InvalidName(f"{text!r} is no zone: a '*' stands for owners in a zone")
    _reject_unprintable(text, zone)
    return zone


def owner_name(text: str, zone: Name) -> Name:
    """Read an owner's key: relative to its zone unless it ends in a dot; `@` is the apex.

    Raises InvalidName, also for a key that could be meant in two ways.
    """
    owner = names.parse(text, zone)
    if (
        zone != names.ROOT
        and text != "@"
        and not text.endswith(".")
        and text.count(".") >= zone.count(".") - 1  # or it is too short, which is the usual case
        and names.is_within(absolute := names.parse(text), zone)
    ):
        raise InvalidName(
            f"{text!r} ends in the name of its zone: write '{names.relative(absolute, zone)}' for {absolute}, "
            f"or '{owner}' for what it says now"
        )
    if not names.is_within(owner, zone):
        raise InvalidName(f"{text!r} lies outside of the zone {zone}")
    if "*" in owner.removeprefix("*."):
        raise InvalidName(f"{text!r}: a '*' stands only as the whole first label (RFC 4592)")
    _reject_unprintable(text, owner)
    return owner


def _reject_unprintable(text: str, name: Name) -> None:
    # What is not printable stands in a name as an escape.
    if "\\" in name and any(octet not in _PRINTABLE for label in to_labels(name) for octet in label):
        raise InvalidName(f"{text!r} holds blanks, control characters or octets beyond ASCII")
