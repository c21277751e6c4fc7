"""The fake Route 53 does what AWS's documents say."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.parsers import ResponseParserError

from support.route53 import (
    ACCESS_DENIED,
    PRIOR_REQUEST,
    THROTTLING,
    Credential,
    Fake,
    Fate,
    HostedZone,
    Refusal,
    running_fake,
)
from support.route53.model import differences, service_model, unfit
from support.route53.shapes import ANSWERS, CHANGE_REQUEST, RECORD_SET
from support.route53.zone import MAX_CHARACTERS, MAX_RECORDS

ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=5)
"""A client that sends nothing twice."""


@pytest.fixture
def fake() -> Iterator[Fake]:
    with running_fake() as fake:
        yield fake


@pytest.fixture
def zone(fake: Fake) -> HostedZone:
    return fake.new_zone("example.com.")


@pytest.fixture
def api(fake: Fake) -> Any:
    return client(fake)


def client(fake: Fake, key: str = "test", secret: str = "test", service: str = "route53", **more: Any) -> Any:
    """Make a client that holds every answer against botocore's model."""
    session = boto3.Session(
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=more.pop("token", None),
        region_name=more.pop("region", "us-east-1"),
    )
    made: Any = session.client(service, endpoint_url=fake.url, config=more.pop("config", ONCE))  # type: ignore[call-overload]
    made.meta.events.register(f"after-call.{service}", _hold_against_model)
    return made


def _hold_against_model(http_response: Any, parsed: Any, model: Any, **_: Any) -> None:
    if http_response.status_code < 300:
        assert not list(unfit(parsed, model.output_shape, model.name))


def change(
    action: str, name: str, *values: str, ttl: int | None = 300, kind: str = "MX", **more: Any
) -> dict[str, Any]:
    rrset: dict[str, Any] = {"Name": name, "Type": kind, **more}
    if ttl is not None:
        rrset["TTL"] = ttl
    if values:
        rrset["ResourceRecords"] = [{"Value": value} for value in values]
    # botocore writes the elements in the order of the dictionary.
    ordered = {name: rrset[name] for name in RECORD_SET.members if name in rrset}
    return {"Action": action, "ResourceRecordSet": ordered}


def send(api: Any, zone: HostedZone, *changes: dict[str, Any]) -> Any:
    batch = {"Changes": list(changes)}
    return api.change_resource_record_sets(HostedZoneId=zone.id, ChangeBatch=batch)["ChangeInfo"]


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    """Give the code and message of the refusal that a call meets."""
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def refused_batch(api: Any, zone: HostedZone, *changes: dict[str, Any]) -> str:
    """Give the message; the zone is as before."""
    before = dict(zone.sets)
    code, message = refused(lambda: send(api, zone, *changes))
    assert code == "InvalidChangeBatch"
    assert zone.sets == before
    return message


def listed(api: Any, zone: HostedZone, **query: Any) -> list[tuple[str, str]]:
    answer = api.list_resource_record_sets(HostedZoneId=zone.id, **query)
    return [(rrset["Name"], rrset["Type"]) for rrset in answer["ResourceRecordSets"]]


# The model


def test_every_shape_is_that_of_botocores_model() -> None:
    model = service_model()
    request = model.operation_model("ChangeResourceRecordSets").input_shape
    found = list(differences(CHANGE_REQUEST, request, "ChangeResourceRecordSets"))
    for operation, shape in ANSWERS.items():
        found += differences(shape, model.operation_model(operation).output_shape, operation)
    assert not found


def test_the_elements_of_a_request_stand_in_the_order_of_the_model() -> None:
    model = service_model().operation_model("ChangeResourceRecordSets").input_shape
    theirs = model.members["ChangeBatch"].members["Changes"].member.members["ResourceRecordSet"].members  # type: ignore[union-attr]
    assert list(RECORD_SET.members) == list(theirs)


# Names and order


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("*.example.com", "\\052.example.com."),
        ("\\052.Example.COM.", "\\052.example.com."),
        ("a_b-c.example.com", "a_b-c.example.com."),
        ("a\\056b.example.com", "a\\056b.example.com."),
        ("\\101.example.com", "a.example.com."),
        ("f\\374bar.example.com", "f\\374bar.example.com."),
        ("a/b.example.com", "a\\057b.example.com."),
    ],
)
def test_a_name_comes_back_with_octal_escapes_and_in_lower_case(
    api: Any, zone: HostedZone, given: str, kept: str
) -> None:
    send(api, zone, change("CREATE", given, "10 mx.example.net"))
    assert (kept, "MX") in listed(api, zone)
    assert listed(api, zone, StartRecordName=given, StartRecordType="MX", MaxItems="1") == [(kept, "MX")]


