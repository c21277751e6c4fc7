"""Findings as text, each with the line of the source that it is about. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.diagnostic import Severity
from mxsync.render.source import no_lines
from mxsync.render.terminal import BOLD, MIN_WIDTH, RED, YELLOW, paint, wrapped
from mxsync.render.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mxsync.diagnostic import Diagnostic
    from mxsync.render.source import Lines

_COLOURS = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.INFO: BOLD}
_FRAME = 7
"""How many columns an excerpt needs beside the source and the digits of its line's number, cuts included."""


def findings(found: Iterable[Diagnostic], lines_of: Lines = no_lines, *, width: int | None = None) -> str:
    """Write findings, one after the other, each with its line of the source where that may be shown.

    What is waived is left out. `width` is that of the terminal in columns; None breaks no sentence.
    """
    lines: list[str] = []
    for finding in found:
        if finding.waived:
            continue
        where = f"{one_line(str(finding.place))}: " if finding.place else ""
        label = paint(f"{finding.severity} {finding.rule}:", _COLOURS[finding.severity])
        lines.append(wrapped(f"{where}{label} {one_line(finding.message)}", width))
        lines += _excerpt(finding, lines_of, width)
        if finding.help:
            lines.append(wrapped(one_line(finding.help), width, start="  help: ", hang=8))
    return "".join(f"{line}\n" for line in lines)


def _excerpt(finding: Diagnostic, lines_of: Lines, width: int | None) -> Iterator[str]:
    place = finding.place
    if place is None or finding.private:
        return
    lines = lines_of(place.file)
    line = lines[place.line - 1] if 0 < place.line <= len(lines) else None
    if line is None:
        return
    from mxsync.render.excerpt import WIDTH, excerpt  # noqa: PLC0415 - most runs have no finding to show

    number = str(place.line)
    room = WIDTH if width is None else min(WIDTH, max(width, MIN_WIDTH) - len(number) - _FRAME)
    if shown := excerpt(line, place.column, room):
        caret = paint("^" * shown.width, _COLOURS[finding.severity])
        yield f"  {number} | {shown.text}"
        yield f"  {' ' * len(number)} | {' ' * shown.indent}{caret}"
