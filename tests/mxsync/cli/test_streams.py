"""Streams that are closed, full or know few letters: no traceback, and the exit code stays true."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.cli import Run, mxsync, on_terminal

ZONE = """\
$TTL 3600
@ IN SOA ns1.example.net. host.example.net. 41 7200 900 1209600 300
@ IN NS ns1.example.net.
@ MX 10 old.example.net.
"""
HEAD = """\
mxsync: 1
providers: {files: {type: zonefile, directory: zones}}
defaults: {provider: files}
"""
JSON = ("--format", "json")
FULL = "mxsync: the result could not be written: No space left on device\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A manifest with one zone whose set is to be changed."""
    (tmp_path / "zones").mkdir()
    (tmp_path / "zones/example.com.zone").write_text(ZONE)
    (tmp_path / "mxsync.yaml").write_text(
        f"{HEAD}zones: {{example.com: [10 mx.example.net., 20 mx.example.org.]}}\n"
    )
    return tmp_path


@pytest.fixture(autouse=True)
def buffered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Python keep what is written for a while, as it does unless the environment says otherwise."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)


def shell(folder: Path, *arguments: str, streams: str) -> Run:
    """Run a command with its streams redirected as a shell does it."""
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {streams}', "sh", sys.executable, "-m", "mxsync", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    for written in (done.stdout, done.stderr):
        assert "Traceback" not in written, written
        assert "Exception ignored" not in written, written
    return Run(done.returncode, done.stdout, done.stderr)


def applied(folder: Path) -> bool:
    return "mx.example.net." in (folder / "zones/example.com.zone").read_text()


def the_report_of(run: Run) -> str:
    """Give what stands on stderr behind the message that the report could not be written."""
    before, message, after = run.err.partition("mxsync: the report could not be written: ")
    assert message, run.err
    assert "1 to update" in before
    return after.partition("\n")[2]


