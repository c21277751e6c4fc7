"""Writes a new line in the style of the lines around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dns.rdatatype import RdataType

from mxsync import names
from mxsync_zonefile.content import name_of

if TYPE_CHECKING:
    import dns.name

    from mxsync.model import MX
    from mxsync.names import Name
    from mxsync_zonefile.content import RR, Content, State
    from mxsync_zonefile.master import Entry, Token


_COLUMN = 2
"""So many blanks stand behind a word to bring the next one into a column."""


class NewRecord(NamedTuple):
    """An MX record that gets a line of its own."""

    owner: Name
    ttl: int
    mx: MX
    like: RR
    """The record whose line shows how lines look here."""


def compose(content: Content, new: NewRecord, state: State) -> tuple[str, int | None]:
    """Write a record's line, without the line end.

    Gives the line, and the TTL that it names, if any.
    """
    owner, ttl, mx, like = new
    words = like.source.words
    assert words  # noqa: S101 - it is a line of the file
    if words.owner is None and like.owner == owner == state.owner:
        line = _blanks(content.text[_start(content, like) : _first(like).start]) or "\t"
    else:
        text = owner_text(content, like, state.origin, owner)
        line = text + _after_owner(content, like, len(text))
    explicit = words.ttl is not None or not state.surely_gives(ttl)
    if explicit and words.ttl is None:
        room = len(line) - len(line.rstrip(" "))
        taken = len(str(ttl)) + 1
        line = f"{line[:-taken] if room > taken else line}{ttl} "
    for token in sorted((token for token in (words.ttl, words.rdclass) if token), key=lambda one: one.start):
        text = str(ttl) if token is words.ttl else token.text
        line += text + _column(content, token, len(text))
    if like.rdata.rdtype is RdataType.MX:
        line += words.rdtype.text + _gap(content, words.rdtype)
        between = _gap(content, words.data[0])
    else:
        kind = "mx" if words.rdtype.text.islower() else "MX"
        line += kind + _column(content, words.rdtype, len(kind))
        between = " "
    return f"{line}{mx.preference}{between}{mx.exchange}", ttl if explicit else None


def fitted(content: Content, token: Token, text: str) -> tuple[int, int, str]:
    """Put another text in a word's place; what stands in a column behind it keeps that column."""
    gap = len(_behind(content, token, " "))
    if gap < _COLUMN:
        return token.start, token.end, text
    return token.start, token.end + gap, text + " " * max(1, gap + len(token.text) - len(text))


def begun(content: Content, entry: Entry, text: str) -> tuple[int, int, str]:
    """Put words at the beginning of an entry that begins with blanks, in their place if they have the room."""
    room = content.text[entry.start : entry.tokens[0].start]
    taken = len(text) if room.strip(" ") == "" and len(room) > len(text) else 0
    return entry.start, entry.start + taken, text


def inserted(content: Content, at: int, text: str) -> tuple[int, int, str]:
    """Put a further word before the one at `at`, in the blanks before it where they have the room."""
    before = content.text[content.text.rfind("\n", 0, at) + 1 : at]
    room = len(before) - len(before.rstrip(" "))
    taken = len(text) + 1 if room > len(text) + 1 else 0
    return at - taken, at, f"{text} "


def owner_text(content: Content, like: RR, origin: dns.name.Name, owner: Name | None = None) -> str:
    """Write an owner as `like` writes its own: with the same word if it is the same, else relative or not."""
    owner = owner or like.owner
    entry = like.source.entry
    assert entry is not None  # noqa: S101 - it is a line of the file
    spelled, there = _spelling(content, entry)
    if owner == like.owner and there == origin:
        return spelled
    absolute = spelled.endswith(".") and not spelled.endswith("\\.")
    return owner if absolute else names.relative(owner, name_of(origin))


def _spelling(content: Content, entry: int) -> tuple[str, dns.name.Name]:
    """Find the word that gives an entry its owner, and the origin in force at that word."""
    for index in range(entry, -1, -1):
        found = content.entries[index]
        if found.tokens and not found.indented and not found.directive:
            return found.tokens[0].text, content.states[index].origin
    raise AssertionError("an entry with an owner stands before every entry without one")


def _start(content: Content, record: RR) -> int:
    assert record.source.entry is not None  # noqa: S101 - it is a line of the file
    return content.entries[record.source.entry].start


def _first(record: RR) -> Token:
    words = record.source.words
    assert words  # noqa: S101 - it is a line of the file
    leading = (words.owner, words.ttl, words.rdclass, words.rdtype)
    return min((token for token in leading if token), key=lambda token: token.start)


def _gap(content: Content, token: Token) -> str:
    """Give the blanks behind a word; one blank where a line end or a parenthesis stands there."""
    return _behind(content, token, " ", "\t") or " "


def _behind(content: Content, token: Token, *blanks: str) -> str:
    """Give the blanks behind a word, of these kinds."""
    end = token.end
    while content.text.startswith(blanks, end):
        end += 1
    return content.text[token.end : end]


def _column(content: Content, token: Token, width: int) -> str:
    """Give the blanks behind a word of another width, so that the next word keeps its column."""
    gap = _gap(content, token)
    if "\t" in gap or len(gap) == 1:
        return gap
    return " " * max(1, len(token.text) + len(gap) - width)


def _after_owner(content: Content, like: RR, width: int) -> str:
    """Give the blanks behind an owner's word, so that what follows stands where it does in `like`."""
    words = like.source.words
    assert words  # noqa: S101 - it is a line of the file
    if words.owner:
        return _column(content, words.owner, width)
    indent = content.text[_start(content, like) : _first(like).start]
    return " " * max(1, len(indent) - width) if indent.strip(" ") == "" else "\t"


def _blanks(text: str) -> str:
    return text if text.strip(" \t") == "" else ""
