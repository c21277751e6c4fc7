"""Runs `mxsync` as a user does: as a process of its own."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


def mxsync(*arguments: str | Path, cwd: Path, stdin: int = subprocess.DEVNULL, **environment: str) -> Run:
    """Run a command to its end, without a terminal."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "mxsync", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Run(done.returncode, done.stdout, done.stderr)


def on_terminal(
    *arguments: str | Path,
    cwd: Path,
    answer: str,
    meanwhile: Callable[[], None] = lambda: None,
    columns: int = 200,
) -> tuple[int, str]:
    """Run a command on a terminal, and answer its question; `meanwhile` runs while it waits for that.

    Gives the exit code and all that the terminal showed.
    """
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "mxsync", *arguments],
        cwd=cwd,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={**os.environ, "COLUMNS": str(columns)},
        start_new_session=True,
    )
    os.close(terminal)
    shown = b""
    while b"Only 'yes'" not in shown:
        shown += os.read(controller, 4096)
    meanwhile()
    os.write(controller, f"{answer}\n".encode())
    try:
        while more := os.read(controller, 4096):
            shown += more
    except OSError:
        pass  # what Linux says when the last user of a terminal has gone
    os.close(controller)
    assert b"Traceback" not in shown, shown.decode()
    return process.wait(60), shown.decode()
