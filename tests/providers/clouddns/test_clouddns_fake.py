"""The fake Cloud DNS keeps to Google's discovery document, and lists as Google's documents say."""

from __future__ import annotations

import json
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from googleapiclient import discovery as google  # type: ignore[import-untyped]
from googleapiclient.errors import HttpError  # type: ignore[import-untyped]

from support.clouddns import Fake, Zone
from support.clouddns.check import unfit, unfit_query
from support.clouddns.client import ask, client, listed, refused, rrset, send
from support.clouddns.discovery import document, methods, route, schema
from support.clouddns.server import Request

# The checker


def reached(shape: Any, seen: set[str]) -> list[Any]:
    """Give the schemas that a schema is made of."""
    if "$ref" in shape:
        name = shape["$ref"]
        return [] if name in seen else reached(schema(name), seen | {name})
    inner = [*shape.get("properties", {}).values()]
    inner += [shape[part] for part in ("items", "additionalProperties") if part in shape]
    return [shape, *(found for each in inner for found in reached(each, seen))]


def test_the_checker_knows_all_that_the_methods_use() -> None:
    names = {"managedZones.list", "managedZones.get", "resourceRecordSets.list", "changes.create"}
    used = [method for method in methods() if method.name in names]
    shapes = [shape for method in used for shape in reached(method.response, set())]
    assert len(shapes) > 100
    assert {shape["type"] for shape in shapes} == {
        *("object", "array", "string", "integer", "number", "boolean")
    }
    assert {shape.get("format") for shape in shapes if shape["type"] == "integer"} <= {"int32", "uint32"}
    assert {shape.get("format") for shape in shapes if shape["type"] == "string"} <= {None, "uint64"}
    known = {"type", "format", "enum", "items", "properties", "additionalProperties"}
    told = {"id", "default", "description", "enumDescriptions", "enumDeprecated", "readOnly", "deprecated"}
    assert {word for shape in shapes for word in shape} <= known | told


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("ResourceRecordSet", {"ttl": "300"}, "ttl: '300' is no int32"),
        ("ResourceRecordSet", {"ttl": True}, "ttl: True is no int32"),
        ("ResourceRecordSet", {"ttl": 2**31}, "ttl: 2147483648 is no int32"),
        ("ResourceRecordSet", {"rrdata": []}, "Unknown name 'rrdata'"),
        ("ResourceRecordSet", {"rrdatas": "10 mx."}, "rrdatas: '10 mx.' is no list"),
        ("ResourceRecordSet", {"rrdatas": [10]}, "rrdatas[0]: 10 is no string"),
        ("ResourceRecordSet", {"name": None}, "name: None is no string"),
        ("ResourceRecordSet", [], "[] is no object"),
        ("Change", {"status": "finished"}, "status: 'finished' is none of"),
        ("Change", {"additions": [{"type": 15}]}, "additions[0].type: 15 is no string"),
        ("Change", {"isServing": "true"}, "isServing: 'true' is neither"),
        ("ManagedZone", {"id": 17}, "id: 17 is no string"),
        ("ManagedZone", {"id": "-1"}, "id: '-1' is no uint64"),
        ("ManagedZone", {"id": "017"}, "id: '017' is no uint64"),
        ("ManagedZone", {"labels": {"a": 1}}, "labels.a: 1 is no string"),
        ("RRSetRoutingPolicyWrrPolicyWrrPolicyItem", {"weight": "1"}, "weight: '1' is no number"),
    ],
)
def test_what_does_not_fit_a_schema_is_found(name: str, value: Any, problem: str) -> None:
    (found,) = unfit(value, schema(name), name)
    assert problem in found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ResourceRecordSet", {}),
        ("ResourceRecordSet", {"ttl": 0, "rrdatas": []}),
        ("ManagedZone", {"id": str(2**64 - 1), "labels": {"a": "b"}, "visibility": "private"}),
        ("RRSetRoutingPolicyWrrPolicyWrrPolicyItem", {"weight": 1}),
        ("RRSetRoutingPolicyWrrPolicyWrrPolicyItem", {"weight": 0.5}),
    ],
)
def test_what_fits_a_schema_is_let_through(name: str, value: Any) -> None:
    assert not list(unfit(value, schema(name), name))


