"""Domain names: the only module that turns text into names.

A `Name` is canonical text: absolute with the trailing dot, ASCII letters in lower case, octets that
text cannot hold as escapes (RFC 1035 §5.1), so that two names are equal exactly if DNS says so
(RFC 4343). Any octet may stand in a label, as DNS allows (RFC 2181 §11); whether a name is a *host*
name is the business of the rules.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NewType

from mxsync.errors import InvalidName

if TYPE_CHECKING:
    from collections.abc import Iterable

Name = NewType("Name", str)
"""A domain name in canonical text form, such as `mx1.example.net.`; `.` is the root."""

ROOT = Name(".")

MAX_LABEL = 63
"""The most octets of one label (RFC 1035 §2.3.4)."""
MAX_NAME = 255
"""The most octets of a name on the wire, length octets and root included (RFC 1035 §2.3.4)."""
MAX_TEXT = 1024
"""The most characters that are read as a name: all octets of one as escapes are fewer."""

_PLAIN = re.compile(r"[a-z0-9_*-]{1,63}(?:\.[a-z0-9_*-]{1,63})*\.?")
_PLAIN_LABEL = re.compile(rb"[a-z0-9_*-]*")
_PRINTABLE = range(0x21, 0x7F)
_SPECIAL = frozenset(b'"().;\\@$')
_DDD = 3
_IDNA_2003 = {0x00DF: "ss", 0x03C2: "\u03c3", 0x200C: None, 0x200D: None}
_MAX_OCTET = 255


def parse(text: str, origin: Name = ROOT) -> Name:
    r"""Read a name as people write it.

    A name without the trailing dot is completed with `origin`; `@` alone is the origin. Escapes are
    `\DDD` (decimal) and `\X`. Labels with other than ASCII letters are taken as U-labels and become
    A-labels (IDNA 2008 after the mapping of UTS 46, non-transitional).

    Raises InvalidName: empty text or label, a label over 63 octets, a name over 255, more than
    1024 characters, a bad escape, letters that IDNA does not allow.
    """
    if len(text) > MAX_TEXT:
        raise InvalidName(f"{text[:MAX_LABEL]!r}… has {len(text)} characters; no name is so long")
    plain = text.lower() if text.isascii() else ""
    if _PLAIN.fullmatch(plain):
        if plain[-1] != ".":
            plain += "." if origin == ROOT else f".{origin}"
        if len(plain) < MAX_NAME:
            return Name(plain)
    if text == "@":
        return origin
    if text == ".":
        return ROOT
    labels = _split(text)
    if labels[-1] == b"":
        return from_labels(labels[:-1], shown=text)
    return from_labels((*labels, *to_labels(origin)), shown=text)


def from_labels(labels: Iterable[bytes], *, shown: str | None = None) -> Name:
    """Make a name of its labels, without the empty one of the root.

    Raises InvalidName, which quotes `shown` if given.
    """
    canonical = [label.lower() for label in labels]
    text = "".join(f"{_escape(label)}." for label in canonical) or "."
    quoted = shown if shown is not None else text
    for label in canonical:
        if not label:
            raise InvalidName(f"{quoted!r} has an empty label")
        if len(label) > MAX_LABEL:
            raise InvalidName(f"{quoted!r} has a label of {len(label)} octets; {MAX_LABEL} is the most")
    size = sum(len(label) + 1 for label in canonical) + 1
    if size > MAX_NAME:
        raise InvalidName(f"{quoted!r} takes {size} octets; {MAX_NAME} is the most of a name")
    return Name(text)


def to_labels(name: Name) -> tuple[bytes, ...]:
    """Give the labels of a name, leftmost first, without the empty one of the root."""
    if name == ROOT:
        return ()
    if "\\" not in name:
        return tuple(name[:-1].encode("ascii").split(b"."))
    return tuple(_split(name))[:-1]


def parent(name: Name) -> Name:
    """Drop the leftmost label. The parent of the root is the root."""
    return from_labels(to_labels(name)[1:])


def unicode_form(name: Name) -> str:
    """Write the A-labels of a name as U-labels (RFC 5890 §2.3.2.1); labels that have none stay."""
    if "xn--" not in name:
        return name
    import idna  # noqa: PLC0415 - its tables are large, and few names need them

    def shown(label: str) -> str:
        try:
            return idna.ulabel(label) if label.startswith("xn--") else label
        except idna.IDNAError:
            return label

    return ".".join(shown(label) for label in name.split("."))


def other_readings(text: str) -> tuple[str, ...]:
    """Say what else a name with U-labels may be taken for, as names in U-labels.

    That is what the mapping of UTS 46 makes of it, if that is more than lower case, and what software
    makes of it that still follows IDNA 2003, which has no ß, no final sigma and no joiners (RFC 5894 §7.2).
    """
    if text.isascii():
        return ()
    import unicodedata  # noqa: PLC0415 - as below: few names need them

    import idna  # noqa: PLC0415

    written = unicodedata.normalize("NFC", text).lower()
    try:
        mapped = idna.uts46_remap(text, std3_rules=False, transitional=False)
    except idna.IDNAError:
        return ()
    older = mapped.translate(_IDNA_2003)
    return tuple(dict.fromkeys(form for form in (mapped, older) if form != written))


def is_within(name: Name, zone: Name) -> bool:
    """Say whether `name` is `zone` or lies below it."""
    if zone in (name, ROOT):
        return True
    if not name.endswith("." + zone):
        return False
    return "\\" not in name or to_labels(name)[-len(to_labels(zone)) :] == to_labels(zone)


def relative(name: Name, zone: Name) -> str:
    """Write a name as seen from its zone: `@` at the apex, without the zone's labels below it."""
    if name == zone:
        return "@"
    if zone == ROOT or not is_within(name, zone):
        return name
    return name[: -len(zone) - 1]


