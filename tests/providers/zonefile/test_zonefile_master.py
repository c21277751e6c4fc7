"""Cutting a zone file into entries and tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync_zonefile.interpret import File, Unusable, interpret
from mxsync_zonefile.master import MasterError, entries, line_of
from support.zonefiles import ZONE

octets = st.text(st.characters(max_codepoint=255), max_size=200)
pieces = st.lists(
    st.sampled_from(
        [
            *(
                " ",
                "\t",
                "\n",
                "\r\n",
                "\r",
                "(",
                ")",
                '"',
                ";",
                "\\",
                "@",
                "$TTL",
                "$ORIGIN",
                "$GENERATE",
                "$INCLUDE",
            ),
            *(
                "IN",
                "CH",
                "MX",
                "SOA",
                "A",
                "TXT",
                "TYPE15",
                "\\# 4 00010000",
                "10",
                "1h",
                "1-3",
                "$",
                "${0,2,n}",
                "mx",
            ),
            *(
                "example.com.",
                "a..b",
                "\\999",
                "\\.",
                '"a b"',
                "\xe4",
                "\0",
                "$UNICODE",
                "é",
                "x" * 64,
                "CNAME",
                "NSEC",
            ),
            "\n@ 60 IN SOA ns host 1 2 3 4 5\n",
        ]
    ),
    max_size=40,
).map(" ".join)


@given(octets | pieces)
def test_the_entries_of_a_text_are_the_text(text: str) -> None:
    try:
        found, refused = entries(text), None
    except MasterError as error:
        found, refused = [], error
    if refused:
        assert 0 <= refused.at <= len(text)
        assert str(refused)
        return
    assert "".join(text[entry.start : entry.end] for entry in found) == text
    for entry in found:
        assert entry.line == line_of(text, entry.start)
        for token in entry.tokens:
            assert entry.start <= token.start < token.end <= entry.end
            assert text[token.start : token.end] == token.text


@given(octets | pieces)
def test_any_text_is_a_zone_or_refused_with_a_place(text: str) -> None:
    def include(name: str) -> File:
        raise Unusable(f"{name}: there is no such file")

    try:
        said = f"zones/example.com.zone: {interpret(ZONE, File('zones/example.com.zone', text), include).soa}"
    except Unusable as error:
        said = str(error)
    assert said.startswith("zones/example.com.zone:")


@pytest.mark.parametrize(
    ("text", "words", "indented"),
    [
        ("a IN MX 10 b ; c\n", ["a", "IN", "MX", "10", "b"], False),
        ("\tMX 10 b\r\n", ["MX", "10", "b"], True),
        ("a MX ( 10 ; ( )\n b\n)\n", ["a", "MX", "10", "b"], False),
        ('a TXT "x;y" "\\"("z\n', ["a", "TXT", '"x;y"', '"\\"("', "z"], False),
        ("a\\ b\\;c\\( A 192.0.2.1", ["a\\ b\\;c\\(", "A", "192.0.2.1"], False),
        ("(a A 192.0.2.1)", ["a", "A", "192.0.2.1"], False),
        (" ; nothing\n", [], True),
    ],
)
def test_an_entry_is_cut_into_its_words(text: str, words: list[str], indented: bool) -> None:
    (entry,) = entries(text)
    assert [token.text for token in entry.tokens] == words
    assert entry.indented is indented


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a MX (\n10 b\n\n", 1, "a parenthesis is not closed"),
        ("a MX 10 b\n)\n", 2, "a parenthesis closes that was not opened"),
        ('a TXT "b\nc"\n', 1, "a quoted string is not closed on its line"),
        ("a A 192.0.2.1\nb\\\n", 2, "a backslash stands before nothing that it could escape"),
        ("a A 192.0.2.1\rb A 192.0.2.2\n", 1, "a carriage return stands there without a line feed"),
        ("; x\r; y\n", 1, "a carriage return stands there without a line feed"),
        ("a\n\nb\x07\n", 3, "a control character (octet 7) stands there"),
        ("\xef\xbb\xbf$TTL 1h\n", 1, "letters beyond ASCII stand outside of comments and quotes"),
    ],
)
def test_a_text_that_cannot_be_cut_is_refused_at_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(MasterError) as caught:
        entries(text)
    assert str(caught.value).startswith(reason)
    assert line_of(text, caught.value.at) == line
