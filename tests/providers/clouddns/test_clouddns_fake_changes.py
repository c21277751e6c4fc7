"""The fake Cloud DNS makes changes as Google's documents say: wholly or not at all, within their limits."""

from __future__ import annotations

from typing import Any

import pytest

from support.clouddns import Fake, Zone
from support.clouddns.client import ask, refused, refused_change, rrset, send
from support.clouddns.zone import BYTES_AT_ONCE, CHANGED_AT_ONCE, SETS_A_ZONE

MX = "10 mx.example.net."
MX2 = "20 mx2.example.net."
A = "a.example.com."


def test_what_exists_cannot_be_added(api: Any, zone: Zone) -> None:
    send(api, zone, add=[rrset(A, MX)])
    status, reason, message = refused_change(api, zone, add=[rrset(A, MX)])
    assert (status, reason) == (409, "alreadyExists")
    what = "The resource 'entity.change.additions[a.example.com.][MX]' named 'a.example.com. (MX)'"
    assert message == f"{what} already exists"
    assert refused_change(api, zone, add=[rrset("b.example.com.", MX)] * 2)[:2] == (409, "alreadyExists")


def test_what_is_not_there_cannot_be_deleted(api: Any, zone: Zone) -> None:
    status, reason, message = refused_change(api, zone, delete=[rrset(A, MX)])
    assert (status, reason) == (404, "notFound")
    assert message == "The 'entity.change.deletions[0]' resource named 'a.example.com. (MX)' does not exist."


@pytest.mark.parametrize(
    "wrong",
    [
        rrset(A, MX),
        rrset(A, MX, MX2, "30 mx3.example.net."),
        rrset(A, MX, "20 other.example.net."),
        rrset(A, MX, "20 MX2.example.net."),
        rrset(A, MX, MX2, ttl=301),
    ],
    ids=["a record less", "a record more", "another record", "another case", "another TTL"],
)
def test_a_deletion_must_be_exactly_what_is_there(api: Any, zone: Zone, wrong: dict[str, Any]) -> None:
    send(api, zone, add=[rrset(A, MX, MX2)])
    assert refused_change(api, zone, delete=[wrong])[:2] == (412, "conditionNotMet")
    send(api, zone, delete=[rrset(A.upper(), MX2, MX)])
    assert refused_change(api, zone, delete=[rrset(A, MX, MX2)])[0] == 404


def test_a_set_with_a_routing_policy_is_not_deleted_as_one_without(api: Any, fake: Fake, zone: Zone) -> None:
    policy = {"wrr": {"items": [{"weight": 1.0, "rrdatas": [MX]}]}}
    fake.put(zone, {"name": A, "type": "MX", "ttl": 300, "routingPolicy": policy})
    assert refused_change(api, zone, delete=[rrset(A, MX)])[:2] == (412, "conditionNotMet")
    assert refused_change(api, zone, add=[rrset(A, MX)])[:2] == (409, "alreadyExists")
    path = f"managedZones/{zone.name}"
    (shown,) = ask(api, f"{path}/rrsets", name=A, type="MX")["rrsets"]
    other = {**shown, "routingPolicy": {"wrr": {"items": [{"weight": 2.0, "rrdatas": [MX]}]}}}
    found = refused(lambda: ask(api, f"{path}/changes", "POST", {"deletions": [other]}))
    assert found[:2] == (412, "conditionNotMet")
    ask(api, f"{path}/changes", "POST", {"deletions": [shown]})
    assert fake.look(zone, A, "MX") is None


def test_a_change_is_made_wholly_or_not_at_all_and_deletions_come_first(api: Any, zone: Zone) -> None:
    old, new = rrset(A, MX), rrset(A, MX2, ttl=60)
    send(api, zone, add=[old])
    assert refused_change(api, zone, add=[new], delete=[old, rrset("b.example.com.", MX)])[0] == 404
    send(api, zone, add=[new], delete=[old])
    assert refused_change(api, zone, add=[old], delete=[old])[0] == 412


def test_every_problem_of_a_change_is_told(api: Any, zone: Zone) -> None:
    def call() -> None:
        send(api, zone, delete=[rrset(f"{name}.example.com.", MX) for name in "abc"])

    with pytest.raises(Exception, match="does not exist") as caught:
        call()
    errors: Any = getattr(caught.value, "errors", None)
    assert [error["reason"] for error in errors] == ["notFound"] * 3
    assert "deletions[2]" in errors[2]["message"]


