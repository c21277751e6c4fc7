"""What a reading shows besides the sets that were asked for, and answers that are not whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mxsync import names
from mxsync.names import Name
from mxsync.provider import ZoneRequest
from mxsync.reading import Absent, Blocked, Host, OwnerReading, Present, ZoneFailure, ZoneReading
from mxsync_clouddns.provider import ClouddnsProvider
from mxsync_clouddns.read import LIST_FROM
from support.clouddns import Fake, Zone
from support.clouddns.client import rrset
from support.clouddns.mx import put_mx
from support.clouddns.site import READ, ZONES, open_block
from support.sets import mx_set

ZONE = names.parse("example.com")
SET = mx_set(3600, "10 mx1.example.net.")
SOME = [f"absent{number}" for number in range(LIST_FROM)]
"""As many as it takes to list a small zone."""


def owner(text: str) -> Name:
    return names.parse(text, ZONE)


def read(
    fake: Fake, folder: Path, *owners: str, hosts: tuple[str, ...] = (), every: bool = False
) -> ZoneReading:
    request = ZoneRequest(ZONE, tuple(map(owner, owners)), tuple(map(owner, hosts)), every=every)
    (found,) = open_block(fake, folder).read([request])
    assert isinstance(found, ZoneReading), found
    return found


def one(fake: Fake, folder: Path, text: str) -> OwnerReading:
    return read(fake, folder, text).owners[owner(text)]


def test_a_cname_at_an_owner_shows_in_the_one_call_that_asks_for_it(
    fake: Fake, zone: Zone, tmp_path: Path
) -> None:
    fake.put(zone, rrset("alias.example.com.", "elsewhere.example.net.", kind="CNAME"))
    found = one(fake, tmp_path, "alias")
    assert isinstance(found, Blocked)
    assert (found.rule, found.vacant) == ("MXL07", True)
    assert fake.counts[READ] == 1


def test_a_delegated_owner_shows_in_the_one_call_that_asks_for_it(
    fake: Fake, zone: Zone, tmp_path: Path
) -> None:
    fake.put(zone, rrset("sub.example.com.", "ns.example.net.", kind="NS"))
    found = one(fake, tmp_path, "sub")
    assert isinstance(found, Blocked)
    assert found.rule == "MXL10"
    assert fake.counts[READ] == 1


def test_the_apex_shows_the_negative_ttl_for_all_owners(fake: Fake, zone: Zone, tmp_path: Path) -> None:
    assert zone.dns_name == ZONE
    assert read(fake, tmp_path, "@", "lists").owners[owner("lists")] == Absent(300)


def test_a_zone_that_was_listed_shows_delegations_wildcards_hosts_and_unmanaged_sets(
    fake: Fake, zone: Zone, tmp_path: Path
) -> None:
    fake.put(zone, rrset("sub.example.com.", "ns.example.net.", kind="NS"))
    fake.put(zone, rrset("text.example.com.", '"no address"', kind="TXT"))
    for text in ("*", "unmanaged"):
        put_mx(fake, zone, owner(text), SET)
    found = read(fake, tmp_path, *SOME, "a.sub", hosts=("text", "a.sub"))
    assert fake.counts[READ] == 1
    assert found.owners[owner("absent0")] == Absent(3600, wildcard=True)
    assert getattr(found.owners[owner("a.sub")], "rule", None) == "MXL10"
    assert isinstance(found.owners[owner("unmanaged")], Present)
    assert found.hosts == {owner("text"): Host.NO_ADDRESS}


@pytest.mark.parametrize(("page", "sparse"), [(1, False), (3, True), (1000, False)])
@pytest.mark.parametrize("count", [1, 2, LIST_FROM, 3 * LIST_FROM])
def test_owners_are_read_the_same_however_they_are_asked_for(
    fake: Fake, zone: Zone, tmp_path: Path, page: int, count: int, *, sparse: bool
) -> None:
    fake.service.sets_a_page, fake.service.sparse = page, sparse
    wanted = [f"n{number}" for number in range(count)]
    for text in wanted[::2]:
        put_mx(fake, zone, owner(text), SET)
    fake.put(zone, rrset("n1.example.com.", "elsewhere.example.net.", kind="CNAME"))
    found = read(fake, tmp_path, *wanted).owners
    for number, text in enumerate(wanted):
        kind = Present if number % 2 == 0 else Blocked if number == 1 else Absent
        assert isinstance(found[owner(text)], kind), text


def test_a_record_set_with_an_odd_name_disturbs_nobody_but_an_mx_set_does(
    fake: Fake, zone: Zone, tmp_path: Path
) -> None:
    label = "x" * 70
    fake.put(zone, rrset(f"{label}.example.com.", '"text"', kind="TXT"))
    assert read(fake, tmp_path, *SOME, every=True).owners.keys() == {owner(text) for text in SOME}
    fake.put(zone, rrset(f"{label}.example.com.", "10 mx.example.net."))
    (failure,) = open_block(fake, tmp_path).read([ZoneRequest(ZONE, (), every=True)])
    assert isinstance(failure, ZoneFailure)
    assert "70 octets" in failure.message


# Answers that are not whole

ODD: dict[str, Any] = {
    "nothing": None,
    "a list": [],
    "a text": "text",
    "an empty object": {},
    "no list": {"kind": "x", "rrsets": "text", "managedZones": "text"},
    "a list of texts": {"rrsets": ["text"], "managedZones": ["text"]},
    "a list of empty objects": {"rrsets": [{}], "managedZones": [{}]},
    "names that are numbers": {
        "rrsets": [{"name": 1, "type": "MX"}],
        "managedZones": [{"name": "x", "dnsName": 1}],
    },
    "for ever the same page": {"rrsets": [], "managedZones": [], "nextPageToken": "again"},
}


@pytest.mark.usefixtures("zone")
@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("method", [ZONES, READ])
def test_an_odd_answer_is_a_failure_in_one_line_and_no_absence(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, odd: str
) -> None:
    provider = open_block(fake, tmp_path)
    if method == READ:
        list(provider.read([ZoneRequest(ZONE, (ZONE,))]))
    monkeypatch.setattr("mxsync_clouddns.connection.ask", lambda *_: ODD[odd])
    (failure,) = provider.read([ZoneRequest(ZONE, (ZONE,))])
    assert isinstance(failure, ZoneFailure)
    assert failure.message.startswith("Cloud DNS: ")
    assert "\n" not in failure.message


def test_a_zone_is_the_same_for_blocks_with_one_number_and_another_for_other_servers(
    fake: Fake, zone: Zone, tmp_path: Path
) -> None:
    first = read(fake, tmp_path, "@").backend
    request = [ZoneRequest(ZONE, (ZONE,))]
    chosen = open_block(fake, tmp_path, managed_zones={"example.com": zone.name})
    (found,) = chosen.read(request)
    (allowed,) = open_block(fake, tmp_path, endpoint=fake.url + "/").read(request)
    assert isinstance(found, ZoneReading)
    assert isinstance(allowed, ZoneReading)
    assert found.backend == first == f"clouddns:{fake.url}/{zone.number}"
    assert isinstance(chosen, ClouddnsProvider)


def test_names_are_asked_for_as_they_are(fake: Fake, zone: Zone, tmp_path: Path) -> None:
    assert zone.dns_name == ZONE
    read(fake, tmp_path, "*", r"a\.b")
    asked: list[Mapping[str, str]] = [call.query for call in fake.calls if call.method == READ]
    assert {query["name"] for query in asked} == {"*.example.com.", r"a\.b.example.com."}