@pytest.mark.parametrize(
    "name", ["a..example.com", "a b.example.com", f"{'a' * 64}.example.com", "ä.example.com"]
)
def test_what_is_no_name_is_refused(api: Any, zone: HostedZone, name: str) -> None:
    code, _ = refused(lambda: send(api, zone, change("CREATE", name, "10 mx.example.net")))
    assert code == "InvalidInput"


def test_sets_are_listed_by_reversed_name_with_the_dot_and_then_by_type(api: Any, fake: Fake) -> None:
    zone = fake.new_zone("example.org")
    for name in ("b", "a.b", "a", "a-1", "*", "1"):
        send(api, zone, change("CREATE", f"{name}.example.org", "10 mx.example.net"))
    send(api, zone, change("CREATE", "b.example.org", "192.0.2.1", kind="A"))
    assert listed(api, zone) == [
        ("example.org.", "NS"),
        ("example.org.", "SOA"),
        ("1.example.org.", "MX"),
        ("\\052.example.org.", "MX"),
        ("a-1.example.org.", "MX"),
        ("a.example.org.", "MX"),
        ("b.example.org.", "A"),
        ("b.example.org.", "MX"),
        ("a.b.example.org.", "MX"),
    ]


def test_a_start_is_no_filter(api: Any, zone: HostedZone) -> None:
    send(api, zone, change("CREATE", "b.example.com", "10 mx.example.net"))
    send(api, zone, change("CREATE", "c.example.com", "192.0.2.1", kind="A"))
    expected = [("c.example.com.", "A")]
    assert listed(api, zone, StartRecordName="b.example.com", StartRecordType="TXT") == expected


def test_a_start_type_without_a_name_is_refused(api: Any, zone: HostedZone) -> None:
    code, _ = refused(lambda: api.list_resource_record_sets(HostedZoneId=zone.id, StartRecordType="MX"))
    assert code == "InvalidInput"


# Pages


def test_no_page_has_more_than_300_sets_and_all_pages_together_have_all(
    api: Any, fake: Fake, zone: HostedZone
) -> None:
    for number in range(700):
        fake.put(zone, change("", f"n{number}.example.com", "10 mx.example.net")["ResourceRecordSet"])
    first = api.list_resource_record_sets(HostedZoneId=zone.id, MaxItems="1000")
    assert (len(first["ResourceRecordSets"]), first["IsTruncated"]) == (300, True)
    fake.forget_calls()
    pages = api.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone.id)
    names = [rrset["Name"] for page in pages for rrset in page["ResourceRecordSets"]]
    assert len(set(names)) == 701
    assert fake.counts == {"ListResourceRecordSets": 3}


def test_a_page_may_end_between_the_sets_of_one_name(api: Any, fake: Fake, zone: HostedZone) -> None:
    for identifier in ("a", "b", "c"):
        weighted = change("", "w.example.com", "10 mx.example.net", SetIdentifier=identifier, Weight=1)
        fake.put(zone, weighted["ResourceRecordSet"])
    first = api.list_resource_record_sets(
        HostedZoneId=zone.id, StartRecordName="w.example.com", StartRecordType="MX", MaxItems="2"
    )
    assert [first[f"NextRecord{part}"] for part in ("Name", "Type", "Identifier")] == [
        "w.example.com.",
        "MX",
        "c",
    ]
    second = api.list_resource_record_sets(
        HostedZoneId=zone.id,
        StartRecordName=first["NextRecordName"],
        StartRecordType=first["NextRecordType"],
        StartRecordIdentifier=first["NextRecordIdentifier"],
    )
    assert [rrset["SetIdentifier"] for rrset in second["ResourceRecordSets"]] == ["c"]


def test_zones_are_listed_100_a_page_with_the_next_id_as_marker(api: Any, fake: Fake) -> None:
    for number in range(250):
        fake.new_zone(f"z{number}.example.com")
    pages = list(api.get_paginator("list_hosted_zones").paginate())
    assert [len(page["HostedZones"]) for page in pages] == [100, 100, 50]
    assert pages[0]["NextMarker"] == pages[1]["Marker"] == pages[1]["HostedZones"][0]["Id"].split("/")[-1]
    assert len({zone["Id"] for page in pages for zone in page["HostedZones"]}) == 250
    assert api.get_hosted_zone_count()["HostedZoneCount"] == 250


