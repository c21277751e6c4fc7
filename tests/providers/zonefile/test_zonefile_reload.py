"""The reload command: run after an edit, and the edit taken back if it fails."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from mxsync import live
from mxsync.apply import apply_plan
from mxsync.change import Outcome
from mxsync.plan import make_plan
from mxsync.state import Desired, DesiredZone, Wanted
from mxsync_zonefile.folder import Folder
from mxsync_zonefile.provider import ZonefileProvider
from mxsync_zonefile.reload import Reload, ReloadFailed
from support.sets import mx_set
from support.zonefiles import DAY, HEAD, ZONE, provider_of, write_one, zone_file

if TYPE_CHECKING:
    from pathlib import Path

    from mxsync.report import Result

OLD = mx_set(3600, "10 mx1.example.net.")
NEW = mx_set(3600, "10 mx2.example.org.")
BODY = "@ MX 10 mx1.example.net.\n"


def script(folder: Path, code: str, *words: str, timeout: int = 20) -> Reload:
    """Make a command of Python code that runs in the folder."""
    path = folder / "reload.py"
    path.write_text(f"import os, pathlib, sys, time\n{code}\n")
    return Reload([sys.executable, str(path), *words], folder, timeout)


LOG = "open('log', 'a').write(' '.join(sys.argv[1:]) + ':' + ('new' if 'mx2' in open('example.com.zone').read() else 'old') + '\\n')\n"
FAIL_ONCE = (
    LOG + "if not os.path.exists('failed'): pathlib.Path('failed').touch(); sys.exit('zone\\nnot loaded\\n')"
)


def test_the_command_runs_after_the_edit_with_the_zones_name(tmp_path: Path) -> None:
    zone_file(tmp_path, BODY)
    reload = script(tmp_path, LOG, "reload", "{zone}", "in {zone};")
    assert write_one(provider_of(tmp_path, reload), OLD, NEW).outcome is Outcome.APPLIED
    assert (tmp_path / "log").read_text() == "reload example.com in example.com;:new\n"


def test_the_command_does_not_run_without_an_edit(tmp_path: Path) -> None:
    zone_file(tmp_path, BODY)
    answer = write_one(provider_of(tmp_path, script(tmp_path, LOG)), NEW, OLD)
    assert answer.outcome is Outcome.CONFLICT
    assert not (tmp_path / "log").exists()


def test_without_leave_nothing_is_written_and_nothing_runs(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    provider = ZonefileProvider(Folder(tmp_path, "{zone}.zone"), script(tmp_path, LOG), today=lambda: DAY)
    answer = write_one(provider, OLD, NEW)
    assert (answer.outcome, answer.message) == (Outcome.FAILED, "the reload command needs --allow-exec")
    assert path.read_text() == HEAD + BODY
    assert not (tmp_path / "log").exists()


def test_a_reload_that_fails_takes_the_edit_back(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    path.chmod(0o604)
    answer = write_one(provider_of(tmp_path, script(tmp_path, FAIL_ONCE)), OLD, NEW)
    assert answer.outcome is Outcome.FAILED
    assert answer.message.endswith("ended with 1: not loaded; the old file was put back and reloaded")
    assert path.read_text() == HEAD + BODY
    assert path.stat().st_mode & 0o777 == 0o604
    assert (tmp_path / "log").read_text() == ":new\n:old\n"


def test_a_reload_that_fails_twice_leaves_the_old_file_and_an_unknown_server(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    answer = write_one(provider_of(tmp_path, script(tmp_path, "sys.exit(3)")), OLD, NEW)
    assert (answer.outcome, answer.final) == (Outcome.UNKNOWN, True)
    assert "the old file is back in place, and its reload failed too" in answer.message
    assert path.read_text() == HEAD + BODY


def test_a_file_that_somebody_changed_during_a_failing_reload_is_left_alone(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    code = "open('example.com.zone', 'a').write('; mine\\n'); sys.exit(1)"
    answer = write_one(provider_of(tmp_path, script(tmp_path, code)), OLD, NEW)
    assert (answer.outcome, answer.final) == (Outcome.UNKNOWN, True)
    assert "the new file stays in place" in answer.message
    assert path.read_text().endswith("@ MX 10 mx2.example.org.\n; mine\n")


def test_a_set_that_somebody_changed_during_the_reload_is_not_called_applied(tmp_path: Path) -> None:
    zone_file(tmp_path, BODY)
    code = "f = pathlib.Path('example.com.zone'); f.write_text(f.read_text().replace('mx2', 'mx3'))"
    answer = write_one(provider_of(tmp_path, script(tmp_path, code)), OLD, NEW)
    assert answer.outcome is Outcome.UNKNOWN
    assert "somebody else has changed it since" in answer.message


def test_a_file_that_is_broken_after_the_reload_is_not_called_applied(tmp_path: Path) -> None:
    zone_file(tmp_path, BODY)
    code = "open('example.com.zone', 'a').write('(')"
    answer = write_one(provider_of(tmp_path, script(tmp_path, code)), OLD, NEW)
    assert answer.outcome is Outcome.UNKNOWN
    assert "could not be read again" in answer.message


@pytest.mark.parametrize("command", ["./no-such-command", "no-such-command", "./example.com.zone", "."])
def test_without_a_command_to_start_nothing_is_touched(tmp_path: Path, command: str) -> None:
    path = zone_file(tmp_path, BODY)
    was = path.stat()
    answer = write_one(provider_of(tmp_path, Reload([command], tmp_path, 5)), OLD, NEW)
    message = f"reload: there is no program {command!r} to start; nothing was written"
    assert (answer.outcome, answer.message) == (Outcome.FAILED, message)
    assert path.stat() == was


def test_a_command_is_looked_for_where_it_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is relative to the manifest's folder, and so is a relative folder in PATH."""
    zone_file(tmp_path, BODY)
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "reload-example.com"
    program.write_text("#!/bin/sh\necho run >> log\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", "bin", prepend=":")
    for before, after, command in ((OLD, NEW, "bin/reload-{zone}"), (NEW, OLD, "reload-{zone}")):
        answer = write_one(provider_of(tmp_path, Reload([command], tmp_path, 5)), before, after)
        assert (answer.outcome, answer.message) == (Outcome.APPLIED, "")
    assert (tmp_path / "log").read_text() == "run\nrun\n"


