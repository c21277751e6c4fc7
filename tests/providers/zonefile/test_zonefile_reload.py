"""The reload command: run after an edit, and the edit taken back if it fails."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from mxsync.change import Outcome
from mxsync_zonefile.folder import Folder
from mxsync_zonefile.provider import ZonefileProvider
from mxsync_zonefile.reload import Reload, ReloadFailed
from support.sets import mx_set
from support.zonefiles import DAY, HEAD, provider_of, write_one, zone_file

if TYPE_CHECKING:
    from pathlib import Path

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
    assert answer.outcome is Outcome.UNKNOWN
    assert "the old file is back in place, and its reload failed too" in answer.message
    assert path.read_text() == HEAD + BODY


def test_a_file_that_somebody_changed_during_a_failing_reload_is_left_alone(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    code = "open('example.com.zone', 'a').write('; mine\\n'); sys.exit(1)"
    answer = write_one(provider_of(tmp_path, script(tmp_path, code)), OLD, NEW)
    assert answer.outcome is Outcome.UNKNOWN
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


def test_a_command_that_does_not_exist_takes_the_edit_back(tmp_path: Path) -> None:
    path = zone_file(tmp_path, BODY)
    answer = write_one(provider_of(tmp_path, Reload(["./no-such-command"], tmp_path, 5)), OLD, NEW)
    assert answer.outcome is Outcome.UNKNOWN
    assert "cannot start './no-such-command': No such file or directory" in answer.message
    assert path.read_text() == HEAD + BODY


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
