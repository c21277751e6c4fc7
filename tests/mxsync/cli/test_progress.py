"""Who looks on at an apply may go away: nothing of it is lost by that."""

from __future__ import annotations

import os
import pty
from typing import TYPE_CHECKING

from mxsync import live
from mxsync.apply import apply_plan
from mxsync.cli import progress
from mxsync.memory import MemoryProvider
from mxsync.names import parse
from mxsync.plan import make_plan
from mxsync.report import ExitCode
from mxsync.state import Desired, DesiredZone, Wanted
from support.sets import mx_set

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    import pytest

    from mxsync.report import Report

CHANGES = 2 * progress.FEW
ZONE = parse("example.com.")
NEW = mx_set(3600, "10 new.example.net.")


def apply_watched(monkeypatch: pytest.MonkeyPatch, stderr: TextIO, leave: Callable[[], None]) -> Report:
    """Apply many creations, and have the reader of stderr `leave` once they begin."""
    wanted = {parse(f"owner{at}", ZONE): Wanted(NEW) for at in range(CHANGES)}
    desired = Desired((DesiredZone("memory", ZONE, wanted),))
    provider = MemoryProvider({ZONE: {}})
    plan = make_plan(desired, live.read(desired.requests(), {"memory": provider}))
    monkeypatch.setattr("sys.stderr", stderr)
    with progress.watching(CHANGES) as watchers:
        assert watchers
        leave()
        return apply_plan(plan, {"memory": provider}, watchers=watchers)


def test_an_apply_outlives_the_reader_of_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", -1)  # a line for each change
    reading, writing = os.pipe()
    with open(writing, "w", buffering=1) as stderr:  # noqa: PTH123 - a file descriptor
        report = apply_watched(monkeypatch, stderr, lambda: os.close(reading))
        assert (report.exit_code, len(report.results)) == (ExitCode.DONE, CHANGES)
        os.dup2(os.open(os.devnull, os.O_WRONLY), writing)  # what is left in the buffer goes there


def test_an_apply_outlives_the_terminal_with_its_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    controller, terminal = pty.openpty()
    with open(terminal, "w", buffering=1) as stderr:  # noqa: PTH123
        report = apply_watched(monkeypatch, stderr, lambda: os.close(controller))
        assert (report.exit_code, len(report.results)) == (ExitCode.DONE, CHANGES)
        os.dup2(os.open(os.devnull, os.O_WRONLY), terminal)
