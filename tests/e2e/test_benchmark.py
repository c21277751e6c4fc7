from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_benchmark_shows_that_mxsync_and_both_loops_do_their_work() -> None:
    taking_part = ("mxsync", "dnspython", "by hand")
    cases = ("plan, 3 zones, nothing changed", "apply, 3 zones, 100 % changed")
    chosen = [*(f"--only={name}" for name in taking_part), *(f"--case={name}" for name in cases)]
    done = _run("-m", "benchmarks.bind", "--zones", "3", "--runs", "1", *chosen)
    assert (done.returncode, done.stderr) == (0, "")
    rows = done.stdout.splitlines()[4:]
    assert [row.split(" | ")[0] for row in rows] == [f"| {name}" for name in cases]


def test_growth_is_measured_on_plans_that_find_all_zones_as_wanted() -> None:
    done = _run("-m", "benchmarks.growth", "--zones", "2", "--runs", "1")
    assert (done.returncode, done.stderr) == (0, "")
    counts = [row.split(" | ")[:2] for row in done.stdout.splitlines()[4:]]
    assert counts == [["| 2", "2"], ["| 2", "20"], ["| 20", "20"], ["| 2", "200"], ["| 200", "200"]]


def test_changes_of_cloud_dns_are_waited_for_in_two_rounds() -> None:
    done = _run("-m", "benchmarks.clouddns", "--zones", "3")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].endswith("| 16 | 1 | 6 | 3 | 6 | 2 |")


def test_a_measurement_ends_with_an_error_where_the_work_was_not_done(tmp_path: Path) -> None:
    code = "import sys, pathlib, benchmarks.growth as it; it.measure(pathlib.Path(sys.argv[1]), 2, 1)"
    (tmp_path / "zones").mkdir()  # in which there is no zone
    done = _run("-c", code, str(tmp_path))
    assert done.returncode == 1
    assert "mxsync plan ended with 1" in done.stderr
