"""An apply to zone files that is killed at any step of its journal: nothing is lost, and the next one converges."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.crashes import Crash, Crashes
from support.projects import KINDS, Project, Sets, events_in

ZONES = [f"zone{number}.test" for number in range(3)]


@pytest.fixture(scope="module")
def crashes() -> Iterator[Crashes]:
    with Crashes() as made:
        yield made


def held(project: Project) -> dict[str, Sets]:
    return {zone: project.sets(zone) for zone in ZONES}


def changed(before: dict[str, Sets], now: dict[str, Sets]) -> set[tuple[str, str]]:
    """Give the zones and owners at which two states differ."""
    return {
        (f"{zone}.", f"{owner}.{zone}.")
        for zone in ZONES
        for owner in KINDS
        if before[zone].get(owner) != now[zone].get(owner)
    }


def copy_of(project: Project, folder: Path) -> Project:
    """Copy a project with its journal, in which paths are absolute: that of the copy is to work on the copy."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(project.folder, folder)
    copied = Project(folder, folder / "state")
    for path in copied.journals:
        path.write_text(path.read_text().replace(str(project.folder), str(folder)))
    return copied


def test_wherever_an_apply_is_killed_nothing_is_lost_and_the_next_one_converges(
    crashes: Crashes, tmp_path: Path
) -> None:
    original = Project(tmp_path / "original", tmp_path / "original/state")
    original.manage(dict.fromkeys(ZONES, KINDS))
    before = held(original)
    done = copy_of(original, tmp_path / "done")

    def run(project: Project, *arguments: str, die_at: int = 0) -> Crash:
        return crashes.run(*arguments, "--journal", "state", cwd=project.folder, die_at=die_at)

    assert run(done, "apply", "--yes").code == 0
    after = held(done)
    assert len(changed(before, after)) == len(ZONES) * (len(KINDS) - 1)

    killed = Project(tmp_path / "killed", tmp_path / "killed/state")

    def start(step: int) -> Crash:
        return run(copy_of(original, killed.folder), "apply", "--yes", die_at=step)

    seen: set[int] = set()
    for step in crashes.until_it_lives(start):
        now, lines = held(killed), [line for path in killed.journals for line in events_in(path)]
        difference = changed(before, now)
        seen.add(len(difference))
        assert changed(after, now) | difference == changed(before, after), "a set is neither old nor new"
        intents = {(line["zone"], line["owner"]) for line in lines if line["event"] == "intent"}
        assert difference <= intents, "a set was changed that the journal says nothing of"
        assert not any(line["event"] == "end" for line in lines) or not changed(after, now)

        history = run(killed, "history")
        assert history.code == 0
        assert len(history.shown.splitlines()) == (1 if lines else 0) or "holds no run" in history.shown
        if step % 2:
            back = run(killed, "rollback", "--yes")
            assert back.code == (0 if intents else 1), back.shown
            assert held(killed) == before
        again = run(killed, "apply", "--yes")
        assert again.code == 0, again.shown
        assert held(killed) == after
        assert crashes.run("plan", "--detailed-exitcode", cwd=killed.folder).code == 0
    assert step > 60
    assert len(seen) == len(ZONES) + 1, "the steps lie before, between and after the changes"


def test_a_rollback_that_is_killed_is_finished_by_the_next_one(crashes: Crashes, tmp_path: Path) -> None:
    original = Project(tmp_path / "original", tmp_path / "original/state")
    original.manage(dict.fromkeys(ZONES, KINDS))
    before = held(original)
    assert crashes.run("apply", "--yes", "--journal", "state", cwd=original.folder).code == 0
    (run,) = (path.stem for path in original.journals)
    killed = Project(tmp_path / "killed", tmp_path / "killed/state")

    def roll_back(step: int = 0) -> Crash:
        return crashes.run("rollback", run, "--yes", "--journal", "state", cwd=killed.folder, die_at=step)

    for step in range(3, 60, 7):
        copy_of(original, killed.folder)
        assert roll_back(step).killed
        again = roll_back()
        assert again.code == 0, again.shown
        assert held(killed) == before
