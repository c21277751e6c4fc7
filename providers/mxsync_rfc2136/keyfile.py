"""BIND's key files: `key "name" { algorithm hmac-sha256; secret "…"; };`, any number, in any layout.

A pure parser of what `tsig-keygen` writes and `named.conf` takes. Comments are `//`, `#` and `/* */`;
as in BIND they begin anywhere outside of quotes. Other top-level statements are passed over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mxsync import names
from mxsync.errors import InvalidName
from mxsync_rfc2136.tsig import TsigKey, check_algorithm, decode_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
      (?P<blank> \s+ | //[^\n]* | \#[^\n]* | /\*.*?\*/ )
    | (?P<open_comment> /\* )
    | "(?P<quoted> (?: [^"\\] | \\. )* )"
    | (?P<open_quote> " )
    | (?P<mark> [{};] )
    | (?P<word> (?: [^\s"{};/\#] | /(?![/*]) )+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_END = ""
"""Stands after the last token."""


class InvalidKeyFile(ValueError):  # noqa: N818 - named for what is wrong, as mxsync.errors does
    """Text that gives no keys; the message says why, in one line, and never shows a secret."""


def parse(text: str) -> tuple[TsigKey, ...]:
    """Read all keys of a key file, in their order; there is at least one, and no name stands twice.

    Raises InvalidKeyFile.
    """
    tokens = _tokens(text)
    keys: dict[str, TsigKey] = {}
    includes = False
    for kind, piece in tokens:
        if (kind, piece.lower()) != ("word", "key"):
            includes |= piece.lower() == "include"
            _pass_over(tokens, kind, piece)
            continue
        key = _key(tokens)
        if key.name in keys:
            raise InvalidKeyFile(f"the key {key.name} stands there twice")
        keys[key.name] = key
    if not keys and includes:
        raise InvalidKeyFile(
            "there is no key in it; it includes other files, which are not read; name the one with the key"
        )
    if not keys:
        raise InvalidKeyFile('there is no key in it; expected: key "name" { algorithm …; secret "…"; };')
    return tuple(keys.values())


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Give kind (`word`, `quoted` or `mark`) and text of each token."""
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        kind = found.lastgroup if found else None
        if found is None or kind is None or kind.startswith("open"):
            line = text.count("\n", 0, at) + 1
            raise InvalidKeyFile(f"a quote or comment that begins in line {line} does not end")
        at = found.end()
        if kind != "blank":
            yield kind, found.group(kind)


def _pass_over(tokens: Iterator[tuple[str, str]], kind: str, piece: str) -> None:
    """Drop the rest of a statement that is no key."""
    depth = 0
    while True:
        if kind == "mark":
            depth += {"{": 1, "}": -1, ";": 0}[piece]
            if depth == 0 and piece == ";":
                return
        kind, piece = next(tokens, ("end", _END))
        if kind == "end":
            raise InvalidKeyFile("its last statement does not end in ';'")


def _key(tokens: Iterator[tuple[str, str]]) -> TsigKey:
    """Read a key statement after the word `key`."""
    label = _word(tokens, "a name after 'key'")
    try:
        name = names.parse(label)
    except InvalidName as error:
        raise InvalidKeyFile(f"the name of a key is no domain name: {error}") from None
    _mark(tokens, "{", f"key {name}")
    given: dict[str, str] = {}
    while (option := _word(tokens, f"'}}' at the end of key {name}", end="}").lower()) != "}":
        if option not in {"algorithm", "secret"}:
            # It may be a piece of a secret that a comment sign has cut: not shown.
            raise InvalidKeyFile(
                f"key {name}: only 'algorithm' and 'secret' may stand there; quote the secret"
            )
        if option in given:
            raise InvalidKeyFile(f"key {name} has '{option}' twice")
        given[option] = _word(tokens, f"a value after '{option}' of key {name}")
        _mark(tokens, ";", f"'{option}' of key {name}")
    _mark(tokens, ";", f"key {name}")
    for option in ("algorithm", "secret"):
        if option not in given:
            raise InvalidKeyFile(f"key {name} has no '{option}'")
    try:
        return TsigKey(name, check_algorithm(given["algorithm"]), decode_secret(given["secret"]))
    except ValueError as error:
        raise InvalidKeyFile(f"key {name}: {error}") from None


def _word(tokens: Iterator[tuple[str, str]], wanted: str, *, end: str | None = None) -> str:
    kind, piece = next(tokens, ("end", _END))
    if kind in {"word", "quoted"} or (kind == "mark" and piece == end):
        return piece
    raise InvalidKeyFile(f"expected {wanted}")


def _mark(tokens: Iterator[tuple[str, str]], wanted: str, after: str) -> None:
    if next(tokens, ("end", _END)) != ("mark", wanted):
        raise InvalidKeyFile(f"expected '{wanted}' after {after}")
