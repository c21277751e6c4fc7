"""Signals before, at and after the moment at which something is written."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mxsync.cli import prepare
from mxsync.proposal import check_manifest
from support.relay import liar

ZONE = """\
$TTL 3600
@ IN SOA ns1.example.net. host.example.net. 41 7200 900 1209600 300
@ IN NS ns1.example.net.
@ MX 10 old.example.net.
"""
FILES = "files: {type: zonefile, directory: zones}"
# A shell starts background jobs with SIGINT ignored, and its children's children would inherit that.
MXSYNC = ["env", "--default-signal=INT,TERM", sys.executable, "-m", "mxsync"]
ZONES = 3000
"""Many more than the provider for RFC 2136 asks for at once."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A manifest with one zone whose set is to be changed."""
    (tmp_path / "zones").mkdir()
    (tmp_path / "zones/example.com.zone").write_text(ZONE)
    (tmp_path / "mxsync.yaml").write_text(manifest())
    return tmp_path


def manifest(*providers: str, **zones: str) -> str:
    blocks = "".join(f"  {block}\n" for block in (FILES, *providers))
    more = "".join(f"  {name.replace('_', '.')}: {value}\n" for name, value in zones.items())
    return (
        f"mxsync: 1\nproviders:\n{blocks}defaults: {{provider: files}}\n"
        f"zones:\n  example.com: [10 mx.example.net.]\n{more}"
    )


def unchanged(folder: Path) -> bool:
    return (folder / "zones/example.com.zone").read_text() == ZONE


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*MXSYNC, *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until_asleep(process: int) -> None:
    """Wait until a process that has reached its last wait is in it.

    Python sees a signal that comes just before such a wait only after it.
    """
    while True:
        time.sleep(0.1)
        if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "S":
            return


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"]])
def test_a_signal_while_a_slow_provider_is_read_changes_nothing(
    folder: Path, command: list[str], number: signal.Signals
) -> None:
    asked: list[bytes] = []
    release = threading.Event()

    def mute(message: bytes) -> bytes:
        asked.append(message)
        release.wait(60)
        return message[:2] + b"\x80\x05" + message[4:]  # REFUSED

    zones = {f"n{at}_test": "{provider: slow, mx: {'@': null_mx}}" for at in range(ZONES)}
    with liar(mute) as port:
        slow = f"slow: {{type: rfc2136, server: 127.0.0.1, port: {port}, unsigned: true, timeout: 60}}"
        (folder / "mxsync.yaml").write_text(manifest(slow, **zones))
        process = start(folder, *command)
        while not asked:
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        process.send_signal(number)
        # What is in flight is waited for; what is not is not asked any more.
        time.sleep(0.3)
        release.set()
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert (out, err.strip()) == ("", "mxsync: interrupted; nothing was changed")
    assert len(asked) < ZONES
    assert unchanged(folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_a_manifest_is_waited_for_changes_nothing(
    folder: Path, number: signal.Signals
) -> None:
    """What a pipe holds is read; then the process waits for the writer of another one."""
    first, second = folder / "a.yaml", folder / "b.yaml"
    for pipe in (first, second):
        os.mkfifo(pipe)
    process = start(folder, "apply", "--yes", first.name, second.name)
    while True:
        assert process.poll() is None, process.communicate()
        try:
            writer = os.open(first, os.O_WRONLY | os.O_NONBLOCK)
            break
        except OSError:  # nobody reads yet
            time.sleep(0.01)
    os.write(writer, manifest().encode())
    os.close(writer)
    wait_until_asleep(process.pid)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.strip() == "mxsync: interrupted; nothing was changed"
    assert unchanged(folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_comes_when_all_is_read_still_ends_a_plan(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    """Comparing many sets takes seconds, and what follows a plan is the apply."""
    monkeypatch.setattr(prepare, "make_plan", lambda *_, **__: signal.raise_signal(number))
    asked: prepare.Asked = {
        "paths": (),
        "targets": (),
        "allow_deletes": 0,
        "allow_large": False,
        "live": None,
        "resolvers": (),
        "strict_live": False,
        "allow_exec": False,
        "allow_endpoints": (),
        "parallel": None,
    }
    with pytest.raises(KeyboardInterrupt):
        prepare.propose(check_manifest([folder / "mxsync.yaml"]), asked, writing=True)


def test_ctrl_c_at_the_question_changes_nothing(folder: Path) -> None:
    controller, terminal = pty.openpty()
    # The terminal must be the one that controls the process, or the key would be a letter like any other.
    process = subprocess.Popen(
        ["setsid", "--ctty", *MXSYNC, "apply"], cwd=folder, stdin=terminal, stdout=terminal, stderr=terminal
    )
    os.close(terminal)
    shown = b""
    while b"is taken for it: " not in shown:
        shown += os.read(controller, 4096)
    wait_until_asleep(process.pid)
    os.write(controller, b"\x03")
    try:
        while more := os.read(controller, 4096):
            shown += more
    except OSError:
        pass  # what Linux says when the last user of a terminal has gone
    os.close(controller)
    assert process.wait(60) == 130, shown
    assert b"mxsync: interrupted; nothing was changed" in shown
    assert b"Traceback" not in shown
    assert unchanged(folder)


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_report_is_written_loses_nothing_of_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    zones = [f"n{at:02}.test" for at in range(30)]
    for zone in zones:
        (folder / f"zones/{zone}.zone").write_text(ZONE)
    (folder / "mxsync.yaml").write_text(
        manifest(**{zone.replace(".", "_"): "[10 mx.example.net.]" for zone in zones})
    )
    read_end, write_end = os.pipe()
    fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, 4096)
    process = subprocess.Popen(
        [*MXSYNC, "apply", "--yes", "--allow-large", "--format", "json"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=write_end,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(write_end)
    with os.fdopen(read_end, "rb", buffering=0) as pipe:
        written = pipe.read(1)
        assert process.poll() is None
        for _ in range(3):
            process.send_signal(number)
            time.sleep(0.05)
        while piece := pipe.read(4096):
            written += piece
    assert process.stderr
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 0, err
    assert "interrupted" not in err
    outcomes = {result["owner"]: result["outcome"] for result in json.loads(written)["results"]}
    assert outcomes == dict.fromkeys(["example.com.", *(f"{zone}." for zone in zones)], "applied")
