"""How zones are found: in few calls, and never the wrong one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from mxsync import names
from mxsync.provider import ZoneRequest
from mxsync.reading import ZoneFailure, ZoneReading
from support.clouddns import FORBIDDEN, Fake
from support.clouddns.site import ZONES, open_block

ZONE = names.parse("example.com")


def read(
    fake: Fake, folder: Path, zones: Iterable[str], **settings: Any
) -> dict[str, ZoneReading | ZoneFailure]:
    requests = [ZoneRequest(names.parse(zone), (names.parse(zone),)) for zone in zones]
    return {found.zone: found for found in open_block(fake, folder, **settings).read(requests)}


def said(found: ZoneReading | ZoneFailure) -> str:
    assert isinstance(found, ZoneFailure)
    return found.message


def failure(fake: Fake, folder: Path, **settings: Any) -> str:
    (found,) = read(fake, folder, [ZONE], **settings).values()
    return said(found)


def test_a_public_zone_beside_a_private_one_is_not_taken_unasked(fake: Fake, tmp_path: Path) -> None:
    fake.new_zone(ZONE, name="outside", description="for\nall")
    fake.new_zone(ZONE, name="inside", private=True)
    message = failure(fake, tmp_path)
    assert "2 managed zones example.com.: 'inside' (private); 'outside' (public) \"for all\"" in message
    assert "'visibility', or 'managed_zones: {example.com: inside}'" in message
    for visibility in ("public", "private"):
        (found,) = read(fake, tmp_path, [ZONE], visibility=visibility).values()
        assert isinstance(found, ZoneReading)


def test_a_private_zone_alone_is_not_taken_unasked(fake: Fake, tmp_path: Path) -> None:
    fake.new_zone(ZONE, private=True)
    assert "say 'visibility: private' if that is meant" in failure(fake, tmp_path)


def test_names_that_visibility_cannot_tell_apart_are_chosen_by_name_alone(fake: Fake, tmp_path: Path) -> None:
    for name in ("one", "two"):
        fake.new_zone(ZONE, name=name, private=True)
    message = failure(fake, tmp_path, visibility="private")
    assert "'visibility'" not in message
    assert "'managed_zones: {example.com: one}'" in message


@pytest.mark.parametrize("count", [1, 2, 3, 10, 40])
@pytest.mark.parametrize("others", [0, 100])
def test_zones_are_found_by_listing_them_or_in_one_and_a_half_calls_for_each(
    fake: Fake, tmp_path: Path, count: int, others: int
) -> None:
    fake.service.zones_a_page = 10
    for number in range(others):
        fake.new_zone(f"a{number}.example.net")
    wanted = [f"zone{number}.example.org." for number in range(count)]
    for zone in wanted:
        fake.new_zone(zone)
    found = read(fake, tmp_path, wanted)
    assert all(isinstance(found[zone], ZoneReading) for zone in wanted)
    pages = -(-(count + others) // 10)
    half = count // 2
    assert fake.counts[ZONES] == (pages if pages <= half else count + half)


def test_a_zone_of_the_same_name_on_a_page_that_was_not_listed_is_not_overlooked(
    fake: Fake, tmp_path: Path
) -> None:
    fake.service.zones_a_page = 2
    fake.new_zone(ZONE, name="a")
    for number in range(10):
        fake.new_zone(f"m{number}.example.net", name=f"m{number}")
    fake.new_zone(ZONE, name="z", private=True)
    found = read(fake, tmp_path, [ZONE, "m0.example.net."])
    assert "'z' (private)" in said(found[ZONE])
    assert isinstance(found["m0.example.net."], ZoneReading)


def test_a_chosen_zone_that_cannot_be_asked_for_stops_no_other_and_is_asked_for_again(
    fake: Fake, tmp_path: Path
) -> None:
    first = fake.new_zone(ZONE, name="first")
    fake.new_zone("example.org")
    fake.fail("managedZones.get", FORBIDDEN, zone=first)
    provider = open_block(fake, tmp_path, managed_zones={"example.com": "first"})
    requests = [ZoneRequest(names.parse(zone), ()) for zone in ("example.com", "example.org")]
    once = {found.zone: found for found in provider.read(requests)}
    assert "dns.managedZones.get" in said(once[ZONE])
    assert isinstance(once[names.parse("example.org")], ZoneReading)
    assert all(isinstance(found, ZoneReading) for found in provider.read(requests))


def test_a_listing_that_may_not_be_made_is_said_of_all_zones_and_made_again(
    fake: Fake, tmp_path: Path
) -> None:
    wanted = [names.parse(f"zone{number}.example.org") for number in range(4)]
    for zone in wanted:
        fake.new_zone(zone)
    fake.fail(ZONES, FORBIDDEN)
    provider = open_block(fake, tmp_path)
    requests = [ZoneRequest(zone, ()) for zone in wanted]
    assert {"dns.managedZones.list" in said(found) for found in provider.read(requests)} == {True}
    assert fake.counts[ZONES] == 1
    assert all(isinstance(found, ZoneReading) for found in provider.read(requests))
