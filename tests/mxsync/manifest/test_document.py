"""YAML, read strictly."""

from __future__ import annotations

import gc

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mxsync.errors import InvalidManifest
from mxsync.manifest import document
from mxsync.manifest.document import Mapping, Scalar, Sequence, plain, read_document


def test_keys_and_values_know_their_places() -> None:
    root = read_document(b'a:\n  - 1\n  - {b: "x"}\n', "f.yaml")
    assert isinstance(root, Mapping)
    items = root.items["a"]
    assert isinstance(items, Sequence)
    inner = items.items[1]
    assert isinstance(inner, Mapping)
    value = inner.items["b"]
    assert isinstance(value, Scalar)
    assert (value.line, value.column, value.quoted) == (3, 9, True)
    assert (inner.keys["b"].line, inner.keys["b"].column) == (3, 6)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10", 10),
        ("-3", -3),
        ("0x1f", 31),
        ("0o17", 15),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("-.inf", float("-inf")),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("2027-06-30", "2027-06-30"),
        ("10 mx1.example.net.", "10 mx1.example.net."),
        ('"yes"', "yes"),
        ("'010'", "010"),
        ("!!str 10", "10"),
        ("y", "y"),
    ],
)
def test_scalars_are_those_of_the_core_schema(text: str, value: object) -> None:
    assert plain(read_document(f"a: {text}".encode(), "f")) == {"a": value}


def test_a_byte_order_mark_is_passed_over() -> None:
    assert plain(read_document(b"\xef\xbb\xbfa: 1", "f")) == {"a": 1}


@pytest.mark.parametrize(
    ("data", "place", "message"),
    [
        (b"a: no", "1:4", "no means different things to YAML 1.1 and 1.2"),
        (b"a: 010", "1:4", "010 means different things"),
        (b"a: 12:30:45", "1:4", "12:30:45 means different things"),
        (b"a: 1_0", "1:4", "1_0 means different things"),
        (b"a: 1\nb:\n  c: 2\n  c: 3", "4:3", "the key 'c' stands here twice, first in line 3"),
        (
            b"a: !!python/name:os.system x",
            "1:4",
            "the tag python/name:os.system is not allowed",
        ),
        (b"a: !!int 010", "1:4", "is not allowed"),
        (b"<<: {a: 1}", "1:1", "merge keys are not allowed"),
        (b"1: x", "1:1", "the key 1 is no text"),
        (b"? [a]\n: b", "1:3", "a list or mapping stands where a key is wanted"),
        (b"a: 1\n---\nb: 2", "2:1", "a second one starts"),
        (b"", "1:1", "the file is empty"),
        (b"# nothing\n", "1:1", "the file is empty"),
        (b"a: 1\nb: \xff", "2:4", "not UTF-8"),
        ("a: 1".encode("utf-16"), "1:1", "not UTF-8"),
        (b"a: 1\nb: \x07", "2:4", "U+0007 is not allowed"),
        ("a: ü\r\u2028b: ü\x07".encode(), "3:5", "U+0007 is not allowed"),
        ("a: ü\r\u2028b: ü\xff".encode()[:-1], "3:5", "not UTF-8"),
        (b"a:\n  {b: 1", "2:8", "did not find expected ',' or '}'"),
        (b"a: {b: 1\n\nc: 2", "3:2", "while parsing a flow mapping that begins in line 1"),
        (b"a: b: c", "1:5", "mapping values are not allowed"),
        (b"@: x", "1:1", "cannot start any token"),
        (b"a: *x", "1:4", "the alias *x has no anchor before it"),
        (b"[" * 100_000, "1:33", "nested deeper than 32 levels"),
        (b"{a: " * 100_000, "1:129", "nested deeper than 32 levels"),
        (b"{" * 100_000, "1:2", "a list or mapping stands where a key is wanted"),
        (b"? " * 1000, "1:3", "a list or mapping stands where a key is wanted"),
        (b"? &a [b]\n: c", "1:3", "a list or mapping stands where a key is wanted"),
        (b"a: &a [b]\n*a : c", "2:1", "a list or mapping stands where a key is wanted"),
    ],
)
def test_what_is_refused_is_refused_at_its_place(data: bytes, place: str, message: str) -> None:
    with pytest.raises(InvalidManifest) as caught:
        read_document(data, "f")
    (finding,) = caught.value.findings
    assert str(finding.place) == f"f:{place}"
    assert message in finding.message
    assert finding.rule == "MX029"


@pytest.mark.parametrize(
    ("data", "what_to_do"),
    [
        (b"@: x", 'quote it: "@"'),
        (b"*: x", 'a name that starts with "*" is written in quotes'),
        (b"*.news: x", 'a name that starts with "*" is written in quotes'),
        (b"a:\n\t- b", "indent with blanks, not with tabs"),
    ],
)
def test_the_usual_slips_are_explained(data: bytes, what_to_do: str) -> None:
    with pytest.raises(InvalidManifest) as caught:
        read_document(data, "f")
    assert caught.value.findings[0].help == what_to_do


def test_aliases_may_repeat_a_little_but_not_without_end() -> None:
    assert plain(read_document(b"a: &x [1, 2]\nb: *x", "f")) == {"a": [1, 2], "b": [1, 2]}
    bomb = ["a0: &a0 [x]"] + [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]" for at in range(1, 9)]
    with pytest.raises(InvalidManifest, match="aliases repeat more than"):
        read_document("\n".join(bomb).encode(), "f")


def test_a_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_OCTETS", 10)
    with pytest.raises(InvalidManifest, match="larger than"):
        read_document(b"a: 1234567890", "f")


def test_the_garbage_collector_is_on_again_after_a_fault() -> None:
    with pytest.raises(InvalidManifest):
        read_document(b"[", "f")
    assert gc.isenabled()


@given(
    st.one_of(
        st.binary(max_size=60), st.text(alphabet="a:-*&!{}[]\n\t '\"#|>%@<0.1", max_size=60).map(str.encode)
    )
)
def test_any_octets_are_a_document_or_are_refused(data: bytes) -> None:
    try:
        plain(read_document(data, "f"))
    except InvalidManifest as error:
        places = [finding.place for finding in error.findings]
    else:
        places = []
    assert None not in places


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    )
)
def test_what_another_writer_quotes_is_read_back(value: object) -> None:
    written = yaml.safe_dump({"value": value}, default_style='"', allow_unicode=False)
    untagged = written.replace('!!null "null"', "null").replace("!!int ", "").replace("!!bool ", "")

    def as_text(part: object) -> object:
        if isinstance(part, dict):
            return {key: as_text(inner) for key, inner in part.items()}
        if isinstance(part, list):
            return [as_text(inner) for inner in part]
        return str(part).lower() if isinstance(part, bool | int) else part

    assert plain(read_document(untagged.encode(), "f")) == {"value": as_text(value)}
