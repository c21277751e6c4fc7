r"""Names as Route 53 keeps and sorts them.

Developer Guide, "DNS domain name format": printable characters may be given as they are; what is not
a-z, 0-9, hyphen or underscore comes back as a backslash and three octal digits, `\052` for `*`; letters
are kept in lower case; the trailing dot is optional.
"""

from __future__ import annotations

import re

from support.route53.errors import Refusal

_ESCAPE = re.compile(rb"\\([0-3][0-7]{2})")
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_")
_PRINTABLE = range(0x21, 0x7F)
_DOT = ord(".")
MAX_LABEL = 63
MAX_NAME = 255


def stored(text: str) -> str:
    """Give the name as the API returns it, from any way to write it."""
    return "".join(f"{_escaped(label)}." for label in _labels(text)) or "."


def order(name: str) -> str:
    """Give what stored names are sorted by: labels reversed, with the trailing dot ("Sort order")."""
    return ".".join(reversed(name[:-1].split("."))) + "."


def is_within(name: str, zone: str) -> bool:
    return name == zone or name.endswith(f".{zone}")


def _labels(text: str) -> list[bytes]:
    if text == ".":
        return []
    if not text:
        raise _bad("DomainLabelEmpty (Domain label is empty)", text)
    try:
        octets = text.encode("ascii")
    except UnicodeEncodeError:
        raise _bad("UnsupportedCharacter (Value contains unsupported characters)", text) from None
    if any(octet not in _PRINTABLE for octet in octets):
        raise _bad("UnsupportedCharacter (Value contains unsupported characters)", text)
    # The delimiters are found before the escapes are read: `\056` is a dot inside of a label.
    parts = octets.removesuffix(b".").split(b".")
    labels = [_ESCAPE.sub(lambda found: bytes([int(found[1], 8)]), part).lower() for part in parts]
    if not all(labels):
        raise _bad("DomainLabelEmpty (Domain label is empty)", text)
    if any(len(label) > MAX_LABEL for label in labels):
        raise _bad("DomainLabelTooLong (Domain label is too long)", text)
    if sum(len(label) + 1 for label in labels) > MAX_NAME:
        raise _bad("DomainNameTooLong (Domain name is too long)", text)
    return labels


def _escaped(label: bytes) -> str:
    return "".join(chr(octet) if octet in _PLAIN else f"\\{octet:03o}" for octet in label)


def _bad(problem: str, text: str) -> Refusal:
    return Refusal("InvalidInput", f"FATAL problem: {problem} encountered with '{text}'")
