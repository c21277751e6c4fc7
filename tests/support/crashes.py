"""Runs `mxsync` many times over, and kills it (SIGKILL) at a chosen step of what it writes and sends.

with Crashes() as crashes:
    run = crashes.run("apply", "--yes", cwd=folder, die_at=17)
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from support.distributions import REPOSITORY

ENOUGH = 5000
"""More steps than any run here has."""


@dataclass(frozen=True, slots=True)
class Crash:
    """What came of a run."""

    code: int
    """Its exit code; negative for the signal that killed it."""
    shown: str
    """Both its outputs."""

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


class Crashes:
    """A process that has loaded mxsync and forks for every run (`support.forks`), so that none costs a start."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "support.forks"],
            cwd=REPOSITORY / "tests",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)

    def run(self, *arguments: str | Path, cwd: Path, die_at: int = 0, file_size: int = -1) -> Crash:
        """Run a command. With `die_at`, kill it at that step; with `file_size`, let no file grow beyond."""
        job = {"arguments": [*map(str, arguments)], "cwd": str(cwd), "die_at": die_at, "file_size": file_size}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps(job)}\n")
        self._process.stdin.flush()
        run = Crash(**json.loads(self._process.stdout.readline()))
        assert "Traceback" not in run.shown, run.shown
        return run

    def until_it_lives(self, command: Callable[[int], Crash], every: int = 1) -> Iterator[int]:
        """Kill a command at its first step, then so many later, until there are no more; say where it died."""
        for step in range(1, ENOUGH, every):
            if not command(step).killed:
                return
            yield step
        raise AssertionError("there is no end to its steps")