@pytest.mark.parametrize(
    "value",
    [
        "mx.example.net.",
        "ten mx.example.net.",
        "-1 mx.example.net.",
        "65536 mx.example.net.",
        "10 mx.example.net",
        "10 mx..example.net.",
        "10 mx.example.net. more",
        "10 mx.example.net. ; more",
        "(10 mx.example.net.)",
        "10 ",
        "",
    ],
)
def test_the_value_of_an_mx_is_checked(api: Any, zone: Zone, value: str) -> None:
    status, reason, message = refused_change(api, zone, add=[rrset(A, MX, value)])
    assert (status, reason) == (400, "invalid")
    assert message == f"Invalid value for 'entity.change.additions[0].rrdata[1]': '{value}'"


@pytest.mark.parametrize(
    "value", ["0 .", "65535 mx.example.net.", "10 MX.Example.NET.", "10 _a.example.net."]
)
def test_a_value_comes_back_as_it_was_given(api: Any, fake: Fake, zone: Zone, value: str) -> None:
    send(api, zone, add=[rrset(A, value)])
    assert fake.look(zone, A, "MX") == rrset(A, value)


@pytest.mark.parametrize(
    ("kind", "value", "good"),
    [
        ("A", "192.0.2.1", True),
        ("A", "X.X.X.X", False),
        ("AAAA", "2001:db8::1", True),
        ("CNAME", "b.example.com", False),
        ("TXT", '"v=spf1 mx -all"', True),
        ("SRV", "1 2 25 mx.example.net.", True),
        ("SRV", "1 2 25 mx", False),
        ("MXX", "10 mx.example.net.", False),
    ],
)
def test_values_of_other_types_are_checked_too(
    api: Any, zone: Zone, kind: str, value: str, *, good: bool
) -> None:
    if good:
        send(api, zone, add=[rrset(A, value, kind=kind)])
    else:
        assert refused_change(api, zone, add=[rrset(A, value, kind=kind)])[:2] == (400, "invalid")


@pytest.mark.parametrize(
    "name",
    [
        "a.example.com",
        "a.example.org.",
        "badexample.com.",
        "a..example.com.",
        "b.*.example.com.",
        "ä.example.com.",
    ],
)
def test_a_name_is_absolute_valid_and_in_the_zone(api: Any, zone: Zone, name: str) -> None:
    assert refused_change(api, zone, add=[rrset(name, MX)])[:2] == (400, "invalid")


def test_a_set_has_records_and_none_twice(api: Any, zone: Zone) -> None:
    assert refused_change(api, zone, add=[rrset(A)])[:2] == (400, "invalid")
    assert refused_change(api, zone, add=[rrset(A, MX, MX)])[:2] == (400, "invalid")


@pytest.mark.parametrize("ttl", [-1, 2147483648, None])
def test_a_ttl_is_a_number_of_31_bits(api: Any, zone: Zone, ttl: int | None) -> None:
    assert refused_change(api, zone, add=[{**rrset(A, MX), "ttl": ttl}])[0] == 400


def test_a_set_without_a_ttl_is_refused(api: Any, zone: Zone) -> None:
    body = {"additions": [{"name": A, "type": "MX", "rrdatas": [MX]}]}
    found = refused(lambda: ask(api, f"managedZones/{zone.name}/changes", "POST", body))
    assert found[:2] == (400, "required")


@pytest.mark.parametrize(
    "body",
    [
        {"additions": [{**rrset(A, MX), "rrdata": [MX]}]},
        {"additions": rrset(A, MX)},
        {"addition": [rrset(A, MX)]},
        {"additions": [{**rrset(A, MX), "ttl": "5m"}]},
        {"additions": [{**rrset(A), "rrdatas": [10]}]},
    ],
    ids=["field", "no list", "part", "ttl", "rrdatas"],
)
def test_a_body_is_held_against_the_document(api: Any, zone: Zone, body: Any) -> None:
    found = refused(lambda: ask(api, f"managedZones/{zone.name}/changes", "POST", body))
    assert found[:2] == (400, "badRequest")
    assert "Invalid JSON payload" in found[2]


def test_a_change_of_nothing_is_refused(api: Any, zone: Zone) -> None:
    body: dict[str, Any] = {"additions": [], "deletions": []}
    found = refused(lambda: ask(api, f"managedZones/{zone.name}/changes", "POST", body))
    assert found[:2] == (400, "required")


# What may stand beside what


