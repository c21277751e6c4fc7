"""Somebody else writes to the same set at Route 53."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from mxsync import names
from mxsync.change import Outcome
from support.cli import Run, mxsync
from support.route53.site import FOREIGN, NEW, WANTED, WRITE, ZONE, Site, apply, plan_of
from support.sets import mx_set


def test_a_set_changed_between_plan_and_apply_is_a_conflict_and_the_others_are_applied(site: Site) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.put("update", FOREIGN)
    report = apply(provider, plan)
    outcomes = {result.owner: result.outcome for result in report.results}
    assert outcomes.pop(names.parse("update", ZONE)) is Outcome.CONFLICT
    assert set(outcomes.values()) == {Outcome.APPLIED}
    assert site.held() == WANTED | {"update": FOREIGN}


@pytest.mark.parametrize("owner", WANTED)
def test_a_set_changed_just_before_the_write_is_a_conflict_and_the_others_are_applied(
    site: Site, owner: str
) -> None:
    provider = site.open()
    plan = site.plan(provider)
    site.fake.fail(WRITE, lambda: site.put(owner, FOREIGN))
    report = apply(provider, plan)
    outcomes = {result.owner: result.outcome for result in report.results}
    assert outcomes.pop(names.parse(owner, ZONE)) is Outcome.CONFLICT
    assert set(outcomes.values()) == {Outcome.APPLIED}
    assert site.held() == WANTED | {owner: FOREIGN}


def test_another_spelling_of_the_same_set_just_before_the_write_is_no_conflict(site: Site) -> None:
    provider = site.open()
    plan = plan_of(provider, {ZONE: {"update": NEW}})
    values = [{"Value": "20 MX2.example.net"}, {"Value": "10 old.example.NET"}]
    respelled = {
        "Name": "update.example.com",
        "Type": "MX",
        "TTL": 3600,
        "ResourceRecords": values,
    }
    site.fake.fail(WRITE, lambda: site.fake.put(site.zone, respelled))
    (result,) = apply(provider, plan).results
    assert result.outcome is Outcome.APPLIED
    assert site.look("update") == NEW


def test_of_two_racing_on_one_set_one_wins_and_the_other_reports_a_conflict(site: Site) -> None:
    first, second = site.open(), site.open()
    plan = plan_of(first, {ZONE: {"update": NEW}})
    overtaking = plan_of(second, {ZONE: {"update": FOREIGN}})
    won: list[Outcome] = []
    site.fake.fail(WRITE, lambda: won.extend(it.outcome for it in apply(second, overtaking).results))
    (result,) = apply(first, plan).results
    assert won == [Outcome.APPLIED]
    assert result.outcome is Outcome.CONFLICT
    assert site.look("update") == FOREIGN


def test_of_two_processes_racing_on_one_set_one_wins_and_the_other_reports_a_conflict(
    site: Site, tmp_path: Path
) -> None:
    # Neither write is processed before both have been sent.
    both = threading.Barrier(2)
    site.fake.fail(WRITE, lambda: both.wait(60) and None, times=2)
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        (folder / "mxsync.yaml").write_text(
            "mxsync: 1\n"
            f"providers: {{aws: {{type: route53, endpoint_url: '{site.fake.url}', requests_per_second: 100, wait: none}}}}\n"
            f"defaults: {{provider: aws, ttl: 1h}}\n"
            f"zones: {{example.com: {{mx: {{update: [10 {folder.name}.example.net.]}}}}}}\n"
        )
    runs: list[tuple[str, Run]] = []

    def run(folder: Path) -> None:
        runs.append(
            (
                folder.name,
                mxsync("apply", "--yes", "--journal", folder / "journal", "--format", "json", cwd=folder),
            )
        )

    threads = [threading.Thread(target=run, args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = {run.code: name for name, run in runs}
    assert sorted(codes) == [0, 4], runs
    assert site.look("update") == mx_set(3600, f"10 {codes[0]}.example.net.")
