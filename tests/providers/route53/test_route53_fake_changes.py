"""The fake Route 53 changes record sets as AWS's documents say, within their limits."""

from __future__ import annotations

from typing import Any

import pytest

from support.route53 import (
    Fake,
    HostedZone,
)
from support.route53.client import change, listed, refused, refused_batch, send
from support.route53.zone import MAX_CHARACTERS, MAX_RECORDS


def test_what_exists_cannot_be_created(api: Any, zone: HostedZone) -> None:
    made = change("CREATE", "a.example.com", "10 mx.example.net")
    send(api, zone, made)
    expected = (
        "[Tried to create resource record set [name='a.example.com.', type='MX'] but it already exists]"
    )
    assert refused_batch(api, zone, made) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"values": ("10 mx.example.net",)},
        {"values": ("10 mx.example.net", "20 mx2.example.net", "30 mx3.example.net")},
        {"values": ("10 mx.example.net", "20 other.example.net")},
        {"ttl": 301},
    ],
    ids=["a value less", "a value more", "another value", "another TTL"],
)
def test_a_deletion_must_name_what_is_there(api: Any, zone: HostedZone, wrong: dict[str, Any]) -> None:
    values = ("10 mx.example.net", "20 mx2.example.net")
    send(api, zone, change("CREATE", "a.example.com", *values))
    deletion = change("DELETE", "a.example.com", *wrong.get("values", values), ttl=wrong.get("ttl", 300))
    expected = "but the values provided do not match the current values"
    assert expected in refused_batch(api, zone, deletion)
    send(api, zone, change("DELETE", "a.example.com", *reversed(values)))
    assert "but it was not found" in refused_batch(api, zone, change("DELETE", "a.example.com", *values))


def test_a_set_of_another_identifier_is_not_found(api: Any, zone: HostedZone) -> None:
    weighted = change("CREATE", "a.example.com", "10 mx.example.net", SetIdentifier="one", Weight=1)
    send(api, zone, weighted)
    other = change("DELETE", "a.example.com", "10 mx.example.net", SetIdentifier="two", Weight=1)
    assert "set identifier='two'] but it was not found" in refused_batch(api, zone, other)


def test_a_batch_is_made_in_order_and_wholly_or_not_at_all(api: Any, zone: HostedZone) -> None:
    old, new = (
        ("DELETE", "a.example.com", "10 old.example.net"),
        ("CREATE", "a.example.com", "10 new.example.net"),
    )
    send(api, zone, change("CREATE", *old[1:]))
    assert "already exists" in refused_batch(api, zone, change(*new), change(*old))
    message = refused_batch(
        api, zone, change(*old), change(*new), change("DELETE", "b.example.com", "10 mx.example.net")
    )
    assert message.count("Tried to") == 1
    send(api, zone, change(*old), change(*new))
    refused_twice = refused_batch(api, zone, change("DELETE", *new[1:]), change("DELETE", *new[1:]))
    assert "not found" in refused_twice


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("mx.example.net", "MXRRDATAPriorityRequired"),
        ("ten mx.example.net", "MXRRDATAPriorityRequired"),
        ("-1 mx.example.net", "MXRRDATAPriorityRequired"),
        ("65536 mx.example.net", "MXRRDATAPriorityOutOfRange"),
        ("10 mx.example.net more", "MXRRDATAIllegalFormat"),
        ("10 ", "MXRRDATAIllegalFormat"),
        ("10 mx..example.net", "DomainLabelEmpty"),
    ],
)
def test_the_value_of_an_mx_is_checked(api: Any, zone: HostedZone, value: str, problem: str) -> None:
    assert problem in refused_batch(api, zone, change("CREATE", "a.example.com", value))


@pytest.mark.parametrize("value", ["0 .", "65535 mx.example.net.", "10 MX.example.NET"])
def test_a_value_comes_back_as_it_was_given(api: Any, zone: HostedZone, value: str) -> None:
    send(api, zone, change("CREATE", "a.example.com", value))
    answer = api.list_resource_record_sets(
        HostedZoneId=zone.id, StartRecordName="a.example.com", StartRecordType="MX"
    )
    assert answer["ResourceRecordSets"][0]["ResourceRecords"] == [{"Value": value}]


def test_a_value_stands_once(api: Any, zone: HostedZone) -> None:
    twice = change("CREATE", "a.example.com", "10 mx.example.net", "10 mx.example.net")
    assert "Duplicate Resource Record" in refused_batch(api, zone, twice)


@pytest.mark.parametrize("ttl", [None, 2147483648])
def test_records_need_a_ttl_of_31_bits(api: Any, zone: HostedZone, ttl: int | None) -> None:
    code, _ = refused(
        lambda: send(api, zone, change("CREATE", "a.example.com", "10 mx.example.net", ttl=ttl))
    )
    assert code == "InvalidInput"


def test_a_name_outside_the_zone_is_refused(api: Any, zone: HostedZone) -> None:
    message = refused_batch(api, zone, change("CREATE", "badexample.com", "10 mx.example.net"))
    assert message == "[RRSet with DNS name badexample.com. is not permitted in zone example.com.]"


def test_nothing_stands_beside_a_cname(api: Any, zone: HostedZone) -> None:
    cname = ("a.example.com", "b.example.com")
    send(api, zone, change("CREATE", *cname, kind="CNAME"))
    mx = change("CREATE", "a.example.com", "10 mx.example.net")
    assert "conflicting RRSet of type CNAME" in refused_batch(api, zone, mx)
    send(api, zone, change("DELETE", *cname, kind="CNAME"), mx)
    assert "conflicts with other records" in refused_batch(api, zone, change("CREATE", *cname, kind="CNAME"))
    apex = change("CREATE", "example.com", "b.example.com", kind="CNAME")
    assert "not permitted at apex" in refused_batch(api, zone, apex)


