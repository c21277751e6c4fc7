"""`mxsync rules`."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from mxsync.rules.catalog import RULES
from support.cli import mxsync


def test_rules_lists_them_all(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    run = mxsync("rules", cwd=tmp_path)
    assert (run.code, run.err) == (0, "")
    assert run.out == snapshot


@pytest.mark.parametrize("number", ["MX003", "MX011"])
def test_a_rule_is_explained_with_its_source_and_examples(
    tmp_path: Path, snapshot: SnapshotAssertion, number: str
) -> None:
    run = mxsync("rules", number, cwd=tmp_path)
    assert (run.code, run.err) == (0, "")
    assert run.out == snapshot


def test_a_rule_is_found_in_small_letters(tmp_path: Path) -> None:
    assert mxsync("rules", "mx011", cwd=tmp_path).out == mxsync("rules", "MX011", cwd=tmp_path).out


def test_rules_are_one_document_for_programs(tmp_path: Path) -> None:
    document = mxsync("rules", "--format", "json", cwd=tmp_path).document
    assert document["format"] == "mxsync.rules/1"
    assert [rule["id"] for rule in document["rules"]] == list(RULES)
    (rule,) = mxsync("rules", "MX031", "--format", "json", cwd=tmp_path).document["rules"]
    assert rule.keys() == {"id", "severity", "title", "why", "source", "wrong", "right", "waivable"}
    assert (rule["severity"], rule["waivable"]) == ("error", True)


@pytest.mark.parametrize(
    ("number", "hint"),
    [
        ("MX11", "did you mean MX011?"),
        ("7", "did you mean MX007?"),
        ("MX0O2", "did you mean MX002?"),
        ("bogus", "'mxsync rules' shows them all"),
        ("MX٣", "'mxsync rules' shows them all"),
    ],
)
def test_a_rule_that_is_not_there_is_wrong_usage_with_a_hint(tmp_path: Path, number: str, hint: str) -> None:
    run = mxsync("rules", number, cwd=tmp_path)
    assert (run.code, run.out) == (64, "")
    assert run.err.endswith(f"Error: there is no rule {number!r}; {hint}\n")


def test_completion_offers_the_rules(tmp_path: Path) -> None:
    run = mxsync(
        cwd=tmp_path, _MXSYNC_COMPLETE="bash_complete", COMP_WORDS="mxsync rules mx02", COMP_CWORD="2"
    )
    offered = run.out.split()
    assert offered[:2] == ["plain,MX020", "plain,MX021"]
    assert len(offered) == 9
