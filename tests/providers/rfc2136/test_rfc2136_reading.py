"""What the provider makes of an authoritative server's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.query
import dns.update
import pytest

from mxsync import names
from mxsync.provider import ZoneRequest
from mxsync.reading import Absent, Blocked, Present, Unreadable, ZoneFailure, ZoneReading
from support.named import running_named
from support.nameserver import Zone, new_key, write_key_file
from support.rfc2136 import KEYS, Site, mx_set

if TYPE_CHECKING:
    from pathlib import Path

    from mxsync.names import Name


def blocked(site: Site, zone: str, owner: str) -> str:
    reading = site.read(zone, owner)
    assert isinstance(reading, Blocked), reading
    site.check(reading.reason)
    return reading.reason


def test_an_absent_set_tells_for_how_long_caches_keep_that(site: Site, zone: Name) -> None:
    # The SOA has TTL 3600 and a minimum of 300 (RFC 2308 §5 takes the less).
    assert site.read(zone, f"nothing.{zone}") == Absent(300)
    assert site.read(zone, f"host.{zone}") == Absent(300)
    assert site.read(zone, zone) == Absent(300)


def test_a_cname_blocks_its_owner(site: Site, zone: Name) -> None:
    assert f"alias.{zone} is a CNAME" in blocked(site, zone, f"alias.{zone}")


def test_a_cname_to_a_name_in_the_zone_blocks_its_owner(site: Site, zone: Name) -> None:
    assert f"hostalias.{zone} is a CNAME" in blocked(site, zone, f"hostalias.{zone}")


@pytest.mark.parametrize("owner", ["cut", "below.cut", "far.below.cut"])
def test_a_delegation_blocks_what_is_at_and_below_it(site: Site, zone: Name, owner: str) -> None:
    assert f"cut.{zone} is delegated" in blocked(site, zone, f"{owner}.{zone}")


def test_a_dname_blocks_what_is_below_it(site: Site, zone: Name) -> None:
    assert f"tree.{zone} is a DNAME" in blocked(site, zone, f"leaf.tree.{zone}")


def test_a_set_beside_a_dname_is_a_set(site: Site, zone: Name) -> None:
    site.edit(zone, f"update add tree.{zone} 300 MX 10 mx.example.net.")
    assert site.read(zone, f"tree.{zone}") == Present(mx_set(300, "10 mx.example.net."))


@pytest.mark.parametrize("owner", ["child.family.test.", "host.child.family.test.", "new.child.family.test."])
def test_an_owner_in_a_child_zone_of_the_same_server_is_blocked(site: Site, owner: str) -> None:
    assert "lies in the zone child.family.test." in blocked(site, "family.test.", owner)


def test_a_set_in_a_child_zone_of_the_same_server_is_not_taken_for_the_parents(site: Site) -> None:
    site.edit("child.family.test.", "update add mail.child.family.test. 300 MX 10 mx.example.net.")
    reason = blocked(site, "family.test.", "mail.child.family.test.")
    assert "lies in the zone child.family.test." in reason


def test_a_set_in_a_child_zone_is_seen_as_such_where_answers_are_short(tmp_path: Path) -> None:
    keys = {name: new_key(name) for name in KEYS}
    write_key_file(tmp_path / "mxsync.key", keys["mxsync"])
    zones = [
        Zone("family.test.", "child NS ns.example.net."),
        Zone("child.family.test.", "@ MX 10 mx.example.net.\nmail MX 10 mx.example.net."),
    ]
    with running_named(tmp_path, zones, list(keys.values()), options="minimal-responses yes;") as server:
        short = Site(server, keys)
        for owner in ("child.family.test.", "mail.child.family.test."):
            assert "lies in the zone child.family.test." in blocked(short, "family.test.", owner)


def test_an_owner_outside_of_the_zone_is_blocked(site: Site, zone: Name) -> None:
    assert "outside" in blocked(site, zone, "example.org.")


@pytest.mark.parametrize("owner", ["a", "b.a", "c.b.a"])
@pytest.mark.parametrize("wildcard", ["*", "*.a", "*.b.a"])
def test_a_wildcard_at_any_level_makes_no_set(site: Site, zone: Name, wildcard: str, owner: str) -> None:
    """Some of these owners are answered by the wildcard and some are not: all are absent."""
    site.edit(zone, f"update add {wildcard}.{zone} 300 MX 10 mx.example.net.")
    assert isinstance(site.read(zone, f"{owner}.{zone}"), Absent)
    assert site.read(zone, f"{wildcard}.{zone}") == Present(mx_set(300, "10 mx.example.net."))


def test_a_wildcard_below_another_one_is_read_as_itself(site: Site, zone: Name) -> None:
    site.edit(zone, f"update add *.{zone} 300 MX 10 mx.example.net.")
    assert isinstance(site.read(zone, f"*.a.{zone}"), Absent)
    site.edit(zone, f"update add *.a.{zone} 300 MX 10 mx.example.net.")
    assert isinstance(site.read(zone, f"*.a.{zone}"), Present)


@pytest.mark.parametrize("ttl", [300, 600])
def test_a_set_like_the_wildcards_is_the_owners(site: Site, zone: Name, ttl: int) -> None:
    site.edit(
        zone,
        f"update add *.{zone} 300 MX 10 mx.example.net.",
        f"update add b.a.{zone} {ttl} MX 10 mx.example.net.",
    )
    assert site.read(zone, f"b.a.{zone}") == Present(mx_set(ttl, "10 mx.example.net."))


def test_a_wildcard_cname_does_not_block_what_it_answers_for(site: Site, zone: Name) -> None:
    site.edit(zone, f"update add *.{zone} 300 CNAME elsewhere.example.net.")
    assert isinstance(site.read(zone, f"new.{zone}"), Absent)
    assert isinstance(site.read(zone, f"alias.{zone}"), Blocked)
    assert isinstance(site.read(zone, f"*.{zone}"), Blocked)


def test_a_set_like_the_wildcards_is_blocked_where_the_server_does_not_tell(site: Site) -> None:
    """The key of this zone's readers may not send so much as a condition."""
    site.edit(
        "others.test.",
        "update add *.others.test. 300 MX 10 mx.example.net.",
        "update add own.others.test. 300 MX 20 mx.example.net.",
    )
    assert "a wildcard has the same records" in blocked(site, "others.test.", "made-up.others.test.")
    assert isinstance(site.read("others.test.", "own.others.test."), Present)
    assert isinstance(site.read("others.test.", "*.others.test."), Present)