def test_a_client_may_write_a_number_as_a_string() -> None:
    assert not list(unfit({"ttl": "300"}, schema("ResourceRecordSet"), "", loose=True))
    for text in ("abc", "1e3", "2147483648", "007", " 1", "\u0661"):
        assert list(unfit({"ttl": text}, schema("ResourceRecordSet"), "", loose=True)), text


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ([("nam", "a.")], "Unknown name 'nam'"),
        ([("name", "a."), ("name", "b.")], "name is given more than once"),
        ([("maxResults", "many")], "'many' is no int32"),
        ([("prettyPrint", "yes")], "'yes' is neither true nor false"),
        ([("alt", "xml")], "'xml' is none of"),
        ([("managedZone", "a")], "Unknown name 'managedZone'"),
    ],
)
def test_a_query_is_held_against_the_document(query: list[tuple[str, str]], problem: str) -> None:
    (method,) = (each for each in methods() if each.name == "resourceRecordSets.list")
    assert problem in next(unfit_query(query, method.query))


def test_a_method_is_found_by_verb_and_path() -> None:
    base = "/dns/v1/projects/p/managedZones"
    found = {
        ("GET", base): "managedZones.list",
        ("POST", base): "managedZones.create",
        ("GET", f"{base}/z"): "managedZones.get",
        ("GET", f"{base}/z/rrsets"): "resourceRecordSets.list",
        ("GET", f"{base}/z/rrsets/a.b./MX"): "resourceRecordSets.get",
        ("POST", f"{base}/z/changes"): "changes.create",
        ("GET", f"{base}/z/changes/7"): "changes.get",
    }
    for (verb, path), name in found.items():
        assert (matched := route(verb, path))
        assert matched[0].name == name
    assert route("GET", f"{base}/a%2Fb/changes/7") is not None
    for verb, path in (("PUT", f"{base}/z/changes"), ("GET", f"{base}/"), ("GET", "/dns/v2/projects/p")):
        assert route(verb, path) is None, path


# Google's clients


def test_the_client_that_google_makes_of_the_document_can_use_it(fake: Fake, zone: Zone) -> None:
    described, where = json.loads(json.dumps(document())), {"api_endpoint": fake.url}
    nobody = AnonymousCredentials()  # type: ignore[no-untyped-call]
    with google.build_from_document(described, credentials=nobody, client_options=where) as made:
        place = {"project": fake.service.project, "managedZone": zone.name}
        body = {"additions": [rrset("a.example.com.", "10 mx.example.net.")]}
        change = made.changes().create(**place, body=body).execute()
        assert made.changes().get(**place, changeId=change["id"]).execute()["status"] == "pending"
        sets = made.resourceRecordSets().list(**place, name="a.example.com.", type="MX").execute()["rrsets"]
        assert [found["rrdatas"] for found in sets] == [["10 mx.example.net."]]
        assert made.managedZones().get(**place).execute()["dnsName"] == "example.com."
        zones = made.managedZones().list(project=place["project"]).execute()["managedZones"]
        assert [found["visibility"] for found in zones] == ["public"]
        with pytest.raises(HttpError) as caught:
            made.changes().create(**place, body=body).execute()
    assert caught.value.error_details[0]["reason"] == "alreadyExists"


def test_the_library_lists_zones_and_sets_of_many_pages(api: Any, fake: Fake, zone: Zone) -> None:
    for number in range(250):
        fake.new_zone(f"z{number}.example.com")
    for number in range(2500):
        fake.put(zone, rrset(f"n{number}.example.com.", "192.0.2.1", kind="A"))
    assert len({each.name for each in api.list_zones()}) == 251
    managed = api.zone(zone.name, zone.dns_name)
    assert len({each.name for each in managed.list_resource_record_sets()}) == 2501
    assert len(list(api.list_zones(max_results=7))) == 7
    assert fake.counts == {"managedZones.list": 4, "resourceRecordSets.list": 3}


def test_the_library_cannot_read_a_set_with_a_routing_policy(api: Any, fake: Fake, zone: Zone) -> None:
    # This is why the provider asks through the connection; it may stop doing so if this ever fails.
    weighted = {"items": [{"weight": 1.0, "rrdatas": ["10 mx.example.net."]}]}
    fake.put(zone, {"name": "w.example.com.", "type": "MX", "ttl": 300, "routingPolicy": {"wrr": weighted}})
    with pytest.raises(KeyError, match="rrdatas"):
        list(api.zone(zone.name, zone.dns_name).list_resource_record_sets())