def test_zones_by_name_start_at_a_name_in_the_order_of_reversed_labels(api: Any, fake: Fake) -> None:
    for name in ("example.org", "a.example.com", "example.com", "example.com", "b.example.com"):
        fake.new_zone(name, private=len(fake.service.zones) == 3)

    def names(**query: Any) -> list[str]:
        return [zone["Name"] for zone in api.list_hosted_zones_by_name(**query)["HostedZones"]]

    ordered = ["example.com.", "example.com.", "a.example.com.", "b.example.com.", "example.org."]
    assert names() == ordered
    assert names(DNSName="a.example.com") == ordered[2:]
    assert names(DNSName="aa.example.com") == ordered[3:]
    first = api.list_hosted_zones_by_name(DNSName="example.com", MaxItems="1")
    rest = names(DNSName=first["NextDNSName"], HostedZoneId=first["NextHostedZoneId"])
    assert rest == ordered[1:]
    code, _ = refused(lambda: names(HostedZoneId=first["NextHostedZoneId"]))
    assert code == "InvalidInput"


def test_private_zones_can_be_listed_alone(api: Any, fake: Fake) -> None:
    fake.new_zone("example.com")
    private = fake.new_zone("example.com", private=True, comment="inside")
    (found,) = api.list_hosted_zones(HostedZoneType="PrivateHostedZone")["HostedZones"]
    assert found["Id"] == f"/hostedzone/{private.id}"
    assert found["Config"] == {"Comment": "inside", "PrivateZone": True}
    assert "DelegationSet" not in api.get_hosted_zone(Id=private.id)


def test_a_public_zone_says_its_name_servers_and_has_soa_and_ns(api: Any, zone: HostedZone) -> None:
    assert len(api.get_hosted_zone(Id=zone.id)["DelegationSet"]["NameServers"]) == 4
    assert listed(api, zone) == [("example.com.", "NS"), ("example.com.", "SOA")]


def test_an_unknown_zone_is_refused(api: Any) -> None:
    code, _ = refused(lambda: api.list_resource_record_sets(HostedZoneId="ZNONE"))
    assert code == "NoSuchHostedZone"


# Changes


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


# What goes wrong


@pytest.mark.parametrize("refusal", [THROTTLING, PRIOR_REQUEST, ACCESS_DENIED], ids=lambda it: it.code)
def test_a_refusal_on_demand_strikes_as_often_as_was_said(
    api: Any, fake: Fake, zone: HostedZone, refusal: Refusal
) -> None:
    fake.fail("ListResourceRecordSets", refusal, times=2, skip=1)
    listed(api, zone)
    for _ in range(2):
        assert refused(lambda: listed(api, zone))[0] == refusal.code
    listed(api, zone)
    assert [call.answered for call in fake.calls] == ["200", refusal.code, refusal.code, "200"]


@pytest.mark.parametrize(
    ("fate", "done", "error"),
    [
        (Fate.DROP_BEFORE, False, ConnectionClosedError),
        (Fate.DROP_AFTER, True, ConnectionClosedError),
        (Fate.RESET_BEFORE, False, ConnectionClosedError),
        (Fate.RESET_AFTER, True, ConnectionClosedError),
        (Fate.UNAVAILABLE_BEFORE, False, ClientError),
        (Fate.UNAVAILABLE_AFTER, True, ClientError),
        (Fate.TRUNCATED, True, ResponseParserError),
    ],
)
def test_a_fault_strikes_before_or_after_the_work(
    api: Any, fake: Fake, zone: HostedZone, fate: Fate, *, done: bool, error: type[Exception]
) -> None:
    fake.fail("ChangeResourceRecordSets", fate)
    with pytest.raises(error):
        send(api, zone, change("CREATE", "a.example.com", "10 mx.example.net"))
    assert (fake.look(zone, "a.example.com", "MX") is not None) == done
    assert [call.answered for call in fake.calls] == [fate]


def test_a_slow_answer_comes(api: Any, fake: Fake, zone: HostedZone) -> None:
    fake.fail("ListResourceRecordSets", Fate.SLOW)
    assert listed(api, zone)


