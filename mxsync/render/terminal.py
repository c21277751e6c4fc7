"""Colours, columns and line breaks of a terminal. Pure.

Colours are ANSI sequences; whoever prints strips them where they are not wanted.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

RED, GREEN, YELLOW, BOLD, PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[1m", "\x1b[0m"

MIN_WIDTH = 20
"""A terminal of fewer columns is written to as if it had so many."""

_COLOUR = re.compile("\x1b\\[[0-9]*m")
_NO_SPACE = frozenset({"Mn", "Me"})  # marks over or around the letter before them
_HANG = 4
"""Into how many parts a line is divided, of which an indent takes one at most."""


def paint(text: str, colour: str) -> str:
    """Give text a colour, and end it behind the text."""
    return f"{colour}{text}{PLAIN}"


def columns(text: str) -> int:
    """Give how many columns of a terminal text takes (UAX #11; marks and colours take none)."""
    if "\x1b" in text:
        text = _COLOUR.sub("", text)
    return len(text) if text.isascii() else sum(map(_columns, text))


@lru_cache(maxsize=4096)
def _columns(char: str) -> int:
    if unicodedata.category(char) in _NO_SPACE:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def inset(spaces: int, width: int | None) -> str:
    """Give an indent of so many spaces, or of fewer where a terminal is narrow."""
    return " " * (spaces if width is None else min(spaces, max(width, MIN_WIDTH) // _HANG))


def wrapped(text: str, width: int | None, *, start: str = "", hang: int = 2) -> str:
    """Break a line at the ends of words, so that it fits a terminal of `width` columns; None: leave it whole.

    `start` is what the line begins with, indent included; the lines after the first have `hang` spaces in
    front, fewer in a narrow terminal. A word is never broken, however long, nor parted from a number in
    front of it: that keeps names and records whole.
    """
    if width is None or columns(start) + columns(text) <= width:
        return start + text
    indent = inset(hang, width)
    width = max(width, MIN_WIDTH)
    lines = [start]
    room = width - columns(start)
    empty = not start.strip()  # whether the line has nothing yet that could stand alone
    follows = ""  # what parts the next word from the one before
    for word in _units(text):
        taken = columns(word)
        if len(follows) + taken > room and not empty:
            lines.append(indent)
            room, follows = width - len(indent), ""
        lines[-1] += follows + word
        room -= len(follows) + taken
        empty, follows = False, " "
    return "\n".join(line.rstrip() for line in lines)


def _units(text: str) -> Iterator[str]:
    number = ""
    for word in text.split():
        if word.isdecimal():
            number += f"{word} "
        else:
            yield number + word
            number = ""
    if number:
        yield number.rstrip()
