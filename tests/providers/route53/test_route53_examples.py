"""The examples and the manual say what is so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from mxsync import names
from mxsync.change import Outcome
from mxsync.provider import ZoneRequest
from support.cli import mxsync
from support.distributions import REPOSITORY
from support.route53 import Fake
from support.route53.mx import put_mx
from support.route53.site import Site, apply
from support.sets import mx_set

EXAMPLES = REPOSITORY / "examples/route53"
POLICY = (EXAMPLES / "iam-policy.json").read_text("utf-8")


def granted(*, condition: bool) -> set[str]:
    """Give the operations that the policy grants, with or without a condition."""
    found: set[str] = set()
    for statement in json.loads(POLICY)["Statement"]:
        assert statement["Effect"] == "Allow"
        actions: Any = statement["Action"]
        if ("Condition" in statement) is condition:
            found |= {actions} if isinstance(actions, str) else set(actions)
    return {action.removeprefix("route53:") for action in found}


def test_the_manual_shows_the_policy_of_the_examples() -> None:
    assert f"```json\n{POLICY}```" in (REPOSITORY / "docs/route53.md").read_text("utf-8")


def test_the_policy_grants_what_is_asked_and_nothing_else(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mxsync_route53.wait.FIRST", 0.0)
    provider = site.open(wait="insync")
    assert apply(provider, site.plan(provider)).count(Outcome.APPLIED) == 4
    site.fake.new_zone("twice.example.")
    site.fake.new_zone("twice.example.")
    list(provider.read([ZoneRequest(names.parse("twice.example"), ())]))
    assert granted(condition=False) | granted(condition=True) == set(site.fake.counts)
    assert granted(condition=True) == {"ChangeResourceRecordSets"}


def test_the_example_is_planned_as_it_stands(fake: Fake, tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "mail")
    (tmp_path / "config").write_text("[profile mail-prod]\n")
    (tmp_path / "credentials").write_text(
        "[mail-prod]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = example\n"
    )
    fake.new_zone("example.com")
    held = fake.new_zone("example.org", zone_id="Z00000000EXAMPLEORG")
    put_mx(fake, held, names.parse("example.org"), mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net."))
    done = mxsync(
        "plan",
        "--format",
        "json",
        cwd=tmp_path / "mail",
        AWS_CONFIG_FILE=str(tmp_path / "config"),
        AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "credentials"),
        AWS_ENDPOINT_URL_ROUTE_53=fake.url,
        AWS_ACCESS_KEY_ID="",
    )
    assert (done.code, done.err) == (0, "")
    summary = done.document["summary"]
    assert (summary["create"], summary["unchanged"], summary["failed"]) == (3, 1, 0)
    assert {call.access_key for call in fake.calls} == {"AKIAEXAMPLE"}
