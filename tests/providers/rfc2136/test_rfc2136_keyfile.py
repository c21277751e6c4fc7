"""Key files in all the layouts that BIND takes, and words for those that it does not."""

from __future__ import annotations

import base64
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync_rfc2136.keyfile import InvalidKeyFile, parse
from mxsync_rfc2136.tsig import ALGORITHMS, TsigKey
from support.nameserver import find

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "c2VjcmV0IHdpdGggYSBjb21tZW50IGluIGl0////+w=="
OCTETS = base64.b64decode(SECRET)
PLAIN = "bm8gc2xhc2hlcyE+bm8gc2xhc2hlcyE+"

LAYOUTS = {
    "tsig-keygen": f'key "office" {{\n\talgorithm hmac-sha256;\n\tsecret "{SECRET}";\n}};\n',
    "one line": f'key office {{ algorithm hmac-sha256; secret "{SECRET}"; }};',
    "no blanks": f'key"office"{{algorithm"hmac-sha256";secret"{SECRET}";}};',
    "secret first": f'key office {{ secret "{SECRET}"; algorithm hmac-sha256; }};',
    "capitals": f'KEY "Office." {{ Algorithm HMAC-SHA256; Secret "{SECRET}"; }};',
    "comments": (
        "// key old { };\n# key old { };\n/* key old {\n */"
        f'key /* the */ office {{// one\n algorithm hmac-sha256; # two\n secret "{SECRET}"; }};'
    ),
    "blanks in the secret": f'key office {{ algorithm hmac-sha256; secret "{SECRET[:8]}\n\t{SECRET[8:]}"; }};',
    "crlf": f'key "office" {{\r\n algorithm hmac-sha256;\r\n secret "{SECRET}";\r\n}};\r\n',
    "comments at the ends": (
        f'/**/key office {{ algorithm hmac-sha256; secret "{SECRET}"; }}; # the end without a line feed'
    ),
    "a comment in a comment": (
        f'# /* not open\n// /* nor here\n/* // # */ key office {{ algorithm hmac-sha256; secret "{SECRET}"; }};'
    ),
    "comment signs in quotes": f'key "office" {{ algorithm "hmac-sha256"; secret "{SECRET}"; }}; server 192.0.2.1 {{ keys "office"; }};',
    "an include too": f'include "/dev/null"; key office {{ algorithm hmac-sha256; secret "{SECRET}"; }};',
    "a line for each word": f'\n\n\tkey\n office\n{{\n\nalgorithm\nhmac-sha256\n;\n\nsecret\n"{SECRET}"\n;\n}}\n;\n',
    "other statements": (
        'options { directory "/x{"; listen-on { any; }; };'
        f'key office {{ algorithm hmac-sha256; secret "{SECRET}"; }}; server 192.0.2.1 {{ keys office; }};'
    ),
}
"""What `named-checkconf` takes and the parser must take too."""

