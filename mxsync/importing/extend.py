"""Adds entries to the text of a manifest, and leaves every other character alone. Pure.

Where they go, the strict reader's marks say. Lines are only ever inserted, whole, behind what a section
holds; a form in which that is not possible is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from mxsync.diagnostic import LINE_BREAK
from mxsync.errors import NotAllowed
from mxsync.importing.write import indented
from mxsync.manifest.events import at, events

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SECTIONS = ("sets", "defaults", "zones")
"""What may be added to, in the order in which a manifest has them."""


class Unextendable(NotAllowed):
    """A manifest in whose form nothing can be inserted."""


@dataclass(slots=True)
class _Section:
    """A key of the document, and what it holds."""

    block: bool = False
    """Whether that is a mapping with a line for each entry."""
    column: int = 0
    """How far its entries are indented, in characters."""
    end: int = 0
    """The number of the line behind what it holds, from 0."""


def extend(text: str, file: str, added: Mapping[str, Sequence[str]]) -> str:
    """Add lines to `SECTIONS` of a manifest, which is valid; make those that it lacks.

    Raises Unextendable.
    """
    column, sections = _sections(text, file)
    starts = [0, *(match.end() for match in LINE_BREAK.finditer(text))]
    lines = [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    inserted: dict[int, list[str]] = {}
    for name in SECTIONS:
        new = added.get(name)
        if not new:
            continue
        section = sections.get(name)
        if section is None:
            place = _behind(lines, _last_before(sections, name), column + 1)
            new = indented(["", f"{name}:", *indented(new)], column)
        elif section.block:
            place = _behind(lines, section.end, section.column)
            new = indented(new, section.column)
        else:
            raise Unextendable(
                f"{file}: '{name}:' is not written with an entry a line, so nothing can be inserted; write it so, "
                "or give the path of a new file"
            )
        inserted.setdefault(place, []).extend(line.rstrip(" ") for line in new)
    return _insert(text, [*starts, len(text)], inserted)


def _sections(text: str, file: str) -> tuple[int, dict[str, _Section]]:
    """Find the sections of a document, and the column of their keys."""
    found: dict[str, _Section] = {}
    root, current, start = 0, _Section(), (0, 0)
    flows: list[bool] = []
    """Of each collection that is open, whether it is in flow style."""
    key_next = True
    for event in events(text, file):
        depth = len(flows)
        if isinstance(event, yaml.CollectionEndEvent):
            if flows.pop():
                current.end = _line_behind(event)
            key_next = key_next or len(flows) == 1
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        if depth == 0 and getattr(event, "flow_style", True):
            raise Unextendable(
                f"{file}: the manifest is written in one pair of braces, so nothing can be inserted; "
                "give the path of a new file"
            )
        if depth == 1 and key_next:
            assert isinstance(event, yaml.ScalarEvent)  # noqa: S101 - the manifest has been read: keys are text
            root, current = at(event)[1] - 1, _Section()
            found[event.value] = current
            key_next = False
        elif depth == 1:
            start = at(event)
            current.block = isinstance(event, yaml.MappingStartEvent) and not event.flow_style
            key_next = not isinstance(event, yaml.CollectionStartEvent)
        elif depth == 2 and not current.column:  # noqa: PLR2004 - in a section
            # Before an explicit key stands its "?", which is where the mapping starts.
            line, column = at(event)
            current.column = (min(column, start[1]) if start[0] == line else column) - 1
        if isinstance(event, yaml.CollectionStartEvent):
            flows.append(bool(event.flow_style))
        else:
            current.end = _line_behind(event)
    return root, found


def _line_behind(event: yaml.Event) -> int:
    mark = event.end_mark
    # A block scalar ends where the next line begins.
    return int(mark.line) + (1 if mark.column else 0) if mark else 0


def _last_before(sections: Mapping[str, _Section], name: str) -> int:
    """Give the line behind the section that a new one follows."""
    before, last = list(sections), SECTIONS[-1]
    if name != last and last in sections:
        before = before[: before.index(last)] or before
    return sections[before[-1]].end


def _behind(lines: Sequence[str], at: int, column: int) -> int:
    """Go on behind the comments that are indented as far, for they belong to what stands above."""
    while at < len(lines) and lines[at].lstrip(" ").startswith("#"):
        if len(lines[at]) - len(lines[at].lstrip(" ")) < column:
            break
        at += 1
    return at


def _insert(text: str, starts: Sequence[int], inserted: Mapping[int, Sequence[str]]) -> str:
    """Put lines before the lines of these numbers."""
    first = LINE_BREAK.search(text)
    newline = "\r\n" if first and first[0] == "\r\n" else "\n"
    for number, lines in sorted(inserted.items(), reverse=True):
        offset = starts[min(number, len(starts) - 1)]
        before, behind = text[:offset], text[offset:]
        if before and not LINE_BREAK.fullmatch(before[-1]):
            new = "".join(f"{newline}{line}" for line in lines)
        else:
            new = "".join(f"{line}{newline}" for line in lines)
        text = before + new + behind
    return text
