"""The example that `make demo` shows."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from support.distributions import REPOSITORY, run

if TYPE_CHECKING:
    from pathlib import Path

QUICKSTART = REPOSITORY / "examples" / "quickstart"
ZONES = ("example.com", "example.net", "example.org")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example, as the working folder."""
    copy = tmp_path / "quickstart"
    shutil.copytree(QUICKSTART, copy)
    monkeypatch.chdir(copy)
    return copy


def mxsync(*arguments: str) -> str:
    return run(sys.executable, "-m", "mxsync", *arguments)


def planned() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(mxsync("plan", "--format", "json"))
    return document


def served(folder: Path, zone: str) -> tuple[list[str], list[str]]:
    """Give what BIND makes of a zone file: its MX records, and all others but the SOA."""
    path = folder / "zones" / f"{zone}.zone"
    dump = run("named-checkzone", "-i", "local", "-q", "-D", "-o", "-", zone, path)
    records = [" ".join(line.split()) for line in dump.splitlines()]
    return (
        [record for record in records if " IN MX " in record],
        [record for record in records if " IN MX " not in record and " IN SOA " not in record],
    )


def comments(folder: Path, zone: str) -> list[str]:
    text = (folder / "zones" / f"{zone}.zone").read_text("utf-8")
    return [line.partition(";")[2] for line in text.splitlines() if ";" in line]


@pytest.mark.usefixtures("folder")
def test_its_manifest_is_valid_and_free_of_warnings() -> None:
    findings = json.loads(mxsync("validate", "--format", "json"))["findings"]
    assert [found for found in findings if found["severity"] != "info"] == []


@pytest.mark.usefixtures("folder")
def test_its_plan_shows_one_change_of_every_kind() -> None:
    plan = planned()
    shown = {change["owner"]: (change["action"], change["impact"]) for change in plan["changes"]}
    assert shown == {
        "example.com.": ("update", "primary"),
        "example.org.": ("update", "ttl"),
        "news.example.com.": ("create", "create"),
        "old.example.com.": ("delete", "delete"),
        "www.example.com.": ("create", "create"),
    }
    assert plan["summary"]["unchanged"] == 2


def test_applying_it_gives_the_domains_what_the_manifest_says(folder: Path) -> None:
    mxsync("apply", "--yes")
    assert served(folder, "example.com")[0] == [
        "example.com. 3600 IN MX 10 mx1.example.net.",
        "example.com. 3600 IN MX 20 mx2.example.net.",
        "lists.example.com. 3600 IN MX 10 mx2.example.net.",
        "lists.example.com. 3600 IN MX 20 mx1.example.net.",
        "news.example.com. 300 IN MX 10 mx1.example.net.",
        "news.example.com. 300 IN MX 20 mx2.example.net.",
        "www.example.com. 3600 IN MX 0 .",
    ]
    for zone in ("example.net", "example.org"):
        assert served(folder, zone)[0] == [
            f"{zone}. 3600 IN MX 10 mx1.example.net.",
            f"{zone}. 3600 IN MX 20 mx2.example.net.",
        ]
    assert planned()["changes"] == []


@pytest.mark.parametrize("zone", ZONES)
def test_applying_it_keeps_every_other_record_and_every_comment(folder: Path, zone: str) -> None:
    before = served(folder, zone)[1], comments(folder, zone)
    mxsync("apply", "--yes")
    assert (served(folder, zone)[1], comments(folder, zone)) == before


def test_the_demo_shows_each_command_and_can_be_run_again() -> None:
    demo = REPOSITORY / "scripts" / "demo"
    first, second = (
        subprocess.run([demo], capture_output=True, text=True, check=True).stdout for _ in range(2)
    )
    commands = [line for line in first.splitlines() if line.startswith("$ ")]
    assert [command.split()[:3] for command in commands] == [
        ["$", "mxsync", "validate"],
        ["$", "mxsync", "plan"],
        ["$", "mxsync", "apply"],
        ["$", "diff", "-u"],
        ["$", "mxsync", "plan"],
    ]
    assert "mx1.example.net." in first
    assert second.count("$ ") == first.count("$ ")
