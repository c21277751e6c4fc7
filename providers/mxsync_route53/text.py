r"""Names and values between mxsync's form and Route 53's.

Route 53 writes an octet other than a-z, 0-9, `-` and `_` as `\ooo`, three octal digits (Developer Guide,
"DNS domain name format"); a name may come without the trailing dot and in upper case, and means the same.
"""

from __future__ import annotations

import re

from mxsync import names
from mxsync.errors import InvalidName, InvalidSet
from mxsync.model import MX
from mxsync.names import ROOT, Name

_ESCAPE = re.compile(r"\\([0-3][0-7]{2})")
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_")
_WILDCARD = b"*"


def from_api(text: str) -> Name:
    """Read a name as Route 53 writes it. Raises InvalidName."""
    if text == ROOT:
        return ROOT
    labels = text.removesuffix(".").split(".")
    return names.from_labels((_octets(label, text) for label in labels), shown=text)


def to_api(name: Name) -> str:
    """Write a name as Route 53 takes it; the label `*` stays, as its documents have it."""
    labels = names.to_labels(name)
    return "".join(f"{'*' if label == _WILDCARD else _escaped(label)}." for label in labels) or ROOT


def from_value(text: str) -> MX:
    """Read the value of an MX record. Raises InvalidSet or InvalidName."""
    match text.split():
        case [preference, exchange] if preference.isascii() and preference.isdecimal():
            return MX(int(preference), from_api(exchange))
    raise InvalidSet(f"{text!r} is no MX record")


def to_value(record: MX) -> str:
    """Write an MX record as a value."""
    return f"{record.preference} {to_api(record.exchange)}"


def _octets(label: str, shown: str) -> bytes:
    try:
        octets = _ESCAPE.sub(lambda found: chr(int(found[1], 8)), label).encode("latin-1")
    except UnicodeEncodeError:
        raise InvalidName(f"{shown!r} has letters that Route 53 does not use in names") from None
    if "\\" in _ESCAPE.sub("", label):
        raise InvalidName(f"{shown!r} has an escape that is not of three octal digits")
    return octets


def _escaped(label: bytes) -> str:
    return "".join(chr(octet) if octet in _PLAIN else f"\\{octet:03o}" for octet in label)