@pytest.mark.parametrize("kind", ["NS", "SOA"])
def test_the_apex_keeps_its_soa_and_ns(api: Any, zone: HostedZone, kind: str) -> None:
    held = next(it for it in zone.sets.values() if it["Type"] == kind)
    deletion = {"Action": "DELETE", "ResourceRecordSet": held}
    assert f"{kind} record" in refused_batch(api, zone, deletion)


def test_sets_of_one_name_and_type_all_have_an_identifier_and_one_policy(api: Any, zone: HostedZone) -> None:
    def of(identifier: str, ttl: int = 300, **policy: Any) -> dict[str, Any]:
        return change(
            "CREATE", "w.example.com", "10 mx.example.net", ttl=ttl, SetIdentifier=identifier, **policy
        )

    simple = change("CREATE", "w.example.com", "10 mx.example.net")
    send(api, zone, of("a", Weight=1), of("b", Weight=0))
    assert "as other RRSets exist" in refused_batch(api, zone, simple)
    assert "another routing policy" in refused_batch(api, zone, of("c", Region="eu-west-1"))
    assert "same TTL" in refused_batch(api, zone, of("c", ttl=60, Weight=1))
    assert "already exists" in refused_batch(api, zone, of("b", Weight=5))
    code, _ = refused(lambda: send(api, zone, of("d")))
    assert code == "InvalidInput"


def test_every_routing_policy_an_alias_and_a_traffic_policy_can_be_stored_and_listed(
    api: Any, zone: HostedZone
) -> None:
    mx = ("10 mx.example.net",)
    policies: dict[str, dict[str, Any]] = {
        "weighted": {"Weight": 10},
        "latency": {"Region": "eu-west-1"},
        "failover": {"Failover": "PRIMARY", "HealthCheckId": "11111111-2222-3333-4444-555555555555"},
        "geo": {"GeoLocation": {"CountryCode": "DE"}},
        "multi": {"MultiValueAnswer": True},
    }
    for name, policy in policies.items():
        send(api, zone, change("CREATE", f"{name}.example.com", *mx, SetIdentifier="one", **policy))
    target = {"HostedZoneId": zone.id, "DNSName": "weighted.example.com.", "EvaluateTargetHealth": False}
    send(api, zone, change("CREATE", "alias.example.com", ttl=None, AliasTarget=target))
    instance = "12345678-1234-1234-1234-123456789012"
    send(api, zone, change("CREATE", "traffic.example.com", ttl=None, TrafficPolicyInstanceId=instance))
    sets = {
        it["Name"].partition(".")[0]: it
        for it in api.list_resource_record_sets(HostedZoneId=zone.id)["ResourceRecordSets"]
        if it["Type"] == "MX"
    }
    assert {name: sets[name] | policy for name, policy in policies.items()} == {
        name: sets[name] for name in policies
    }
    assert sets["alias"]["AliasTarget"] == target
    assert sets["traffic"]["TrafficPolicyInstanceId"] == instance


# Limits


def _records(count: int) -> list[dict[str, Any]]:
    """Make creations of ten records each."""
    return [
        change("CREATE", f"n{number}.example.com", *(f"{at} mx.example.net" for at in range(10)))
        for number in range(count // 10)
    ]


def test_a_batch_has_at_most_1000_records(api: Any, zone: HostedZone) -> None:
    more = change("CREATE", "more.example.com", "1 a.example.net")
    assert "limit of 1000 exceeded" in refused_batch(api, zone, *_records(MAX_RECORDS), more)
    send(api, zone, *_records(MAX_RECORDS))


def test_an_upsert_counts_twice(api: Any, zone: HostedZone) -> None:
    upserts = [{**it, "Action": "UPSERT"} for it in _records(510)]
    assert "limit of 1000 exceeded" in refused_batch(api, zone, *upserts)
    send(api, zone, *upserts[:50])


def test_a_batch_has_at_most_32000_characters_of_values(api: Any, zone: HostedZone) -> None:
    value = f"10 {'a' * 63}.{'b' * 63}.{'c' * 58}"
    whole, rest = divmod(MAX_CHARACTERS, len(value))
    assert rest > 3
    changes = [change("CREATE", f"n{number}.example.com", value) for number in range(whole)]
    fits = [*changes, change("CREATE", "last.example.com", f"10 {'d' * (rest - 3)}")]
    one_more = [*changes, change("CREATE", "last.example.com", f"10 {'d' * (rest - 2)}")]
    assert "Number of characters" in refused_batch(api, zone, *one_more)
    send(api, zone, *fits)


def test_requests_above_the_rate_are_throttled(api: Any, fake: Fake, zone: HostedZone) -> None:
    fake.rate = 5
    for _ in range(5):
        listed(api, zone)
    assert refused(lambda: listed(api, zone)) == ("Throttling", "Rate exceeded")


def test_a_change_is_pending_until_it_was_asked_often_enough(api: Any, fake: Fake, zone: HostedZone) -> None:
    fake.service.polls_until_insync = 2
    made = send(api, zone, change("CREATE", "a.example.com", "10 mx.example.net"))
    states = [api.get_change(Id=made["Id"])["ChangeInfo"]["Status"] for _ in range(3)]
    assert [made["Status"], *states] == ["PENDING", "PENDING", "PENDING", "INSYNC"]
    code, _ = refused(lambda: api.get_change(Id="CNONE"))
    assert code == "NoSuchChange"
