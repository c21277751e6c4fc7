"""What comes of writes that are denied in part, refused for no visible reason, or not yet served."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from mxsync import names
from mxsync.change import Outcome
from mxsync.provider import ZoneRequest
from mxsync.reading import Absent, Host, ZoneReading, set_of
from mxsync_route53.provider import Route53Provider
from support.route53 import ACCESS_DENIED, Fake
from support.route53.errors import Refusal
from support.route53.site import BEFORE, WANTED, ZONE, Site, apply, plan_of
from support.sets import mx_set

WRITE = "ChangeResourceRecordSets"
MANY = {f"m{number}": mx_set(300, f"{number} mx.example.net.") for number in range(64)}


def test_a_batch_that_is_denied_goes_out_in_parts(site: Site) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.fake.fail(WRITE, ACCESS_DENIED)
    assert apply(provider, plan).count(Outcome.APPLIED) == 4
    assert site.held() == WANTED


@pytest.mark.parametrize("forbidden", [(0,), (63,), (0, 1, 2, 3), (5, 6, 20, 21, 22, 40), range(0, 64, 3)])
def test_owners_that_may_not_be_changed_stop_no_others_however_they_lie(
    site: Site, forbidden: Iterable[int]
) -> None:
    site.fake.service.forbidden = frozenset(f"m{number}.example.com" for number in forbidden)
    provider = site.open()
    report = apply(provider, plan_of(provider, {ZONE: MANY}))
    failed = {result.owner for result in report.results if result.outcome is Outcome.FAILED}
    assert failed == {f"{name}." for name in site.fake.service.forbidden}
    assert report.count(Outcome.APPLIED) == len(MANY) - len(failed)


def test_who_may_write_nothing_learns_that_in_few_calls(site: Site) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: MANY})
    site.fake.fail(WRITE, ACCESS_DENIED, times=1000)
    assert apply(provider, plan).count(Outcome.FAILED) == len(MANY)
    assert site.fake.counts[WRITE] <= 40


@pytest.mark.parametrize("code", ["InvalidChangeBatch", "InvalidInput"])
def test_a_batch_that_is_refused_for_no_visible_reason_goes_out_in_halves(site: Site, code: str) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: MANY})
    # All batches that hold the first change, down to the one that holds nothing else.
    site.fake.fail(WRITE, Refusal(code, "[Something is wrong]"), times=7)
    report = apply(provider, plan)
    failed = [result for result in report.results if result.outcome is not Outcome.APPLIED]
    assert [(it.owner, it.outcome) for it in failed] == [(names.parse("m0", ZONE), Outcome.FAILED)]
    assert "Something is wrong" in failed[0].message


def test_a_stop_ends_the_waiting_for_name_servers_and_not_the_change(site: Site) -> None:
    opened = site.open(wait="insync")
    assert isinstance(opened, Route53Provider)
    provider = replace(opened, stopping=lambda: True)
    (result,) = apply(provider, plan_of(provider, {ZONE: {"create": WANTED["create"]}})).results
    assert result.outcome is Outcome.APPLIED
    assert "not waited" in result.message
    assert "GetChange" not in site.fake.counts
    assert site.look("create") == WANTED["create"]


def test_a_signal_ends_the_waiting_too(site: Site) -> None:
    (site.folder / "mxsync.yaml").write_text(
        f"mxsync: 1\nproviders: {{aws: {{type: route53, endpoint_url: '{site.fake.url}'}}}}\n"
        "zones: {example.com: {provider: aws, mx: {delete: absent}}}\n"
    )
    # A shell starts background jobs with SIGINT ignored.
    command = ["env", "--default-signal=INT", sys.executable, "-m", "mxsync", "apply", "--yes"]
    with subprocess.Popen(command, cwd=site.folder, stdout=subprocess.PIPE, text=True) as process:
        while not site.fake.counts[WRITE]:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert "not waited until all name servers had it" in out
    assert "GetChange" not in site.fake.counts
    assert site.look("delete") is None


def test_a_change_that_stays_pending_is_applied_and_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mxsync_route53.wait.FIRST", 0.0)
    monkeypatch.setattr("mxsync_route53.wait.PATIENCE", 0.0)
    site.fake.service.polls_until_insync = 1000
    provider = site.open(wait="insync")
    (result,) = apply(provider, plan_of(provider, {ZONE: {"delete": None}})).results
    assert result.outcome is Outcome.APPLIED
    assert "not all name servers" in result.message


def test_a_change_that_may_not_be_asked_about_is_applied_and_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mxsync_route53.wait.FIRST", 0.0)
    site.fake.fail("GetChange", ACCESS_DENIED, times=100)
    provider = site.open(wait="insync")
    (result,) = apply(provider, plan_of(provider, {ZONE: {"delete": None}})).results
    assert result.outcome is Outcome.APPLIED
    assert "route53:GetChange" in result.message


def test_a_listing_that_does_not_go_on_is_an_error_and_no_endless_loop(site: Site) -> None:
    class Stuck:
        meta = SimpleNamespace(endpoint_url="stuck")

        def list_resource_record_sets(self, **_: str) -> dict[str, Any]:
            names_next = {"NextRecordName": "create.example.com.", "NextRecordType": "MX"}
            return {"ResourceRecordSets": [], "IsTruncated": True, **names_next}

        def list_hosted_zones_by_name(self, **_: str) -> dict[str, Any]:
            return {
                "HostedZones": [],
                "IsTruncated": True,
                "NextDNSName": "example.com.",
                "NextHostedZoneId": "Z1",
            }

    for settings in ({}, {"zone_ids": {"example.com": "Z1"}}):
        provider = site.open(**settings)
        assert isinstance(provider, Route53Provider)
        provider.api._client = Stuck()  # type: ignore[assignment]
        (trouble,) = site.plan(provider).failed
        assert "does not go on" in trouble.reason


def test_a_set_below_a_delegation_is_not_planned_in_a_large_zone(fake: Fake, site: Site) -> None:
    for number in range(400):
        host = f"a{number}.example.com"
        fake.put(
            site.zone, {"Name": host, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
        )
    servers = [{"Value": "ns.example.net"}]
    fake.put(site.zone, {"Name": "sub.example.com", "Type": "NS", "TTL": 60, "ResourceRecords": servers})
    provider = site.open()
    cut = plan_of(provider, {ZONE: {"lists.sub": MANY["m1"]}})
    assert [(item.owner, "is delegated" in item.reason) for item in cut.blocked] == [
        ("lists.sub.example.com.", True)
    ]
    fine = plan_of(provider, {ZONE: {"lists.deep": MANY["m1"]}})
    assert [item.change.owner for item in fine.changes] == ["lists.deep.example.com."]


def test_an_id_of_a_zone_that_has_nothing_where_the_owner_is_sought_is_refused(site: Site) -> None:
    # It is sorted before: a page from the owner on is empty, as that of a zone without the owner is.
    other = site.fake.new_zone("example.aero")
    plan = plan_of(site.open(zone_ids={"example.com": other.id}), {ZONE: {"lists": MANY["m1"]}})
    assert not plan.changes
    (trouble,) = plan.failed
    assert "is not the hosted zone example.com." in trouble.reason


def test_one_page_of_a_small_zone_shows_what_else_a_plan_wants_to_know(site: Site) -> None:
    owner, text = (names.parse(name, ZONE) for name in ("lists", "text"))
    value = [{"Value": '"no address"'}]
    site.fake.put(site.zone, {"Name": text, "Type": "TXT", "TTL": 60, "ResourceRecords": value})
    (reading,) = site.open().read([ZoneRequest(ZONE, (owner,), hosts=(text,))])
    assert isinstance(reading, ZoneReading)
    assert reading.owners[owner] == Absent(900)
    assert reading.hosts == {text: Host.NO_ADDRESS}
    managed = {names.parse(name, ZONE): held for name, held in BEFORE.items() if held}
    assert {name: set_of(found) for name, found in reading.owners.items()} == {**managed, owner: None}
    assert site.fake.counts == {"ListHostedZonesByName": 1, "ListResourceRecordSets": 1}
