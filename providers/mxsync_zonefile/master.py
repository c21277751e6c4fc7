"""The text of a master file (RFC 1035 §5.1), cut into entries and tokens that know where they stand.

An entry is a logical line: a line of the file, or several where parentheses join them, with its line
end. The entries of a file, put one after the other, are the file again. What they mean is not the
business of this module.

Text here is one character per octet (ISO 8859-1), so that a file comes back byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn


class MasterError(Exception):
    """Text that cannot be cut into entries, or an entry that means nothing."""

    def __init__(self, at: int, reason: str) -> None:
        super().__init__(reason)
        self.at = at
        """The offset in the text."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an entry."""

    start: int
    text: str
    """As it stands in the file: with its escapes, and with its quotes."""

    @property
    def end(self) -> int:
        """The offset just behind it."""
        return self.start + len(self.text)

    @property
    def quoted(self) -> bool:
        """Whether it is a quoted string."""
        return self.text.startswith('"')


@dataclass(frozen=True, slots=True)
class Entry:
    """A logical line, from its first character to behind its line end."""

    start: int
    end: int
    line: int
    """The number of its first line, counted from 1."""
    tokens: tuple[Token, ...]
    """Its words, without comments and parentheses; none in an empty line."""
    indented: bool
    """Whether it begins with a blank, and so has no owner of its own."""

    @property
    def directive(self) -> str:
        """The word of a directive, such as `$TTL`, in capital letters; nothing if it is none."""
        if self.indented or not self.tokens or not self.tokens[0].text.startswith("$"):
            return ""
        return self.tokens[0].text.upper()


MAKES_RECORDS = frozenset({"$INCLUDE", "$GENERATE"})
"""The directives that stand for records."""

_PIECE = re.compile(
    r"""
      (?P<blank>[ \t]+)
    | (?P<end>\r?\n)
    | (?P<comment>;[^\r\n\0]*)
    | (?P<quoted>"(?:[^"\\\r\n\0]|\\[^\r\n\0])*")
    | (?P<word>(?:[!#-'*-:<-\[\]-~]|\\[ -~])+)
    | (?P<open>\()
    | (?P<close>\))
    """,
    re.VERBOSE,
)


def entries(text: str) -> list[Entry]:
    """Cut a text into its entries.

    Raises MasterError: parentheses or quotes that do not close, control characters, a carriage return
    that ends no line, octets beyond ASCII outside of comments and quoted strings.
    """
    found: list[Entry] = []
    at = start = 0
    line = 1
    tokens: list[Token] = []
    opened: list[int] = []
    while at < len(text):
        piece = _PIECE.match(text, at)
        if piece is None:
            _refuse(text, at)
        kind = piece.lastgroup
        if kind in {"word", "quoted"}:
            tokens.append(Token(at, piece.group()))
        elif kind == "open":
            opened.append(at)
        elif kind == "close":
            if not opened:
                raise MasterError(at, "a parenthesis closes that was not opened")
            opened.pop()
        at = piece.end()
        if kind == "end" and not opened:
            found.append(Entry(start, at, line, tuple(tokens), text[start] in " \t"))
            line += text.count("\n", start, at)
            start, tokens = at, []
    if opened:
        raise MasterError(opened[0], "a parenthesis is not closed")
    if start < at:
        found.append(Entry(start, at, line, tuple(tokens), text[start] in " \t"))
    return found


def line_of(text: str, at: int) -> int:
    """Give the number of the line that holds an offset, counted from 1."""
    return text.count("\n", 0, at) + 1


def _refuse(text: str, at: int) -> NoReturn:
    char = text[at]
    if char == '"':
        raise MasterError(at, "a quoted string is not closed on its line")
    if char == "\\":
        raise MasterError(at, "a backslash stands before nothing that it could escape")
    if char == "\r":
        raise MasterError(at, "a carriage return stands there without a line feed")
    if not char.isascii():
        raise MasterError(
            at, r"letters beyond ASCII stand outside of comments and quotes; write A-labels (xn--) or \DDD"
        )
    raise MasterError(at, f"a control character (octet {ord(char)}) stands there")
