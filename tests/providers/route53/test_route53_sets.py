"""What record sets mean for an owner."""

from __future__ import annotations

from typing import Any

import pytest

from mxsync import names
from mxsync.names import Name
from mxsync.reading import Absent, Blocked, Host, Present, Unreadable
from mxsync.surroundings import above, unfit_hosts
from mxsync_route53.around import RawSet, has
from mxsync_route53.sets import read_owner
from mxsync_route53.text import from_api
from support.sets import mx_set

ZONE = names.parse("example.com")
SOA = "ns-1.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
SET = mx_set(3600, "10 mx1.example.net.")


def raw(name: str, kind: str, *values: str, ttl: int = 3600, **more: Any) -> RawSet:
    records = [{"Value": value} for value in values]
    return {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": records, **more}


def sets(*found: RawSet) -> dict[Name, list[RawSet]]:
    grouped: dict[Name, list[RawSet]] = {}
    for each in found:
        grouped.setdefault(from_api(each["Name"]), []).append(each)
    return grouped


def owner(text: str) -> Name:
    return names.parse(text, ZONE)


def test_a_present_set_carries_what_route_53_keeps() -> None:
    held = raw("example.com.", "MX", "10 MX1.example.net")
    assert read_owner(sets(held), ZONE, ZONE) == Present(SET, held)


def test_two_spellings_of_one_record_are_one_record() -> None:
    held = raw("example.com.", "MX", "10 MX1.example.net", "10 mx1.example.net.")
    assert getattr(read_owner(sets(held), ZONE, ZONE), "set", None) == SET


@pytest.mark.parametrize(("ttl", "minimum", "negative"), [(900, 86400, 900), (900, 60, 60)])
def test_an_absent_set_has_the_negative_ttl_of_the_soa_record(ttl: int, minimum: int, negative: int) -> None:
    soa = raw("example.com.", "SOA", SOA.replace("86400", str(minimum)), ttl=ttl)
    assert read_owner(sets(soa), ZONE, owner("lists")) == Absent(negative)


def test_without_the_soa_record_the_negative_ttl_is_not_known() -> None:
    assert read_owner({}, ZONE, owner("lists")) == Absent(None)


def test_an_owner_that_is_a_cname_has_surely_no_set() -> None:
    found = read_owner(
        sets(raw("lists.example.com.", "CNAME", "elsewhere.example.net")), ZONE, owner("lists")
    )
    assert isinstance(found, Blocked)
    assert found.vacant


@pytest.mark.parametrize("name", ["lists", "a.lists", "b.a.lists"])
def test_an_owner_at_or_below_a_delegation_is_blocked(name: str) -> None:
    cut = raw("lists.example.com.", "NS", "ns.example.net")
    found = read_owner(sets(cut), ZONE, owner(name))
    assert isinstance(found, Blocked)
    assert "lists.example.com. is delegated" in found.reason
    held = raw(f"{name}.example.com.", "MX", "10 mx1.example.net")
    hidden = read_owner(sets(cut, held), ZONE, owner(name))
    assert (found.vacant, getattr(hidden, "vacant", None)) == (True, False)


@pytest.mark.parametrize(
    ("name", "ttl"), [("new", 300), ("a.new", 300), ("x.there", None), ("there", None), ("empty", None)]
)
def test_a_wildcard_answers_for_names_that_do_not_exist(name: str, ttl: int | None) -> None:
    found = sets(
        raw("\\052.example.com.", "MX", "10 mx1.example.net", ttl=300),
        raw("there.example.com.", "A", "192.0.2.1"),
        raw("below.empty.example.com.", "A", "192.0.2.1"),
    )
    assert read_owner(found, ZONE, owner(name), whole=True) == Absent(ttl, wildcard=ttl is not None)
    assert read_owner(found, ZONE, owner(name)) == Absent(None)


def test_the_name_servers_of_the_zone_itself_delegate_nothing() -> None:
    servers = raw("example.com.", "NS", "ns.example.net")
    assert read_owner(sets(servers), ZONE, owner("lists")) == Absent(None)


def test_an_owner_outside_of_the_zone_is_blocked() -> None:
    assert isinstance(read_owner({}, ZONE, names.parse("example.net.")), Blocked)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"Weight": 0, "SetIdentifier": "x"}, "weighted 0"),
        (
            {"GeoProximityLocation": {"AWSRegion": "eu-west-1"}, "SetIdentifier": "x"},
            "geoproximity eu-west-1",
        ),
        ({"CidrRoutingConfig": {"CollectionId": "c", "LocationName": "l"}, "SetIdentifier": "x"}, "IP-based"),
        ({"HealthCheckId": "h", "SetIdentifier": "x"}, "'x'"),
        ({"SomethingNew": "value"}, "SomethingNew"),
    ],
)
def test_a_set_with_anything_beside_ttl_and_records_is_blocked_and_described(
    more: dict[str, Any], word: str
) -> None:
    found = read_owner(sets(raw("example.com.", "MX", "10 mx1.example.net", **more)), ZONE, ZONE)
    assert isinstance(found, Blocked)
    assert word in found.reason


