"""What record sets mean for an owner."""

from __future__ import annotations

from typing import Any

import pytest

from mxsync import names
from mxsync.errors import InvalidName
from mxsync.names import Name
from mxsync.reading import Absent, Blocked, Host, Present, Unreadable
from mxsync.surroundings import above, unfit_hosts
from mxsync_clouddns.around import RawSet, Shown
from mxsync_clouddns.sets import read_owner
from mxsync_clouddns.text import from_api
from support.sets import mx_set

ZONE = names.parse("example.com")
SOA = "ns-cloud-a1.googledomains.com. cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300"
SET = mx_set(3600, "10 mx1.example.net.")


def raw(name: str, kind: str, *rrdatas: str, ttl: int = 3600, **more: Any) -> RawSet:
    return {"name": name, "type": kind, "ttl": ttl, "rrdatas": list(rrdatas), **more}


def shown(*found: RawSet, whole: bool = False) -> Shown:
    made = Shown(ZONE, whole=whole)
    for each in found:
        made.add(names.parse(each["name"]), each)
    return made


def owner(text: str) -> Name:
    return names.parse(text, ZONE)


def test_a_present_set_carries_what_cloud_dns_keeps() -> None:
    held = raw("example.com.", "MX", "10 MX1.example.net.")
    assert read_owner(shown(held), ZONE) == Present(SET, held)


def test_two_spellings_of_one_record_are_one_record() -> None:
    held = raw("example.com.", "MX", "10 MX1.example.net.", "10 mx1.example.net.")
    assert getattr(read_owner(shown(held), ZONE), "set", None) == SET


@pytest.mark.parametrize(("ttl", "minimum", "negative"), [(900, 86400, 900), (900, 60, 60)])
def test_an_absent_set_has_the_negative_ttl_of_the_soa_record(ttl: int, minimum: int, negative: int) -> None:
    soa = raw("example.com.", "SOA", SOA.replace(" 300", f" {minimum}"), ttl=ttl)
    assert read_owner(shown(soa), owner("lists")) == Absent(negative)


@pytest.mark.parametrize("soa", [[], [raw("example.com.", "SOA")], [raw("example.com.", "SOA", "odd one")]])
def test_without_a_soa_record_that_can_be_read_the_negative_ttl_is_not_known(soa: list[RawSet]) -> None:
    assert read_owner(shown(*soa), owner("lists")) == Absent(None)


def test_an_owner_that_is_a_cname_has_surely_no_set() -> None:
    found = read_owner(shown(raw("lists.example.com.", "CNAME", "elsewhere.example.net.")), owner("lists"))
    assert isinstance(found, Blocked)
    assert (found.vacant, found.rule) == (True, "MXL07")


@pytest.mark.parametrize("name", ["lists", "a.lists", "b.a.lists"])
def test_an_owner_at_or_below_a_delegation_is_blocked(name: str) -> None:
    cut = raw("lists.example.com.", "NS", "ns.example.net.")
    found = read_owner(shown(cut), owner(name))
    assert isinstance(found, Blocked)
    assert "lists.example.com. is delegated" in found.reason
    held = raw(f"{name}.example.com.", "MX", "10 mx1.example.net.")
    hidden = read_owner(shown(cut, held), owner(name))
    assert (found.vacant, getattr(hidden, "vacant", None), found.rule) == (True, False, "MXL10")


def test_the_name_servers_of_the_zone_itself_delegate_nothing() -> None:
    servers = raw("example.com.", "NS", "ns.example.net.")
    assert read_owner(shown(servers), owner("lists")) == Absent(None)


@pytest.mark.parametrize(
    ("name", "ttl"), [("new", 300), ("a.new", 300), ("x.there", None), ("there", None), ("empty", None)]
)
def test_a_wildcard_answers_for_names_that_do_not_exist(name: str, ttl: int | None) -> None:
    found = (
        raw("*.example.com.", "MX", "10 mx1.example.net.", ttl=300),
        raw("there.example.com.", "A", "192.0.2.1"),
        raw("below.empty.example.com.", "A", "192.0.2.1"),
    )
    assert read_owner(shown(*found, whole=True), owner(name)) == Absent(ttl, wildcard=ttl is not None)
    assert read_owner(shown(*found), owner(name)) == Absent(None)


def test_an_owner_outside_of_the_zone_is_blocked() -> None:
    assert isinstance(read_owner(shown(), names.parse("example.net.")), Blocked)