def test_the_library_sends_the_ttl_as_a_string(api: Any, fake: Fake, zone: Zone) -> None:
    send(api, zone, add=[rrset("a.example.com.", "10 mx.example.net.")])
    assert fake.calls[-1].body["additions"][0]["ttl"] == "300"
    kept = fake.look(zone, "a.example.com.", "MX")
    assert kept == {"name": "a.example.com.", "type": "MX", "ttl": 300, "rrdatas": ["10 mx.example.net."]}


# Zones


def test_zones_are_found_by_their_dns_name_and_equal_ones_are_told_apart(api: Any, fake: Fake) -> None:
    public = fake.new_zone("example.com")
    private = fake.new_zone("example.com", private=True, description="inside")
    fake.new_zone("a.example.com")
    found = ask(api, "managedZones", dnsName="Example.com.")["managedZones"]
    assert [(each["name"], each["visibility"]) for each in found] == [
        (public.name, "public"),
        (private.name, "private"),
    ]
    assert "privateVisibilityConfig" in found[1]
    assert found[1]["description"] == "inside"
    assert len(found[0]["nameServers"]) == 4
    assert ask(api, "managedZones", dnsName="example.org.")["managedZones"] == []
    assert refused(lambda: ask(api, "managedZones", dnsName="example.com"))[:2] == (400, "invalid")


@pytest.mark.parametrize(
    "special",
    [
        {"peeringConfig": {"targetNetwork": {"networkUrl": "https://www.googleapis.com/compute/v1/x"}}},
        {"forwardingConfig": {"targetNameServers": [{"ipv4Address": "192.0.2.53"}]}},
    ],
    ids=["peering", "forwarding"],
)
def test_a_zone_that_has_no_records_of_its_own_shows_why(
    api: Any, fake: Fake, special: dict[str, Any]
) -> None:
    zone = fake.new_zone("example.com", private=True, **special)
    assert special.items() <= ask(api, f"managedZones/{zone.name}").items()
    added = [rrset("a.example.com.", "10 mx.example.net.")]
    assert refused(lambda: send(api, zone, add=added))[0] == 400


def test_a_zone_can_be_asked_for_by_name_and_by_number(api: Any, zone: Zone) -> None:
    found = ask(api, f"managedZones/{zone.name}")
    assert found == ask(api, f"managedZones/{found['id']}")
    assert api.zone(zone.name).exists()


def test_an_unknown_zone_or_project_is_not_found(api: Any, fake: Fake, zone: Zone) -> None:
    status, reason, message = refused(lambda: ask(api, "managedZones/none/rrsets"))
    assert (status, reason) == (404, "notFound")
    assert message == "The 'parameters.managedZone' resource named 'none' does not exist."
    other = client(fake, project="other")
    assert "other" in refused(lambda: ask(other, f"managedZones/{zone.name}"))[2]


# Record sets


def test_a_new_zone_has_its_name_servers_and_soa(api: Any, zone: Zone) -> None:
    assert listed(api, zone) == [("example.com.", "NS"), ("example.com.", "SOA")]


def test_sets_are_found_by_name_and_type(api: Any, fake: Fake, zone: Zone) -> None:
    for name in ("a.example.com.", "b.example.com.", "*.example.com."):
        fake.put(zone, rrset(name, "10 mx.example.net."))
        fake.put(zone, rrset(name, "192.0.2.1", kind="A"))
    assert listed(api, zone, name="A.example.com.", type="MX") == [("a.example.com.", "MX")]
    assert listed(api, zone, name="*.example.com.", type="MX") == [("*.example.com.", "MX")]
    assert listed(api, zone, name="b.example.com.") == [("b.example.com.", "A"), ("b.example.com.", "MX")]
    assert listed(api, zone, name="c.example.com.", type="MX") == []
    assert len(listed(api, zone)) == 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('name="a.example.com."', ["a MX", "a TXT"]),
        ('name="a.example.com." AND type="MX"', ["a MX"]),
        ('name=has_suffix("example.com.") AND type="MX"', ["a MX", "b.a MX"]),
        ('name=has_suffix("a.example.com.")', ["a MX", "a TXT", "b.a MX"]),
    ],
)
def test_a_filter_finds_by_name_by_its_end_and_by_type(
    api: Any, fake: Fake, zone: Zone, text: str, expected: list[str]
) -> None:
    for name in ("a.example.com.", "b.a.example.com."):
        fake.put(zone, rrset(name, "10 mx.example.net."))
    fake.put(zone, rrset("a.example.com.", '"text"', kind="TXT"))
    found = listed(api, zone, filter=text)
    assert [f"{name.removesuffix('.example.com.')} {kind}" for name, kind in found] == expected


