"""Runs with two providers, of which one is in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.cli import mxsync

ZONE = """\
$TTL 3600
@ IN SOA ns1.example.net. host.example.net. 41 7200 900 1209600 300
@ IN NS ns1.example.net.
lists MX 10 old.example.net.
"""
ALIKE = "zones: {example.com: {providers: [left, right], mx: {lists: [10 mx.example.net.]}}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two providers that hold zones alike; a test says which."""
    for side in ("left", "right"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "example.com.zone").write_text(ZONE)
        (tmp_path / side / f"{side}.test.zone").write_text(ZONE)
    write(tmp_path, ALIKE)
    return tmp_path


def write(folder: Path, zones: str, *, right: str = "right") -> None:
    (folder / "mxsync.yaml").write_text(
        "mxsync: 1\n"
        "providers:\n"
        "  left: {type: zonefile, directory: left}\n"
        f"  right: {{type: zonefile, directory: {right}}}\n"
        f"{zones}"
    )


def changed(folder: Path, side: str, zone: str = "example.com") -> bool:
    return "mx.example.net." in (folder / side / f"{zone}.zone").read_text()


def test_an_owner_that_is_blocked_at_one_provider_is_left_alone_at_the_other_one(folder: Path) -> None:
    alias = ZONE.replace("MX 10 old", "CNAME old")
    (folder / "right/example.com.zone").write_text(alias)
    run = mxsync("apply", "--yes", "--format", "json", cwd=folder)
    assert run.code == 1
    assert {each["provider"]: each["outcome"] for each in run.document["results"]} == {
        "left": "skipped",
        "right": "blocked",
    }
    assert not changed(folder, "left")


def test_independent_applies_what_it_can_and_says_that_the_two_are_not_alike(folder: Path) -> None:
    alias = ZONE.replace("MX 10 old", "CNAME old")
    (folder / "right/example.com.zone").write_text(alias)
    run = mxsync("apply", "--yes", "--independent", cwd=folder)
    assert run.code == 5
    assert "applied   ~ lists.example.com. at left" in run.out
    assert "blocked   lists.example.com. at right" in run.out
    assert "diverged: lists.example.com." in run.out
    assert changed(folder, "left")
    assert (folder / "right/example.com.zone").read_text() == alias


def test_a_provider_that_cannot_be_opened_fails_its_own_zones_only(folder: Path) -> None:
    zones = "".join(
        f"  {side}.test: {{provider: {side}, mx: {{lists: [10 mx.example.net.]}}}}\n"
        for side in ("left", "right")
    )
    write(folder, f"zones:\n{zones}", right="nowhere")
    plan = mxsync("plan", cwd=folder)
    assert plan.code == 1
    assert "~ lists  primary" in plan.out
    assert "  right.test. at right: provider 'right': directory: there is no folder nowhere" in plan.out
    assert plan.out.endswith("Plan: 1 to update, 0 as wanted, 1 not readable.\n")
    run = mxsync("apply", "--yes", cwd=folder)
    assert run.code == 5
    assert "applied   ~ lists.left.test. at left" in run.out
    assert (
        "failed    right.test. at right: provider 'right': directory: there is no folder nowhere" in run.out
    )
    assert changed(folder, "left", "left.test")


def test_a_provider_that_cannot_be_opened_holds_what_shall_be_alike_elsewhere(folder: Path) -> None:
    write(folder, ALIKE, right="nowhere")
    run = mxsync("apply", "--yes", cwd=folder)
    assert run.code == 1
    assert "skipped   ~ lists.example.com. at left" in run.out
    assert not changed(folder, "left")
    assert mxsync("apply", "--yes", "--independent", cwd=folder).code == 5
    assert changed(folder, "left")
