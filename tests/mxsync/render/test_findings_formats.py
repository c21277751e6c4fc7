"""Findings for programs: workflow commands of GitHub, and SARIF."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_sarif.model import (  # type: ignore[import-untyped]  # it has types, but no py.typed
    StaticAnalysisResultsFormatSarifVersion210JsonSchema as Log,
)
from syrupy.assertion import SnapshotAssertion

from mxsync.diagnostic import Diagnostic, Place, Severity
from mxsync.render import github, sarif
from mxsync.render import json as documents
from mxsync.rules.catalog import RULES

FOUND = (
    Diagnostic(
        "MX002",
        Severity.ERROR,
        "50% of it: wrong,\r\nreally",
        Place("mail, new/a:b é.yaml", 12, 9),
        "mend 100% of it",
        "example.com.",
        "lists.example.com.",
    ),
    Diagnostic("MX008", Severity.WARNING, "a doubt", Place("mail.yaml", 3, 1), waivable=True),
    Diagnostic("MX008", Severity.WARNING, "waived", Place("mail.yaml", 4, 1), waivable=True, waived=True),
    Diagnostic("MX016", Severity.INFO, "by the way", Place("/etc/mxsync/mail.yaml", 3, 1)),
    Diagnostic("deletes", Severity.ERROR, "no place"),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
FINDINGS = st.builds(
    Diagnostic,
    st.sampled_from([*RULES, "deletes"]),
    st.sampled_from(Severity),
    TEXTS,
    st.none() | st.builds(Place, TEXTS, st.integers(1, 10**9), st.integers(1, 10**9)),
    st.none() | TEXTS,
    st.none() | TEXTS,
    st.none() | TEXTS,
    waived=st.booleans(),
)


def log(*found: Diagnostic) -> Any:
    written = sarif.findings(found)
    Log.model_validate_json(written)  # it raises what is wrong
    return json.loads(written)


def results(*found: Diagnostic) -> Any:
    return log(*found)["runs"][0]["results"]


def test_findings_are_workflow_commands_for_github(snapshot: SnapshotAssertion) -> None:
    assert github.findings(FOUND) == snapshot


@given(FINDINGS)
def test_any_finding_is_one_workflow_command_that_says_the_same(finding: Diagnostic) -> None:
    written = github.findings([finding])
    if finding.waived:
        assert written == ""
        return
    match = re.fullmatch(r"::(error|warning|notice) ([^\r\n:]*)::([^\r\n]*)\n", written)
    assert match
    properties = dict(part.split("=", 1) for part in match[2].split(","))
    assert properties["title"] == finding.rule
    if finding.place:
        assert unquote(properties["file"]) == finding.place.file
        assert (properties["line"], properties["col"]) == (str(finding.place.line), str(finding.place.column))


def test_findings_are_results_of_one_sarif_run(snapshot: SnapshotAssertion) -> None:
    assert json.dumps(results(*FOUND), indent=2, ensure_ascii=False) == snapshot


def test_a_sarif_log_says_what_it_is_and_describes_every_rule() -> None:
    document = log()
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("/sarif-schema-2.1.0.json")
    (run,) = document["runs"]
    assert run["results"] == []
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    for result in results(*FOUND[:4]):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_a_waived_finding_is_suppressed_in_sarif_and_marked_in_json() -> None:
    suppressions = [result["suppressions"] for result in results(*FOUND)]
    assert suppressions == [[], [], [{"kind": "inSource"}], [], []]
    listed = json.loads(documents.findings(FOUND))["findings"]
    assert [each["waived"] for each in listed] == [False, False, True, False, False]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("mail.yaml", "mail.yaml"),
        ("a b/ü#1.yaml", "a%20b/%C3%BC%231.yaml"),
        ("c:d.yaml", "c%3Ad.yaml"),
        ("/etc/mail 1.yaml", "file:///etc/mail%201.yaml"),
        ("\udcff.yaml", "%FF.yaml"),
    ],
)
def test_paths_are_uris_in_sarif(file: str, uri: str) -> None:
    (result,) = results(Diagnostic("MX002", Severity.ERROR, "x", Place(file)))
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


@given(st.lists(FINDINGS, max_size=4))
def test_any_findings_are_valid_sarif(found: list[Diagnostic]) -> None:
    assert len(results(*found)) == len(found)


def test_a_file_whose_name_no_file_can_have_is_shown_all_the_same() -> None:
    # As a saved plan of a stranger may say.
    (result,) = results(Diagnostic("MX002", Severity.ERROR, "wrong", Place("mail\ud800.yaml")))
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "mail%5Cud800.yaml"}
