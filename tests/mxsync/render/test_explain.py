"""A changed set in words."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given

from mxsync import names
from mxsync.change import Change
from mxsync.model import MXSet
from mxsync.render.explain import sentences
from support.sets import mx_set, mx_sets

OWNER = names.parse("example.com.")


def said(before: MXSet | None, after: MXSet | None) -> list[str]:
    return [*sentences(Change(OWNER, before, after))]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (
            ["10 old.example.net.", "20 mail.example.com."],
            ["10 mail.example.com.", "20 mx3.example.net."],
            [
                "mail.example.com. moves from 20 to 10 (from backup to first)",
                "mx3.example.net. is new, at preference 20 (backup)",
                "old.example.net. is gone (it was tried first)",
            ],
        ),
        (
            ["10 a.example.", "20 b.example."],
            ["20 b.example."],
            [
                "b.example. stays at 20, but moves from backup to first",
                "a.example. is gone (it was tried first)",
            ],
        ),
        (["1 a.example."], ["10 a.example."], ["a.example. moves from 1 to 10 and keeps its place (first)"]),
        (
            ["10 a.example.", "20 b.example."],
            ["10 a.example.", "10 b.example.", "20 b.example."],
            ["b.example. moves from 20 to 10 and 20 (from backup to first)"],
        ),
        (
            ["10 a.example.", "10 b.example.", "20 b.example."],
            ["10 a.example.", "10 b.example.", "30 b.example."],
            ["b.example. moves from 10 and 20 to 10 and 30 and keeps its place (first)"],
        ),
        (
            ["10 a.example."],
            ["0 ."],
            [
                "the null MX is new, at preference 0: the domain takes no mail",
                "a.example. is gone (it was tried first)",
            ],
        ),
        (
            ["0 ."],
            ["10 mx.bücher.example."],
            [
                "mx.xn--bcher-kva.example. (mx.bücher.example.) is new, at preference 10 (tried first)",
                "the null MX is gone: the domain takes mail",
            ],
        ),
        (
            ["10 a.example."],
            ["10 __x."],
            ["__x. is new, at preference 10 (tried first)", "a.example. is gone (it was tried first)"],
        ),
        (["0 ."], ["5 ."], ["the null MX moves from 0 to 5"]),
        (
            [f"{at} h{at}.example." for at in range(6)],
            [f"{5 - at} h{at}.example." for at in range(6)],
            [
                "h5.example. moves from 5 to 0 (from backup 5 to first)",
                "h4.example. moves from 4 to 1 (from backup 4 to backup)",
                "h3.example. moves from 3 to 2 (from third backup to second backup)",
                "h2.example. moves from 2 to 3 (from second backup to third backup)",
                "h1.example. moves from 1 to 4 (from backup to backup 4)",
                "h0.example. moves from 0 to 5 (from first to backup 5)",
            ],
        ),
    ],
)
def test_what_becomes_of_each_host_is_said(before: list[str], after: list[str], expected: list[str]) -> None:
    assert said(mx_set(60, *before), mx_set(60, *after)) == expected


def test_another_ttl_is_said() -> None:
    assert said(mx_set(14400, "10 a.example."), mx_set(3600, "10 a.example.")) == ["TTL goes from 4h to 1h"]


def test_a_set_that_comes_or_goes_needs_no_words() -> None:
    assert said(None, mx_set(60, "10 a.example.")) == said(mx_set(60, "10 a.example."), None) == []


@given(mx_sets, mx_sets)
def test_every_change_of_a_set_is_said_once_for_each_host(before: MXSet, after: MXSet) -> None:
    if before == after:
        return
    sentences = said(before, after)
    assert sentences
    assert len(set(sentences)) == len(sentences)
    assert (before.ttl != after.ttl) == any(each.startswith("TTL goes") for each in sentences)
    hosts = {record.exchange for record in {*before.records} ^ {*after.records}}
    for host in hosts:
        shown = "the null MX" if host == names.ROOT else host
        assert sum(each.startswith(f"{shown} ") for each in sentences) == 1


def test_deepdiff_is_imported_only_where_something_is_explained() -> None:
    program = (
        "import sys\n"
        "from mxsync.render import explain, github, markdown, mermaid, sarif, text\n"
        "sys.exit('deepdiff' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
