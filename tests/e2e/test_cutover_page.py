"""The page on cutovers shows what really comes of one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mxsync.cutover.file import find, save
from support.cli import mxsync
from support.distributions import REPOSITORY
from support.tree import Tree, running_tree

PAGE = (REPOSITORY / "docs/cutover.md").read_text("utf-8")
RECORDS = "@ 14400 MX 10 old1.example.net.\n@ 14400 MX 20 old2.example.net.\n"
MANIFEST = "{example.test: [10 mx1.example.net., 20 mx2.example.net.]}"


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    with running_tree(tmp_path, RECORDS, notify=True) as made:
        made.write_manifest(MANIFEST)
        yield made


def session() -> list[tuple[str, str]]:
    """Give the commands on the page, each with what it shows."""
    blocks = re.findall(r"^```console\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    found = re.findall(r"^\$ mxsync (.*)\n((?:(?!\$ ).*\n)*)", "".join(blocks), re.MULTILINE)
    return [(command, timeless(shown)) for command, shown in found]


def timeless(text: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME", text)


def elapse(tree: Tree) -> None:
    """Let days go by."""
    file = find([tree.folder])
    assert file.state is not None
    assert file.state.verified is not None
    save(file.path, replace(file.state, verified=file.state.verified - timedelta(days=2)))


def test_the_session_on_the_page_is_what_happens(tree: Tree) -> None:
    steps = session()
    assert len(steps) == 8
    for command, shown in steps:
        asks = command == "cutover run"
        if asks and "not due" not in shown:
            elapse(tree)
        run = mxsync(*command.split(), *(tree.options if asks else ()), cwd=tree.folder)
        assert timeless(run.out) == shown, run.err
