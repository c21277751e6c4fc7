"""What stands in the way of applying a plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.cli import mxsync

ZONE = """\
$TTL 1h
@      SOA ns.example.net. hostmaster 7 7200 900 1209600 300
@      NS  ns.example.net.
mx     A   192.0.2.1
alias  CNAME mx
cut    NS  ns.example.net.
*.wild A   192.0.2.2
"""


@pytest.mark.parametrize(
    ("exchange", "rule"),
    [
        ("alias.example.com.", "MX011"),
        ("nowhere.example.com.", "MX012"),
        ("mx.example.com.", None),
        ("mx.cut.example.com.", None),
        ("any.wild.example.com.", None),
        ("nowhere.example.net.", None),
    ],
)
def test_an_exchange_in_the_zone_must_be_a_host_with_an_address(
    tmp_path: Path, exchange: str, rule: str | None
) -> None:
    (tmp_path / "example.com.zone").write_text(ZONE)
    (tmp_path / "mxsync.yaml").write_text(
        "mxsync: 1\nproviders: {files: {type: zonefile, directory: .}}\ndefaults: {provider: files}\n"
        f"zones:\n  example.com: [10 {exchange}, 20 mx.example.com.]\n"
    )
    plan = mxsync("plan", "--format", "json", cwd=tmp_path)
    errors = [found for found in plan.document["findings"] if found["severity"] == "error"]
    assert [(found["rule"], found["line"], found["column"]) for found in errors] == (
        [(rule, 5, 3)] if rule else []
    )
    run = mxsync("apply", "--yes", cwd=tmp_path)
    assert run.code == (3 if rule else 0)
    assert (exchange in (tmp_path / "example.com.zone").read_text()) == (rule is None)


def test_a_set_that_is_there_already_is_not_held_against_the_plan(tmp_path: Path) -> None:
    (tmp_path / "example.com.zone").write_text(f"{ZONE}@ MX 10 alias\n")
    (tmp_path / "mxsync.yaml").write_text(
        "mxsync: 1\nproviders: {files: {type: zonefile, directory: .}}\ndefaults: {provider: files}\n"
        "zones: {example.com: {mx: {'@': [10 alias.example.com.], lists: [10 mx.example.com., 20 mx.example.net.]}}}\n"
    )
    assert mxsync("apply", "--yes", cwd=tmp_path).code == 0
