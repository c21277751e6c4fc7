"""The catalogue of the rules says what the rules do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import dns.name
import dns.zone
import dns.zonefile
import pytest
from dns.rdtypes.ANY.MX import MX

from mxsync.diagnostic import Diagnostic, Severity
from mxsync.errors import InvalidManifest
from mxsync.manifest.load import load_manifest
from mxsync.manifest.resolve import resolve
from mxsync.rules.catalog import RULES

NUMBERS = [f"MX{number:03}" for number in range(1, 32) if number not in {15, 17, 28}]
LIVE = [f"MXL{number:02}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 19, 20)]
OFFLINE = [rule.id for rule in RULES.values() if not rule.zone_data]
TODAY = date(2026, 11, 23)


def check(folder: Path, manifest: str) -> tuple[Diagnostic, ...]:
    path = folder / "mxsync.yaml"
    path.write_text(manifest, "utf-8")
    try:
        return resolve(load_manifest([path]), TODAY)[1]
    except InvalidManifest as error:
        return error.findings


def test_every_rule_is_there_in_order() -> None:
    assert list(RULES) == [*NUMBERS, *LIVE]
    assert all(rule.id == number for number, rule in RULES.items())


def test_every_warning_and_no_info_can_be_waived_and_of_the_errors_those_that_say_so() -> None:
    waivable = {number for number, rule in RULES.items() if rule.waivable}
    warnings = {number for number, rule in RULES.items() if rule.severity is Severity.WARNING}
    assert waivable == warnings | {"MX003", "MX031", "MXL01", "MXL02", "MXL03", "MXL05"}


@pytest.mark.parametrize("number", RULES)
def test_a_rule_is_explained(number: str) -> None:
    rule = RULES[number]
    assert rule.title
    assert not rule.title.endswith(".")
    assert "\n" not in rule.title
    assert 2 <= rule.why.count(". ") + rule.why.endswith(".") <= 6
    assert rule.source.startswith(("RFC ", "practice"))
    assert rule.wrong != rule.right


@pytest.mark.parametrize("number", OFFLINE)
def test_the_wrong_example_breaks_its_rule_and_no_other(tmp_path: Path, number: str) -> None:
    found = check(tmp_path, RULES[number].wrong)
    # A waiver that has expired waives nothing any more.
    expected = {number, "MX008"} if number == "MX030" else {number}
    assert {
        each.rule for each in found if each.severity is not Severity.INFO or each.rule == number
    } == expected
    assert {each.severity for each in found if each.rule == number} == {RULES[number].severity}


@pytest.mark.parametrize("number", OFFLINE)
def test_the_right_example_is_right(tmp_path: Path, number: str) -> None:
    found = check(tmp_path, RULES[number].right)
    assert number not in {each.rule for each in found}
    assert [each for each in found if each.severity is not Severity.INFO and not each.waived] == []


@pytest.mark.parametrize("example", ["wrong", "right"])
@pytest.mark.parametrize("number", ["MX010", "MX011", "MX012"])
def test_the_zone_files_show_what_their_rule_is_about(number: str, example: str) -> None:
    try:
        zone = dns.zone.from_text(getattr(RULES[number], example), "example.com.")
    except dns.zonefile.CNAMEAndOtherData:
        assert (number, example) == ("MX010", "wrong")
        return
    ((owner, _, mx),) = list(zone.iterate_rdatas("MX"))
    assert isinstance(mx, MX)

    def has(name: dns.name.Name, kind: str) -> bool:
        return zone.get_rdataset(name, kind) is not None

    in_zone = not mx.exchange.is_absolute()
    faults = {
        "MX010": has(owner, "CNAME"),
        "MX011": in_zone and has(mx.exchange, "CNAME"),
        "MX012": in_zone and not has(mx.exchange, "A"),
    }
    assert faults[number] == (example == "wrong")
