"""BIND's `$GENERATE`: one line that stands for many records.

$GENERATE 1-4 mx$ 3600 A 192.0.2.$
$GENERATE 1-2 @ MX "10 mx${0,2,d}.example.net."
"""

from __future__ import annotations

import re

MOST = 65_536
"""How many records one line may make."""

_SPAN = re.compile(r"(\d{1,10})-(\d{1,10})(?:/(\d{1,10}))?", re.ASCII)
_PLACE = re.compile(
    r"(?P<escaped>\\.)|(?P<dollar>\$\$)|\$(?:\{(?P<offset>[+-]?\d{1,10})(?:,(?P<width>\d{1,3})(?:,(?P<base>[doxXnN]))?)?\})?",
    re.ASCII | re.DOTALL,
)


def numbers(text: str) -> range:
    """Read the first word, such as `1-10` or `1-10/2`; the last number is part of it.

    Raises ValueError, which says what is wrong.
    """
    found = _SPAN.fullmatch(text)
    if not found:
        raise ValueError("$GENERATE wants a range such as 1-10 or 1-10/2")
    first, last, step = (int(number or 1) for number in found.groups())
    if step == 0 or first > last:
        raise ValueError(f"the range {text} of $GENERATE is empty")
    if (last - first) // step >= MOST:
        raise ValueError(f"$GENERATE makes more than {MOST} records")
    return range(first, last + 1, step)


def fill(template: str, number: int) -> str:
    r"""Put a number in the place of every `$`.

    `${offset,width,base}` adds to it, pads it with zeros, and writes it decimal, octal, hexadecimal or
    as nibbles from the last one. `$$` and `\$` stand for a `$`.
    """

    def one(place: re.Match[str]) -> str:
        if place["escaped"]:
            return place["escaped"]
        if place["dollar"]:
            return "$"
        value = number + int(place["offset"] or 0)
        width = int(place["width"] or 0)
        base = place["base"] or "d"
        if base not in "nN":
            return format(value, base).zfill(width)
        digits = format(value, "x" if base == "n" else "X")
        # The width counts the dots between the nibbles.
        return ".".join(reversed(digits.zfill((width + 1) // 2)))

    return _PLACE.sub(one, template)
