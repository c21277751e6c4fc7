"""Every format over the same plan and report: what a user reads."""

from __future__ import annotations

import json

import click
import pytest
from pydantic_sarif.model import (  # type: ignore[import-untyped]  # it has types, but no py.typed
    StaticAnalysisResultsFormatSarifVersion210JsonSchema as Log,
)
from syrupy.assertion import SnapshotAssertion

from mxsync.plan import Plan
from mxsync.render import github, markdown, sarif, text
from mxsync.report import Report
from support.reviewed import DIGEST, FINDINGS, NOW, PLAN, PROVENANCE, REPORT

WIDTHS = (None, 30, 80, 160)
NOTHING = Plan((), 40, (), (), ())


@pytest.mark.parametrize("width", WIDTHS)
def test_a_plan_as_text(width: int | None, snapshot: SnapshotAssertion) -> None:
    assert click.unstyle(text.plan(PLAN, PROVENANCE, digest=DIGEST, width=width)) == snapshot


@pytest.mark.parametrize("width", [None, 80])
def test_a_plan_as_text_explained(width: int | None, snapshot: SnapshotAssertion) -> None:
    assert click.unstyle(text.plan(PLAN, width=width, explain=True)) == snapshot


@pytest.mark.parametrize("width", WIDTHS)
def test_a_report_as_text(width: int | None, snapshot: SnapshotAssertion) -> None:
    assert click.unstyle(text.report(REPORT, NOW, width=width)) == snapshot


@pytest.mark.parametrize("width", WIDTHS)
def test_findings_as_text(width: int | None, snapshot: SnapshotAssertion) -> None:
    lines = ["    example.org: [10 mx2.example.net., 20 mx2.example.net.]"] * 20
    assert click.unstyle(text.findings(FINDINGS, lambda _: lines, width=width)) == snapshot


def test_colours_are_those_of_signs_and_outcomes(snapshot: SnapshotAssertion) -> None:
    coloured = text.plan(PLAN, PROVENANCE, width=40) + text.report(REPORT, NOW, width=40)
    assert coloured.replace("\x1b", "ESC") == snapshot


@pytest.mark.parametrize("explain", [False, True])
def test_a_plan_as_markdown(explain: bool, snapshot: SnapshotAssertion) -> None:
    assert markdown.plan(PLAN, PROVENANCE, digest=DIGEST, key="mail-prod", explain=explain) == snapshot


def test_a_plan_without_changes_as_markdown(snapshot: SnapshotAssertion) -> None:
    assert markdown.plan(NOTHING, PROVENANCE, digest=DIGEST) == snapshot


def test_a_report_as_markdown(snapshot: SnapshotAssertion) -> None:
    assert markdown.report(REPORT, NOW) == snapshot


def test_a_plan_for_github(snapshot: SnapshotAssertion) -> None:
    assert github.plan(PLAN, PROVENANCE, digest=DIGEST) == snapshot


def test_a_report_for_github(snapshot: SnapshotAssertion) -> None:
    assert github.report(REPORT, NOW) == snapshot


@pytest.mark.parametrize("made", ["plan", "report"])
def test_a_plan_and_a_report_as_sarif(made: str, snapshot: SnapshotAssertion) -> None:
    written = sarif.plan(PLAN, PROVENANCE, digest=DIGEST) if made == "plan" else sarif.report(REPORT, NOW)
    Log.model_validate_json(written)  # it raises what is wrong
    (run,) = json.loads(written)["runs"]
    del run["tool"]["driver"]["rules"], run["tool"]["driver"]["version"]
    assert json.dumps(run, indent=2, ensure_ascii=False) == snapshot


def test_a_report_on_nothing() -> None:
    nothing = Report(())
    assert text.report(nothing, NOW, width=80) == "Result: nothing was to be done.\n"
    assert markdown.report(nothing, NOW) == (
        "<!-- mxsync:report -->\n### mxsync apply\n\n**Result: nothing was to be done.**\n"
    )
    assert github.report(nothing, NOW) == "::notice title=mxsync apply::Result: nothing was to be done.\n"
    (run,) = json.loads(sarif.report(nothing, NOW))["runs"]
    assert run["invocations"][0]["executionSuccessful"] is True
