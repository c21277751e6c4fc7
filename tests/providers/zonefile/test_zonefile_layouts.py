"""Zone files of many layouts: only the MX lines and the serial change, and BIND agrees with the result."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.model import MXSet
from mxsync.provider import ZoneBatch, ZoneRequest
from mxsync.reading import Present, ZoneReading
from mxsync_zonefile.folder import Folder
from mxsync_zonefile.provider import ZonefileProvider
from support.sets import mx_set
from support.zonefiles import compiled, in_bind

if TYPE_CHECKING:
    from collections.abc import Callable

    from mxsync.names import Name

LAYOUTS = Path(__file__).parent / "layouts"
ZONE = names.parse("example.com.")
LISTS, NEW, BELOW, WWW = (names.parse(name, ZONE) for name in ("lists", "new", "a.b.new", "www"))

Wanted = dict["Name", MXSet | None]


ANOTHER = mx_set(7200, "5 mx0.example.org.", "20 mx2.example.net.", "30 mx3.example.org.")

EDITS: dict[str, Callable[[MXSet, MXSet], Wanted]] = {
    "replace one record": lambda apex, _: {
        ZONE: mx_set(apex.ttl, "10 mx9.example.org.", "20 mx2.example.net.")
    },
    "add a record": lambda apex, _: {ZONE: MXSet.of(apex.ttl, [*apex.records, *ANOTHER.records[:1]])},
    "remove the first record": lambda apex, _: {ZONE: MXSet.of(apex.ttl, apex.records[1:])},
    "remove the last record": lambda apex, _: {ZONE: MXSet.of(apex.ttl, apex.records[:1])},
    "swap the preferences": lambda apex, _: {
        ZONE: mx_set(apex.ttl, "20 mx1.example.net.", "10 mx2.example.net.")
    },
    "another TTL": lambda apex, _: {ZONE: MXSet.of(apex.ttl + 1, apex.records)},
    "no mail": lambda _, lists: {LISTS: mx_set(lists.ttl, "0 .")},
    "delete the apex": lambda _apex, _lists: {ZONE: None},
    "delete below the apex": lambda _apex, _lists: {LISTS: None},
    "create at a new name": lambda _apex, _lists: {NEW: ANOTHER},
    "create two, one at a name that is there": lambda _apex, _lists: {BELOW: ANOTHER, WWW: mx_set(1, "0 .")},
    "everything at once": lambda _apex, lists: {
        ZONE: ANOTHER,
        LISTS: MXSet.of(lists.ttl * 2, [*lists.records, *ANOTHER.records]),
        NEW: ANOTHER,
    },
    "move everything": lambda apex, lists: {ZONE: None, LISTS: None, NEW: apex, BELOW: lists},
}

CARRIED: dict[str, dict[str, str]] = {
    "owner_carried_by_mx": {
        '  IN TXT "below the mail exchangers"': '@ IN TXT "below the mail exchangers"',
        "         IN A 192.0.2.25": "lists    IN A 192.0.2.25",
    },
    "no_ttl_directive": {
        "www IN A 192.0.2.80": "www 1800 IN A 192.0.2.80",
        "ftp A 192.0.2.21": "ftp 600 A 192.0.2.21",
    },
    "ttl_overruled": {"www IN A 192.0.2.80": "www 60 IN A 192.0.2.80"},
    "rare_types": {"   IN TALINK a b": "lists   IN TALINK a b"},
    "soa_over_many_lines": {
        '        IN      TXT     "v=spf1 mx -all"': 'lists   IN      TXT     "v=spf1 mx -all"'
    },
}
"""What a line becomes that took its owner or TTL from an MX line which is gone or has another TTL."""


def others(text: str, serial: int) -> list[str]:
    """Give the lines that hold neither MX data nor the serial."""
    mine = re.compile(
        rf"\bMX\b|\bm?\\?[mM]?[xX]\\?\d+\.|lists\.example\.net|\b{serial}\b|^\d+ \)", re.IGNORECASE
    )
    return [line for line in text.split("\n") if line and not mine.search(line)]


def zone_in(folder: Path, layout: str) -> Path:
    path = folder / "example.com.zone"
    shutil.copy(LAYOUTS / f"{layout}.zone", path)
    shutil.copy(LAYOUTS / "hosts.inc", folder)
    return path


def read(provider: ZonefileProvider) -> dict[Name, MXSet]:
    (reading,) = provider.read([ZoneRequest(ZONE, (), every=True)])
    assert isinstance(reading, ZoneReading), reading
    return {owner: found.set for owner, found in reading.owners.items() if isinstance(found, Present)}


def serial_of(path: Path) -> int:
    content = Folder(path.parent, "{zone}.zone").interpret(ZONE, path, path.read_bytes())
    return content.serial


ALL = sorted(path.stem for path in LAYOUTS.glob("*.zone"))


def test_there_are_more_than_twenty_layouts() -> None:
    assert len(ALL) > 20


@pytest.mark.parametrize("layout", ALL)
def test_a_layout_is_read_as_bind_reads_it(tmp_path: Path, layout: str) -> None:
    zone_in(tmp_path, layout)
    ours = {
        owner: in_bind(found)
        for owner, found in read(ZonefileProvider(Folder(tmp_path, "{zone}.zone"))).items()
    }
    theirs = {owner: found for (owner, rdtype), found in compiled(tmp_path).items() if rdtype == "MX"}
    assert ours == theirs


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("layout", ALL)
def test_an_edit_changes_mx_lines_and_the_serial_and_nothing_else(
    tmp_path: Path, layout: str, edit: str
) -> None:
    path = zone_in(tmp_path, layout)
    provider = ZonefileProvider(Folder(tmp_path, "{zone}.zone"), today=lambda: date(2026, 11, 23))
    sets, bind_before = read(provider), compiled(tmp_path)
    text, serial = path.read_bytes().decode(), serial_of(path)
    wanted = EDITS[edit](sets[ZONE], sets[LISTS])
    changes = tuple(Change(owner, sets.get(owner), after) for owner, after in wanted.items())

    outcomes = list(provider.write(iter([ZoneBatch(ZONE, changes, {})])))

    assert [(answer.outcome, answer.message) for answer in outcomes] == [(Outcome.APPLIED, "")] * len(wanted)
    expected = dict(bind_before)
    for owner, after in wanted.items():
        expected.pop((owner, "MX"), None)
        if after:
            expected[owner, "MX"] = in_bind(after)
    assert compiled(tmp_path) == expected
    edited, new_serial = path.read_bytes().decode(), serial_of(path)
    assert new_serial != serial
    kept, left = others(text, serial), others(edited, new_serial)
    carried = CARRIED.get(layout, {})
    assert len(kept) == len(left)
    assert all(now in {was, carried.get(was)} for was, now in zip(kept, left, strict=True))
    assert edited.count("\r\n") in {0, edited.count("\n")}
    assert read(provider) == {
        **{owner: found for owner, found in sets.items() if owner not in wanted},
        **{owner: after for owner, after in wanted.items() if after},
    }