def test_a_fault_may_be_of_one_zone_and_may_run_something_before_the_work(
    api: Any, fake: Fake, zone: HostedZone
) -> None:
    other = fake.new_zone("example.org")
    foreign = change("", "a.example.com", "10 mx.example.net")["ResourceRecordSet"]
    fake.fail("ListResourceRecordSets", lambda: fake.put(zone, foreign), zone=zone)
    listed(api, other)
    assert fake.look(zone, "a.example.com", "MX") is None
    assert ("a.example.com.", "MX") in listed(api, zone)


def test_signatures_are_checked_once_a_credential_is_trusted(fake: Fake, zone: HostedZone) -> None:
    fake.trust(Credential("AKIA1", "secret"))
    fake.trust(Credential("AKIA2", "secret", expired=True))
    mx = change("CREATE", "a.example.com", "10 mx.example.net")
    send(client(fake, "AKIA1", "secret"), zone, mx)
    assert ("a.example.com.", "MX") in listed(
        client(fake, "AKIA1", "secret"),
        zone,
        StartRecordName="*.example.com",
        StartRecordType="A",
        MaxItems="5",
    )
    for key, secret, code in (
        ("AKIA1", "wrong", "SignatureDoesNotMatch"),
        ("AKIA2", "secret", "ExpiredToken"),
        ("AKIA3", "secret", "InvalidClientTokenId"),
    ):
        assert refused(lambda key=key, secret=secret: listed(client(fake, key, secret), zone))[0] == code  # type: ignore[misc]
    elsewhere = client(fake, "AKIA1", "secret", region="eu-west-1")
    assert "valid region" in refused(lambda: listed(elsewhere, zone))[1]


def test_an_assumed_role_may_sign(fake: Fake, zone: HostedZone) -> None:
    fake.trust(Credential("AKIA1", "secret"))
    sts = client(fake, "AKIA1", "secret", "sts")
    assert sts.get_caller_identity()["Account"] == "123456789012"
    role = "arn:aws:iam::123456789012:role/mail"
    given = sts.assume_role(RoleArn=role, RoleSessionName="mxsync")["Credentials"]
    assumed = client(fake, given["AccessKeyId"], given["SecretAccessKey"], token=given["SessionToken"])
    assert listed(assumed, zone)
    stolen = client(fake, given["AccessKeyId"], given["SecretAccessKey"])
    assert refused(lambda: listed(stolen, zone))[0] == "InvalidClientTokenId"
    assert refused(lambda: sts.assume_role(RoleArn="arn:aws:iam::1:user/x", RoleSessionName="mxsync"))


def test_an_unsigned_request_and_one_of_another_kind_are_refused(fake: Fake) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", fake.port, timeout=5)
    connection.request("GET", "/2013-04-01/hostedzone")
    answer = connection.getresponse()
    assert (answer.status, b"MissingAuthenticationToken" in answer.read()) == (403, True)
    connection.request("GET", "/2013-04-01/healthcheck")
    assert connection.getresponse().status == 404
    connection.close()


@pytest.mark.parametrize(
    "body",
    [
        "no xml",
        "<Other/>",
        '<ChangeResourceRecordSetsRequest xmlns="{ns}"><ChangeBatch><Changes><Change><ResourceRecordSet/><Action>CREATE</Action></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>',
        '<ChangeResourceRecordSetsRequest xmlns="{ns}"><ChangeBatch><Extra/></ChangeBatch></ChangeResourceRecordSetsRequest>',
    ],
    ids=["text", "root", "order", "element"],
)
def test_a_request_is_read_strictly(api: Any, zone: HostedZone, body: str) -> None:
    text = body.replace("{ns}", "https://route53.amazonaws.com/doc/2013-04-01/")

    def replace(params: Any, **_: Any) -> None:
        params["body"] = text.encode()

    api.meta.events.register("before-call.route53.ChangeResourceRecordSets", replace)
    code, _ = refused(lambda: send(api, zone, change("CREATE", "a.example.com", "10 mx.example.net")))
    assert code == "MalformedInput"


def test_of_many_creations_at_once_one_wins(fake: Fake, zone: HostedZone) -> None:
    outcomes: list[str] = []

    def create(number: int) -> None:
        try:
            send(client(fake), zone, change("CREATE", "a.example.com", f"{number} mx.example.net"))
            outcomes.append("won")
        except ClientError as error:
            outcomes.append(error.response["Error"]["Code"])

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["InvalidChangeBatch"] * 7 + ["won"]
