"""Plans as text."""

from __future__ import annotations

import click
import pytest

from mxsync import names
from mxsync.plan import Plan, Unmanaged
from mxsync.render import text
from mxsync.render.text import MAX_UNMANAGED
from support.sets import mx_set

ZONE = names.parse("example.com.")
SET = mx_set(3600, "10 mx.example.net.")


@pytest.mark.parametrize("more", [0, 1, 500])
def test_unmanaged_sets_are_named_up_to_a_limit_and_then_counted(more: int) -> None:
    number = MAX_UNMANAGED + more
    sets = tuple(Unmanaged("a", ZONE, names.parse(f"u{at}", ZONE), SET) for at in range(number))
    lines = click.unstyle(text.plan(Plan((), 0, (), (), sets))).splitlines()
    shown = [f"  u{at}.example.com. at a: 10 mx.example.net. (TTL 1h)" for at in range(MAX_UNMANAGED)]
    cut = [f"  … and {more} more"] if more else []
    assert lines == [
        f"Not in the manifest, left alone ({number})",
        *shown,
        *cut,
        "",
        "No changes: 0 MX sets as wanted.",
    ]
