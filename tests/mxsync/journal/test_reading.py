"""What is read of a journal, whatever state it was left in."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mxsync.change import Outcome
from mxsync.errors import JournalError
from mxsync.journal.folder import default_folder, locked
from mxsync.journal.reader import last_change, read_run, readable_runs, run_names
from mxsync.journal.runs import Run
from mxsync.journal.writer import FORMAT
from support.cli import mxsync

OLD = {"ttl": 3600, "records": [{"preference": 10, "exchange": "old.example.net."}]}
NEW = {"ttl": 300, "records": [{"preference": 10, "exchange": "mx.example.net."}]}
TIME = {"time": "2026-11-23T10:00:00.000000Z"}

Event = dict[str, Any]


def begin(**fields: Any) -> Event:
    head = {
        "event": "begin",
        "format": FORMAT,
        "mxsync": "0.1.0",
        "run": "r",
        "plan": "sha256:0",
        "undoes": None,
    }
    blocks = {"files": {"type": "zonefile", "directory": "zones"}}
    return {
        **TIME,
        **head,
        "providers": blocks,
        "folders": {"files": "/"},
        "manifests": [],
        "changes": 1,
        **fields,
    }


def intent(owner: str = "example.com.", **fields: Any) -> Event:
    where = {"provider": "files", "zone": "example.com.", "owner": owner}
    return {**TIME, "event": "intent", **where, "before": OLD, "after": NEW, **fields}


def result(outcome: str = "applied", owner: str = "example.com.", **fields: Any) -> Event:
    return {**intent(owner), "event": "result", "outcome": outcome, "message": "", **fields}


def end(**fields: Any) -> Event:
    return {**TIME, "event": "end", "interrupted": False, "halted": "", "exit": 0, **fields}


def lines(*events: Event) -> str:
    return "".join(f"{json.dumps(event)}\n" for event in events)


def read(folder: Path, text: str | bytes) -> Run:
    (folder / "r.jsonl").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_run(folder, "r")


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    run = read(tmp_path, lines(begin(), intent(), result(found=NEW), end()))
    (record,) = run.records
    assert (run.name, run.state, run.summary) == ("r", "done", {"applied": 1})
    assert (record.sent, record.outcome, record.seen, record.may_stand) == (True, Outcome.APPLIED, True, True)


def test_the_last_word_on_a_change_counts(tmp_path: Path) -> None:
    text = lines(begin(), intent(), result("unknown"), intent(), result("conflict", found=OLD), end())
    (record,) = read(tmp_path, text).records
    assert (record.sent, record.outcome, record.may_stand) == (True, Outcome.CONFLICT, False)


def test_what_was_sent_without_an_outcome_may_stand(tmp_path: Path) -> None:
    run = read(tmp_path, lines(begin(), intent()))
    assert (run.state, run.summary) == ("broken off", {"unknown": 1})
    assert run.records[0].may_stand


def test_what_was_not_sent_does_not_stand(tmp_path: Path) -> None:
    run = read(
        tmp_path,
        lines(begin(), result("already"), result("skipped", "a.example.com."), end(interrupted=True)),
    )
    assert run.state == "interrupted"
    assert [record.sent or record.may_stand for record in run.records] == [False, False]


def test_a_failed_change_that_left_something_else_stands(tmp_path: Path) -> None:
    """A server may limit TTLs."""
    cut = {**NEW, "ttl": 60}
    run = read(
        tmp_path,
        lines(
            begin(),
            intent(),
            result("failed", found=cut),
            intent("a.example.com."),
            result("failed", "a.example.com.", found=OLD),
        ),
    )
    assert [record.may_stand for record in run.records] == [True, False]
    assert run.records[0].left == run.records[0].found


WHOLE = lines(begin(), intent(), result(), end())


@pytest.mark.parametrize("cut", range(1, len(lines(end())), 7))
def test_a_last_line_that_was_cut_is_passed_over(tmp_path: Path, cut: int) -> None:
    run = read(tmp_path, WHOLE[:-cut])
    assert (run.state, run.summary) == ("broken off", {"applied": 1})


@pytest.mark.parametrize("tail", [b"\0" * 4096, b"\xff\xfe\x80", '{"event": "ü'.encode()[:-1]])
def test_an_end_that_a_crash_has_garbled_is_passed_over(tmp_path: Path, tail: bytes) -> None:
    assert read(tmp_path, WHOLE.encode() + tail).state == "done"


@pytest.mark.parametrize("text", ["", "{", lines(begin())[:-1]])
def test_a_run_that_was_broken_off_before_its_head_was_written_is_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(JournalError, match="run r was broken off before anything was sent"):
        read(tmp_path, text)
    assert readable_runs(tmp_path) == ([], [])


NO_LINE = f"this is no line of a journal ({FORMAT})"
NO_HEAD = f"a journal ({FORMAT}) has its head in the first line, and one only"
FOREIGN: dict[str, tuple[str, int, str]] = {
    "no json": (f"{lines(begin())}hello\n{lines(end())}", 2, NO_LINE),
    "an empty line": (f"{lines(begin())}\n{lines(end())}", 2, NO_LINE),
    "another document": (f"{lines(begin())}{{}}\n", 2, NO_LINE),
    "an event of the future": (f"{lines(begin(), intent(event='dream'))}", 2, NO_LINE),
    "a format of the future": (lines(begin(format="mxsync.journal/2")), 1, NO_LINE),
    "an odd set": (lines(begin(), intent(after={"ttl": 1, "records": []})), 2, NO_LINE),
    "an odd name": (lines(begin(), intent(zone="EXAMPLE.com")), 2, NO_LINE),
    "an odd block": (lines(begin(), intent(provider="\x1b[31m")), 2, NO_LINE),
    "no head": (lines(intent(), end()), 1, NO_HEAD),
    "two heads": (lines(begin(), begin()), 2, NO_HEAD),
    "a record twice": (lines(begin(), intent(after={"ttl": 1, "records": OLD["records"] * 2})), 2, "mxsync never writes this: an MX set holds no record twice"),  # type: ignore[operator]
    "no change": (lines(begin(), intent(after=OLD)), 2, "mxsync never writes this: no change at example.com."),
}  # fmt: skip


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_mxsync_never_writes_is_refused_with_its_place(tmp_path: Path, kind: str) -> None:
    text, line, message = FOREIGN[kind]
    with pytest.raises(JournalError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path}/r.jsonl:{line}: {message}")


def test_a_provider_without_a_block_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"r\.jsonl has no provider block 'aws' in its head"):
        read(tmp_path, lines(begin(), intent(provider="aws")))


def test_fields_that_a_later_version_has_added_are_passed_over(tmp_path: Path) -> None:
    assert read(tmp_path, lines(begin(more=1), intent(more={"x": []}), result(more=1), end(more=1))) == read(
        tmp_path, WHOLE
    )


def test_a_run_is_found_by_the_beginning_of_its_name(tmp_path: Path) -> None:
    for name in ("2026a", "2026b", "2026bc", "2027"):
        (tmp_path / f"{name}.jsonl").write_text(WHOLE)
    assert run_names(tmp_path) == ["2026a", "2026b", "2026bc", "2027"]
    assert read_run(tmp_path, "2027").name == "2027"
    assert read_run(tmp_path, "2026a").name == "2026a"
    assert read_run(tmp_path, "2026b").name == "2026b"
    with pytest.raises(
        JournalError, match=r"3 runs begin with '2026' in the journal in .*; 'mxsync history' shows"
    ):
        read_run(tmp_path, "2026")
    for name in ("2028", "", "026", "../2027"):
        with pytest.raises(JournalError, match="there is no run "):
            read_run(tmp_path, name)


def test_a_run_that_was_renamed_goes_by_its_new_name(tmp_path: Path) -> None:
    (tmp_path / "before-the-move.jsonl").write_text(WHOLE)
    assert [run.name for run in readable_runs(tmp_path)[0]] == ["before-the-move"]


def test_history_shows_what_can_be_read_and_names_the_rest(tmp_path: Path) -> None:
    for name, text in {"1": WHOLE, "2": "hello\n", "3": "", "4": lines(begin(), intent())}.items():
        (tmp_path / f"{name}.jsonl").write_text(text)
    (tmp_path / "5.jsonl").mkdir()
    (tmp_path / "lock").touch()
    (tmp_path / "notes.txt").write_text("not ours")
    run = mxsync("history", "--journal", ".", cwd=tmp_path)
    assert run.code == 0
    assert run.out == (
        "4  2026-11-23 10:00:00 UTC  broken off: 1 unknown of 1 change\n"
        "1  2026-11-23 10:00:00 UTC  done: 1 applied of 1 change\n"
    )
    assert run.err == (
        "mxsync: warning: the journal 5.jsonl cannot be read: Is a directory\n"
        f"mxsync: warning: 2.jsonl:1: {NO_LINE}\n"
    )


def test_history_of_a_run_says_what_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "4.jsonl").write_text(
        lines(
            begin(),
            intent(),
            intent("a.example.com."),
            result("conflict", "a.example.com.", found=None, message="changed\nsince"),
        )
    )
    run = mxsync("history", "4", "--journal", ".", cwd=tmp_path)
    assert (run.code, run.err) == (0, "")
    assert run.out == (
        "Run 4, plan sha256:0\n"
        "broken off: 1 conflict, 1 unknown of 1 change\n"
        "\n"
        "unknown   example.com. at files: sent or about to be, when the run was broken off; what came of it is not known\n"
        "            before: 10 old.example.net. (TTL 1h)\n"
        "            wanted: 10 mx.example.net. (TTL 5m)\n"
        "conflict  a.example.com. at files: changed since\n"
        "            before: 10 old.example.net. (TTL 1h)\n"
        "            wanted: 10 mx.example.net. (TTL 5m)\n"
        "            found:  no MX set\n"
    )


@pytest.mark.parametrize("arguments", [["history"], ["history", "x"], ["rollback"], ["rollback", "x"]])
def test_a_journal_that_is_empty_or_missing_is_no_trouble(tmp_path: Path, arguments: list[str]) -> None:
    run = mxsync(*arguments, "--journal", "nowhere", cwd=tmp_path)
    assert (run.code, run.out) == (
        (0, "The journal holds no run.\n") if arguments == ["history"] else (1, "")
    )
    assert len(run.err.splitlines()) == (arguments != ["history"])


def test_a_journal_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "mxsync").touch()
    for command in (["history"], ["history", "x"]):
        run = mxsync(*command, cwd=tmp_path, XDG_STATE_HOME=str(tmp_path))
        assert (run.code, run.out) == (1, "")
        assert run.err == f"mxsync: the journal in {tmp_path}/mxsync cannot be read: Not a directory\n"


def test_the_last_change_is_that_of_the_last_run_that_made_one(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="holds no run that changed anything"):
        last_change(tmp_path)
    for name, text in {"1": WHOLE, "2": lines(begin(), result("already"), end()), "3": ""}.items():
        (tmp_path / f"{name}.jsonl").write_text(text)
    assert last_change(tmp_path).name == "1"


def test_no_older_run_is_taken_for_the_last_change_where_a_newer_one_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_text(WHOLE)
    (tmp_path / "2.jsonl").write_text("hello\n")
    with pytest.raises(JournalError, match=r"2\.jsonl:1: this is no line"):
        last_change(tmp_path)


def test_the_journal_is_where_the_system_keeps_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert default_folder() == Path(os.environ["XDG_STATE_HOME"]) / "mxsync"
    monkeypatch.setenv("HOME", str(tmp_path))
    for value in ("", "relative"):
        monkeypatch.setenv("XDG_STATE_HOME", value)
        assert default_folder() == tmp_path / ".local/state/mxsync"


def test_without_a_home_a_folder_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.delenv("HOME")

    def unknown(user: int) -> None:
        raise KeyError(user)

    monkeypatch.setattr("pwd.getpwuid", unknown)
    with pytest.raises(
        JournalError, match="there is no home folder for the journal; name a folder with --journal DIR"
    ):
        default_folder()


def test_a_folder_that_cannot_be_locked_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(37, "No locks available")  # as some network file systems say

    monkeypatch.setattr("fcntl.flock", no_locks)
    with (
        pytest.raises(JournalError, match="cannot be locked: No locks available; nothing was sent"),
        locked(tmp_path),
    ):
        pass
