"""Findings as text: the line of the source, and a caret under the very value."""

from __future__ import annotations

import unicodedata

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from mxsync.diagnostic import Diagnostic, Place, Severity
from mxsync.render import text
from mxsync.render.excerpt import BEFORE, WIDTH, excerpt
from mxsync.render.source import lines_of

SOURCE = """\
mxsync: 1
zones:
  example.com: [10 192.0.2.1, 20 mx2.example.net.]
\texample.org: onw
  日本語.example: [10 メール_1.example., "20 a b."]
  example.net: []
"""


def finding(line: int, column: int, message: str = "this is wrong", **more: object) -> Diagnostic:
    return Diagnostic("MX002", Severity.ERROR, message, Place("mail.yaml", line, column), **more)  # type: ignore[arg-type]


def shown(*found: Diagnostic, source: str = SOURCE) -> str:
    """Write findings, and take away the colours that are ours, and nothing else."""
    written = text.findings(found, lambda _: lines_of(source))
    for colour in ("\x1b[31m", "\x1b[33m", "\x1b[1m", "\x1b[0m"):
        written = written.replace(colour, "")
    return written


def marked(line: str, column: int) -> str:
    """Give what the caret covers, by the columns of a terminal."""
    piece = excerpt(line, column)
    assert piece
    covered, at = "", 0
    for char in piece.text:
        if piece.indent <= at < piece.indent + piece.width:
            covered += char
        at += columns(char)
    return covered


def columns(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def test_findings_show_where_they_are(snapshot: SnapshotAssertion) -> None:
    place = Place("mail.yaml", 5, 36)
    found = [
        finding(3, 20, "the exchange 192.0.2.1 is an address", help="name the host"),
        finding(4, 15, "there is no set 'onw'", help="did you mean 'own'?"),
        finding(5, 20, "the exchange is no host name"),
        Diagnostic("MX016", Severity.INFO, "one exchanger only", place),
        finding(6, 16, "the set has no record"),
        Diagnostic("MX008", Severity.WARNING, "waived, so left out", place, waived=True),
        finding(9, 1, "a line that is not there any more"),
        finding(3, 99, "a column that is not there any more"),
        finding(3, 20, "a line that may hold a secret", private=True),
        Diagnostic("deletes", Severity.ERROR, "a finding without a place", help="allow it"),
    ]
    assert shown(*found) == snapshot


def test_the_caret_has_the_colour_of_the_severity() -> None:
    written = text.findings([finding(3, 20)], lambda _: lines_of(SOURCE))
    assert "\x1b[31m^^^^^^^^^\x1b[0m" in written
    assert "\x1b[31merror MX002:\x1b[0m" in written


def test_without_the_lines_of_a_file_a_finding_is_one_line() -> None:
    written = click.unstyle(text.findings([finding(3, 20)]))
    assert written == "mail.yaml:3:20: error MX002: this is wrong\n"


def test_a_line_that_is_withheld_is_not_shown() -> None:
    source = "mxsync: 1\nproviders:\n  a: {type: rfc2136, tsig: hunter2}\n"
    assert "hunter2" not in shown(finding(3, 28), source=source)


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        ("  a: [10 192.0.2.1, 20 b.]", 10, "192.0.2.1"),
        ("  a: [10 192.0.2.1, 20 b.]", 7, "10"),
        ("  a: [10 192.0.2.1]", 6, "[10 192.0.2.1]"),
        ("  a: [[1], 2]", 6, "["),
        ("  a: []", 6, "[]"),
        ("  a: {}", 6, "{}"),
        ("  lists.example.org.: own", 3, "lists.example.org."),
        ('  "@": own', 3, '"@"'),
        ("  'it''s': own", 3, "'it''s'"),
        ('  "a\\"b": own', 3, '"a\\"b"'),
        ('  "never closed', 3, '"'),
        ("  - '10 [192.0.2.1]'", 9, "[192.0.2.1]"),
        ("  - '10 2001:db8::1'", 9, "2001:db8::1"),
        ("  - 10 mx # old", 8, "mx"),
        ("  own: mail", 8, "mail"),
        ("", 1, ""),
        ("abc", 4, ""),
    ],
)
def test_the_caret_covers_the_value_that_begins_there(line: str, column: int, expected: str) -> None:
    assert marked(line, column) == expected


@pytest.mark.parametrize("column", [0, -3, 5, 2**40])
def test_a_column_outside_of_the_line_has_no_excerpt(column: int) -> None:
    assert excerpt("abc", column) is None


@pytest.mark.parametrize(
    ("line", "column"),
    [("\t\tmx", 3), ("a\tmx", 3), ("日本 mx", 4), ("e\u0301\u0301 mx", 5), ("\x1b[31mmx", 6), ("🙂🙂mx", 3)],
)
def test_tabs_wide_letters_and_marks_do_not_shift_the_caret(line: str, column: int) -> None:
    assert marked(line, column)[:2] in {"mx", "[3"}
    assert "\x1b" not in shown(finding(1, column), source=line)


@pytest.mark.parametrize("before", [0, 10, 300, 1_000_000])
@pytest.mark.parametrize("after", [0, 10, 1_000_000])
def test_a_long_line_is_cut_around_the_place(before: int, after: int) -> None:
    line = "日" * before + " mx1.example.net. " + "x" * after
    piece = excerpt(line, before + 2)
    assert piece
    assert marked(line, before + 2) == "mx1.example.net."
    assert sum(map(columns, piece.text)) <= WIDTH + 2
    assert piece.text.startswith("…") == (before > BEFORE)
    assert piece.text.endswith("…") == (after > WIDTH)


# Letters of all kinds, often those that are special.
CHARS = st.one_of(
    st.characters(), st.sampled_from("\t\r\n \"'[]{}:,#\x1b\x85\u2028\u202e\u200d\u0301\ufe0f日🙂")
)
TEXTS = st.text(CHARS, max_size=300)


@given(
    source=TEXTS,
    line=st.integers(-1, 12),
    column=st.integers(-1, 320),
    message=TEXTS,
    helped=st.none() | TEXTS,
    file=TEXTS,
    severity=st.sampled_from(Severity),
)
def test_any_finding_over_any_text_is_printable_lines(  # noqa: PLR0917 - one for each part of a finding
    source: str, line: int, column: int, message: str, helped: str | None, file: str, severity: Severity
) -> None:
    found = Diagnostic("MX001", severity, message, Place(file, line, column), helped)
    written = shown(found, source=source)
    assert written.endswith("\n")
    rows = written[:-1].split("\n")
    assert all(row.isprintable() for row in rows)
    assert len(rows) in {1 + bool(helped), 3 + bool(helped)}


@given(line=st.text(CHARS, min_size=1, max_size=400), data=st.data())
@example(line="x" * 99 + "日", data=None)
def test_the_caret_lies_under_the_column(line: str, data: st.DataObject | None) -> None:
    column = data.draw(st.integers(1, len(line) + 1)) if data else len(line)
    piece = excerpt(line, column)
    assert piece
    assert piece.width >= 1
    char = line[column - 1 : column]
    expected = " " if char in {"\t", ""} else char if char.isprintable() else "\N{REPLACEMENT CHARACTER}"
    at, there = 0, set()
    for cell in f"{piece.text} ":
        if at == piece.indent:
            there.add(cell)
        at += columns(cell)
    assert expected in there or (expected == " " and at <= piece.indent)
