"""The line of a source that a finding is about, with a caret under the very value. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mxsync.render.terminal import columns

WIDTH = 100
"""The most columns of a source line that are shown; a longer one is cut around the place."""
BEFORE = 40
"""How many columns before the place are shown of a line that is cut; fewer where it is cut shorter."""

_TAB = 4
_HIDDEN = "\N{REPLACEMENT CHARACTER}"
_CUT = "…"
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"'  # a quoted scalar
    r"|'(?:[^']|'')*'"
    r"|[\[{][^\[\]{}\"']*[\]}]"  # a flow collection, if it is a simple one
    r"|[^\s,\[\]{}\"']+"  # a word
)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a line as a terminal shows it; no character of it is a control character."""

    text: str
    indent: int
    """How many columns of the terminal lie before the caret."""
    width: int
    """How many columns the caret covers, 1 or more."""


def excerpt(line: str, column: int, room: int = WIDTH) -> Excerpt | None:
    """Cut out what stands at a column, counted from 1 in characters; None if the line is too short.

    `room` is the most columns to show, WIDTH at most.

    The column just behind the last character is the end of the line.
    """
    at = column - 1
    if not 0 <= at <= len(line):
        return None
    # Cut before anything is measured: a line may have millions of characters.
    first, last = max(0, at - room), at + room
    cells: list[str] = []
    widths: list[int] = []
    total = 0
    for char in line[first:last]:
        cells.append(_shown(char, total))
        widths.append(columns(cells[-1]))
        total += widths[-1]
    token = _TOKEN.match(line, at, last)
    length = len(token[0].rstrip(":")) if token else 1
    low, marked, high = 0, at - first, len(cells)
    before = sum(widths[:marked])
    if first or last < len(line) or total > room:
        while before > min(BEFORE, room * BEFORE // WIDTH):
            before -= widths[low]
            low += 1
        high, left = marked, room - before
        while high < len(cells) and widths[high] <= left:
            left -= widths[high]
            high += 1
    cut_before, cut_after = first + low > 0, first + high < len(line)
    text = "".join([_CUT * cut_before, *cells[low:high], _CUT * cut_after])
    covered = sum(widths[marked : min(marked + length, high)])
    return Excerpt(text.rstrip(), before + cut_before, max(1, covered))


def _shown(char: str, start: int) -> str:
    """Give what is shown for a character that begins at a column of the terminal, from 0."""
    if char == "\t":
        return " " * (_TAB - start % _TAB)
    return char if char.isprintable() else _HIDDEN
