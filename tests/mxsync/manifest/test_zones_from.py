"""Zones from a file with one domain a line."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from mxsync.diagnostic import Diagnostic, Severity
from mxsync.manifest.load import load_manifest
from mxsync.manifest.resolve import resolve
from mxsync.model import MXSet
from mxsync.state import Desired
from support.cli import mxsync
from support.sets import mx_set

HEAD = """\
mxsync: 1
providers: {files: {type: zonefile, directory: zones}}
sets:
  own: [10 mx1.example.net., 20 mx2.example.net.]
  other: [10 mx3.example.net., 20 mx2.example.net.]
"""
OWN = mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net.")


def read(folder: Path, entry: str, domains: str | bytes) -> tuple[Desired, list[Diagnostic]]:
    (folder / "domains.txt").write_bytes(domains if isinstance(domains, bytes) else domains.encode())
    (folder / "m.yaml").write_text(f"{HEAD}{entry}\n")
    desired, findings = resolve(load_manifest([folder / "m.yaml"]), date(2026, 11, 23))
    return desired, [finding for finding in findings if finding.severity is not Severity.INFO]


def sets(desired: Desired) -> dict[str, MXSet | None]:
    return {owner: each.set for zone in desired.zones for owner, each in zone.owners.items()}


ENTRY = "zones_from: {file: domains.txt, mx: own, provider: files}"


def test_every_line_is_a_zone_with_the_same_set(tmp_path: Path) -> None:
    domains = "\ufeffexample.com\r\n\n# a comment\n  Example.ORG.  # another\nb\u00fccher.example\n"
    desired, findings = read(tmp_path, ENTRY, domains)
    assert findings == []
    assert sets(desired) == dict.fromkeys(["example.com.", "example.org.", "xn--bcher-kva.example."], OWN)
    assert {zone.provider for zone in desired.zones} == {"files"}


def test_a_second_column_names_another_set(tmp_path: Path) -> None:
    desired, findings = read(tmp_path, ENTRY, "a.example\tother\nb.example null_mx\nc.example absent\n")
    assert findings == []
    assert sets(desired) == {
        "a.example.": mx_set(3600, "10 mx3.example.net.", "20 mx2.example.net."),
        "b.example.": mx_set(3600, "0 ."),
        "c.example.": None,
    }


def test_several_lists_and_a_ttl_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("b.example\n")
    entry = """\
zones_from:
  - {file: domains.txt, mx: own, provider: files, ttl: 2h}
  - {file: more.txt, mx: {set: other, ttl: 5m}, provider: files}"""
    desired, findings = read(tmp_path, entry, "a.example\n")
    assert findings == []
    assert {owner: made.ttl for owner, made in sets(desired).items() if made} == {
        "a.example.": 7200,
        "b.example.": 300,
    }


@pytest.mark.parametrize(
    ("domains", "place", "rule", "message"),
    [
        ("a.example\na..example\n", "domains.txt:2:1", "MX004", "empty label"),
        ("a.example\n  A.example\n", "domains.txt:2:3", "MX022", "a.example. stands in"),
        ("a.example onw\n", "domains.txt:1:11", "MX029", "there is no set 'onw'"),
        ("a.example own more\n", "domains.txt:1:15", "MX029", "a line holds a domain"),
        ("a.example\n\xff\n".encode("latin-1"), "domains.txt:2:1", "MX029", "not UTF-8"),
        ("zone.example\n", "domains.txt:1:1", "MX022", "zone.example. stands in"),
        ("com\n", "domains.txt:1:1", "MX025", "is a top-level domain"),
    ],
)
def test_findings_point_into_the_list(
    tmp_path: Path, domains: str | bytes, place: str, rule: str, message: str
) -> None:
    entry = f"{ENTRY}\nzones: {{zone.example: {{provider: files, mx: {{lists: own}}}}}}"
    _, findings = read(tmp_path, entry, domains)
    assert [
        (f"{Path(f.place.file).name}:{f.place.line}:{f.place.column}", f.rule) for f in findings if f.place
    ] == [(place, rule)]
    assert message in findings[0].message


def test_a_mistake_in_the_common_value_is_reported_once_in_the_manifest(tmp_path: Path) -> None:
    entry = ENTRY.replace("mx: own", "mx: [10 192.0.2.1]")
    _, findings = read(tmp_path, entry, "a.example\nb.example\n")
    assert [(finding.rule, finding.place.line) for finding in findings if finding.place] == [("MX002", 6)]


def test_a_list_that_is_not_there_is_reported_where_it_is_named(tmp_path: Path) -> None:
    _, findings = read(tmp_path, ENTRY.replace("domains.txt", "nowhere.txt"), "")
    assert [finding.rule for finding in findings] == ["MX029"]
    assert findings[0].place is not None
    assert (findings[0].place.line, findings[0].place.column) == (6, 20)
    assert "nowhere.txt cannot be read: No such file" in findings[0].message


def test_a_plan_names_the_list_and_its_checksum_beside_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "zones").mkdir()
    read(tmp_path, ENTRY, "example.com\n")
    run = mxsync("plan", "m.yaml", "--format", "json", cwd=tmp_path)
    assert [(each["path"], each["sha256"]) for each in run.document["manifests"]] == [
        (name, hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
        for name in ("m.yaml", "domains.txt")
    ]
