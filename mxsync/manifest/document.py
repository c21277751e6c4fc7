"""A YAML document as a tree in which every key and value knows its place.

Read strictly, from the parser's events: YAML 1.2 core scalars, one document, text keys, no tags, no
merge keys, no key twice, a limited depth, and a budget for what aliases may repeat. A plain scalar
that YAML 1.1 takes for something else (`no`, `010`, `12:30:45`) is refused, because half of the tools
that a manifest passes through would read another value than mxsync.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import yaml

from mxsync.diagnostic import Place
from mxsync.errors import InvalidManifest
from mxsync.manifest.events import at, events, invalid, is_plain, is_verbatim
from mxsync.manifest.garbage import no_collection
from mxsync.manifest.scalars import core, is_trap

if TYPE_CHECKING:
    from collections.abc import Iterable

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
        raise invalid(Place(file), f"the file is larger than {MAX_OCTETS // 1024 // 1024} MiB")
    try:
        text = data.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        place = Place.behind(data.removeprefix(BOM)[: error.start].decode("utf-8"), file)
        raise invalid(place, "the file is not UTF-8", "save it as UTF-8") from error
    return _Builder(events(text, file), file).document()


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
            raise invalid(Place(self._file), "the file is empty", "begin with 'mxsync: 1'")
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
        quoted = not is_plain(event)
        line, column = at(event)
        if quoted or event.tag is not None or " " in text:  # with a blank it is text, and most often a record
            return Scalar(text, text, line, column, quoted, is_verbatim(event))
        if is_trap(text):
            raise self._refuse(
                event,
                f"{self._shown(text)} means different things to YAML 1.1 and 1.2",
                "put it in quotes for the text, or write the value in its plain form",
            )
        return Scalar(core(text), text, line, column, quoted=False, verbatim=is_verbatim(event))

    def _sequence(self, start: yaml.Event, depth: int) -> _Built:
        items: list[Node] = []
        size, height = 1, 0
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            item = self._node(event, depth + 1)
            items.append(item.node)
            size, height = size + item.size, max(height, item.height + 1)
        return _Built(Sequence(items, *at(start)), size, height)

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
        return _Built(Mapping(items, keys, *at(start)), size, height)

    def _key(self, event: yaml.Event, depth: int) -> Scalar:
        if isinstance(event, yaml.ScalarEvent) and is_plain(event) and event.value == "<<":
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
        error = invalid(Place(self._file, *at(event)), message, what_to_do)
        private = self._section == "providers"
        return InvalidManifest([replace(finding, private=private) for finding in error.findings])