@pytest.mark.parametrize(
    "query",
    [
        {"type": "MX"},
        {"name": "a.example.com.", "type": "MXX"},
        {"name": "a.example.com"},
        {"name": "a..example.com."},
        {"maxResults": 0},
        {"pageToken": "none"},
        {"filter": 'type="MX"'},
        {"filter": 'name="a.example.com."', "name": "a.example.com."},
    ],
    ids=str,
)
def test_a_question_that_cannot_be_is_refused(api: Any, zone: Zone, query: dict[str, Any]) -> None:
    assert refused(lambda: listed(api, zone, **query))[:2] == (400, "invalid")


def test_pages_go_on_with_the_token_and_together_have_all(api: Any, fake: Fake, zone: Zone) -> None:
    for number in range(25):
        fake.put(zone, rrset(f"n-{number}.n.example.com.", "10 mx.example.net."))
    fake.forget_calls()
    found = listed(api, zone, maxResults=10)
    assert len(found) == len(set(found)) == 27
    assert fake.counts["resourceRecordSets.list"] == 3
    assert listed(api, zone) == found


def test_a_page_token_is_good_only_for_its_own_question(api: Any, fake: Fake, zone: Zone) -> None:
    for number in range(3):
        fake.put(zone, rrset(f"n{number}.example.com.", "10 mx.example.net."))
    page = ask(api, f"managedZones/{zone.name}/rrsets", maxResults=2)
    query = {"name": "n1.example.com.", "pageToken": page["nextPageToken"]}
    assert refused(lambda: listed(api, zone, **query))[:2] == (400, "invalid")


def test_a_page_with_a_token_may_be_empty_and_have_no_list(api: Any, fake: Fake, zone: Zone) -> None:
    fake.service.sparse, fake.service.sets_a_page = True, 2
    for number in range(9):
        fake.put(zone, rrset(f"n{number}.example.com.", "10 mx.example.net."))
    first = ask(api, f"managedZones/{zone.name}/rrsets", name="n8.example.com.", type="MX")
    assert first.keys() == {"kind", "nextPageToken"}
    assert listed(api, zone, name="n8.example.com.", type="MX") == [("n8.example.com.", "MX")]


@pytest.mark.parametrize(
    "policy",
    [
        {"wrr": {"items": [{"weight": 0.5, "rrdatas": ["10 mx.example.net."]}]}},
        {"geo": {"items": [{"location": "europe-west1", "rrdatas": ["10 mx.example.net."]}]}},
        {"primaryBackup": {"primaryTargets": {"externalEndpoints": ["192.0.2.1"]}, "trickleTraffic": 0.1}},
    ],
    ids=lambda it: next(iter(it)),
)
def test_a_set_with_a_routing_policy_has_no_records_of_its_own(
    api: Any, fake: Fake, zone: Zone, policy: dict[str, Any]
) -> None:
    fake.put(zone, {"name": "w.example.com.", "type": "MX", "ttl": 300, "routingPolicy": policy})
    (found,) = ask(api, f"managedZones/{zone.name}/rrsets", name="w.example.com.", type="MX")["rrsets"]
    assert "rrdatas" not in found
    assert found["routingPolicy"] == policy


def test_a_set_may_be_odd_if_a_test_wants_it(api: Any, fake: Fake, zone: Zone) -> None:
    fake.put(zone, {"name": "a.example.com.", "type": "MX", "rrdatas": ["what is this"]})
    (found,) = ask(api, f"managedZones/{zone.name}/rrsets", name="a.example.com.", type="MX")["rrsets"]
    assert ("ttl" in found, found["rrdatas"]) == (False, ["what is this"])


def test_an_answer_that_the_document_does_not_allow_is_a_defect_of_the_fake(fake: Fake, zone: Zone) -> None:
    fake.put(zone, {"name": "a.example.com.", "type": "MX", "ttl": "300"})
    path = f"/dns/v1/projects/{fake.service.project}/managedZones/{zone.name}/rrsets"
    with pytest.raises(AssertionError, match="is no int32"):
        fake.answer(Request("GET", path, "", {}, b""))


def test_what_the_fake_does_not_have_it_says(api: Any, zone: Zone) -> None:
    assert refused(lambda: ask(api, f"managedZones/{zone.name}/changes"))[0] == 501
    assert refused(lambda: ask(api, f"managedZones/{zone.name}", fields="name"))[0] == 501
