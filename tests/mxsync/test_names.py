"""Names: text in, canonical text out."""

from __future__ import annotations

import dns.name
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.errors import InvalidName
from mxsync.names import Name
from support.sets import labels

ZONE = names.parse("example.com.")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mx1.example.net.", "mx1.example.net."),
        ("MX1.Example.NET", "mx1.example.net."),
        (".", "."),
        ("*.example.com.", "*.example.com."),
        (r"a\.b.example.com.", r"a\.b.example.com."),
        (r"\097.test.", "a.test."),
        (r"\032x.test.", r"\032x.test."),
        ("münchen.example.", "xn--mnchen-3ya.example."),
        ("MÜNCHEN.example.", "xn--mnchen-3ya.example."),
        ("straße.example.", "xn--strae-oqa.example."),
        ("例え.test.", "xn--r8jz45g.test."),
        ("0/25.2.0.192.in-addr.arpa.", "0/25.2.0.192.in-addr.arpa."),
    ],
)
def test_text_becomes_the_canonical_name(text: str, name: str) -> None:
    assert names.parse(text) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("@", "example.com."),
        ("lists", "lists.example.com."),
        ("a.b", "a.b.example.com."),
        ("x.test.", "x.test."),
    ],
)
def test_a_name_without_the_last_dot_is_completed_with_the_origin(text: str, name: str) -> None:
    assert names.parse(text, ZONE) == name


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty label"),
        ("..", "empty label"),
        ("a..b.", "empty label"),
        (".a.", "empty label"),
        ("a" * 64 + ".", "64 octets"),
        (".".join(["a" * 63] * 4) + ".", "257 octets"),
        ("ü." * 1000, "2000 characters"),
        ("a\\", "bad escape"),
        (r"\256.", "bad escape"),
        (r"\9x.", "bad escape"),
        ("a。b.", "stands for a dot"),
        ("-ü.example.", "IDNA"),
        ("☃.example.", "IDNA"),
    ],
)
def test_text_that_is_no_name_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(InvalidName, match=why):
        names.parse(text)


def test_the_longest_name_is_taken_and_one_octet_more_is_not() -> None:
    longest = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61]) + "."
    assert names.parse(longest) == longest
    with pytest.raises(InvalidName, match="256 octets"):
        names.parse("x" + longest.replace("a.b", "a.b", 1)[1:].replace("d" * 61, "d" * 62))


def test_the_longest_text_of_a_name_is_taken() -> None:
    longest = ".".join("\\000" * size for size in (63, 63, 63, 61)) + "."
    assert names.parse(longest) == longest


def test_an_escaped_dot_does_not_make_a_name_lie_within_a_zone() -> None:
    assert not names.is_within(Name(r"a\.example.com."), ZONE)
    assert names.is_within(Name("a.example.com."), ZONE)
    assert not names.is_within(Name("aexample.com."), ZONE)


def test_every_name_lies_within_the_root() -> None:
    assert names.is_within(ZONE, names.ROOT)


@given(st.lists(labels, max_size=4))
def test_a_name_made_of_any_octets_reads_back_as_itself(parts: list[bytes]) -> None:
    try:
        name = names.from_labels(parts)
    except InvalidName:
        assert sum(len(part) + 1 for part in parts) + 1 > 255
        return
    assert names.parse(name) == name
    assert names.to_labels(name) == tuple(part.lower() for part in parts)


@given(st.lists(labels, min_size=1, max_size=3))
def test_a_name_means_the_same_to_dnspython(parts: list[bytes]) -> None:
    name = names.from_labels(parts)
    assert dns.name.from_text(name).labels == (*names.to_labels(name), b"")


@given(st.lists(labels, max_size=3), st.lists(labels, max_size=2))
def test_a_name_below_a_zone_lies_within_it_and_can_be_written_relative(
    below: list[bytes], zone_parts: list[bytes]
) -> None:
    zone = names.from_labels(zone_parts)
    try:
        name = names.from_labels([*below, *zone_parts])
    except InvalidName:
        return
    assert names.is_within(name, zone)
    assert names.parse(names.relative(name, zone), zone) == name
    assert names.parent(name) == names.from_labels([*below, *zone_parts][1:])


@given(st.text(max_size=80))
def test_any_text_is_a_name_or_is_refused(text: str) -> None:
    try:
        name = names.parse(text)
    except InvalidName:
        return
    assert names.parse(name) == name
