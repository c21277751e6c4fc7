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
    schema = Path(file).with_name("mxsync.schema.json")
    assert run.out == (
        f"Wrote {file}, and {schema} for editors. Put your domains into it, then run: mxsync validate {file}\n"
    )
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
    assert not (tmp_path / "mxsync.schema.json").exists()
    assert dangling or path.read_text() == "mine"


def test_a_path_that_cannot_be_written_is_one_message(tmp_path: Path) -> None:
    run = mxsync("init", "nowhere/mxsync.yaml", cwd=tmp_path)
    assert (run.code, run.out) == (1, "")
    assert run.err == "mxsync: nowhere/mxsync.schema.json cannot be written: No such file or directory\n"


def test_the_first_manifest_has_new_hosts_looked_up(tmp_path: Path) -> None:
    mxsync("init", cwd=tmp_path)
    assert "\nlive: dns  " in (tmp_path / "mxsync.yaml").read_text()


def test_init_puts_the_schema_beside_the_manifest_and_names_it_there(tmp_path: Path) -> None:
    mxsync("init", cwd=tmp_path)
    first = (tmp_path / "mxsync.yaml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=mxsync.schema.json"
    schema = (tmp_path / "mxsync.schema.json").read_text()
    assert schema == mxsync("schema", "manifest", cwd=tmp_path).out


def test_a_second_manifest_shares_the_schema_that_is_there(tmp_path: Path) -> None:
    mxsync("init", cwd=tmp_path)
    run = mxsync("init", "more.yaml", cwd=tmp_path)
    assert (run.code, run.err) == (0, "")
    assert run.out == "Wrote more.yaml. Put your domains into it, then run: mxsync validate more.yaml\n"


def test_another_schema_that_is_there_stays_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "mxsync.schema.json").write_text("{}")
    run = mxsync("init", cwd=tmp_path)
    assert (run.code, run.out) == (3, "")
    assert run.err == (
        "mxsync: mxsync.schema.json is there already, and says other than this mxsync does; remove it, or "
        "write it anew: mxsync schema manifest > mxsync.schema.json\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["mxsync.schema.json"]
    assert (tmp_path / "mxsync.schema.json").read_text() == "{}"
