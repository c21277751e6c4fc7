"""Markdown that nothing breaks out of, and that keeps to a size. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from mxsync.render.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LIMIT = 65_535
"""The most octets of a comment. GitHub refuses one that is longer than that, "body is too long (maximum is
65536 characters)"; counted in octets it fits whatever a host counts."""
MAX_TEXT = 500
"""The most characters of a message, or of anything else that somebody else chose."""
MAX_KEY = 100
"""The most characters of a mark's key."""

_TICKS = re.compile("`+")


def marker(kind: str, key: str | None = None) -> str:
    """Give the hidden line that marks a comment: `<!-- mxsync:plan:KEY -->`, or without the key.

    Of a key, what could end the HTML comment is percent-encoded, and all behind MAX_KEY characters is cut.
    """
    parts = ["mxsync", kind] if key is None else ["mxsync", kind, quote(one_line(key)[:MAX_KEY], safe="")]
    return f"<!-- {':'.join(parts)} -->"


def code(text: str) -> str:
    """Write text as a code span: no markup, link or mention in it means anything (GFM §6.3)."""
    shown = cut(one_line(text))
    ticks = "`" * (_longest_run(shown) + 1)
    pad = " " if not shown or shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def cut(text: str) -> str:
    """Give the beginning of text that is too long."""
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def cell(text: str) -> str:
    """Write text as a code span in a table, where a bar would end the cell (GFM §4.10)."""
    return code(text).replace("|", "\\|")


def fenced(language: str, lines: Iterable[str]) -> str:
    """Write lines as a code block, with a fence that is longer than any in it (GFM §4.5)."""
    body = "\n".join(lines)
    fence = "`" * max(3, _longest_run(body) + 1)
    return f"{fence}{language}\n{body}\n{fence}\n"


def size(text: str) -> int:
    """Give the octets that text takes."""
    return len(text) if text.isascii() else len(text.encode())


def fitting(items: Iterable[str], room: int) -> Iterator[str]:
    """Give as many items, from the first on, as take no more octets than there is room for.

    The items after them are never made.
    """
    for item in items:
        room -= size(item)
        if room < 0:
            return
        yield item


def listed(items: Iterable[str], total: int, room: int, what: str) -> str:
    """Write as many lines of a list as there is room for, then how many of the total are left."""
    shown = [*fitting(items, room)]
    more = f"- … and {total - len(shown)} more {what}\n" if len(shown) < total else ""
    return "".join(shown) + more


def _longest_run(text: str) -> int:
    return max(map(len, _TICKS.findall(text)), default=0)
