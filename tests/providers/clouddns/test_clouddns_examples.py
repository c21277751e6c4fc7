"""The examples and the manual say what is so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from mxsync import names
from mxsync.change import Outcome
from support.cli import mxsync
from support.clouddns import Fake
from support.clouddns.mx import put_mx
from support.clouddns.site import Site, apply
from support.distributions import REPOSITORY
from support.sets import mx_set

EXAMPLES = REPOSITORY / "examples/clouddns"
ROLE = (EXAMPLES / "role.json").read_text("utf-8")
MANUAL = (REPOSITORY / "docs/clouddns.md").read_text("utf-8")
NEEDED = {
    "managedZones.list": {"dns.managedZones.list"},
    "managedZones.get": {"dns.managedZones.get"},
    "resourceRecordSets.list": {"dns.resourceRecordSets.list"},
    "changes.create": {
        "dns.changes.create",
        "dns.resourceRecordSets.create",
        "dns.resourceRecordSets.update",
        "dns.resourceRecordSets.delete",
    },
    "changes.get": {"dns.changes.get"},
}
"""What a method needs (Cloud DNS, "Roles and permissions")."""


def test_the_manual_shows_the_role_of_the_examples() -> None:
    assert f"```json\n{ROLE}```" in MANUAL


def test_the_role_grants_what_is_asked_and_nothing_else(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mxsync_clouddns.wait.FIRST", 0.0)
    for chosen in ({}, {"example.com": site.zone.name}):
        provider = site.open(wait="done", managed_zones=chosen)
        report = apply(provider, site.plan(provider))
        assert report.count(Outcome.APPLIED) == len(report.results)
    asked = set(site.fake.counts)
    granted: Any = json.loads(ROLE)["includedPermissions"]
    assert set(granted) == set().union(*(NEEDED[method] for method in asked))


def test_zones_that_are_all_chosen_need_no_listing(site: Site) -> None:
    provider = site.open(managed_zones={"example.com": site.zone.name})
    assert len(site.plan(provider).changes) == 4
    assert "managedZones.list" not in site.fake.counts


def test_the_example_is_planned_as_it_stands(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "mail")
    manifest = tmp_path / "mail" / "mxsync.yaml"
    text = manifest.read_text("utf-8")
    manifest.write_text(
        text.replace("project: mail-prod\n", f"project: mail-prod\n    endpoint: {fake.url}\n")
    )
    fake.new_zone("example.com")
    fake.new_zone("example.org", name="example-org-internal", private=True)
    held = fake.new_zone("example.org", name="example-org-public")
    put_mx(fake, held, names.parse("example.org"), mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net."))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    done = mxsync("plan", "--format", "json", cwd=tmp_path / "mail")
    assert (done.code, done.err) == (0, "")
    summary = done.document["summary"]
    assert (summary["create"], summary["unchanged"], summary["failed"]) == (3, 1, 0)


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("there are no Google credentials", {}),
        ("there is no managed zone", {"project": "mail-prod"}),
        ("there is no project", {"project": "no-such-project"}),
    ],
)
def test_messages_of_the_manual_are_what_is_said(site: Site, line: str, start: dict[str, Any]) -> None:
    assert f"`{line}`" in MANUAL
    site.fake.service.zones.clear()
    allowed = frozenset() if start else frozenset({"127.0.0.1"})
    plan = site.plan(site.open(allowed=allowed, **start))
    assert {line in item.reason for item in plan.failed} == {True}
