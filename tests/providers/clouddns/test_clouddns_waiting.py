"""Waiting until changes are done, and what ends it."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from mxsync import names
from mxsync.change import Outcome
from mxsync_clouddns.provider import ClouddnsProvider
from support.clouddns import FORBIDDEN, Fake
from support.clouddns.mx import put_mx
from support.clouddns.site import POLL, WANTED, WRITE, ZONE, Site, apply, open_block, plan_of
from support.sets import mx_set

OLD = mx_set(3600, "10 old.example.net.")
NEW = mx_set(3600, "10 new.example.net.")


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask at once, and again soon."""
    monkeypatch.setattr("mxsync_clouddns.wait.FIRST", 0.01)


@pytest.mark.usefixtures("soon")
def test_a_hundred_zones_are_waited_for_in_the_same_two_rounds(
    fake: Fake, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    zones = [names.parse(f"zone{number}.example.org") for number in range(100)]
    for zone in zones:
        put_mx(fake, fake.new_zone(zone), zone, OLD)
    provider = open_block(fake, tmp_path, wait="done")
    with caplog.at_level(logging.INFO, "mxsync.clouddns"):
        report = apply(provider, plan_of(provider, {zone: {"@": NEW} for zone in zones}))
    assert report.count(Outcome.APPLIED) == 100
    said = [record.getMessage() for record in caplog.records]
    assert said == ["0 of 100 changes are done", "100 of 100 changes are done"]
    polled = [call.zone for call in fake.calls if call.method == POLL]
    assert set(Counter(polled[:100]).values()) == set(Counter(polled[100:]).values()) == {1}
    assert len(polled) == 200


@pytest.mark.usefixtures("soon")
def test_only_what_is_pending_is_asked_about_again(fake: Fake, tmp_path: Path) -> None:
    fake.service.polls_until_done = 0
    zones = [names.parse(f"zone{number}.example.org") for number in range(10)]
    for zone in zones:
        fake.new_zone(zone)
    # The change of the first zone stays pending for one question more.
    fake.service.polls = {("zone0-example-org", "1"): -1}
    provider = open_block(fake, tmp_path, wait="done")
    apply(provider, plan_of(provider, {zone: {"@": NEW} for zone in zones}))
    polled = Counter(call.zone for call in fake.calls if call.method == POLL)
    assert polled.pop("zone0-example-org") == 2
    assert set(polled.values()) == {1}


def test_a_stop_ends_the_waiting_and_not_the_change(site: Site) -> None:
    opened = site.open(wait="done")
    assert isinstance(opened, ClouddnsProvider)
    provider = replace(opened, stopping=lambda: True)
    (result,) = apply(provider, plan_of(provider, {ZONE: {"create": WANTED["create"]}})).results
    assert result.outcome is Outcome.APPLIED
    assert "not waited" in result.message
    assert POLL not in site.fake.counts
    assert site.look("create") == WANTED["create"]


def test_a_signal_ends_the_waiting_too(site: Site) -> None:
    site.fake.service.polls_until_done = 1000
    (site.folder / "mxsync.yaml").write_text(
        "mxsync: 1\n"
        f"providers: {{gcp: {{type: clouddns, project: mail-prod, endpoint: '{site.fake.url}'}}}}\n"
        "zones: {example.com: {provider: gcp, mx: {delete: absent}}}\n"
    )
    # A shell starts background jobs with SIGINT ignored.
    command = ["env", "--default-signal=INT", sys.executable, "-m", "mxsync", "apply", "--yes"]
    with subprocess.Popen(command, cwd=site.folder, stdout=subprocess.PIPE, text=True) as process:
        while not site.fake.counts[POLL]:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert "not waited until Cloud DNS had told its name servers" in out
    assert site.fake.counts[WRITE] == 1
    assert site.look("delete") is None


@pytest.mark.usefixtures("soon")
def test_a_change_that_stays_pending_is_applied_and_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mxsync_clouddns.wait.PATIENCE", 0.1)
    site.fake.service.polls_until_done = 1000
    provider = site.open(wait="done")
    (result,) = apply(provider, plan_of(provider, {ZONE: {"delete": None}})).results
    assert result.outcome is Outcome.APPLIED
    assert "had not told its name servers after" in result.message


@pytest.mark.usefixtures("soon")
def test_a_change_that_may_not_be_asked_about_is_applied_and_says_so(site: Site) -> None:
    site.fake.fail(POLL, FORBIDDEN, times=100)
    provider = site.open(wait="done")
    (result,) = apply(provider, plan_of(provider, {ZONE: {"delete": None}})).results
    assert result.outcome is Outcome.APPLIED
    assert "dns.changes.get" in result.message