def _escape(label: bytes) -> str:
    if _PLAIN_LABEL.fullmatch(label):
        return label.decode("ascii")
    return "".join(_escape_octet(octet) for octet in label)


def _escape_octet(octet: int) -> str:
    if octet in _SPECIAL:
        return f"\\{chr(octet)}"
    return chr(octet) if octet in _PRINTABLE else f"\\{octet:03d}"


def _split(text: str) -> list[bytes]:
    """Split at the dots that are not escaped; the last label is empty if the text ends in one."""
    labels: list[bytes] = []
    label, escaped = bytearray(), False
    unicode: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == ".":
            labels.append(_finish(label, unicode, text, escaped=escaped))
            label, unicode, escaped = bytearray(), [], False
        elif char == "\\":
            octet, at = _unescape(text, at)
            label.append(octet)
            unicode.append(chr(octet))
            escaped = True
        else:
            unicode.append(char)
            if char.isascii():
                label.append(ord(char))
    labels.append(_finish(label, unicode, text, escaped=escaped))
    if b"" in labels[:-1] or labels == [b""]:
        raise InvalidName(f"{text!r} has an empty label")
    return labels


def _unescape(text: str, at: int) -> tuple[int, int]:
    """Read what follows a backslash; give the octet and the place after it."""
    digits = text[at : at + _DDD]
    if len(digits) == _DDD and digits.isascii() and digits.isdecimal() and int(digits) <= _MAX_OCTET:
        return int(digits), at + _DDD
    if not digits or digits[0].isdecimal() or not digits[0].isascii():
        raise InvalidName(f"{text!r} has a bad escape: write \\DDD with three decimal digits up to 255")
    return ord(digits[0]), at + 1


def _finish(label: bytearray, unicode: list[str], text: str, *, escaped: bool) -> bytes:
    if len(label) == len(unicode):
        return bytes(label)
    if escaped:
        raise InvalidName(f"{text!r} mixes escapes with letters beyond ASCII in one label")
    import idna  # noqa: PLC0415 - its tables are large, and few names need them

    try:
        mapped = idna.uts46_remap("".join(unicode), std3_rules=False, transitional=False)
        if "." in mapped:
            raise InvalidName(f"{text!r} has a letter that stands for a dot; write '.'")
        return idna.alabel(mapped)
    except idna.IDNAError as error:
        raise InvalidName(f"{text!r} is no internationalised name (IDNA 2008): {error}") from error
