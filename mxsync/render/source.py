"""The lines of a manifest that may be shown. Pure.

A secret never stands in a manifest. Should one stand there all the same, by mistake, then most likely
in a provider block or near a word like `secret`: such lines are withheld. The text is looked at rather
than the document, because a document that cannot be parsed has findings too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mxsync.diagnostic import LINE_BREAK

Lines = Callable[[str], Sequence[str | None]]
"""Gives the lines of a file by its name in findings: None for a line that must not be shown, no line at
all for a file that is not to be had."""

_NO_CONTENT = re.compile(r"\s*(?:#.*)?|(?:---|%).*")
_PROVIDERS = re.compile(r"""["']?\bproviders\b["']?\s*:\s*([^\s#]?)""")
_SUSPECT = re.compile(r"(?i)secret|passw|passphrase|token|credential|(?:api|private|access)[-_ ]?key")


def no_lines(_: str) -> Sequence[str | None]:
    """Have no lines of any file."""
    return ()


def lines_of(text: str) -> list[str | None]:
    """Split a manifest into its lines, with None for those that may hold a secret."""
    shown: list[str | None] = []
    root: int | None = None  # the indentation of the outermost keys
    flow = False  # whether the document as a whole is in braces
    withheld: int | None = None  # the indentation of the key under which nothing is shown
    depth = 0  # of the brackets that are open there
    for line in LINE_BREAK.split(text.removeprefix("\ufeff")):
        if _NO_CONTENT.fullmatch(line):
            shown.append(None if withheld is not None or _SUSPECT.search(line) else line)
            continue
        indent = len(line) - len(line.lstrip())
        if root is None:
            root, flow = indent, line.lstrip().startswith(("{", "["))
        if withheld is not None and indent <= withheld and depth <= 0:
            withheld = None
        if withheld is None:
            depth = 0
            if _SUSPECT.search(line) or _opens_block(line, outermost=indent <= root or flow):
                # In braces, indentation tells nothing about where a block ends.
                withheld = -1 if flow else indent
        if withheld is not None:
            depth += sum(map(line.count, "[{")) - sum(map(line.count, "]}"))
        shown.append(line if withheld is None else None)
    return shown


def _opens_block(line: str, *, outermost: bool) -> bool:
    """Say whether provider blocks begin in a line; a zone's list of provider names is none."""
    return any(match[1] == "{" or (match[1] != "[" and outermost) for match in _PROVIDERS.finditer(line))