def test_nothing_stands_beside_a_cname(api: Any, zone: Zone) -> None:
    cname, mx = rrset(A, "b.example.com.", kind="CNAME"), rrset(A, MX)
    send(api, zone, add=[cname])
    status, reason, message = refused_change(api, zone, add=[mx])
    assert (status, reason) == (400, "cnameResourceRecordSetConflict")
    assert "but not both" in message
    send(api, zone, add=[mx], delete=[cname])
    assert refused_change(api, zone, add=[cname])[1] == "cnameResourceRecordSetConflict"
    send(api, zone, delete=[mx], add=[cname])
    two = rrset("c.example.com.", "b.example.com.", "a.example.com.", kind="CNAME")
    assert refused_change(api, zone, add=[two])[:2] == (400, "invalidRecordCount")
    apex = rrset("example.com.", "b.example.com.", kind="CNAME")
    assert refused_change(api, zone, add=[apex])[:2] == (400, "recordTypeDisallowedAtZoneApex")


def test_the_apex_keeps_its_soa_and_name_servers(api: Any, fake: Fake, zone: Zone) -> None:
    for kind in ("NS", "SOA"):
        held = fake.look(zone, "example.com.", kind)
        assert held is not None
        assert refused_change(api, zone, delete=[held])[:2] == (400, "invalidZoneApex")
        send(api, zone, delete=[held], add=[{**held, "ttl": 300}])
    soa = fake.look(zone, "example.com.", "SOA")
    assert soa is not None
    assert refused_change(api, zone, add=[{**soa, "name": A}])[:2] == (400, "invalidZoneApex")
    star = rrset("*.example.com.", "ns.example.net.", kind="NS")
    assert refused_change(api, zone, add=[star])[:2] == (400, "wildcardNotAllowed")


def test_the_serial_is_left_to_the_client(api: Any, fake: Fake, zone: Zone) -> None:
    before = fake.look(zone, "example.com.", "SOA")
    send(api, zone, add=[rrset(A, MX)])
    assert fake.look(zone, "example.com.", "SOA") == before


# Limits


def test_a_change_has_at_most_1000_additions_and_1000_deletions(api: Any, fake: Fake, zone: Zone) -> None:
    many = [rrset(f"n{number}.example.com.", MX) for number in range(CHANGED_AT_ONCE + 1)]
    assert refused_change(api, zone, add=many)[:2] == (403, "quotaExceeded")
    send(api, zone, add=many[1:])
    send(api, zone, delete=many[1:], add=[{**each, "ttl": 60} for each in many[1:]])
    for each in many:
        fake.put(zone, each)
    assert refused_change(api, zone, delete=many)[:2] == (403, "quotaExceeded")


def test_a_change_has_at_most_100000_bytes_of_records(api: Any, zone: Zone) -> None:
    host = ".".join(["a" * 60] * 4)
    values = [f"{number} {host}." for number in range(10, 100)]
    sets = [rrset(f"n{number}.example.com.", *values) for number in range(5)]
    size = sum(len(value) for value in values)
    assert 4 * size < BYTES_AT_ONCE < 5 * size
    assert refused_change(api, zone, add=sets)[:2] == (403, "quotaExceeded")
    send(api, zone, add=sets[:4])


def test_a_set_has_at_most_100_records(api: Any, zone: Zone) -> None:
    values = [f"{number} mx.example.net." for number in range(101)]
    assert refused_change(api, zone, add=[rrset(A, *values)])[:2] == (403, "quotaExceeded")
    send(api, zone, add=[rrset(A, *values[:100])])


def test_a_zone_has_at_most_10000_sets(api: Any, fake: Fake, zone: Zone) -> None:
    for number in range(SETS_A_ZONE - len(zone.sets)):
        fake.put(zone, rrset(f"n{number}.example.com.", MX))
    assert refused_change(api, zone, add=[rrset(A, MX)])[:2] == (403, "quotaExceeded")
    send(api, zone, add=[rrset(A, MX)], delete=[rrset("n0.example.com.", MX)])


# Pending and done


@pytest.mark.parametrize("polls", [0, 3])
def test_a_change_is_pending_and_then_done(api: Any, fake: Fake, zone: Zone, polls: int) -> None:
    fake.service.polls_until_done = polls
    change = send(api, zone, add=[rrset(A, MX)])
    found = [change.status]
    for _ in range(polls + 2):
        change.reload()
        found.append(change.status)
    assert found == ["pending"] * (polls + 1) + ["done"] * 2
    assert [each.rrdatas for each in change.additions] == [[MX]]
    assert change.started.year == 2026


def test_changes_of_a_zone_are_numbered_and_an_unknown_one_is_not_found(
    api: Any, fake: Fake, zone: Zone
) -> None:
    numbers = [send(api, zone, add=[rrset(f"{name}.example.com.", MX)]).name for name in "ab"]
    assert numbers == ["1", "2"]
    other = fake.new_zone("example.org")
    path = f"managedZones/{other.name}/changes/{numbers[0]}"
    assert refused(lambda: ask(api, path))[:2] == (404, "notFound")
