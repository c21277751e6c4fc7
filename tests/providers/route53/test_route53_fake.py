"""The fake Route 53 keeps to botocore's model, and lists as AWS's documents say."""

from __future__ import annotations

from typing import Any

import pytest

from support.route53 import (
    Fake,
    HostedZone,
)
from support.route53.client import change, listed, refused, send
from support.route53.model import differences, service_model
from support.route53.shapes import ANSWERS, CHANGE_REQUEST, RECORD_SET


def test_every_shape_is_that_of_botocores_model() -> None:
    model = service_model()
    request = model.operation_model("ChangeResourceRecordSets").input_shape
    found = list(differences(CHANGE_REQUEST, request, "ChangeResourceRecordSets"))
    for operation, shape in ANSWERS.items():
        found += differences(shape, model.operation_model(operation).output_shape, operation)
    assert not found


def test_the_elements_of_a_record_set_stand_in_the_order_of_the_model() -> None:
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
