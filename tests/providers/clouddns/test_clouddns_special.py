"""Sets of Cloud DNS that are not ours to change, that cannot be read, or that only look different."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mxsync import names
from mxsync.change import Outcome
from mxsync.model import MXSet
from support.cli import mxsync
from support.clouddns.site import NEW, OLD, WRITE, ZONE, Site, apply, plan_of
from support.sets import mx_set

MX = "10 mx.example.net."
POLICIES: dict[str, dict[str, Any]] = {
    "wrr": {"wrr": {"items": [{"weight": 0.25, "rrdatas": [MX]}, {"weight": 0.75, "rrdatas": [MX]}]}},
    "geo": {"geo": {"items": [{"location": "europe-west1", "rrdatas": [MX]}]}},
    "primaryBackup": {"primaryBackup": {"primaryTargets": {"externalEndpoints": ["192.0.2.1"]}}},
}
WORDS = {"wrr": "weighted", "geo": "geo", "primaryBackup": "failover"}
"""What the reason calls them, in words that people know."""


def routed(policy: str, owner: str = "special") -> dict[str, Any]:
    return {"name": f"{owner}.example.com.", "type": "MX", "ttl": 300, "routingPolicy": POLICIES[policy]}


@pytest.mark.parametrize("wanted", [NEW, None], ids=["wanted", "absent"])
@pytest.mark.parametrize("policy", POLICIES)
def test_a_set_with_a_routing_policy_is_blocked_described_and_untouched(
    site: Site, policy: str, wanted: MXSet | None
) -> None:
    site.fake.put(site.zone, routed(policy))
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"special": wanted}})
    assert not plan.changes
    (trouble,) = plan.blocked
    assert "routing policy" in trouble.reason
    assert WORDS[policy] in trouble.reason
    assert [it.outcome for it in apply(provider, plan).results] == [Outcome.BLOCKED]
    assert WRITE not in site.fake.counts
    assert site.fake.look(site.zone, "special.example.com.", "MX") == routed(policy)


def test_a_set_that_gets_a_routing_policy_just_before_the_write_is_left_alone(site: Site) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"update": NEW}})
    site.fake.fail(WRITE, lambda: site.fake.put(site.zone, routed("wrr", "update")))
    (result,) = apply(provider, plan).results
    assert result.outcome in {Outcome.BLOCKED, Outcome.CONFLICT}
    assert site.fake.look(site.zone, "update.example.com.", "MX") == routed("wrr", "update")


def test_a_cname_that_appears_just_before_the_write_is_left_alone_and_stops_no_other(site: Site) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"create": NEW, "update": NEW}})
    cname = {"name": "create.example.com.", "type": "CNAME", "ttl": 60, "rrdatas": ["elsewhere.example.net."]}
    site.fake.fail(WRITE, lambda: site.fake.put(site.zone, cname))
    outcomes = {result.owner: result.outcome for result in apply(provider, plan).results}
    assert outcomes[names.parse("create", ZONE)] in {Outcome.BLOCKED, Outcome.CONFLICT, Outcome.FAILED}
    assert outcomes[names.parse("update", ZONE)] is Outcome.APPLIED
    assert site.look("create") is None


ODD: dict[str, dict[str, Any]] = {
    "no TTL": {"rrdatas": [MX]},
    "no number": {"ttl": 300, "rrdatas": ["ten mx.example.net."]},
    "no exchange": {"ttl": 300, "rrdatas": ["10"]},
    "a word more": {"ttl": 300, "rrdatas": ["10 mx.example.net. more"]},
    "preference out of range": {"ttl": 300, "rrdatas": ["65536 mx.example.net."]},
    "negative TTL": {"ttl": -1, "rrdatas": [MX]},
    "no name": {"ttl": 300, "rrdatas": ["10 mx..example.net."]},
    "no records": {"ttl": 300, "rrdatas": []},
    "neither records nor policy": {"ttl": 300},
}


@pytest.mark.parametrize("odd", ODD)
def test_a_set_that_cannot_be_read_is_an_error_of_this_set_alone(site: Site, odd: str) -> None:
    site.fake.put(site.zone, {"name": "odd.example.com.", "type": "MX", **ODD[odd]})
    plan = plan_of(site.open(), {ZONE: {"odd": NEW, "update": NEW}})
    assert [item.change.owner for item in plan.changes] == ["update.example.com."]
    (trouble,) = plan.failed
    assert trouble.owner == "odd.example.com."
    assert "\n" not in trouble.reason


def test_a_set_that_cannot_be_read_is_an_error_in_a_listing_of_the_zone_too(site: Site) -> None:
    site.fake.put(site.zone, {"name": "odd.example.com.", "type": "MX", "rrdatas": [MX]})
    plan = plan_of(site.open(), {ZONE: {"update": OLD, "ttl": OLD}}, whole=True)
    # The one that nobody named is deleted; the odd one is not.
    assert [item.change.owner for item in plan.changes] == ["delete.example.com."]
    assert "odd.example.com." in {item.owner for item in plan.failed}


# Where no MX set can be


@pytest.mark.parametrize("many", [0, 20], ids=["alone", "among many"])
@pytest.mark.parametrize(
    ("kind", "rrdata", "word"),
    [("CNAME", "elsewhere.example.net.", "CNAME"), ("NS", "ns.example.net.", "delegated")],
)
def test_an_owner_that_is_a_cname_or_delegated_is_blocked(
    site: Site, kind: str, rrdata: str, word: str, many: int
) -> None:
    site.fake.put(site.zone, {"name": "there.example.com.", "type": kind, "ttl": 60, "rrdatas": [rrdata]})
    others = {f"n{number}": NEW for number in range(many)}
    plan = plan_of(site.open(), {ZONE: {"there": NEW, **others}})
    (trouble,) = plan.blocked
    assert trouble.owner == "there.example.com."
    assert word in trouble.reason
    assert len(plan.changes) == many


# No differences made up


@pytest.mark.parametrize(
    ("owner", "name", "rrdata"),
    [
        ("*", "*.example.com.", "10 old.example.net."),
        ("UPPER", "upper.example.com.", "10 OLD.EXAMPLE.NET."),
        ("_mail", "_mail.example.com.", "10 old.example.net."),
        ("@", "EXAMPLE.com.", "10 old.example.net."),
        ("blanks", "blanks.example.com.", "10\told.example.net."),
        ("zeros", "zeros.example.com.", "0010 old.example.net."),
    ],
)
def test_a_set_that_is_written_in_another_way_is_as_wanted(
    site: Site, owner: str, name: str, rrdata: str
) -> None:
    site.fake.put(site.zone, {"name": name, "type": "MX", "ttl": 3600, "rrdatas": [rrdata]})
    plan = plan_of(site.open(), {ZONE: {owner: mx_set(3600, "10 old.example.net.")}})
    assert (plan.unchanged, plan.changes, plan.blocked, plan.failed) == (1, (), (), ())


def test_a_set_that_is_written_in_another_way_can_be_changed(site: Site) -> None:
    rrdatas = ["20 MX2.Example.NET.", "10 old.example.net."]
    site.fake.put(site.zone, {"name": "*.example.com.", "type": "MX", "ttl": 3600, "rrdatas": rrdatas})
    provider = site.open()
    report = apply(provider, plan_of(provider, {ZONE: {"*": NEW}}))
    assert [result.outcome for result in report.results] == [Outcome.APPLIED]
    assert site.look("*") == NEW


# At the command line


def test_a_plan_shows_what_is_blocked_and_why(site: Site, tmp_path: Path) -> None:
    site.fake.put(site.zone, routed("wrr"))
    (tmp_path / "mxsync.yaml").write_text(
        "mxsync: 1\n"
        f"providers: {{gcp: {{type: clouddns, project: mail-prod, endpoint: '{site.fake.url}'}}}}\n"
        "defaults: {provider: gcp, ttl: 1h}\n"
        "zones: {example.com: {mx: {special: [10 new.example.net.]}}}\n"
    )
    run = mxsync("plan", cwd=tmp_path)
    assert "special.example.com." in run.out
    assert "routing policy" in run.out
    applied = mxsync("apply", "--yes", "--format", "json", cwd=tmp_path)
    assert [result["outcome"] for result in applied.document["results"]] == ["blocked"]
    assert site.fake.look(site.zone, "special.example.com.", "MX") == routed("wrr")
