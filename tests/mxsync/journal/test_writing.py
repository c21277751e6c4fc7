"""What an apply writes down, and what it does where that is not possible."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mxsync.documents.plan import digest
from mxsync.errors import JournalError
from mxsync.journal.folder import locked
from support.cli import mxsync, on_terminal
from support.crashes import Crashes
from support.named import running_named
from support.nameserver import Zone, new_key
from support.projects import KINDS, Project, events_in, events_of


@pytest.fixture
def project(tmp_path: Path, own_state: Path) -> Project:
    made = Project(tmp_path / "project", own_state)
    made.manage({"example.com": KINDS})
    return made


@pytest.fixture(scope="module")
def crashes() -> Iterator[Crashes]:
    with Crashes() as made:
        yield made


def test_a_run_is_written_down_with_all_that_a_rollback_needs(project: Project) -> None:
    before = project.sets()
    plan = project.run("plan", "--format", "json").document
    report = project.run("apply", "--yes", "--format", "json").document
    head, *_, last = events = project.events()
    (path,) = project.journals
    assert head["run"] == report["run"] == path.stem
    assert head["plan"] == plan["digest"] == digest(plan)
    assert head["providers"] == plan["providers"]
    assert head["folders"] == {"files": str(project.folder)}
    assert head["manifests"] == plan["manifests"]
    assert head["changes"] == len(plan["changes"]) == 4
    assert (last["event"], last["exit"], last["halted"], last["interrupted"]) == ("end", 0, "", False)
    intents, results = events_of(events, "intent"), events_of(events, "result")
    assert intents.keys() == results.keys() == {change["owner"] for change in plan["changes"]}
    for change in plan["changes"]:
        owner = change["owner"]
        assert intents[owner].items() >= {"before": change["before"], "after": change["after"]}.items()
        assert results[owner].items() >= {"outcome": "applied", "found": change["after"]}.items()
    ttl, records = before["update"]
    assert intents["update.example.com."]["before"] == {
        "ttl": ttl,
        "records": [
            {"preference": int(number), "exchange": exchange} for number, exchange in map(str.split, records)
        ],
    }


def test_a_journal_is_for_the_one_who_applies_alone(project: Project) -> None:
    assert project.run("apply", "--yes").code == 0
    (path,) = project.journals
    modes = [stat.S_IMODE(it.stat().st_mode) for it in (path, project.state, project.state / "lock")]
    assert modes == [0o600, 0o700, 0o600]


def test_a_plan_without_changes_and_a_plan_that_is_not_applied_leave_no_run(project: Project) -> None:
    assert project.run("plan").code == 0
    assert on_terminal("apply", cwd=project.folder, answer="no")[0] == 1
    assert project.run("apply").code == 3  # there is no terminal to ask on
    assert project.journals == []
    assert project.run("apply", "--yes").code == 0
    assert project.run("apply", "--yes", "--format", "json").document["run"] is None
    assert len(project.journals) == 1


def test_each_run_is_a_file_of_its_own_in_the_order_of_time(project: Project) -> None:
    assert project.run("apply", "--yes").code == 0
    for _ in range(3):
        assert project.run("rollback", "--yes").code == 0
    undone = [events_in(path)[0]["undoes"] for path in project.journals]
    assert undone == [None, *(path.stem for path in project.journals[:-1])]
    shown = [run["run"] for run in project.run("history", "--format", "json").document["runs"]]
    assert shown == [path.stem for path in reversed(project.journals)]


def test_a_manifest_and_a_folder_whose_names_are_no_text_do_not_spoil_a_journal(
    tmp_path: Path, own_state: Path
) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe"))
    project = Project(odd, own_state)
    project.manage({"example.com": KINDS})
    assert project.run("apply", "--yes").code == 0
    assert project.run("history").code == 0
    # Relative paths start from a folder that a journal cannot name.
    after = project.sets()
    run = project.run("rollback", "--yes")
    assert (run.code, project.sets()) == (1, after)
    assert "there is no folder" in run.out


@pytest.mark.parametrize("journal", ["file", "file/below", "/proc/nowhere"])
def test_where_no_journal_can_be_written_nothing_is_sent(project: Project, journal: str) -> None:
    (project.folder / "file").touch()
    before = project.sets()
    for command in (["apply", "--yes"], ["rollback"]):
        run = mxsync(*command, cwd=project.folder, MXSYNC_JOURNAL=journal)
        assert run.code == (64 if journal == "file" else 1)
        assert "is a file" in run.err or f"mxsync: the journal cannot be written to {journal}: " in run.err
        assert "nothing was sent; name another folder with --journal DIR" in run.err or journal == "file"
    assert project.sets() == before


def test_a_journal_folder_that_is_given_is_used(project: Project, tmp_path: Path) -> None:
    assert project.run("apply", "--yes", "--journal", str(tmp_path / "a/b")).code == 0
    assert len(list((tmp_path / "a/b").glob("*.jsonl"))) == 1
    assert not project.state.exists()
    assert "4 applied" in project.run("history", "--journal", str(tmp_path / "a/b")).out
    assert mxsync("rollback", "--yes", cwd=project.folder, MXSYNC_JOURNAL=str(tmp_path / "a/b")).code == 0


def test_however_little_room_there_is_nothing_is_sent_that_is_not_written_down(
    tmp_path: Path, crashes: Crashes
) -> None:
    """No file may grow beyond a size: zone files are small, a journal is not."""
    zones = [f"zone{number}.test" for number in range(5)]
    project = Project(tmp_path / "project", tmp_path / "project/state")
    seen: dict[int, int] = {}
    messages = set()
    for size in range(450, 9000, 450):
        project.manage({zone: {"update": KINDS["update"]} for zone in zones})
        before = {zone: project.sets(zone) for zone in zones}
        run = crashes.run("apply", "--yes", "--journal", "state", cwd=project.folder, file_size=size)
        changed = {f"{zone}." for zone in zones if project.sets(zone) != before[zone]}
        seen[len(changed)] = run.code
        events = [event for path in project.journals for event in events_in(path)]
        intents = {event["zone"] for event in events if event["event"] == "intent"}
        assert changed <= intents
        messages |= {
            line
            for line in run.shown.splitlines()
            if "cannot be written" in line and "File too large" in line
        }
        if not events:
            assert project.journals == []
            assert run.shown.splitlines()[-1].startswith("mxsync: the journal state/")
        elif changed != {f"{zone}." for zone in zones}:
            assert f"skipped   ~ update.{zones[-1]}. at files: not sent: the journal state/" in run.shown
        for path in project.journals:
            assert crashes.run("history", path.stem, "--journal", "state", cwd=project.folder).code == 0
        if changed:
            assert crashes.run("rollback", "--yes", "--journal", "state", cwd=project.folder).code == 0
            assert {zone: project.sets(zone) for zone in zones} == before
        for path in project.journals:
            path.unlink()
    assert seen == {0: 1, 2: 5, 4: 5, 5: 0}
    assert any("what came of the last changes stands in the report only" in line for line in messages)


SECRET = "tW9sM3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldC0xMjM="


def test_no_secret_is_in_anything_that_is_written(tmp_path: Path, own_state: Path) -> None:
    key = new_key("mxsync")
    (tmp_path / "named").mkdir()
    with running_named(
        tmp_path / "named", [Zone("example.com.", "@ MX 10 old.example.net.")], [key]
    ) as server:
        (tmp_path / "mxsync.yaml").write_text(
            "mxsync: 1\nproviders:\n"
            f"  office: {{type: rfc2136, server: {server.address}, port: {server.port},\n"
            "    tsig: {name: mxsync, algorithm: hmac-sha256, secret: {env: TSIG_SECRET}}}\n"
            "defaults: {provider: office, ttl: 1h}\nzones: {example.com: [10 mx.example.net.]}\n"
        )

        def run(*arguments: str) -> str:
            done = mxsync(*arguments, cwd=tmp_path, TSIG_SECRET=key.secret)
            assert done.code == 0, done.err
            return done.out + done.err

        shown = [
            run("plan", "-o", "plan.json", "--format", "json"),
            run("show", "plan.json"),
            run("apply", "plan.json", "--format", "json", "-v", "--log-format", "json"),
            run("history"),
            run("history", "2", "--format", "json"),
            run("rollback", "-o", "back.json", "--format", "json"),
            run("apply", "back.json", "-v"),
            (tmp_path / "plan.json").read_text(),
            (tmp_path / "back.json").read_text(),
            *(path.read_text() for path in own_state.iterdir()),
        ]
        assert len(shown) == 12
        assert all(key.secret not in text for text in shown)
        assert sum("TSIG_SECRET" in text for text in shown) == 6
        wrong = mxsync("apply", "plan.json", cwd=tmp_path, TSIG_SECRET=SECRET)
        assert wrong.code == 1
        assert SECRET not in wrong.out + wrong.err + "".join(path.read_text() for path in own_state.iterdir())
        without = mxsync("apply", "plan.json", cwd=tmp_path)
        assert without.code == 1
        assert "the environment variable TSIG_SECRET gives no secret" in without.out


def test_a_second_apply_is_refused_while_the_first_one_waits_at_its_question(project: Project) -> None:
    before = project.sets()

    def meanwhile() -> None:
        for command in (["apply", "--yes"], ["rollback", "--yes"]):
            run = project.run(*command)
            assert (run.code, run.out) == (1, "")
            message = f"mxsync: another apply with the journal in {project.state} is running (process "
            assert run.err.startswith(message)
            assert run.err.endswith(
                "); nothing was sent; wait for its end, or use a journal of your own with --journal DIR\n"
            )
        assert project.sets() == before
        assert project.run("history").out == "The journal holds no run.\n"
        assert project.run("plan").code == 0
        other = project.run("apply", "--yes", "--target", "ttl.example.com", "--journal", "other")
        assert other.code == 0

    code, shown = on_terminal("apply", cwd=project.folder, answer="yes", meanwhile=meanwhile)
    assert code == 0, shown
    assert "3 applied, 1 already" in shown


def test_a_journal_is_free_again_once_the_apply_that_held_it_was_killed(project: Project) -> None:
    held = "import sys, pathlib\nfrom mxsync.journal.folder import locked\nwith locked(pathlib.Path(sys.argv[1])):\n    print(1, flush=True)\n    sys.stdin.read()\n"
    process = subprocess.Popen(
        [sys.executable, "-c", held, project.state], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout
    assert process.stdout.readline() == b"1\n"
    with pytest.raises(JournalError, match=rf"is running \(process {process.pid}\)"), locked(project.state):
        pass
    assert project.run("apply", "--yes").code == 1
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert project.run("apply", "--yes").code == 0
