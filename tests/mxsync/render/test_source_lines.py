"""Which lines of a manifest may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync.render.source import lines_of

SECRET = "hunter2"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_lines_end_where_yaml_ends_them(end: str) -> None:
    assert lines_of(f"a: 1{end}b: 2\x0c{end}") == ["a: 1", "b: 2\x0c", ""]


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert lines_of("\ufeffmxsync: 1") == ["mxsync: 1"]


def test_all_but_provider_blocks_is_shown() -> None:
    text = (
        "mxsync: 1\nproviders:\n  a: {type: x}\n\n  # a note\n  b:\n    type: y\nzones:\n  example.com: own\n"
    )
    assert lines_of(text) == ["mxsync: 1", *[None] * 6, "zones:", "  example.com: own", ""]


def test_names_of_providers_at_a_zone_are_shown() -> None:
    text = "zones:\n  example.com:\n    providers: [a, b]\n    mx: {}\n  example.org:\n    providers:\n      - a\n"
    assert None not in lines_of(text)


@pytest.mark.parametrize(
    "text",
    [
        f"providers:\n  a:\n    key: {SECRET}\n",
        f"  providers:\n    a:\n      key: {SECRET}\n",
        f"providers: {{a: {{key: {SECRET}}}}}\n",
        f"providers: {{a: {{type: x,\nkey: {SECRET}}}}}\nzones: {{}}\n",
        f"'providers' : &p\n  a: {{key: {SECRET}}}\n",
        f'{{mxsync: 1, "providers": {{a: {{key: {SECRET}}}}}, zones: {{}}}}\n',
        f"{{mxsync: 1,\nproviders:\n{{a:\n{{key:\n{SECRET}}}}},\nzones: {{}}}}\n",
        f"# a note\n---\n  providers:\n    a:\n\n      # more\n      key: {SECRET}\n",
        f"zones: {{}}\nsecret: {SECRET}\n",
        f"zones: {{}}\ntsig_secret:\n  - {SECRET}\n",
        f"zones: {{}}\n# password: {SECRET}\n",
        f"zones: {{}}\napi_key: |\n  {SECRET}\n",
    ],
)
def test_a_secret_that_stands_where_secrets_are_likely_is_withheld(text: str) -> None:
    assert not any(SECRET in line for line in lines_of(text) if line)


@given(st.text(st.characters() | st.sampled_from("\n\r:{}[]# ")))
def test_any_text_has_lines(text: str) -> None:
    assert len(lines_of(text)) >= 1
