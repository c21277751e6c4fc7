"""The published schemas: what commands print is as they say, and nothing vanishes from them unnoticed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from syrupy.assertion import SnapshotAssertion

from mxsync.cli.schema import NAMES
from mxsync.documents.plan import plan_document
from mxsync.documents.schema import DIALECT, schema_of
from mxsync.plan import Plan, Provenance
from support.cli import mxsync
from support.plans import plans
from support.projects import KINDS, Project

DOCUMENTS = tuple(name for name in NAMES if name != "manifest")


def faults(name: str, document: Any) -> list[str]:
    """Say where a document is not as its schema says."""
    validator = Draft202012Validator(schema_of(name))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


@pytest.fixture
def project(tmp_path: Path, own_state: Path) -> Project:
    """Changes of all kinds, one owner that is blocked, a zone that cannot be read, and a warning."""
    made = Project(tmp_path / "project", own_state)
    alias = {"alias": ("alias CNAME ns", "[10 mx.example.net.]"), "*": ("", "[10 mx.example.net.]")}
    made.manage({"example.com": {**KINDS, **alias}, "example.org": KINDS, "example.net": KINDS})
    made.file("example.net").unlink()
    return made


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_schema_is_sound_and_says_what_it_is(name: str, tmp_path: Path) -> None:
    run = mxsync("schema", name, cwd=tmp_path)
    assert (run.code, run.err) == (0, "")
    Draft202012Validator.check_schema(run.document)
    assert run.document["$schema"] == DIALECT
    assert run.document["title"] == f"mxsync {name}"
    assert run.document == schema_of(name)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_schema_is_the_one_that_was_published(name: str, snapshot: SnapshotAssertion) -> None:
    """Fields may be added within a version; none may go, and none change its meaning."""
    assert json.dumps(schema_of(name), indent=1) == snapshot


@given(plans())
def test_any_plan_is_as_its_schema_says(drawn: tuple[Plan, Provenance]) -> None:
    assert faults("plan", plan_document(*drawn, datetime(2026, 11, 23, tzinfo=UTC))) == []


def test_a_plan_with_fields_of_a_later_minor_version_is_as_its_schema_says(project: Project) -> None:
    document = project.run("plan", "--format", "json").document
    assert faults("plan", {**document, "more": 1}) == []
    assert faults("plan", {**document, "changes": [{**document["changes"][0], "more": 1}]}) == []


def test_what_a_plan_is_not_its_schema_refuses(project: Project) -> None:
    document = project.run("plan", "--format", "json").document
    for wrong in ({"format": "mxsync.plan/2"}, {"changes": None}, {"created": "now"}, {"complete": "yes"}):
        assert faults("plan", {**document, **wrong})
    for field in ("digest", "providers", "changes", "blocked", "failed", "unmanaged", "findings", "summary"):
        assert faults("plan", {key: value for key, value in document.items() if key != field})


def test_every_document_that_a_command_prints_is_as_its_schema_says(project: Project) -> None:
    printed: dict[str, list[str]] = {name: [] for name in DOCUMENTS}

    def run(name: str, code: int, *arguments: str) -> Any:
        done = project.run(*arguments, "--format", "json")
        assert done.code == code, done.err
        assert done.document["format"] == f"mxsync.{name}/1"
        printed[name] += faults(name, done.document)
        return done.document

    run("history", 0, "history")
    run("findings", 0, "validate")
    run("rules", 0, "rules")
    plan = run("plan", 1, "plan", "-o", "plan.json")
    assert json.loads((project.folder / "plan.json").read_text()) == plan
    assert {change["action"] for change in plan["changes"]} == {"create", "update", "delete"}
    assert all(plan[part] for part in ("blocked", "failed", "findings"))
    assert run("plan", 0, "show", "plan.json") == plan
    run("plan", 1, "drift")
    report = run("report", 5, "apply", "plan.json", "--partial")
    assert {result["outcome"] for result in report["results"]} == {"applied", "blocked", "failed"}
    run("report", 1, "apply", "--yes")
    run("plan", 0, "rollback", report["run"], "-o", "back.json")
    run("report", 0, "rollback", report["run"], "--yes")
    project.file("example.org").unlink()
    run("report", 5, "apply", "--yes")
    runs = run("history", 0, "history")["runs"]
    assert len(runs) == len(project.journals) == 3
    for head in runs:
        run("run", 0, "history", head["run"])
    lines = [line for number in range(3) for line in project.events(number)]
    assert {line["event"] for line in lines} == {"begin", "intent", "result", "end"}
    for line in lines:
        printed["journal"] += faults("journal", line)
    (project.folder / "mxsync.yaml").write_text("mxsync: 2\n")
    for command in ("validate", "plan", "apply", "drift"):
        run("findings", 3, command)
    assert printed == {name: [] for name in DOCUMENTS}