def test_a_command_that_cannot_be_started_takes_the_edit_back(tmp_path: Path) -> None:
    """The name server has not heard of the edit, so the old file is enough."""
    path = zone_file(tmp_path, BODY)
    program = tmp_path / "reload"
    program.write_text("#!/no/such/interpreter\n")
    program.chmod(0o755)
    answer = write_one(provider_of(tmp_path, Reload(["./reload"], tmp_path, 5)), OLD, NEW)
    assert answer.outcome is Outcome.FAILED
    assert "cannot start './reload': No such file or directory; the old file was put back" in answer.message
    assert path.read_text() == HEAD + BODY


def applied_with(folder: Path, reload: Reload) -> Result:
    """Apply one change with the engine."""
    desired = Desired((DesiredZone("files", ZONE, {ZONE: Wanted(NEW)}),))
    providers = {"files": provider_of(folder, reload)}
    plan = make_plan(desired, live.read(desired.requests(), providers))
    (result,) = apply_plan(plan, providers).results
    return result


@pytest.mark.parametrize(
    ("code", "outcome", "message", "runs", "in_place"),
    [
        ("", Outcome.APPLIED, "", ":new\n", "mx2.example.org."),
        (
            "if not os.path.exists('once'): pathlib.Path('once').touch(); sys.exit(1)",
            *(Outcome.FAILED, "the old file was put back and reloaded", ":new\n:old\n", "mx1.example.net."),
        ),
        (
            "sys.exit(1)",
            *(Outcome.UNKNOWN, "its reload failed too", ":new\n:old\n", "mx1.example.net."),
        ),
        (
            "open('example.com.zone', 'a').write('; mine\\n'); sys.exit(1)",
            *(Outcome.UNKNOWN, "the new file stays in place", ":new\n", "mx2.example.org."),
        ),
    ],
    ids=["works", "fails once", "fails twice", "fails and the file cannot be put back"],
)
def test_the_engine_takes_what_a_reload_has_come_to_as_it_is(
    tmp_path: Path, *, code: str, outcome: Outcome, message: str, runs: str, in_place: str
) -> None:
    """What the file says does not tell what the name server has; one more try would reload once more."""
    path = zone_file(tmp_path, BODY)
    result = applied_with(tmp_path, script(tmp_path, LOG + code))
    assert result.outcome is outcome
    assert message in result.message
    assert (tmp_path / "log").read_text() == runs
    assert in_place in path.read_text()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("time.sleep(60)", "took longer than 1 s"),
        ("os.kill(os.getpid(), 9)", "ended by signal 9"),
        ("sys.exit(7)", "ended with 7"),
        ("print('one'); print('two \\x1b[31m' + 'x' * 500); sys.exit(1)", "ended with 1: two  [31mxxx"),
    ],
)
def test_a_failing_command_says_how_it_ended(tmp_path: Path, code: str, message: str) -> None:
    with pytest.raises(ReloadFailed) as caught:
        script(tmp_path, code, timeout=1).run("example.com")
    assert message in str(caught.value)
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()


def test_the_command_has_no_input_and_runs_in_its_folder(tmp_path: Path) -> None:
    code = "assert sys.stdin.read() == ''; assert os.getcwd() == os.path.realpath(sys.argv[1])"
    script(tmp_path, code, str(tmp_path)).run("example.com")


def test_a_process_that_the_command_leaves_behind_is_not_waited_for(tmp_path: Path) -> None:
    code = "pid = os.fork()\nif not pid: time.sleep(2)"
    script(tmp_path, code, timeout=1).run("example.com")


def test_no_shell_sees_the_words(tmp_path: Path) -> None:
    script(tmp_path, "assert sys.argv[1] == '$(touch shell); example.com'", "$(touch shell); {zone}").run(
        "example.com"
    )
    assert not (tmp_path / "shell").exists()
