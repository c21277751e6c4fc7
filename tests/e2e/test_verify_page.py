"""The page on verify, compare and explain shows what really comes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cli import mxsync
from support.distributions import REPOSITORY
from support.tree import Tree, running_tree

PAGE = (REPOSITORY / "docs/verify.md").read_text("utf-8")
RECORDS = """\
@ 14400 MX 10 old.example.net.
mx1 A 192.0.2.25
mx1 AAAA 2001:db8::25
mx2 A 192.0.2.26
mx3 A 192.0.2.27
"""
MANIFEST = "{example.test: {mx: {'@': [10 mx1.example.test., 10 mx2.example.test., 20 mx3.example.test.], lists: null_mx}}}"


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    with running_tree(tmp_path, RECORDS) as made:
        made.write_manifest(MANIFEST)
        yield made


def shown(command: str) -> list[str]:
    """Give the lines that the page shows for a command."""
    match = re.search(rf"^\$ {re.escape(command)}\n(.*?)^(?:\$ |```)", PAGE, re.DOTALL | re.MULTILINE)
    assert match, command
    return alike(match[1])


def alike(text: str) -> list[str]:
    """Give the lines without what differs from run to run: addresses of servers, times, TTLs that count down.

    The resolver finds the servers here, and is asked too: which of them it has asked is not known.
    """
    text = re.sub(r"\(\d+\.\d+\.\d+\.\d+\) *", "(ADDRESS) ", text)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME", text)
    text = re.sub(r"kept for [0-9hms]+", "kept for TTL", text)
    return [" ".join(line.split()) for line in text.splitlines() if "resolver" not in line]


def play(tree: Tree, command: str) -> list[str]:
    run = mxsync(*command.split()[1:], *tree.options, cwd=tree.folder)
    return alike(run.out)


def test_the_session_on_the_page_is_what_happens(tree: Tree) -> None:
    applied = mxsync("apply", "--yes", cwd=tree.folder)
    assert applied.code == 0, applied.out
    assert play(tree, "mxsync verify") == shown("mxsync verify")
    assert play(tree, "mxsync compare example.test") == shown("mxsync compare example.test")
    tree.catch_up()
    # It forgets what it has from the server that lagged.
    tree.resolver.restart()
    assert play(tree, "mxsync verify --wait 5m") == shown("mxsync verify --wait 5m")
    assert play(tree, "mxsync explain example.test") == shown("mxsync explain example.test")
    picture = "mxsync explain example.test --format mermaid"
    assert play(tree, picture) == shown(picture)
