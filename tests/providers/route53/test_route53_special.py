"""Sets of Route 53 that are not ours to change, and ones that only look different."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mxsync.change import Outcome
from mxsync.model import MXSet
from support.cli import mxsync
from support.route53.site import NEW, OLD, WRITE, ZONE, Site, apply, plan_of
from support.sets import mx_set

_ONE = {"SetIdentifier": "one"}
_TARGET = {"HostedZoneId": "Z1", "DNSName": "target.example.com.", "EvaluateTargetHealth": False}
SPECIAL: dict[str, dict[str, Any]] = {
    "weighted": {"Weight": 10, **_ONE},
    "latency": {"Region": "eu-west-1", **_ONE},
    "failover": {"Failover": "PRIMARY", **_ONE},
    "geolocation": {"GeoLocation": {"ContinentCode": "EU"}, **_ONE},
    "multivalue": {"MultiValueAnswer": True, **_ONE},
    "alias": {"AliasTarget": _TARGET},
    "traffic policy": {"TrafficPolicyInstanceId": "12345678-1234-1234-1234-123456789012"},
}


@pytest.mark.parametrize("wanted", [NEW, None], ids=["wanted", "absent"])
@pytest.mark.parametrize("kind", SPECIAL)
def test_a_set_of_another_routing_policy_is_blocked_described_and_untouched(
    site: Site, kind: str, wanted: MXSet | None
) -> None:
    rrset: dict[str, Any] = {"Name": "special.example.com.", "Type": "MX", **SPECIAL[kind]}
    if kind not in {"alias", "traffic policy"}:
        rrset |= {"TTL": 300, "ResourceRecords": [{"Value": "10 mx.example.net."}]}
    site.fake.put(site.zone, rrset)
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"special": wanted}})
    assert not plan.changes
    (trouble,) = plan.blocked
    assert kind in trouble.reason
    assert ("'one'" in trouble.reason) == ("SetIdentifier" in rrset)
    assert [it.outcome for it in apply(provider, plan).results] == [Outcome.BLOCKED]
    assert WRITE not in site.fake.counts
    assert site.fake.look(site.zone, "special.example.com", "MX", rrset.get("SetIdentifier", "")) == rrset


def test_many_sets_of_one_owner_are_blocked_although_they_fill_more_than_a_page(site: Site) -> None:
    for number in range(350):
        weighted = {
            "Name": "special.example.com.",
            "Type": "MX",
            "SetIdentifier": f"set {number:03}",
            "Weight": 1,
            "TTL": 300,
            "ResourceRecords": [{"Value": "10 mx.example.net."}],
        }
        site.fake.put(site.zone, weighted)
    plan = plan_of(site.open(), {ZONE: {"special": NEW, "update": NEW}})
    assert [item.owner for item in plan.blocked] == ["special.example.com."]
    assert [item.change.owner for item in plan.changes] == ["update.example.com."]


def test_a_set_that_becomes_weighted_just_before_the_write_is_left_alone(site: Site) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"update": NEW}})
    weighted = {
        "Name": "update.example.com.",
        "Type": "MX",
        **SPECIAL["weighted"],
        "TTL": 3600,
        "ResourceRecords": [{"Value": str(record)} for record in OLD.records],
    }

    def reroute() -> None:
        site.put("update", None)
        site.fake.put(site.zone, weighted)

    site.fake.fail(WRITE, reroute)
    (result,) = apply(provider, plan).results
    assert result.outcome in {Outcome.BLOCKED, Outcome.CONFLICT}
    assert site.fake.look(site.zone, "update.example.com", "MX", "one") == weighted
    assert site.look("update") is None


def test_a_cname_that_appears_just_before_the_write_is_left_alone(site: Site) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"create": NEW}})
    cname = {
        "Name": "create.example.com.",
        "Type": "CNAME",
        "TTL": 60,
        "ResourceRecords": [{"Value": "elsewhere.example.net"}],
    }
    site.fake.fail(WRITE, lambda: site.fake.put(site.zone, cname))
    (result,) = apply(provider, plan).results
    assert result.outcome in {Outcome.BLOCKED, Outcome.CONFLICT}
    assert site.look("create") is None


# No differences made up


@pytest.mark.parametrize(
    ("owner", "name", "value"),
    [
        ("*", "\\052.example.com", "10 old.example.net."),
        ("*", "*.example.com.", "10 old.example.net."),
        ("UPPER", "upper.example.com", "10 OLD.EXAMPLE.NET"),
        ("dot", "dot.example.com", "10 old.example.net"),
        ("a/b", "a\\057b.example.com", "10 old.example.net"),
        ("a\\.b", "a\\056b.example.com", "10 old.example.net"),
        ("_mail", "_mail.example.com", "10 old.example.net"),
        ("@", "EXAMPLE.com", "10 old.example.net"),
        ("x", "x.example.com", "10 \\157ld.example.net"),
        ("\\252", "\\374.example.com", "10 old.example.net"),
    ],
)
def test_a_set_that_is_written_in_another_way_is_as_wanted(
    site: Site, owner: str, name: str, value: str
) -> None:
    rrset = {"Name": name, "Type": "MX", "TTL": 3600, "ResourceRecords": [{"Value": value}]}
    site.fake.put(site.zone, rrset)
    plan = plan_of(site.open(), {ZONE: {owner: mx_set(3600, "10 old.example.net.")}})
    assert (plan.unchanged, plan.changes, plan.blocked, plan.failed) == (1, (), (), ())


def test_a_set_that_is_written_in_another_way_can_be_changed(site: Site) -> None:
    values = [{"Value": "20 MX2.Example.NET"}, {"Value": "10 old.example.net"}]
    rrset = {"Name": "\\052.example.com", "Type": "MX", "TTL": 3600, "ResourceRecords": values}
    site.fake.put(site.zone, rrset)
    provider = site.open()
    report = apply(provider, plan_of(provider, {ZONE: {"*": NEW}}))
    assert [result.outcome for result in report.results] == [Outcome.APPLIED]
    assert site.look("*") == NEW


# At the command line


def test_a_plan_shows_what_is_blocked_and_why(site: Site, tmp_path: Path) -> None:
    values = {"TTL": 300, "ResourceRecords": [{"Value": "10 mx.example.net."}]}
    weighted = {"Name": "special.example.com.", "Type": "MX", **SPECIAL["weighted"], **values}
    site.fake.put(site.zone, weighted)
    (tmp_path / "mxsync.yaml").write_text(
        "mxsync: 1\n"
        f"providers: {{aws: {{type: route53, endpoint_url: '{site.fake.url}'}}}}\n"
        "defaults: {provider: aws, ttl: 1h}\n"
        "zones: {example.com: {mx: {special: [10 new.example.net.]}}}\n"
    )
    run = mxsync("plan", cwd=tmp_path)
    assert "special.example.com." in run.out
    assert "weighted 10: 10 mx.example.net." in run.out
    applied = mxsync("apply", "--yes", "--format", "json", cwd=tmp_path)
    assert [result["outcome"] for result in applied.document["results"]] == ["blocked"]
    assert site.fake.look(site.zone, "special.example.com", "MX", "one") == weighted