@pytest.mark.parametrize("value", ["", "10", "mx1.example.net", "99999 mx1.example.net", "1 a\\9b"])
def test_an_odd_value_is_unreadable_and_no_absence(value: str) -> None:
    assert isinstance(read_owner(sets(raw("example.com.", "MX", value)), ZONE, ZONE), Unreadable)


def test_hosts_that_cannot_take_mail_are_told_apart() -> None:
    found = sets(
        raw("alias.example.com.", "CNAME", "elsewhere.example.net"),
        raw("fit.example.com.", "AAAA", "2001:db8::1"),
        raw("text.example.com.", "TXT", '"no address"'),
        raw("sub.example.com.", "NS", "ns.example.net"),
    )
    hosts = [owner(name) for name in ("alias", "fit", "text", "a.sub")] + [names.parse("mx.example.net.")]
    assert unfit_hosts(has(found), ZONE, hosts, whole=False) == {owner("alias"): Host.ALIAS}
    assert unfit_hosts(has(found), ZONE, hosts, whole=True) == {
        owner("alias"): Host.ALIAS,
        owner("text"): Host.NO_ADDRESS,
    }
    wildcard = raw("\\052.example.com.", "A", "192.0.2.1")
    assert unfit_hosts(has(found | sets(wildcard)), ZONE, hosts, whole=True) == {owner("alias"): Host.ALIAS}


def test_the_names_above_an_owner_end_below_its_zone() -> None:
    assert above(ZONE, owner("a.b.c")) == [owner("b.c"), owner("c")]
    assert above(ZONE, owner("c")) == above(ZONE, ZONE) == above(ZONE, names.parse("example.net.")) == []


ALIAS = {"AliasTarget": {"DNSName": "lb.example.net.", "HostedZoneId": "Z1", "EvaluateTargetHealth": False}}
"""What an alias has instead of a TTL and records."""


@pytest.mark.parametrize(
    ("beside", "in_part", "in_whole"),
    [
        (raw("old.example.com.", "A", "192.0.2.1"), True, True),
        (raw("old.example.com.", "AAAA", "2001:db8::1"), True, True),
        ({"Name": "old.example.com.", "Type": "A", **ALIAS}, True, True),
        (raw("old.example.com.", "TXT", '"text"'), False, False),
        (raw("www.example.com.", "A", "192.0.2.1"), None, False),
        (raw("\\052.example.com.", "A", "192.0.2.1"), None, True),
    ],
)
def test_a_set_shows_whether_its_owner_has_an_address(
    beside: RawSet, in_part: bool | None, in_whole: bool
) -> None:
    found = sets(raw("old.example.com.", "MX", "10 mx1.example.net"), beside)
    for whole, addressed in ((False, in_part), (True, in_whole)):
        reading = read_owner(found, ZONE, owner("old"), whole=whole)
        assert isinstance(reading, Present)
        assert reading.addressed is addressed
