"""A YAML document as a tree in which every key and value knows its place.

Read strictly, from the parser's events: YAML 1.2 core scalars, one document, text keys, no tags, no
merge keys, no key twice, a limited depth, and a budget for what aliases may repeat. A plain scalar
that YAML 1.1 takes for something else (`no`, `010`, `12:30:45`) is refused, because half of the tools
that a manifest passes through would read another value than mxsync.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import yaml

from mxsync.diagnostic import LINE_BREAK, Diagnostic, Place, Severity
from mxsync.errors import InvalidManifest
from mxsync.manifest.garbage import no_collection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_OCTETS = 64 * 1024 * 1024
"""The largest file that is read."""
MAX_DEPTH = 32
"""How deep collections may nest."""
MAX_SHOWN = 60
"""How much of a value a message repeats, in characters."""
MAX_ALIASED = 10_000
"""How many nodes all aliases of a document together may repeat."""

BOM = b"\xef\xbb\xbf"
"""What some editors put before UTF-8; it is no part of the text."""

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_TRAP = re.compile(
    r"(?i:yes|no|on|off)"  # YAML 1.1 booleans
    r"|[-+]?0[0-9_]+"  # octal there, decimal here
    r"|[-+]?0b[01_]+|[-+]?0x[0-9a-fA-F]*_[0-9a-fA-F_]*"
    r"|[-+]?[1-9][0-9]*_[0-9_]*"
    r"|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"  # sexagesimal
    r"|=|<<"
)
_MAX_DIGITS = 20
_CORE_TAGS = "tag:yaml.org,2002:"


class Scalar(NamedTuple):  # most of a long manifest: a dataclass takes three times as long to make
    """A scalar; `value` is what the YAML 1.2 core schema makes of it."""

    value: str | float | bool | None
    text: str
    line: int
    column: int
    """Of the first character, quotes included; both count from 1."""
    quoted: bool
    verbatim: bool = True
    """Whether the text stands in the file just so, in one line and without escapes."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: list[Node]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping, in the order of the document."""

    items: dict[str, Node]
    keys: dict[str, Scalar]
    line: int
    column: int


Node = Scalar | Sequence | Mapping
Plain = str | float | bool | list["Plain"] | dict[str, "Plain"] | None


