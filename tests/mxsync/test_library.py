"""mxsync as a library: its names, and what they do."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import mxsync
from mxsync.memory import MemoryProvider
from mxsync.names import parse
from support.distributions import REPOSITORY
from support.sets import mx_set

EXAMPLE = REPOSITORY / "examples/library"
ZONE = parse("example.org.")
NAMES = [
    "MX",
    "Action",
    "Allowed",
    "Change",
    "Checked",
    "Diagnostic",
    "ExitCode",
    "Grants",
    "How",
    "Impact",
    "InvalidManifest",
    "InvalidPlan",
    "JournalError",
    "LiveCheck",
    "MXSet",
    "MxsyncError",
    "NotAllowed",
    "Outcome",
    "Plan",
    "PlannedChange",
    "Proposal",
    "Report",
    "Result",
    "Severity",
    "Share",
    "apply_plan",
    "load_manifest",
    "make_plan",
    "read_plan",
]
"""A name that vanishes breaks somebody's program."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example, as the working folder."""
    folder = tmp_path / "library"
    shutil.copytree(EXAMPLE, folder)
    monkeypatch.chdir(folder)
    return folder


def test_the_names_of_the_library_are_these() -> None:
    assert mxsync.__all__ == NAMES
    assert all(getattr(mxsync, name) for name in mxsync.__all__)
    assert set(NAMES) <= set(dir(mxsync))


def test_no_name_of_the_library_is_one_of_a_module() -> None:
    modules = {path.stem for path in (REPOSITORY / "mxsync").iterdir()}
    assert modules.isdisjoint(NAMES)


def test_a_name_that_the_library_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'mxsync' has no attribute 'nothing'"):
        mxsync.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_importing_mxsync_imports_none_of_its_modules() -> None:
    code = "import sys, mxsync; print([name for name in sys.modules if name.startswith('mxsync.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_type_checker_sees_every_name_where_it_really_stands() -> None:
    tree = ast.parse((REPOSITORY / "mxsync/__init__.py").read_text("utf-8"))
    seen = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("mxsync")
        for alias in node.names
    }
    assert seen == {name: f"mxsync.{home}" for home, names in mxsync._HOME.items() for name in names}


def test_a_manifest_becomes_a_plan_and_a_report(folder: Path, own_state: Path) -> None:
    proposal = mxsync.make_plan(mxsync.load_manifest("mxsync.yaml"))
    (change,) = proposal.plan.changes
    assert (change.change.owner, change.impact) == (ZONE, mxsync.Impact.TTL)
    report = mxsync.apply_plan(proposal, digest=proposal.digest)
    assert [result.outcome for result in report.results] == [mxsync.Outcome.APPLIED]
    assert (own_state / f"{report.run}.jsonl").exists()
    assert mxsync.make_plan(mxsync.load_manifest(folder / "mxsync.yaml")).plan.changes == ()


def test_a_saved_plan_is_applied_from_its_file(folder: Path) -> None:
    saved = folder / "plan.json"
    command = [sys.executable, "-m", "mxsync", "plan", "-o", str(saved)]
    subprocess.run(command, check=True, capture_output=True)
    proposal = mxsync.read_plan(saved)
    report = mxsync.apply_plan(proposal, journal=folder / "journal")
    assert report.exit_code is mxsync.ExitCode.DONE
    assert list((folder / "journal").glob("*.jsonl"))


def test_an_invalid_manifest_says_what_is_wrong_and_where(folder: Path) -> None:
    manifest = folder / "mxsync.yaml"
    manifest.write_text(manifest.read_text().replace("10 mx1.example.net.", "10 192.0.2.1"))
    with pytest.raises(mxsync.InvalidManifest) as caught:
        mxsync.load_manifest()
    assert [(finding.rule, str(finding.place)) for finding in caught.value.findings] == [
        ("MX002", "mxsync.yaml:8:20")
    ]
    assert all(finding.severity is mxsync.Severity.ERROR for finding in caught.value.findings)


@pytest.mark.usefixtures("folder")
def test_a_plan_that_is_not_the_one_demanded_is_not_applied() -> None:
    proposal = mxsync.make_plan(mxsync.load_manifest())
    with pytest.raises(mxsync.NotAllowed, match="nothing was changed: the plan's digest is sha256:"):
        mxsync.apply_plan(proposal, digest="sha256:0")


@pytest.mark.usefixtures("folder")
def test_a_plan_that_lacks_something_is_applied_only_in_part_and_only_if_told_to() -> None:
    Path("zones/example.org.zone").unlink()
    proposal = mxsync.make_plan(mxsync.load_manifest())
    with pytest.raises(mxsync.NotAllowed, match="not complete"):
        mxsync.apply_plan(proposal)
    assert mxsync.apply_plan(proposal, partial=True).exit_code is mxsync.ExitCode.FAILED


@pytest.mark.usefixtures("folder")
def test_providers_of_ones_own_may_take_the_place_of_those_of_the_manifest() -> None:
    proposal = mxsync.make_plan(mxsync.load_manifest())
    (change,) = proposal.plan.changes
    assert change.change.before
    memory = MemoryProvider({ZONE: {ZONE: change.change.before}})
    report = mxsync.apply_plan(replace(proposal, providers={"files": memory}))
    assert report.exit_code is mxsync.ExitCode.DONE
    assert memory.zones[ZONE][ZONE] == mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net.")


def example(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", "reconcile.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


@pytest.mark.usefixtures("folder")
def test_the_example_shows_applies_and_is_done() -> None:
    change = "example.org. at files: ttl: delivery stays the same; caches keep the answer for another time\n"
    assert example() == (2, change)
    assert example("--apply") == (0, f"{change}example.org. at files: applied\n")
    assert example() == (0, "")


@pytest.mark.usefixtures("folder")
def test_the_example_leaves_the_end_of_mail_to_people() -> None:
    manifest = Path("mxsync.yaml")
    manifest.write_text(manifest.read_text().replace("[10 mx1.example.net., 20 mx2.example.net.]", "absent"))
    code, out = example("--apply")
    assert code == 3
    assert "This ends mail somewhere" in out
    assert "MX" in Path("zones/example.org.zone").read_text()
