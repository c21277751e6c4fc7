"""Turns what pydantic found wrong into findings with a place and plain words. Pure."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from mxsync.diagnostic import Diagnostic, Place, Severity
from mxsync.manifest.document import MAX_SHOWN, Mapping, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pydantic
    from pydantic_core import ErrorDetails

    from mxsync.manifest.document import Node

MAX_KNOWN = 50
"""Among how many words the likeliest is looked for, and how many are listed."""

_RULE = re.compile(r"MX\d{3}")
_EXPECTED = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "dict": "a mapping",
    "model": "a mapping",
    "path": "a path",
}
_HELP = {
    "MX001": "the lowest is tried first; write 10, for example",
    "MX009": "a set has at least one record",
    "MX013": "write seconds, or a number with s, m, h, d or w",
}
_PRIVATE_SECTION = "providers"
"""Below this key a secret might stand by mistake: its values and lines are not repeated."""


def faults(
    error: pydantic.ValidationError,
    root: Node,
    file: str,
    *,
    below: tuple[str, ...] = (),
    known: Iterable[str] = (),
) -> Iterator[Diagnostic]:
    """Give a finding for each error of a validation.

    `root` is the document that was validated, or holds what was validated at the keys `below`; `known`
    are keys that may have been meant where one is misspelt.
    """
    for detail in error.errors(include_url=False):
        loc = (*below, *detail["loc"])
        trail = _walk(root, loc)
        last = trail[-1]
        if detail["type"] == "extra_forbidden":
            place = _key_place(trail[-2] if len(trail) > 1 else last, str(loc[-1]), file)
        elif loc[-1:] == ("[key]",):
            place = _key_place(_walk(root, loc[:-2])[-1], str(loc[-2]), file)
        else:
            place = Place(file, last.line, last.column)
        private = loc[:1] == (_PRIVATE_SECTION,)
        rule = detail["type"] if _RULE.fullmatch(detail["type"]) else "MX029"
        message = _message(detail, _found(last, quote=not private))
        what_to_do = _help(detail, known) or _HELP.get(rule)
        yield Diagnostic(rule, Severity.ERROR, message, place, help=what_to_do, private=private)


def close_to(word: str, known: Iterable[str]) -> str | None:
    """Give the help line for a word that is not known: the likeliest one, or all there are."""
    names = sorted(known)
    # Looking for the likeliest of thousands, for each of thousands, would take minutes.
    near = names if len(names) <= MAX_KNOWN else [name for name in names if name[:2] == word[:2]][:MAX_KNOWN]
    if likely := get_close_matches(word[:MAX_SHOWN], near, n=1):
        return f"did you mean '{likely[0]}'?"
    return f"known are: {', '.join(names)}" if 0 < len(names) <= MAX_KNOWN else None


def _walk(root: Node, loc: Iterable[int | str]) -> list[Node]:
    """Follow a location as far as the tree goes; parts that are pydantic's own tags are passed over."""
    trail = [root]
    for part in loc:
        node = trail[-1]
        if isinstance(node, Mapping) and part in node.items:
            trail.append(node.items[str(part)])
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            trail.append(node.items[part])
    return trail


def _key_place(holder: Node, key: str, file: str) -> Place:
    mark = holder.keys.get(key, holder) if isinstance(holder, Mapping) else holder
    return Place(file, mark.line, mark.column)


def _message(detail: ErrorDetails, found: str) -> str:
    kind, name = detail["type"], detail["loc"][-1] if detail["loc"] else "the document"
    if _RULE.fullmatch(kind):
        return detail["msg"]
    if kind == "extra_forbidden":
        return f"there is no key '{str(name)[:MAX_SHOWN]}' here"
    if kind == "missing":
        return f"the key '{name}' is missing"
    if kind == "literal_error":
        return f"expected {detail['ctx']['expected']}, found {found}"
    if kind in {"value_error", "assertion_error"}:
        return str(detail["ctx"]["error"])
    if kind == "too_short":
        return "the list is empty"
    if name == "[key]":
        return "a name has up to 64 letters, digits, '-', '_' and '.', and begins with a letter or digit"
    expected = _EXPECTED.get(kind.partition("_")[0])
    if expected and kind.endswith(("_type", "_parsing")):
        return f"expected {expected}, found {found}"
    return f"{name}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"


def _found(node: Node, *, quote: bool) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    if node.value is None:
        return "nothing"
    if isinstance(node.value, bool):
        return node.text
    kind = "text" if isinstance(node.value, str) else "number"
    return f"the {kind} {node.text[:MAX_SHOWN]!r}" if quote else f"a {kind}".replace("a text", "text")


def _help(detail: ErrorDetails, known: Iterable[str]) -> str | None:
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    if detail["type"] == "extra_forbidden" and (likely := get_close_matches(name, sorted(known), n=1)):
        return f"did you mean '{likely[0]}'?"
    if detail["type"] == "missing" and detail["loc"] == ("mxsync",):
        return "begin with 'mxsync: 1'"
    return None