def plain(node: Node) -> Plain:
    """Give the values of a tree without their places."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(item) for key, item in node.items.items()}


@no_collection()
def read_document(data: bytes, file: str) -> Node:
    """Read the one document of a file.

    Raises InvalidManifest with a single finding: reading goes no further than the first fault.
    """
    if len(data) > MAX_OCTETS:
        raise _invalid(Place(file), f"the file is larger than {MAX_OCTETS // 1024 // 1024} MiB")
    try:
        text = data.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        place = Place.behind(data.removeprefix(BOM)[: error.start].decode("utf-8"), file)
        raise _invalid(place, "the file is not UTF-8", "save it as UTF-8") from error
    return _Builder(_events(text, file), file).document()


def _events(text: str, file: str) -> Iterator[yaml.Event]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark, lines = error.problem_mark or error.context_mark, LINE_BREAK.split(text)
        # The parser takes the end of a text without a last line break for the line after it.
        inside = mark is not None and mark.line < len(lines)
        place = Place(file, mark.line + 1, mark.column + 1) if mark and inside else Place.behind(text, file)
        message = f"this is not YAML: {error.problem or error}"
        if error.context and error.context_mark and error.context_mark.line + 1 < place.line:
            message += f" {error.context} that begins in line {error.context_mark.line + 1}"
        raise _invalid(place, message, _hint(lines[place.line - 1][: place.column])) from error
    except yaml.reader.ReaderError as error:
        # Its position counts octets or characters, as the parser is C's or Python's.
        found = chr(error.character) if isinstance(error.character, int) else ""
        what = f"the character U+{ord(found):04X} is not allowed" if found else str(error.reason)
        place = Place.behind(text.partition(found)[0] if found else "", file)
        raise _invalid(place, f"this is not YAML: {what}") from error


def _hint(here: str) -> str | None:
    """Say what helps against the usual slips, by the text of a line up to where the parser stopped."""
    if here.endswith("@"):
        return 'quote it: "@"'
    if "*" in here[-2:]:
        return 'a name that starts with "*" is written in quotes'
    return "indent with blanks, not with tabs" if here.endswith("\t") else None


def _invalid(place: Place, message: str, what_to_do: str | None = None) -> InvalidManifest:
    return InvalidManifest([Diagnostic("MX029", Severity.ERROR, message, place, help=what_to_do)])


class _Built(NamedTuple):
    """A node, with how many nodes and levels it holds."""

    node: Node
    size: int
    height: int


_STARTS = (yaml.ScalarEvent, yaml.CollectionStartEvent)


class _Builder:
    """Builds the tree of one document from events."""

    def __init__(self, events: Iterable[yaml.Event], file: str) -> None:
        self._events = iter(events)
        self._file = file
        self._anchors: dict[str, _Built] = {}
        self._aliased = 0
        self._section = ""
        """Which key of the document we are below."""

    def document(self) -> Node:
        root: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    raise self._refuse(event, "a file holds one document; here a second one starts")
                if event.version not in {None, (1, 1), (1, 2)}:
                    raise self._refuse(event, "this YAML version is not known; write YAML 1.2")
                root = self._node(next(self._events), 1).node
        if root is None:
            raise _invalid(Place(self._file), "the file is empty", "begin with 'mxsync: 1'")
        return root

    def _node(self, event: yaml.Event, depth: int) -> _Built:
        """Build what starts with this event."""
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth)
        assert isinstance(event, _STARTS)  # noqa: S101 - no other starts a node
        if event.tag is not None and not self._core_tag(event):
            tag = event.tag.removeprefix(_CORE_TAGS)
            raise self._refuse(
                event, f"the tag {self._shown(tag)} is not allowed", "write the value without a tag"
            )
        if depth > MAX_DEPTH:
            raise self._refuse(event, f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.ScalarEvent):
            built = _Built(self._scalar(event), 1, 0)
        elif isinstance(event, yaml.SequenceStartEvent):
            built = self._sequence(event, depth)
        else:
            built = self._mapping(event, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = built
        return built

    @staticmethod
    def _core_tag(event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> bool:
        kind = {
            yaml.ScalarEvent: "str",
            yaml.SequenceStartEvent: "seq",
            yaml.MappingStartEvent: "map",
        }[type(event)]
        return bool(event.tag == _CORE_TAGS + kind)

    def _alias(self, event: yaml.AliasEvent, depth: int) -> _Built:
        found = self._anchors.get(event.anchor or "")
        if found is None:
            raise self._refuse(
                event,
                f"the alias {self._shown('*' + (event.anchor or ''))} has no anchor before it",
                'quote a name that starts with "*"',
            )
        if depth + found.height > MAX_DEPTH:
            raise self._refuse(event, f"nested deeper than {MAX_DEPTH} levels")
        self._aliased += found.size
        if self._aliased > MAX_ALIASED:
            raise self._refuse(event, f"aliases repeat more than {MAX_ALIASED} values", "use a named set")
        return found

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        text: str = event.value
        quoted = not _is_plain(event)
        line, column = _at(event)
        if quoted or event.tag is not None or " " in text:  # with a blank it is text, and most often a record
            return Scalar(text, text, line, column, quoted, _is_verbatim(event))
        if _TRAP.fullmatch(text):
            raise self._refuse(
                event,
                f"{self._shown(text)} means different things to YAML 1.1 and 1.2",
                "put it in quotes for the text, or write the value in its plain form",
            )
        return Scalar(_core(text), text, line, column, quoted=False, verbatim=_is_verbatim(event))

    def _sequence(self, start: yaml.Event, depth: int) -> _Built:
        items: list[Node] = []
        size, height = 1, 0
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            item = self._node(event, depth + 1)
            items.append(item.node)
            size, height = size + item.size, max(height, item.height + 1)
        return _Built(Sequence(items, *_at(start)), size, height)

    def _mapping(self, start: yaml.Event, depth: int) -> _Built:
        items: dict[str, Node] = {}
        keys: dict[str, Scalar] = {}
        size, height = 1, 0
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, depth)
            if key.text in items:
                first = keys[key.text]
                raise self._refuse(
                    event, f"the key '{key.text[:MAX_SHOWN]}' stands here twice, first in line {first.line}"
                )
            if depth == 1:
                self._section = key.text
            item = self._node(next(self._events), depth + 1)
            items[key.text] = item.node
            keys[key.text] = key
            size, height = size + item.size + 1, max(height, item.height + 1)
        return _Built(Mapping(items, keys, *_at(start)), size, height)

    def _key(self, event: yaml.Event, depth: int) -> Scalar:
        if isinstance(event, yaml.ScalarEvent) and _is_plain(event) and event.value == "<<":
            raise self._refuse(event, "merge keys are not allowed", "use a named set, or write the keys out")
        # A collection is refused where it begins: collections in keys may nest without end.
        key = None if isinstance(event, yaml.CollectionStartEvent) else self._node(event, depth).node
        if not isinstance(key, Scalar):
            raise self._refuse(
                event, "a list or mapping stands where a key is wanted", "write the key as text"
            )
        if not isinstance(key.value, str):
            raise self._refuse(event, f"the key {self._shown(key.text)} is no text", "put it in quotes")
        return key

    def _shown(self, text: str) -> str:
        """Repeat a value, but not where it may be a secret that stands in the wrong place."""
        return "the value" if self._section == "providers" else text[:MAX_SHOWN]

    def _refuse(self, event: yaml.Event, message: str, what_to_do: str | None = None) -> InvalidManifest:
        error = _invalid(Place(self._file, *_at(event)), message, what_to_do)
        private = self._section == "providers"
        return InvalidManifest([replace(finding, private=private) for finding in error.findings])


def _at(event: yaml.Event) -> tuple[int, int]:
    """Give line and column, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _is_plain(event: yaml.ScalarEvent) -> bool:
    return event.style in {None, ""}  # the C parser says it with the empty one


def _is_verbatim(event: yaml.ScalarEvent) -> bool:
    start, end = event.start_mark, event.end_mark
    if not start or not end or start.line != end.line:
        return False
    return bool(end.column - start.column == len(event.value) + (0 if _is_plain(event) else len("''")))


def _core(text: str) -> str | float | bool | None:
    """Read a plain scalar as YAML 1.2's core schema does (§10.3.2)."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text) and len(text) <= _MAX_DIGITS:
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text
