"""Runs a program and counts what it took."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_NOT_PASSED_ON = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONPATH")
"""With them, a process would compile its modules each time, write each line by itself, import from elsewhere."""

_LAUNCHER = Path(__file__).with_name("launch.py")


class Cost(NamedTuple):
    """What a run took."""

    time: float
    """In seconds, of a clock."""
    cpu: float
    """In seconds, of a processor: much less than the clock's means that something else was running."""
    memory: float
    """The most that it had at a time, in MiB."""


def median(costs: Iterable[Cost]) -> Cost:
    """Give the median of each figure."""
    return Cost(*map(statistics.median, zip(*costs, strict=True)))


def run(command: Sequence[str], folder: Path, extra: Mapping[str, str] | None = None) -> tuple[Cost, str]:
    """Run a program in a folder, with `extra` in its environment; give its cost and what it printed.

    Raises SystemExit with its words if it ends with anything but 0.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}
    figures, output = folder / "figures", folder / "output"  # files: nobody has to read while it runs
    with output.open("wb") as file:
        code = subprocess.call(  # noqa: S603 - the programs that are to be measured
            [sys.executable, "-I", "-S", _LAUNCHER, figures, *command],
            cwd=folder,
            env=environment | dict(extra or {}),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
        )
    text = output.read_text("utf-8", "replace")
    if code:
        raise SystemExit(f"{' '.join(command)} ended with {code}:\n{text[-2000:]}")
    return Cost(*map(float, figures.read_text("ascii").split())), text


def machine() -> str:
    """Say when and where this is measured."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores ({platform.machine()}), "
        f"Python {platform.python_version()}"
    )
