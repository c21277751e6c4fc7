"""`mxsync drift`: for schedules."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.projects import KINDS, NEW, Project


@pytest.fixture
def project(tmp_path: Path, own_state: Path) -> Project:
    """A project in which all is as wanted."""
    made = Project(tmp_path / "project", own_state)
    made.manage({"example.com": KINDS, "example.org": KINDS})
    assert made.run("apply", "--yes").code == 0
    return made


def test_in_sync_it_says_nothing_and_exits_with_0(project: Project) -> None:
    run = project.run("drift")
    assert (run.code, run.out, run.err) == (0, "", "")


def test_what_somebody_changed_is_shown_and_2(project: Project) -> None:
    file = project.file("example.org")
    drifted = file.read_text().replace("mx2.example.net.", "other.example.net.")
    file.write_text(drifted)
    run = project.run("drift")
    assert (run.code, run.err) == (2, "")
    assert run.out.endswith("Plan: 1 to update, 9 as wanted.\n")
    assert "      - 20 other.example.net.\n      + 20 mx2.example.net.\n" in run.out
    assert file.read_text() == drifted
    assert len(project.journals) == 1


def test_an_owner_that_is_blocked_is_2(project: Project) -> None:
    file = project.file("example.org")
    file.write_text(file.read_text().replace("same 3600 MX 10 mx.example.net.", "same CNAME ns"))
    run = project.run("drift")
    assert run.code == 2
    assert "same.example.org. at files: a CNAME stands at the owner" in run.out


def test_what_cannot_be_read_is_1_even_beside_changes(project: Project) -> None:
    project.file("example.org").unlink()
    run = project.run("drift")
    assert run.code == 1
    assert "example.org. at files: " in run.out
    file = project.file("example.com")
    file.write_text(file.read_text().replace("mx2.example.net.", "other.example.net."))
    assert project.run("drift").code == 1


def test_a_manifest_that_is_refused_is_3(project: Project) -> None:
    (project.folder / "mxsync.yaml").write_text("mxsync: 2\n")
    run = project.run("drift")
    assert (run.code, run.out) == (3, "")
    assert "MX029" in run.err


@pytest.mark.parametrize("state", ["sync", "changed", "unreadable"])
def test_json_is_always_one_document(project: Project, state: str) -> None:
    if state == "changed":
        project.manage({"example.com": KINDS, "example.org": KINDS})
    elif state == "unreadable":
        project.file("example.org").unlink()
    run = project.run("drift", "--format", "json")
    assert run.code == {"sync": 0, "changed": 2, "unreadable": 1}[state]
    assert run.document["format"] == "mxsync.plan/1"
    assert len(run.document["changes"]) == (8 if state == "changed" else 0)
    assert run.document["complete"] is (state != "unreadable")


def test_a_warning_of_the_manifest_is_no_drift_and_not_said(project: Project) -> None:
    manifest = project.folder / "mxsync.yaml"
    manifest.write_text(
        manifest.read_text().replace(
            f"'same': [{NEW}]", f"'same': {{ttl: 1h, records: [{NEW}]}}, '*': absent"
        )
    )
    assert "MX027" in project.run("validate").out
    run = project.run("drift")
    assert (run.code, run.out, run.err) == (0, "", "")


def test_it_may_be_limited(project: Project) -> None:
    file = project.file("example.org")
    file.write_text(file.read_text().replace("mx2.example.net.", "other.example.net."))
    assert project.run("drift", "--target", "example.com").code == 0
    assert project.run("drift", "--target", "create.example.org").code == 2
