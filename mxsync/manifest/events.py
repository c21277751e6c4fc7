"""What YAML's parser says of a text, event by event, and what it refuses, as a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from mxsync.diagnostic import LINE_BREAK, Diagnostic, Place, Severity
from mxsync.errors import InvalidManifest

if TYPE_CHECKING:
    from collections.abc import Iterator


def events(text: str, file: str) -> Iterator[yaml.Event]:
    """Give the parser's events.

    Raises InvalidManifest where the text is not YAML, with what may help.
    """
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
        raise invalid(place, message, _hint(lines[place.line - 1][: place.column])) from error
    except yaml.reader.ReaderError as error:
        # Its position counts octets or characters, as the parser is C's or Python's.
        found = chr(error.character) if isinstance(error.character, int) else ""
        what = f"the character U+{ord(found):04X} is not allowed" if found else str(error.reason)
        place = Place.behind(text.partition(found)[0] if found else "", file)
        raise invalid(place, f"this is not YAML: {what}") from error


def _hint(here: str) -> str | None:
    """Say what helps against the usual slips, by the text of a line up to where the parser stopped."""
    if here.endswith("@"):
        return 'quote it: "@"'
    if "*" in here[-2:]:
        return 'a name that starts with "*" is written in quotes'
    return "indent with blanks, not with tabs" if here.endswith("\t") else None


def invalid(place: Place, message: str, what_to_do: str | None = None) -> InvalidManifest:
    """Make the error for a document that cannot be read, with its one finding."""
    return InvalidManifest([Diagnostic("MX029", Severity.ERROR, message, place, help=what_to_do)])


def at(event: yaml.Event) -> tuple[int, int]:
    """Give line and column, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def is_plain(event: yaml.ScalarEvent) -> bool:
    """Say whether a scalar is written without quotes, and not as a block."""
    return event.style in {None, ""}  # the C parser says it with the empty one


def is_verbatim(event: yaml.ScalarEvent) -> bool:
    """Say whether a scalar's text stands in the file just so, in one line and without escapes."""
    start, end = event.start_mark, event.end_mark
    if not start or not end or start.line != end.line:
        return False
    return bool(end.column - start.column == len(event.value) + (0 if is_plain(event) else len("''")))
