"""Waivers: findings that are meant to be, until a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mxsync.diagnostic import Diagnostic, Severity, has_errors
from mxsync.manifest.load import load_manifest
from mxsync.manifest.resolve import resolve

TODAY = date(2026, 11, 23)
HEAD = """\
mxsync: 1
providers: {files: {type: zonefile, directory: zones}}
defaults: {provider: files}
zones:
"""


def found(folder: Path, zones: str, today: date = TODAY) -> list[Diagnostic]:
    twice = "sets: {twice: [10 mx.example.net., 20 mx.example.net.]}\n" if "twice" in zones else ""
    (folder / "m.yaml").write_text(twice + HEAD + zones, "utf-8")
    findings = resolve(load_manifest([folder / "m.yaml"]), today)[1]
    return [finding for finding in findings if finding.severity is not Severity.INFO]


def zone(waive: str, owner: str = '"@"', records: str = "[10 a.example.net., 20 a.example.net.]") -> str:
    return f"  example.com:\n    mx: {{{owner}: {records}}}\n    waive: [{waive}]\n"


def test_a_waived_warning_stays_with_its_mark(tmp_path: Path) -> None:
    waiver = '{rule: MX008, owner: "@", reason: on purpose, until: 2027-06-30}'
    assert [(each.rule, each.waived) for each in found(tmp_path, zone(waiver))] == [("MX008", True)]


def test_a_waiver_counts_on_its_last_day_and_no_longer(tmp_path: Path) -> None:
    zones = zone('{rule: MX008, owner: "@", reason: on purpose, until: 2026-11-23}')
    assert [(each.rule, each.waived) for each in found(tmp_path, zones, date(2026, 11, 23))] == [
        ("MX008", True)
    ]
    after = found(tmp_path, zones, date(2026, 11, 24))
    assert [(each.rule, each.waived) for each in after] == [("MX008", False), ("MX030", False)]
    assert "has expired on 2026-11-23" in after[1].message


def test_a_waiver_without_an_owner_counts_in_its_whole_zone_and_no_other(tmp_path: Path) -> None:
    zones = zone("{rule: MX008, reason: on purpose, until: 2027-01-01}", "lists") + "  example.org: twice\n"
    assert [(each.rule, each.zone, each.waived) for each in found(tmp_path, zones)] == [
        ("MX008", None, False),
        ("MX008", "example.com.", True),
    ]


@pytest.mark.parametrize(
    ("waiver", "rule", "message"),
    [
        ("{rule: MX008, reason: why, until: 2027-01-01, owner: other}", "MX030", "nothing here breaks MX008"),
        ("{rule: MX027, reason: why, until: 2027-01-01}", "MX030", "nothing here breaks MX027"),
        ("{rule: MX008, until: 2027-01-01}", "MX030", "gives no reason"),
        ("{rule: MX008, reason: ' ', until: 2027-01-01}", "MX030", "gives no reason"),
        ("{rule: MX999, reason: why, until: 2027-01-01}", "MX029", "there is no rule 'MX999'"),
        ("{rule: MX008, reason: why, until: soon}", "MX029", "the date is not one like 2027-06-30"),
        ("{rule: MX008, reason: why}", "MX029", "the key 'until' is missing"),
        ("{rule: MX008, reason: why, until: 2027-01-01, owner: a.example.org.}", "MX004", "lies outside"),
    ],
)
def test_a_waiver_that_is_wrong_is_a_finding_itself(
    tmp_path: Path, waiver: str, rule: str, message: str
) -> None:
    assert any(each.rule == rule and message in each.message for each in found(tmp_path, zone(waiver)))


@pytest.mark.parametrize(
    ("records", "rule", "waivable"),
    [
        ("[10 a_b.example.net., 20 mx.example.net.]", "MX003", True),
        ("[10 mail.lists, 20 mx.example.net.]", "MX031", True),
        ("[10 -a.example.net., 20 mx.example.net.]", "MX003", False),
        ("[10 192.0.2.1, 20 mx.example.net.]", "MX002", False),
    ],
)
def test_an_error_is_waived_only_where_that_is_allowed(
    tmp_path: Path, records: str, rule: str, waivable: bool
) -> None:
    waiver = f"{{rule: {rule}, reason: on purpose, until: 2027-01-01}}"
    findings = found(tmp_path, zone(waiver, records=records))
    assert has_errors(findings) is not waivable
    if not waivable:
        assert any("cannot be waived" in each.message for each in findings)


def test_a_finding_on_a_named_set_counts_until_everybody_who_uses_it_waives_it(tmp_path: Path) -> None:
    waiver = "{rule: MX008, reason: on purpose, until: 2027-01-01}"
    one = zone(waiver, records="twice")
    other = one.replace("example.com", "example.org")
    assert [(each.rule, each.waived) for each in found(tmp_path, one + "  example.org: twice\n")] == [
        ("MX008", False)
    ]
    assert [(each.rule, each.waived) for each in found(tmp_path, one + other)] == [("MX008", True)]


def test_a_waiver_of_a_live_rule_is_left_to_the_plan(tmp_path: Path) -> None:
    waiver = "{rule: MXL03, reason: on purpose, until: 2027-01-01}"
    assert found(tmp_path, zone(waiver, records="[10 a.example.net., 20 b.example.net.]")) == []
