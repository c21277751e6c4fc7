"""What stands in the way of applying a plan."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mxsync import names
from mxsync.diagnostic import Diagnostic, Place, Severity
from mxsync.manifest.load import load_manifest
from mxsync.manifest.resolve import resolve
from mxsync.names import Name
from mxsync.plan import make_plan
from mxsync.policy import check_owners, check_vacated
from mxsync.reading import Absent, OwnerReading, Present, ZoneReading
from mxsync.state import Desired, DesiredZone, Live, Wanted
from support.cli import mxsync
from support.sets import mx_set

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


MANIFEST = """\
mxsync: 1
providers: {files: {type: zonefile, directory: .}}
defaults: {provider: files}
zones:
  example.com:
    mx:
      "@": [10 mx.example.com.]
      alias: [10 mx.example.com.]
      below.cut: [10 mx.example.com.]
"""


def test_an_owner_that_cannot_be_written_breaks_a_rule_at_its_place(tmp_path: Path) -> None:
    (tmp_path / "example.com.zone").write_text(ZONE)
    (tmp_path / "mxsync.yaml").write_text(MANIFEST)
    plan = mxsync("plan", "--format", "json", cwd=tmp_path)
    errors = [found for found in plan.document["findings"] if found["severity"] == "error"]
    assert [(found["rule"], found["owner"], found["line"]) for found in errors] == [
        ("MX010", "alias.example.com.", 8),
        ("MXL10", "below.cut.example.com.", 9),
    ]
    # The others are written all the same.
    assert mxsync("apply", "--yes", cwd=tmp_path).code == 5
    assert mxsync("plan", "--format", "json", cwd=tmp_path).document["summary"]["unchanged"] == 1


def test_an_alias_that_shall_have_no_set_breaks_no_rule(tmp_path: Path) -> None:
    (tmp_path / "example.com.zone").write_text(ZONE)
    (tmp_path / "mxsync.yaml").write_text(MANIFEST.replace("alias: [10 mx.example.com.]", "alias: absent"))
    plan = mxsync("plan", "--format", "json", cwd=tmp_path)
    errors = [found["rule"] for found in plan.document["findings"] if found["severity"] == "error"]
    assert errors == ["MXL10"]


APEX, NEWS, LISTS = (names.parse(owner, names.parse("example.com.")) for owner in ("@", "news", "lists"))


def wildcards(waived: frozenset[tuple[str, Name | None]] = frozenset()) -> list[tuple[str | None, bool]]:
    wanted = {APEX: Wanted(None), NEWS: Wanted(mx_set(300, "0 .")), LISTS: Wanted(None)}
    zone = DesiredZone("a", APEX, wanted, waived=waived)
    owners = {APEX: Absent(300), NEWS: Absent(60, wildcard=True), LISTS: Absent(60, wildcard=True)}
    live = Live({("a", APEX): ZoneReading(APEX, "x", owners)})
    found = list(check_owners(Desired((zone,)), live))
    assert {(each.rule, each.severity) for each in found} == {("MXL20", Severity.WARNING)}
    return [(each.owner, each.waived) for each in found]


def test_a_wildcard_that_answers_for_an_owner_is_a_warning_whether_a_set_is_wanted_or_not() -> None:
    assert wildcards() == [(NEWS, False), (LISTS, False)]


def test_a_wildcard_that_is_meant_is_waived_for_an_owner_or_a_zone() -> None:
    assert wildcards(frozenset({("MXL20", NEWS)})) == [(NEWS, True), (LISTS, False)]
    assert wildcards(frozenset({("MXL20", None)})) == [(NEWS, True), (LISTS, True)]


@pytest.mark.parametrize(("until", "waived"), [("2026-11-23", True), ("2026-11-22", False)])
def test_a_waiver_of_a_live_rule_counts_until_its_last_day(tmp_path: Path, until: str, waived: bool) -> None:
    path = tmp_path / "mxsync.yaml"
    path.write_text(MANIFEST + f"    waive: [{{rule: MXL20, owner: alias, reason: meant, until: {until}}}]\n")
    desired, _ = resolve(load_manifest([path]), date(2026, 11, 23))
    assert [zone.waived for zone in desired.zones] == [
        frozenset({("MXL20", "alias.example.com.")} if waived else ())
    ]


def vacated(wanted: dict[Name, Wanted], *, addressed: bool | None) -> list[Diagnostic]:
    """Give what is found where `NEWS` has a set in a zone that is managed whole."""
    zone = DesiredZone("a", APEX, wanted, whole=True)
    owners: dict[Name, OwnerReading] = {
        APEX: Absent(300),
        NEWS: Present(mx_set(300, "10 mx.test."), addressed=addressed),
    }
    desired = Desired((zone,))
    plan = make_plan(desired, Live({("a", APEX): ZoneReading(APEX, "x", owners)}))
    return list(check_vacated(plan, desired))


def test_a_deletion_whose_owner_has_an_address_is_a_remark_at_its_place() -> None:
    place = Place("mail.yaml", 7, 3)
    (found,) = vacated({NEWS: Wanted(None, place)}, addressed=True)
    assert (found.rule, found.severity, found.place) == ("MXL19", Severity.INFO, place)
    assert (found.zone, found.owner) == (APEX, NEWS)
    assert found.message == f"without an MX set, mail for {NEWS} goes to its address, says provider 'a'"
    assert found.help == "write null_mx if it shall take no mail"


def test_the_same_is_said_of_a_set_that_nobody_named() -> None:
    (found,) = vacated({}, addressed=True)
    assert (found.place, found.owner) == (None, NEWS)


@pytest.mark.parametrize("addressed", [False, None])
def test_an_owner_without_an_address_or_of_which_none_is_known_is_no_remark(addressed: bool | None) -> None:
    assert vacated({NEWS: Wanted(None)}, addressed=addressed) == []


def test_an_owner_that_gets_another_set_is_no_remark() -> None:
    assert vacated({NEWS: Wanted(mx_set(300, "0 ."))}, addressed=True) == []


def test_a_plan_asks_about_the_addresses_of_owners_that_are_to_have_no_set() -> None:
    wanted = {APEX: Wanted(mx_set(300, "0 .")), NEWS: Wanted(None), LISTS: Wanted(None)}
    (request,) = Desired((DesiredZone("a", APEX, wanted),)).requests()["a"]
    assert request.vacated == {NEWS, LISTS}
    assert request.owners == (APEX, NEWS, LISTS)
