from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_benchmark_shows_that_mxsync_and_both_loops_do_their_work() -> None:
    taking_part = ("mxsync", "dnspython", "by hand")
    cases = ("plan, 3 zones, nothing changed", "apply, 3 zones, 100 % changed")
    chosen = [*(f"--only={name}" for name in taking_part), *(f"--case={name}" for name in cases)]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "benchmarks.bind",
            "--zones",
            "3",
            "--runs",
            "1",
            *chosen,
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    rows = done.stdout.splitlines()[4:]
    assert [row.split(" | ")[0] for row in rows] == [f"| {name}" for name in cases]