def test_sets_of_a_signed_zone_are_read(site: Site) -> None:
    site.edit("signed.test.", "update add *.wild.signed.test. 300 MX 10 mx.example.net.")
    assert isinstance(site.read("signed.test.", "a.wild.signed.test."), Absent)
    assert isinstance(site.read("signed.test.", "cut.signed.test."), Blocked)


def test_octets_of_any_kind_may_stand_in_names(site: Site) -> None:
    owner = r"a\.b\032c\000\255.lenient.test."
    site.edit("lenient.test.", "check-names no", rf"update add {owner} 300 MX 10 m\.x\064.example.net.")
    assert site.read("lenient.test.", owner) == Present(mx_set(300, r"10 m\.x\@.example.net."))


def test_a_ttl_with_the_highest_bit_set_is_read_as_0(site: Site, zone: Name) -> None:
    """RFC 2181 §8. nsupdate does not send such a TTL, others do."""
    message = dns.update.UpdateMessage(zone)
    message.add(zone, 2**31, "MX", "10 mx.example.net.")
    message.use_tsig(site.keys["other"].keyring)
    dns.query.tcp(message, site.server.address, 10, site.server.port)
    assert site.read(zone, zone) == Present(mx_set(0, "10 mx.example.net."))


def test_every_set_of_a_zone_is_refused_where_the_key_may_not_transfer(site: Site, zone: Name) -> None:
    (result,) = site.open().read([ZoneRequest(zone, (), every=True)])
    assert isinstance(result, ZoneFailure)
    site.check(result.message)
    assert f"does not transfer {zone} to the TSIG key mxsync. (REFUSED)" in result.message
    assert "allow-transfer" in result.message