def test_a_routing_policy_is_described_by_its_kind_and_records() -> None:
    items = [{"location": f"r{at}", "rrdatas": [f"{at} mx.example.net."]} for at in range(7)]
    policy = {"kind": "dns#rRSetRoutingPolicy", "geo": {"items": items}}
    held = {"name": "example.com.", "type": "MX", "ttl": 300, "routingPolicy": policy}
    found = read_owner(shown(held), ZONE)
    assert isinstance(found, Blocked)
    assert found.rule == "MXL08"
    assert "geolocation: 0 mx.example.net., 1 mx" in found.reason
    assert "and 2 more" in found.reason


def test_a_routing_policy_of_a_new_kind_is_blocked_by_its_name() -> None:
    held = {"name": "example.com.", "type": "MX", "ttl": 300, "routingPolicy": {"moonPhase": {}}}
    found = read_owner(shown(held), ZONE)
    assert isinstance(found, Blocked)
    assert "moonPhase" in found.reason


@pytest.mark.parametrize("rrdata", ["", "10", "mx1.example.net.", "99999 mx1.example.net.", "1 a..b.", "1 a"])
def test_an_odd_record_is_unreadable_and_no_absence(rrdata: str) -> None:
    assert isinstance(read_owner(shown(raw("example.com.", "MX", rrdata)), ZONE), Unreadable)


@pytest.mark.parametrize("ttl", [None, "300", -1, 2**32])
def test_an_odd_ttl_is_unreadable(ttl: Any) -> None:
    assert isinstance(read_owner(shown(raw("example.com.", "MX", "1 a.example.", ttl=ttl)), ZONE), Unreadable)


def test_hosts_that_cannot_take_mail_are_told_apart() -> None:
    found = [
        raw("alias.example.com.", "CNAME", "elsewhere.example.net."),
        raw("fit.example.com.", "AAAA", "2001:db8::1"),
        raw("text.example.com.", "TXT", '"no address"'),
        raw("sub.example.com.", "NS", "ns.example.net."),
    ]
    hosts = [owner(name) for name in ("alias", "fit", "text", "a.sub")] + [names.parse("mx.example.net.")]
    assert unfit_hosts(shown(*found).has, ZONE, hosts, whole=False) == {owner("alias"): Host.ALIAS}
    assert unfit_hosts(shown(*found, whole=True).has, ZONE, hosts, whole=True) == {
        owner("alias"): Host.ALIAS,
        owner("text"): Host.NO_ADDRESS,
    }
    wildcard = raw("*.example.com.", "A", "192.0.2.1")
    assert unfit_hosts(shown(*found, wildcard, whole=True).has, ZONE, hosts, whole=True) == {
        owner("alias"): Host.ALIAS
    }


def test_the_names_above_an_owner_end_below_its_zone() -> None:
    assert above(ZONE, owner("a.b.c")) == [owner("b.c"), owner("c")]
    assert above(ZONE, owner("c")) == above(ZONE, ZONE) == above(ZONE, names.parse("example.net.")) == []


def test_names_of_the_api_are_absolute_with_decimal_escapes() -> None:
    assert from_api(r"a\.b.Example.COM.") == names.parse(r"a\.b.example.com.")
    assert from_api(r"\042.example.com.") == owner("*")
    for odd in ("example.com", "bücher.example.", ""):
        with pytest.raises(InvalidName):
            from_api(odd)


@pytest.mark.parametrize(
    ("beside", "unsettled", "settled", "in_whole"),
    [
        (raw("old.example.com.", "A", "192.0.2.1"), True, True, True),
        (raw("old.example.com.", "AAAA", "2001:db8::1"), True, True, True),
        (raw("old.example.com.", "TXT", '"text"'), None, False, False),
        (raw("www.example.com.", "A", "192.0.2.1"), None, None, False),
        (raw("*.example.com.", "A", "192.0.2.1"), None, None, True),
    ],
)
def test_a_set_shows_whether_its_owner_has_an_address(
    beside: RawSet, unsettled: bool | None, settled: bool | None, in_whole: bool
) -> None:
    held = raw("old.example.com.", "MX", "10 mx1.example.net.")
    part, asked, whole = shown(held, beside), shown(held, beside), shown(held, beside, whole=True)
    asked.settled.add(owner("old"))
    for seen, addressed in ((part, unsettled), (asked, settled), (whole, in_whole)):
        assert read_owner(seen, owner("old")) == Present(SET, held, addressed=addressed)
