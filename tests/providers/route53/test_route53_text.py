r"""Names and values: what Route 53 writes, with or without dot, escapes and capitals, is what DNS says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.errors import InvalidName, InvalidSet
from mxsync.model import MX
from mxsync_route53.text import from_api, from_value, to_api, to_value
from support.route53.names import stored
from support.sets import labels


@given(st.lists(labels, max_size=3))
def test_every_name_comes_back_from_what_route_53_keeps_of_it(parts: list[bytes]) -> None:
    name = names.from_labels(parts)
    assert from_api(to_api(name)) == name
    assert from_api(stored(to_api(name))) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\\052.example.com.", "*.example.com."),
        ("*.example.com", "*.example.com."),
        ("EXAMPLE.com", "example.com."),
        ("a\\057b.example.com.", "a/b.example.com."),
        ("a\\056b.example.com.", "a\\.b.example.com."),
        ("\\134052.example.com.", "\\\\052.example.com."),
        (".", "."),
    ],
)
def test_a_name_is_read_however_it_is_written(text: str, name: str) -> None:
    assert from_api(text) == names.parse(name)


@pytest.mark.parametrize("text", ["", "a..b", "a\\9.b", "a\\400.b", "a\\.b", "\u0105.example", "a" * 64])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidName):
        from_api(text)


def test_a_wildcard_is_written_as_the_documents_have_it() -> None:
    assert to_api(names.parse("*.example.com.")) == "*.example.com."
    assert to_api(names.parse("a*.example.com.")) == "a\\052.example.com."


@pytest.mark.parametrize("text", ["10 MX1.example.NET", "10 mx1.example.net.", " 10\tmx1.example.net. "])
def test_a_value_is_read_with_and_without_dot_and_in_any_case(text: str) -> None:
    assert from_value(text) == MX(10, names.parse("mx1.example.net."))


@pytest.mark.parametrize(
    "text", ["", "10", "ten mx.example.net.", "+1 a.", "1.5 a.", "10 a. b.", "\u0661 a."]
)
def test_what_is_no_mx_value_is_refused(text: str) -> None:
    with pytest.raises((InvalidSet, InvalidName)):
        from_value(text)


def test_a_null_mx_is_written_as_rfc_7505_has_it() -> None:
    assert to_value(MX(0, names.ROOT)) == "0 ."
    assert from_value("0 .") == MX(0, names.ROOT)
