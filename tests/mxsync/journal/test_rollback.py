"""`mxsync rollback`: what a run has replaced is put back, wherever what it wrote is still there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from support.cli import mxsync, on_terminal
from support.projects import KINDS, NEW, Project, Sets, events_in

NOTE = "mxsync: a manifest that wants the other sets still does: change it too, or the next apply makes the change again\n"
FOREIGN = "10 somebody.example.net."


@pytest.fixture
def project(tmp_path: Path, own_state: Path) -> Project:
    """A project to which an apply has made changes of all kinds; `before` is how it was."""
    made = Project(tmp_path / "project", own_state)
    made.manage({"example.com": KINDS})
    (made.folder / "before.json").write_text(json.dumps(made.sets()))
    assert made.run("apply", "--yes").code == 0
    return made


def before(project: Project) -> Sets:
    made: Sets = json.loads((project.folder / "before.json").read_text())
    return {owner: (ttl, records) for owner, (ttl, records) in made.items()}


def applied_run(project: Project) -> str:
    return project.journals[0].stem


def test_every_kind_of_change_is_taken_back_exactly(project: Project) -> None:
    assert project.sets() != before(project)
    run = project.run("rollback", "--yes")
    assert run.code == 0
    assert project.sets() == before(project)
    assert "Result: 4 applied." in run.out
    for line in (
        "  - create  delete: ",
        "  ~ update  primary: new mail goes to old.example.net. first",
        "  + delete  create: mail goes to old.example.net.",
        "  ~ ttl  ttl: ",
    ):
        assert line in run.out
    assert run.out.startswith(f"Takes back run {applied_run(project)}\n")
    assert run.err.startswith(NOTE)
    assert mxsync("plan", "--detailed-exitcode", cwd=project.folder).code == 2


def test_a_rollback_asks_and_takes_only_yes(project: Project) -> None:
    after = project.sets()
    code, shown = on_terminal("rollback", cwd=project.folder, answer="y")
    assert (code, project.sets()) == (1, after)
    assert "Apply 4 changes? Only 'yes' is taken for it" in shown
    assert "mxsync: not applied; nothing was changed" in shown
    assert project.run("rollback").code == 3
    code, _ = on_terminal("rollback", cwd=project.folder, answer="yes")
    assert (code, project.sets()) == (0, before(project))


def test_a_set_that_was_changed_since_stays_and_is_reported(project: Project) -> None:
    file = project.file("example.com")
    file.write_text(f"{file.read_text()}update 3600 MX {FOREIGN}\n")
    run = project.run("rollback", "--yes")
    assert run.code == 5
    changed = "it was changed since that run, and stays; change it in the manifest"
    assert f"  update.example.com. at files: {changed}" in run.out
    assert f"blocked   update.example.com. at files: {changed}" in run.out
    assert "Result: 3 applied, 1 blocked." in run.out
    assert project.sets().pop("update") == (3600, sorted([NEW, FOREIGN]))
    assert {**project.sets(), "update": None} == {**before(project), "update": None}


def test_a_set_that_is_changed_between_the_question_and_the_answer_stays(project: Project) -> None:
    file = project.file("example.com")

    def meanwhile() -> None:
        file.write_text(f"{file.read_text()}update 3600 MX {FOREIGN}\n")

    code, shown = on_terminal("rollback", cwd=project.folder, answer="yes", meanwhile=meanwhile)
    assert code == 4
    assert "Result: 3 applied, 1 conflict." in shown
    assert project.sets()["update"] == (3600, sorted([NEW, FOREIGN]))


def test_all_or_nothing_takes_back_nothing_if_any_set_was_changed_since(project: Project) -> None:
    file = project.file("example.com")
    file.write_text(f"{file.read_text()}update 3600 MX {FOREIGN}\n")
    after = project.sets()
    run = project.run("rollback", "--yes", "--all-or-nothing")
    assert (run.code, project.sets()) == (1, after)
    assert "Result: 1 blocked, 3 skipped." in run.out


def test_a_rollback_is_taken_back_like_any_run(project: Project) -> None:
    after = project.sets()
    assert project.run("rollback", "--yes").code == 0
    back = project.journals[-1].stem
    run = project.run("rollback", "--yes")
    assert (run.code, project.sets()) == (0, after)
    assert f"Takes back run {back}\n" in run.out
    history = [
        (each["run"], each["undoes"]) for each in project.run("history", "--format", "json").document["runs"]
    ]
    assert history == [
        (project.journals[2].stem, back),
        (back, applied_run(project)),
        (applied_run(project), None),
    ]
    shown = project.run("history").out.splitlines()
    assert shown[1].endswith(f"done: 4 applied of 4 changes, takes back {applied_run(project)}")


def test_a_run_is_taken_back_by_name_or_the_beginning_of_it_whatever_came_later(project: Project) -> None:
    manifest = project.folder / "mxsync.yaml"
    manifest.write_text(manifest.read_text().replace(f"'same': [{NEW}]", "'same': null_mx"))
    assert project.run("apply", "--yes").code == 0
    run = project.run("rollback", applied_run(project)[:-1], "--yes")
    assert run.code == 0
    assert project.sets() == {**before(project), "same": (3600, ["0 ."])}
    wrong = project.run("rollback", "2")
    assert wrong.code == 1
    assert "3 runs begin with '2' in the journal in" in wrong.err


def test_what_was_taken_back_already_needs_nothing(project: Project) -> None:
    assert project.run("rollback", "--yes").code == 0
    run = project.run("rollback", applied_run(project), "--yes")
    assert run.code == 0
    assert run.out == f"Takes back run {applied_run(project)}\nNo changes: 4 MX sets as wanted.\n"
    assert run.err == ""
    assert len(project.journals) == 2


def test_a_run_that_applied_nothing_has_nothing_to_take_back(project: Project) -> None:
    assert project.run("rollback", "--yes").code == 0
    saved = project.run("plan", "-o", "plan.json")
    assert saved.code == 0
    for owner in ("create", "update", "delete", "ttl"):
        file = project.file("example.com")
        file.write_text(f"{file.read_text()}{owner} 3600 MX {FOREIGN}\n")
    assert project.run("apply", "plan.json").code == 4
    after = project.sets()
    run = project.run("rollback", project.journals[-1].stem, "--yes")
    assert (run.code, project.sets()) == (0, after)
    assert run.out.endswith("No changes: 0 MX sets as wanted.\n")
    # It is no run that changed anything, so that the one before it is the last one.
    last = project.run("rollback", "-o", "back.json")
    assert f"Takes back run {project.journals[-2].stem}\n" in last.out


@pytest.mark.parametrize("done", [0, 1, 2, 4])
def test_a_run_that_was_broken_off_is_taken_back_as_far_as_it_went(project: Project, done: int) -> None:
    """The journal says what may have been sent; the zone says what was."""
    (path,) = project.journals
    events = [json.dumps(event) for event in events_in(path)]
    assert project.run("rollback", "--yes").code == 0
    project.journals[-1].unlink()
    original = before(project)
    if done:
        targets = [f"--target={owner}.example.com" for owner in ("create", "update", "delete", "ttl")[:done]]
        assert project.run("apply", "--yes", *targets).code == 0
        project.journals[-1].unlink()
    path.write_text("\n".join(events[:5]) + '\n{"time"')  # the head and all intents
    assert project.run("history").out.endswith("broken off: 4 unknown of 4 changes\n")
    run = project.run("rollback", "--yes")
    assert (run.code, project.sets()) == (0, original)
    assert ("No changes: 4 MX sets as wanted." in run.out) is (done == 0)


def test_a_rollback_is_saved_as_a_plan_that_apply_takes(project: Project) -> None:
    after = project.sets()
    run = project.run("rollback", "-o", "back.json", "--format", "json")
    assert (run.code, project.sets()) == (0, after)
    assert run.document == json.loads((project.folder / "back.json").read_text())
    assert run.document["undoes"] == applied_run(project)
    assert NOTE in run.err
    assert len(project.journals) == 1
    wrong = project.run("apply", "back.json", "--digest", "sha256:0")
    assert (wrong.code, project.sets()) == (3, after)
    right = project.run("apply", "back.json", "--digest", run.document["digest"])
    assert (right.code, project.sets()) == (0, before(project))
    assert events_in(project.journals[-1])[0]["undoes"] == applied_run(project)
    stale = project.run("apply", "back.json")
    assert (stale.code, project.sets()) == (0, before(project))
    assert "Result: 4 already." in stale.out


def test_a_rollback_gives_its_report_as_one_document(project: Project) -> None:
    run = project.run("rollback", "--yes", "--format", "json")
    assert run.code == 0
    assert run.document["summary"]["applied"] == 4
    assert run.document["run"] == project.journals[-1].stem


def test_a_rollback_may_start_from_another_folder(project: Project, tmp_path: Path) -> None:
    assert mxsync("rollback", "--yes", cwd=tmp_path).code == 0
    assert project.sets() == before(project)


def test_the_folder_of_a_manifest_below_the_working_folder_is_found_again(
    tmp_path: Path, own_state: Path
) -> None:
    project = Project(tmp_path / "deep/below", own_state)
    project.manage({"example.com": KINDS})
    original = project.sets()
    assert mxsync("plan", "deep", "-o", "plan.json", cwd=tmp_path).code == 0
    assert json.loads((tmp_path / "plan.json").read_text())["folders"] == {"files": "deep/below"}
    elsewhere = mxsync("apply", "../plan.json", cwd=tmp_path / "deep")
    assert elsewhere.code == 1
    assert "there is no folder deep/below/zones" in elsewhere.out
    assert project.sets() == original
    assert mxsync("apply", "plan.json", cwd=tmp_path).code == 0
    assert project.sets() != original
    assert mxsync("rollback", "--yes", "-o", "back.json", cwd=tmp_path / "deep").code == 0
    assert mxsync("apply", "deep/back.json", cwd=tmp_path).code == 0
    assert project.sets() == original


def test_several_providers_are_taken_back_together(tmp_path: Path, own_state: Path) -> None:
    project = Project(tmp_path, own_state)
    project.manage({"example.com": KINDS})
    (tmp_path / "other/zones").mkdir(parents=True)
    other = replace(project, folder=tmp_path / "other")
    other.file("example.com").write_text(project.file("example.com").read_text())
    manifest = tmp_path / "mxsync.yaml"
    text = manifest.read_text().replace(
        "zones}\n", "zones}\n  more: {type: zonefile, directory: other/zones}\n", 1
    )
    manifest.write_text(text.replace("example.com: {", "example.com: {providers: [files, more], "))
    original = project.sets()
    assert other.sets() == original
    assert project.run("apply", "--yes").code == 0
    after = project.sets()
    assert other.sets() == after != original

    # Changed since at one of them: it stays at both, for the two are alike.
    file = other.file("example.com")
    kept = file.read_text()
    file.write_text(f"{kept}update 3600 MX {FOREIGN}\n")
    run = project.run("rollback", "--yes")
    assert run.code == 5
    assert "Result: 6 applied, 1 blocked, 1 skipped." in run.out
    assert project.sets() == {**original, "update": after["update"]}
    assert other.sets() == {**original, "update": (3600, sorted([NEW, FOREIGN]))}
    assert project.run("rollback", project.journals[0].stem, "--yes", "--independent").code == 5
    assert project.sets() == original


def test_a_provider_that_is_not_to_be_reached_is_reported_and_the_rest_taken_back(
    tmp_path: Path, own_state: Path
) -> None:
    project = Project(tmp_path, own_state)
    project.manage({"example.com": KINDS, "example.org": KINDS})
    original = project.sets()
    assert project.run("apply", "--yes").code == 0
    project.file("example.org").unlink()
    run = project.run("rollback", "--yes")
    assert run.code == 5
    assert "example.org. at files: " in run.out
    assert "there is no such file" in run.out
    assert project.sets() == original
    saved = project.run("rollback", project.journals[0].stem, "-o", "back.json")
    assert saved.code == 1
    refused = project.run("apply", "back.json")
    assert refused.code == 3
    assert "with --partial" in refused.err
    assert project.run("apply", "back.json", "--partial").code == 1


def test_a_run_of_a_provider_that_is_gone_is_refused_with_a_message(project: Project) -> None:
    (path,) = project.journals
    for kind, message in {
        "bogus": "provider 'files': there is no provider type 'bogus'",
        "rfc2136": "provider 'files': its directory is not valid",
    }.items():
        written = path.read_text()
        path.write_text(written.replace('"type": "zonefile"', f'"type": "{kind}"'))
        run = project.run("rollback", "--yes")
        assert (run.code, run.out) == (3, "")
        assert run.err.startswith(
            f"mxsync: run {path.stem} cannot be taken back, and nothing was sent: {message}"
        )
        path.write_text(written)


def test_a_journal_starts_no_command(tmp_path: Path, own_state: Path) -> None:
    project = Project(tmp_path, own_state)
    project.manage({"example.com": KINDS})
    manifest = tmp_path / "mxsync.yaml"
    manifest.write_text(
        manifest.read_text().replace("directory: zones", "directory: zones, reload: [touch, ran]")
    )
    assert project.run("apply", "--yes", "--allow-exec").code == 0
    (tmp_path / "ran").unlink()
    after = project.sets()
    run = project.run("rollback", "--yes")
    assert (run.code, project.sets()) == (3, after)
    assert "--allow-exec" in run.err
    assert not (tmp_path / "ran").exists()
    assert project.run("rollback", "--yes", "--allow-exec").code == 0
    assert (tmp_path / "ran").exists()
