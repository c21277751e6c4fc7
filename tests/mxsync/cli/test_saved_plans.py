"""`plan -o`, `show` and `apply` of a saved plan."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from mxsync.documents.plan import digest
from support.cli import mxsync
from support.projects import KINDS, NEW, Project, Sets

FOREIGN = "10 somebody.example.net."
CHANGED = {"create", "update", "delete", "ttl"}
WANTED: Sets = {
    "create": (300, sorted([NEW, "20 mx2.example.net."])),
    "update": (3600, [NEW]),
    "ttl": (300, [NEW]),
    "same": (3600, [NEW]),
}


@pytest.fixture
def project(tmp_path: Path, own_state: Path) -> Project:
    """A project with a saved plan of changes of all kinds."""
    made = Project(tmp_path / "project", own_state)
    made.manage({"example.com": KINDS})
    run = made.run("plan", "-o", "plan.json")
    assert (run.code, run.err) == (0, "")
    return made


def document(project: Project) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((project.folder / "plan.json").read_text())
    return made


def forge(project: Project, **changes: Any) -> None:
    """Change a plan and give it the right digest."""
    made = {**document(project), **changes}
    (project.folder / "plan.json").write_text(json.dumps({**made, "digest": digest(made)}))


def add(project: Project, line: str) -> None:
    file = project.file("example.com")
    file.write_text(f"{file.read_text()}{line}\n")


def test_a_saved_plan_is_applied_as_it_is_without_a_question(project: Project) -> None:
    run = project.run("apply", "plan.json")
    assert run.code == 0
    assert "Result: 4 applied." in run.out
    assert project.sets() == WANTED
    assert project.events()[0]["plan"] == document(project)["digest"]


def test_a_saved_plan_does_not_need_its_manifest_any_more(project: Project) -> None:
    (project.folder / "mxsync.yaml").write_text("mxsync: 2\n")
    assert project.run("apply", "plan.json").code == 0
    assert project.sets() == WANTED


def test_a_plan_is_saved_whole_in_place_of_an_older_one_and_leaves_nothing_else(project: Project) -> None:
    before = sorted(project.folder.iterdir())
    project.run("apply", "plan.json")
    assert project.run("plan", "-o", "plan.json").code == 0
    assert document(project)["changes"] == []
    assert sorted(project.folder.iterdir()) == before
    assert stat.S_IMODE((project.folder / "plan.json").stat().st_mode) == 0o666 & ~umask()


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_plan_that_cannot_be_saved_is_said_so(project: Project) -> None:
    run = project.run("plan", "-o", "nowhere/plan.json")
    assert (run.code, run.out) == (1, "")
    assert run.err == "mxsync: the plan cannot be saved to nowhere/plan.json: No such file or directory\n"


@pytest.mark.parametrize("form", ["text", "json"])
def test_show_shows_what_plan_has_shown_and_asks_no_server(project: Project, form: str) -> None:
    shown = project.run("plan", "-o", "plan.json", "--format", form)
    project.file("example.com").unlink()
    again = project.run("show", "plan.json", "--format", form)
    assert (again.code, again.err, again.out) == (0, "", shown.out)


def test_a_set_that_moved_since_is_a_conflict_and_the_others_are_applied(project: Project) -> None:
    add(project, f"update 3600 MX {FOREIGN}")
    moved = project.sets()["update"]
    run = project.run("apply", "plan.json", "--format", "json")
    assert run.code == 4
    outcomes = {each["owner"].split(".")[0]: each["outcome"] for each in run.document["results"]}
    assert outcomes == {owner: "conflict" if owner == "update" else "applied" for owner in CHANGED}
    assert project.sets() == {**WANTED, "update": moved}


def test_all_or_nothing_sends_nothing_if_any_set_moved_since(project: Project) -> None:
    add(project, f"update 3600 MX {FOREIGN}")
    before = project.file("example.com").read_bytes()
    run = project.run("apply", "plan.json", "--all-or-nothing")
    assert run.code == 4
    assert project.file("example.com").read_bytes() == before
    assert "Result: 1 conflict, 3 skipped." in run.out
    assert not any(event["event"] == "intent" for event in project.events())


def test_all_or_nothing_applies_all_if_none_moved(project: Project) -> None:
    assert project.run("apply", "plan.json", "--all-or-nothing").code == 0
    assert project.sets() == WANTED


def test_all_or_nothing_sends_nothing_if_a_set_could_not_be_planned(project: Project) -> None:
    add(project, "alias CNAME ns")
    manifest = project.folder / "mxsync.yaml"
    manifest.write_text(manifest.read_text().replace("'same':", f"alias: [{NEW}], 'same':"))
    before = project.file("example.com").read_bytes()
    run = project.run("apply", "--yes", "--all-or-nothing")
    assert run.code == 1
    assert "Result: 1 blocked, 4 skipped." in run.out
    assert project.file("example.com").read_bytes() == before


def test_only_the_plan_with_the_demanded_digest_is_applied(project: Project) -> None:
    before = project.sets()
    made = document(project)["digest"]
    for arguments in (["plan.json"], ["--yes"]):
        refused = project.run("apply", *arguments, "--digest", "sha256:0")
        assert (refused.code, project.sets()) == (3, before)
        assert refused.err == (
            f"mxsync: nothing was changed: the plan's digest is {made}, and sha256:0 was demanded; "
            "look at the plan again\n"
        ) or arguments == ["--yes"]
    assert project.run("apply", "plan.json", "--digest", made).code == 0


def test_a_manifest_is_applied_only_if_it_still_makes_the_plan_with_the_digest(project: Project) -> None:
    """The digest covers the sets that were seen, so that a plan of now is the one that was reviewed."""
    made = document(project)["digest"]
    add(project, f"update 3600 MX {FOREIGN}")
    before = project.sets()
    refused = project.run("apply", "--yes", "--digest", made)
    assert (refused.code, project.sets()) == (3, before)
    file = project.file("example.com")
    file.write_text(file.read_text().replace(f"update 3600 MX {FOREIGN}\n", ""))
    assert project.run("apply", "--yes", "--digest", made).code == 0
    assert project.sets() == WANTED


def test_a_tampered_plan_is_refused_by_show_and_apply(project: Project) -> None:
    path = project.folder / "plan.json"
    path.write_text(path.read_text().replace("mx2.example.net.", "evil.example.net."))
    before = project.sets()
    for command in ("show", "apply"):
        run = project.run(command, "plan.json")
        assert (run.code, run.out) == (3, "")
        assert run.err == (
            "mxsync: the plan plan.json is refused, and nothing was sent: it was changed since it was made: "
            "its digest is of another plan; plan again\n"
        )
    assert project.sets() == before
    assert project.journals == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[:-10],
        lambda text: text.replace("mxsync.plan/1", "mxsync.plan/9"),
        lambda text: text.replace('"large": false', '"large": NaN'),
        lambda text: text.replace('"complete"', '"targets": [], "complete"'),
        lambda text: text.replace('"changes": [', '"changes": [' + "[" * 3000),
        lambda text: text.replace("mxsync.plan", "mxsync.report"),
        lambda text: "\ufeff" + text.replace("\n", "\r\n")[:-9],
    ],
    ids=["cut", "version", "NaN", "twice", "deep", "report", "BOM"],
)  # fmt: skip
def test_what_is_no_sound_plan_is_one_message_and_3(project: Project, spoil: Any) -> None:
    path = project.folder / "plan.json"
    path.write_text(spoil(path.read_text()))
    for command in ("show", "apply"):
        run = project.run(command, "plan.json")
        assert (run.code, run.out) == (3, "")
        assert run.err.startswith("mxsync: the plan plan.json is refused, and nothing was sent: ")
        assert len(run.err.splitlines()) == 1


def test_a_plan_that_is_not_complete_needs_partial(project: Project) -> None:
    project.manage({"example.com": KINDS, "example.org": KINDS})
    project.file("example.org").unlink()
    assert project.run("plan", "-o", "plan.json").code == 1
    assert document(project)["complete"] is False
    before = project.sets()
    refused = project.run("apply", "plan.json")
    assert (refused.code, project.sets()) == (3, before)
    assert "the plan is not complete, for something could not be read" in refused.err
    partial = project.run("apply", "plan.json", "--partial")
    assert partial.code == 5
    assert project.sets() == WANTED


def test_a_plan_that_a_guard_refuses_stays_refused_unless_it_was_allowed_when_it_was_made(
    project: Project,
) -> None:
    manifest = project.folder / "mxsync.yaml"
    manifest.write_text(manifest.read_text().replace("{mx: {", "{scope: zone, mx: {"))
    add(project, f"more 3600 MX {FOREIGN}")
    before = project.sets()
    assert project.run("plan", "-o", "plan.json").code == 0
    for command in (["apply", "plan.json"], ["apply", "--yes"]):
        run = project.run(*command)
        assert (run.code, project.sets()) == (3, before)
        assert "a guard refuses this plan: deletes: " in run.err
    assert project.run("apply", "plan.json", "--allow-deletes", "1").code == 64
    assert project.run("plan", "-o", "plan.json", "--allow-deletes", "1").code == 0
    assert document(project)["allowed"] == {"deletes": 1, "large": False}
    assert project.run("apply", "plan.json").code == 0
    assert project.sets() == WANTED


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan.json", "mxsync.yaml"],
        ["plan.json", "--target", "example.com"],
        ["plan.json", "--allow-large"],
        ["plan.json", "--live", "dns"],
    ],
)
def test_a_saved_plan_is_applied_alone_and_as_it_is(project: Project, arguments: list[str]) -> None:
    run = project.run("apply", *arguments)
    assert (run.code, run.out) == (64, "")
    assert "saved plan" in run.err
    assert project.journals == []


def test_a_plan_of_a_stranger_starts_no_command(project: Project) -> None:
    block = {"type": "zonefile", "directory": "zones", "reload": ["touch", "ran"]}
    forge(project, providers={"files": block})
    run = project.run("apply", "plan.json")
    assert run.code == 3
    assert "--allow-exec" in run.err
    assert not (project.folder / "ran").exists()


def test_a_plan_of_a_stranger_shows_no_line_of_a_file_that_it_names(project: Project) -> None:
    (project.folder / "secret").write_text("hunter2\n")
    finding = {"rule": "MX008", "severity": "warning", "message": "m\x1b[2J", "help": None, "zone": None,
               "file": "secret", "line": 1, "column": 1, "owner": None, "waived": False, "refuses": False}  # fmt: skip
    forge(project, findings=[finding])
    for command in ("show", "apply"):
        run = project.run(command, "plan.json")
        assert "secret:1:1: warning MX008: m [2J" in run.err
        assert "hunter2" not in run.out + run.err
        assert "\x1b" not in run.out + run.err


def test_a_block_that_the_provider_does_not_take_is_refused(project: Project) -> None:
    forge(project, providers={"files": {"type": "zonefile", "folder": "zones"}})
    run = project.run("apply", "plan.json")
    assert (run.code, run.out) == (3, "")
    assert run.err.startswith(
        "mxsync: the plan plan.json is refused, and nothing was sent: provider 'files': its "
    )
    forge(project, providers={"files": {"type": "nothing"}})
    assert "there is no provider type 'nothing'" in project.run("apply", "plan.json").err
    forge(project, providers={"files": {}})
    assert project.run("apply", "plan.json").code == 3


def test_the_working_folder_decides_where_relative_paths_start(project: Project, tmp_path: Path) -> None:
    before = project.sets()
    elsewhere = mxsync("apply", project.folder / "plan.json", cwd=tmp_path)
    assert (elsewhere.code, project.sets()) == (1, before)
    assert "nothing was sent" in elsewhere.out
    assert mxsync("plan", project.folder, "-o", "absolute.json", cwd=tmp_path).code == 0
    (tmp_path / "below").mkdir()
    assert mxsync("apply", "../absolute.json", cwd=tmp_path / "below").code == 0
    assert project.sets() == WANTED


def test_a_second_apply_of_a_plan_finds_all_as_wanted(project: Project) -> None:
    assert project.run("apply", "plan.json").code == 0
    run = project.run("apply", "plan.json")
    assert run.code == 0
    assert "Result: 4 already." in run.out
