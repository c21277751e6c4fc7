"""`mxsync init`."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.cli import mxsync


@pytest.mark.parametrize(
    ("arguments", "file"),
    [([], "mxsync.yaml"), (["mail.yml"], "mail.yml"), (["folder"], "folder/mxsync.yaml")],
)
def test_init_writes_a_manifest_that_validates_without_findings(
    tmp_path: Path, arguments: list[str], file: str
) -> None:
    (tmp_path / "folder").mkdir()
    run = mxsync("init", *arguments, cwd=tmp_path)
    assert (run.code, run.err) == (0, "")
    assert run.out == f"Wrote {file}. Put your domains into it, then run: mxsync validate {file}\n"
    checked = mxsync("validate", "--strict", file, cwd=tmp_path)
    assert (checked.code, checked.out) == (0, "Valid: 4 MX sets in 2 zones.\n")


@pytest.mark.parametrize("dangling", [False, True])
def test_init_leaves_what_is_there_alone(tmp_path: Path, *, dangling: bool) -> None:
    path = tmp_path / "mxsync.yaml"
    if dangling:
        path.symlink_to(tmp_path / "elsewhere.yaml")
    else:
        path.write_text("mine")
    run = mxsync("init", cwd=tmp_path)
    assert (run.code, run.out) == (3, "")
    assert run.err == (
        "mxsync: mxsync.yaml is there already, and stays as it is; give the path of a new file\n"
    )
    assert not (tmp_path / "elsewhere.yaml").exists()
    assert dangling or path.read_text() == "mine"


def test_a_path_that_cannot_be_written_is_one_message(tmp_path: Path) -> None:
    run = mxsync("init", "nowhere/mxsync.yaml", cwd=tmp_path)
    assert (run.code, run.out) == (1, "")
    assert run.err == "mxsync: nowhere/mxsync.yaml cannot be written: No such file or directory\n"