BROKEN = {
    "nothing": ("", "there is no key in it"),
    "a comment": ("// nothing here\n", "there is no key in it"),
    "no key": ("options { };", "there is no key in it; expected"),
    "an include alone": ('include "/etc/bind/office.key"; options { };', "it includes other files"),
    "a key in a view": (
        f'view x {{ key k {{ algorithm hmac-sha256; secret "{SECRET}"; }}; }};',
        "no key in it",
    ),
    "a private key of DNSSEC": (f"Private-key-format: v1.3\nKey: {SECRET}\n", "does not end in ';'"),
    "no name": (f'key {{ algorithm hmac-sha256; secret "{SECRET}"; }};', "expected a name after 'key'"),
    "no algorithm": (f'key office {{ secret "{SECRET}"; }};', "key office. has no 'algorithm'"),
    "no secret": ("key office { algorithm hmac-sha256; };", "key office. has no 'secret'"),
    "bad base64": (f'key office {{ algorithm hmac-sha256; secret "{SECRET}="; }};', "no base64"),
    "letters beyond ASCII": (f'key office {{ algorithm hmac-sha256; secret "{SECRET}ä"; }};', "no base64"),
    "an empty secret": ('key office { algorithm hmac-sha256; secret ""; };', "its secret is empty"),
    "md5": (f'key office {{ algorithm hmac-md5; secret "{SECRET}"; }};', "hmac-md5 is too weak"),
    "unknown algorithm": (f'key office {{ algorithm rot13; secret "{SECRET}"; }};', "no algorithm 'rot13'"),
    "values exchanged": (
        f'key office {{ algorithm "{SECRET}"; secret "hmac-sha256"; }};',
        "no algorithm of that",
    ),
    "unknown option": (
        f"key office {{ algorithm hmac-sha256; {SECRET}; }};",
        "only 'algorithm' and 'secret'",
    ),
    "a secret cut by //": (f"key office {{ algorithm hmac-sha256; secret {PLAIN}//; }};", "expected ';'"),
    "an option twice": (f"key office {{ secret {PLAIN}; secret {PLAIN}; }};", "has 'secret' twice"),
    "a key twice": (LAYOUTS["one line"] + LAYOUTS["capitals"], "key office. stands there twice"),
    "no last mark": (LAYOUTS["one line"].removesuffix(";"), "expected ';' after key office."),
    "no last brace": (LAYOUTS["one line"].removesuffix("};"), "expected '}' at the end of key office."),
    "open quote": (f'key office {{\n algorithm hmac-sha256; secret "{SECRET}; }};', "begins in line 2"),
    "open comment": (LAYOUTS["one line"] + "\n/* more", "begins in line 2"),
    "a bad name": (f"key a..b {{ algorithm hmac-sha256; secret {PLAIN}; }};", "is no domain name"),
}


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_a_key_is_read_in_any_layout(text: str) -> None:
    (key,) = parse(text)
    assert (key.name, key.algorithm, key.secret) == ("office.", "hmac-sha256", OCTETS)


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_bind_takes_these_layouts_too(tmp_path: Path, text: str) -> None:
    (tmp_path / "key.conf").write_text(text.replace('directory "/x{";', ""))
    subprocess.run([find("named-checkconf"), tmp_path / "key.conf"], check=True)


@pytest.mark.parametrize(("text", "words"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_with_a_key_file_is_said_without_its_secret(text: str, words: str) -> None:
    with pytest.raises(InvalidKeyFile) as caught:
        parse(text)
    message = str(caught.value)
    assert words in message
    assert "\n" not in message
    assert SECRET[:12] not in message
    assert PLAIN[:12] not in message


def test_a_secret_without_slashes_needs_no_quotes(tmp_path: Path) -> None:
    text = "key office { algorithm hmac-sha256; secret bm8gc2xhc2hlcyE+; };"
    (key,) = parse(text)
    assert key.secret == b"no slashes!>"
    test_bind_takes_these_layouts_too(tmp_path, text)


def test_all_keys_of_a_file_are_read_in_their_order() -> None:
    text = "".join(
        f'key "k{algorithm}" {{ algorithm {algorithm}; secret {PLAIN}; }};' for algorithm in ALGORITHMS
    )
    assert [key.algorithm for key in parse(text)] == list(ALGORITHMS)


def test_a_key_does_not_show_its_secret() -> None:
    (key,) = parse(LAYOUTS["one line"])
    assert "secret" not in repr(key)
    assert SECRET not in str(key)


blanks = st.sampled_from([" ", "\n", "\t", "  // a { b\n", " # ; }\n", '/* " */', "/***/\n"])
labels = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=20)


@st.composite
def key_files(draw: st.DrawFn) -> tuple[str, list[TsigKey]]:
    """Write keys down in a random layout."""
    keys, text = [], draw(blanks)
    for label in draw(st.lists(labels, min_size=1, max_size=4, unique=True)):
        algorithm, secret = draw(st.sampled_from(ALGORITHMS)), draw(st.binary(min_size=1, max_size=64))
        key = TsigKey(names.parse(f"{label}."), algorithm, secret)
        keys.append(key)
        options = [("algorithm", key.algorithm), ("secret", base64.b64encode(key.secret).decode())]
        pieces = ["key", draw(st.sampled_from([label, f'"{label}"', f'"{label}."'])), "{"]
        for name, value in draw(st.permutations(options)):
            pieces += [name, f'"{value}"', ";"]
        text += "".join(piece + draw(blanks) for piece in (*pieces, "}", ";"))
    return text, keys


@given(key_files())
def test_whatever_is_written_is_read(case: tuple[str, list[TsigKey]]) -> None:
    text, keys = case
    assert list(parse(text)) == keys


@given(st.text(st.sampled_from(list('key{};"\\/*# \nab=secretalgorithm-')), max_size=60))
def test_any_text_gives_keys_or_one_line_of_words(text: str) -> None:
    words = ""
    try:
        keys = parse(text)
    except InvalidKeyFile as error:
        keys, words = (), str(error)
    assert keys or words
    assert "\n" not in words
