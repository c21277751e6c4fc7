"""Who signs: the operator's credentials, a role's, or made-up ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mxsync.plan import Plan
from mxsync_route53.limit import Pace, pace_of
from mxsync_route53.trouble import SHOWN
from support.route53 import ACCESS_DENIED, Fake
from support.route53.errors import Refusal
from support.route53.signature import Credential
from support.route53.site import Site, open_block, plan_of
from support.sets import mx_set

HERE = frozenset({"127.0.0.1"})
OPERATOR = Credential("AKIAOPERATOR00000000", "secret-of-the-operator")
ROLE = "arn:aws:iam::123456789012:role/mail"
WANTED = {"example.com": {"@": mx_set(300, "10 mx.example.net.")}}


@pytest.fixture(autouse=True)
def environment(fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the operator credentials, and nothing else of the machine that runs the test."""
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OPERATOR.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", OPERATOR.secret_key)
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", fake.url)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def plan(site: Site, **settings: Any) -> Plan:
    return plan_of(open_block(site.fake.url, site.folder, **settings), WANTED)


def signers(fake: Fake) -> set[tuple[bool, str]]:
    return {(call.operation == "AssumeRole", call.access_key) for call in fake.calls}


def test_a_server_on_this_machine_never_sees_the_operators_key(site: Site) -> None:
    assert plan(site).changes
    assert plan(site, role_arn=ROLE).changes
    assert signers(site.fake) == {(False, "mxsync")}


def test_a_server_on_this_machine_is_not_asked_through_a_proxy(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert plan(site).changes


def test_an_allowed_server_gets_requests_that_the_operator_signs(site: Site) -> None:
    site.fake.trust(OPERATOR)
    assert plan(site, allowed=HERE).changes
    assert signers(site.fake) == {(False, OPERATOR.access_key)}


def test_a_role_is_assumed_once_with_its_external_id(site: Site) -> None:
    site.fake.trust(OPERATOR)
    assert plan(site, allowed=HERE, role_arn=ROLE, external_id="mail-id").changes
    (assumed,) = [call for call in site.fake.calls if call.operation == "AssumeRole"]
    assert (assumed.query["RoleArn"], assumed.query["ExternalId"]) == (ROLE, "mail-id")
    assert signers(site.fake) == {(True, OPERATOR.access_key), (False, f"ASIA{1:016d}")}


def test_a_role_that_may_not_be_assumed_is_one_line(site: Site) -> None:
    site.fake.fail("AssumeRole", ACCESS_DENIED, times=100)
    (trouble,) = plan(site, allowed=HERE, role_arn=ROLE).failed
    assert trouble.reason.startswith("Route 53: the role may not be assumed: ")


def test_equal_names_are_told_apart_by_id_where_no_more_may_be_asked(site: Site) -> None:
    second = site.fake.new_zone("example.com", comment="the old one")
    site.fake.fail("GetHostedZone", ACCESS_DENIED, times=100)
    (trouble,) = plan(site).failed
    assert all(hint in trouble.reason for hint in (site.zone.id, second.id, "the old one", "zone_ids"))
    assert "denied" not in trouble.reason


def test_no_credentials_are_one_line(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    for settings in ({}, {"role_arn": ROLE}):
        (trouble,) = plan(site, allowed=HERE, **settings).failed
        assert "no AWS credentials" in trouble.reason
    assert not site.fake.calls


def test_what_a_command_for_credentials_says_is_not_repeated(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = tmp_path / "give"
    command.write_text("#!/bin/sh\necho the-secret >&2\nexit 1\n")
    command.chmod(0o755)
    (tmp_path / "config").write_text(f"[profile mail]\ncredential_process = {command}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    (trouble,) = plan(site, allowed=HERE, profile="mail").failed
    assert "cannot be had" in trouble.reason
    assert "the-secret" not in trouble.reason


@pytest.mark.parametrize(
    ("refusal", "hint"),
    [
        (Refusal("SignatureDoesNotMatch", "Credential should be scoped to a valid region.", 403), "region"),
        (Refusal("SomethingNew", "first\nsecond " + "x" * 1000, 400), "SomethingNew: first second x"),
    ],
)
def test_what_aws_says_becomes_one_short_line(site: Site, refusal: Refusal, hint: str) -> None:
    site.fake.fail("ListHostedZonesByName", refusal, times=100)
    (trouble,) = plan(site).failed
    assert hint in trouble.reason
    assert "\n" not in trouble.reason
    assert len(trouble.reason) < SHOWN + 100


# The pace


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_requests_pass_at_even_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("mxsync_route53.limit.time", clock)
    pace, passed = Pace(4.0), []
    for _ in range(5):
        pace.wait()
        passed.append(clock.now)
    assert passed == [100.0, 100.25, 100.5, 100.75, 101.0]
    clock.now = 200.0
    pace.wait()
    assert clock.now == 200.0


def test_blocks_of_one_account_share_the_slowest_pace() -> None:
    first = pace_of("a test's account", 4.0)
    assert pace_of("a test's account", 2.0) is first
    assert pace_of("a test's account", 3.0).per_second == 2.0
    assert pace_of("another account", 3.0) is not first