def test_every_set_of_a_zone_is_read_where_the_key_may_transfer(site: Site, zone: Name) -> None:
    """Those that are never served too, so that nobody thinks that there is nothing; and no wildcard's."""
    site.edit(
        zone,
        f"update add {zone} 300 MX 10 mx.example.net.",
        f"update add *.{zone} 300 MX 20 mx.example.net.",
        f"update add A.b.{zone} 600 MX 30 mx.example.net.",
        f"update add under.cut.{zone} 300 MX 40 mx.example.net.",
    )
    asked = names.parse("nothing", zone)
    provider = site.open(tsig={"key_file": "other.key"})
    (result,) = provider.read([ZoneRequest(zone, (asked,), every=True)])
    assert isinstance(result, ZoneReading)
    assert {owner: type(found) for owner, found in result.owners.items()} == {
        asked: Absent,
        zone: Present,
        f"*.{zone}": Present,
        f"a.b.{zone}": Present,
        f"under.cut.{zone}": Blocked,
    }
    assert result.owners[names.parse("a.b", zone)] == Present(mx_set(600, "30 mx.example.net."))


def test_a_transfer_of_many_messages_gives_every_set(site: Site, zone: Name) -> None:
    lines = [f"update add n{number}.{zone} 300 MX 10 {'m' * 60}.example.net." for number in range(2000)]
    for start in range(0, len(lines), 400):
        site.edit(zone, *lines[start : start + 400])
    (result,) = site.open(tsig={"key_file": "other.key"}).read([ZoneRequest(zone, (), every=True)])
    assert isinstance(result, ZoneReading)
    assert len(result.owners) == 2000
    assert {type(found) for found in result.owners.values()} == {Present}


@pytest.mark.parametrize(
    ("zone_name", "words"),
    [
        ("elsewhere.example.", "refuses to answer for elsewhere.example."),
        ("host.zone0.test.", "host.zone0.test. is no zone of its own there"),
        ("hidden.test.", "refuses to answer for hidden.test."),
    ],
)
def test_a_zone_that_is_not_there_is_the_reason_and_not_its_transfer(
    site: Site, zone_name: str, words: str
) -> None:
    (result,) = site.open().read([ZoneRequest(names.parse(zone_name), (), every=True)])
    assert isinstance(result, ZoneFailure)
    assert words in result.message


def test_a_zone_with_no_owners_to_read_is_checked_all_the_same(site: Site, zone: Name) -> None:
    assert isinstance(site.ask(site.open(), zone), ZoneReading)
    assert isinstance(site.ask(site.open(), "elsewhere.example."), ZoneFailure)


def test_a_name_below_an_apex_is_no_zone(site: Site, zone: Name) -> None:
    message = site.failure(f"host.{zone}")
    assert f"host.{zone} is no zone of its own there" in message
    assert f"lies in {zone}" in message


def test_a_delegated_name_is_no_zone_there(site: Site, zone: Name) -> None:
    assert f"does not serve cut.{zone}" in site.failure(f"cut.{zone}")


def test_a_zone_that_is_not_served_is_refused(site: Site) -> None:
    assert "REFUSED" in site.failure("elsewhere.example.")


def test_a_zone_that_the_key_may_not_see_is_refused(site: Site) -> None:
    message = site.failure("hidden.test.")
    assert "REFUSED" in message
    assert "mxsync." in message


def test_the_same_server_by_name_and_by_address_is_one_backend(site: Site, zone: Name) -> None:
    by_name = site.ask(site.open(server="localhost"), zone)
    by_address = site.ask(site.open(), zone)
    assert isinstance(by_name, ZoneReading)
    assert isinstance(by_address, ZoneReading)
    assert by_name.backend == by_address.backend


def test_another_key_is_another_backend(site: Site, zone: Name) -> None:
    """A server's views may show another zone to it."""
    ours = site.ask(site.open(), zone)
    theirs = site.ask(site.open(tsig={"key_file": "reader.key"}), zone)
    assert isinstance(ours, ZoneReading)
    assert isinstance(theirs, ZoneReading)
    assert ours.backend != theirs.backend


def test_a_servers_limit_of_records_does_not_limit_reading(site: Site, zone: Name) -> None:
    lines = [f"update add {zone} 300 MX {number} mx{number}.example.net." for number in range(100)]
    site.edit(zone, *lines)
    reading = site.read(zone, zone)
    assert isinstance(reading, Present)
    assert len(reading.set.records) == 100


def test_one_owner_that_cannot_be_read_leaves_the_others(site: Site, zone: Name) -> None:
    result = site.ask(site.open(), zone, f"cut.{zone}", zone)
    assert isinstance(result, ZoneReading)
    kinds = [type(reading) for reading in result.owners.values()]
    assert kinds == [Blocked, Absent]
    assert Unreadable not in kinds