@contextmanager
def unread_pipe() -> Iterator[int]:
    """Give the end for writing of a pipe whose reader has gone."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        yield write_end
    finally:
        os.close(write_end)


@pytest.mark.parametrize(
    "arguments", [["plan"], ["plan", *JSON], ["--version"], ["--help"], ["providers"], ["rules"]]
)
def test_a_result_that_a_full_device_does_not_take_is_one_message_and_exit_1(
    folder: Path, arguments: list[str]
) -> None:
    run = shell(folder, *arguments, streams=">/dev/full")
    assert (run.code, run.err) == (1, FULL)


@pytest.mark.parametrize("arguments", [["plan"], ["plan", *JSON], ["validate"], ["providers"]])
def test_a_result_that_nobody_can_get_is_one_message_and_exit_1(folder: Path, arguments: list[str]) -> None:
    run = shell(folder, *arguments, streams=">&-")
    assert (run.code, run.err) == (1, "mxsync: the result could not be written: the output is closed\n")


def test_the_version_with_stdout_closed_is_no_failure(folder: Path) -> None:
    assert shell(folder, "--version", streams=">&-").code == 0


@pytest.mark.parametrize("streams", [">/dev/full", ">&-"])
def test_a_plan_that_cannot_be_shown_is_not_applied(folder: Path, streams: str) -> None:
    run = shell(folder, "apply", "--yes", streams=streams)
    assert run.code == 1
    assert "the result could not be written" in run.err
    assert not applied(folder)


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("streams", [">/dev/full", ">&-"])
def test_a_report_that_cannot_be_written_goes_to_stderr_and_the_exit_code_is_that_of_the_apply(
    folder: Path, monkeypatch: pytest.MonkeyPatch, streams: str, unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    run = shell(folder, "apply", "--yes", *JSON, streams=streams)
    assert run.code == 0
    assert applied(folder)
    document = json.loads(the_report_of(run))
    assert document["format"] == "mxsync.report/1"
    assert [result["outcome"] for result in document["results"]] == ["applied"]


@pytest.mark.parametrize("streams", [">/dev/full 2>/dev/full", ">&- 2>&-", ">&- 2>&- <&-"])
def test_an_apply_that_nobody_can_hear_of_has_its_exit_code_all_the_same(folder: Path, streams: str) -> None:
    assert shell(folder, "apply", "--yes", *JSON, streams=streams).code == 0
    assert applied(folder)


def test_a_reader_of_the_report_who_went_away_does_not_change_the_exit_code(folder: Path) -> None:
    with unread_pipe() as stdout:
        done = subprocess.run(
            [sys.executable, "-m", "mxsync", "apply", "--yes", *JSON],
            cwd=folder,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert done.returncode == 0
    assert applied(folder)
    assert json.loads(the_report_of(Run(done.returncode, "", done.stderr)))["summary"]["applied"] == 1


def test_a_reader_who_goes_away_after_the_plan_does_not_change_the_exit_code(folder: Path) -> None:
    waiting = "reload: [sh, -c, 'until [ -e go ]; do sleep 0.02; done']"
    manifest = (folder / "mxsync.yaml").read_text().replace("zones}", f"zones, {waiting}}}")
    (folder / "mxsync.yaml").write_text(manifest)
    process = subprocess.Popen(
        [sys.executable, "-m", "mxsync", "apply", "--yes", "--allow-exec"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stderr
    while not (line := process.stdout.readline()).startswith("Plan:"):
        assert line, process.stderr.read()
    process.stdout.close()
    (folder / "go").touch()
    written = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 0, written
    assert "Traceback" not in written
    assert "mxsync: the report could not be written: Broken pipe\n" in written
    assert "applied   ~ example.com. at files" in written
    assert applied(folder)


def test_an_apply_with_stdin_closed_is_an_apply_without_a_terminal(folder: Path) -> None:
    run = shell(folder, "apply", streams="<&-")
    assert run.code == 3
    assert "there is no terminal to ask on" in run.err
    assert not applied(folder)
    assert shell(folder, "apply", "--yes", streams="<&-").code == 0
    assert applied(folder)


@pytest.mark.parametrize("streams", ["2>&-", "2>/dev/full"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["plan"], 0),
        (["validate"], 0),
        (["validate", "doubtful.yaml", "--strict"], 3),
        (["plan", "doubtful.yaml"], 0),
        (["plan", "nowhere.yaml"], 3),
        (["apply"], 3),
        (["apply", "--yes"], 0),
        (["apply", "--yes", *JSON], 0),
        (["bogus"], 64),
    ],
)
def test_messages_that_nobody_can_get_change_no_exit_code(
    folder: Path, streams: str, arguments: list[str], code: int
) -> None:
    (folder / "doubtful.yaml").write_text(
        f"{HEAD}zones: {{example.com: [10 mx.example.net., 20 mx.example.net.]}}\n"
    )
    run = shell(folder, *arguments, streams=streams)
    assert (run.code, run.err) == (code, "")
    assert applied(folder) == ("--yes" in arguments)


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_letters_that_an_output_does_not_know_are_no_failure(
    folder: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    # The arrow of a TTL that changes is in no small alphabet, and neither is a host in Greek letters.
    (folder / "mxsync.yaml").write_text(
        f"{HEAD}zones: {{example.com: {{ttl: 60, records: [10 δοκιμή.example.net.]}}}}\n", "utf-8"
    )
    for arguments in (["validate"], ["plan"], ["apply", "--yes"]):
        run = mxsync(*arguments, cwd=folder)
        assert run.code == 0, run.err
        if arguments == ["plan"]:
            assert "TTL 1h \\u2192 1m" in run.out
    assert "xn--" in (folder / "zones/example.com.zone").read_text()
    assert mxsync("δοκιμή", cwd=folder).code == 64


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": ""}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
    ],
)
def test_the_environment_decides_about_colours_in_a_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], coloured: bool
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    run = mxsync("plan", cwd=folder)
    assert ("\x1b[33m~ @\x1b[0m" in run.out) == coloured
    assert ("\x1b" in run.out) == coloured
    assert "\x1b" not in mxsync("plan", *JSON, cwd=folder).out
    assert "\x1b" not in mxsync("plan", "--no-color", cwd=folder).out


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("FORCE_COLOR", "0")])
def test_the_environment_declines_colours_on_a_terminal(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    code, shown = on_terminal("apply", cwd=folder, answer="no")
    assert "\x1b[33m~ @" in shown
    monkeypatch.setenv(name, value)
    code, shown = on_terminal("apply", cwd=folder, answer="no")
    assert (code, "\x1b" in shown) == (1, False)


@pytest.mark.parametrize("output", ["text", "json"])
def test_a_plan_of_a_manifest_whose_name_is_no_text_is_shown(folder: Path, output: str) -> None:
    name = os.fsdecode(b"m\xff.yaml")
    (folder / "mxsync.yaml").rename(folder / name)
    run = mxsync("plan", name, "--format", output, cwd=folder)
    assert run.code == 0
    if output == "json":
        assert [source["path"] for source in run.document["manifests"]] == ["m\\xff.yaml"]
    assert mxsync("apply", name, "--yes", "--format", output, cwd=folder).code == 0
    assert applied(folder)


def test_a_provider_whose_name_could_command_a_terminal_is_refused(folder: Path) -> None:
    text = (folder / "mxsync.yaml").read_text().replace("files", '"fi\\e[2Jles"')
    (folder / "mxsync.yaml").write_text(text)
    for arguments in (["validate"], ["validate", *JSON], ["plan"], ["apply", "--yes"]):
        run = mxsync(*arguments, cwd=folder)
        assert run.code == 3
        assert "a name has up to 64 letters, digits" in run.out + run.err
        assert "\x1b" not in run.out + run.err
    assert not applied(folder)
