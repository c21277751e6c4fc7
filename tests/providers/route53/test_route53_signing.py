"""Whose credentials sign the requests, and what is said where there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from mxsync.change import Outcome
from mxsync.errors import MxsyncError
from support.route53 import ACCESS_DENIED, Credential
from support.route53.site import Site, apply

LOCAL = frozenset({"127.0.0.1"})
"""What lets a block send real credentials to the fake."""
OWN = Credential("AKIAEXAMPLE", "secret-of-the-operator")
ROLE = "arn:aws:iam::123456789012:role/mail"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take away whatever credentials this machine has."""
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "AWS_REGION",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the operator's credentials by the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OWN.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", OWN.secret_key)


@pytest.mark.usefixtures("own")
def test_a_server_on_this_machine_gets_made_up_credentials(site: Site) -> None:
    provider = site.open()
    assert apply(provider, site.plan(provider)).count(Outcome.APPLIED) == 4
    assert OWN.access_key not in {call.access_key for call in site.fake.calls}


@pytest.mark.usefixtures("own")
def test_a_server_that_is_allowed_gets_the_operators_credentials(site: Site) -> None:
    site.fake.trust(OWN)
    provider = site.open(allowed=LOCAL)
    assert apply(provider, site.plan(provider)).count(Outcome.APPLIED) == 4
    assert {call.access_key for call in site.fake.calls} == {OWN.access_key}


def test_a_profile_gives_its_own_credentials(site: Site, tmp_path: Path) -> None:
    site.fake.trust(Credential("AKIAOFPROFILE", "secret-of-profile"))
    (tmp_path / "credentials").write_text(
        "[mail]\naws_access_key_id = AKIAOFPROFILE\naws_secret_access_key = secret-of-profile\n"
    )
    provider = site.open(allowed=LOCAL, profile="mail")
    assert len(site.plan(provider).changes) == 4
    assert {call.access_key for call in site.fake.calls} == {"AKIAOFPROFILE"}


@pytest.mark.usefixtures("own")
def test_an_assumed_role_signs_every_request_to_route_53(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", site.fake.url)
    site.fake.trust(OWN)
    provider = site.open(allowed=LOCAL, role_arn=ROLE)
    assert apply(provider, site.plan(provider)).count(Outcome.APPLIED) == 4
    assumed, *others = site.fake.calls
    assert (assumed.operation, assumed.access_key) == ("AssumeRole", OWN.access_key)
    assert assumed.query["RoleArn"] == ROLE
    assert {call.access_key for call in others} == {"ASIA0000000000000001"}


@pytest.mark.usefixtures("own")
def test_a_role_that_may_not_be_assumed_is_one_line(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", site.fake.url)
    site.fake.trust(OWN)
    site.fake.fail("AssumeRole", ACCESS_DENIED, times=100)
    (trouble,) = site.plan(site.open(allowed=LOCAL, role_arn=ROLE)).failed
    assert "the role may not be assumed" in trouble.reason
    assert "\n" not in trouble.reason
    assert OWN.secret_key not in trouble.reason


def test_without_credentials_nothing_is_asked_and_it_says_what_to_do(site: Site) -> None:
    (trouble,) = site.plan(site.open(allowed=LOCAL)).failed
    assert "no AWS credentials" in trouble.reason
    assert not site.fake.calls


def test_a_profile_that_is_not_there_is_one_line(site: Site) -> None:
    with pytest.raises(MxsyncError, match=r"^provider 'aws': [^\n]*nobody[^\n]*$"):
        site.open(allowed=LOCAL, profile="nobody")


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(
    ("known", "hint"),
    [
        (Credential("AKIAOTHER", "x"), "does not know the access key"),
        (Credential(OWN.access_key, "another secret"), "refuses the signature"),
        (Credential(OWN.access_key, OWN.secret_key, expired=True), "has expired"),
    ],
    ids=["unknown key", "wrong secret", "expired"],
)
def test_credentials_that_are_not_taken_are_one_line(site: Site, known: Credential, hint: str) -> None:
    site.fake.trust(known)
    (trouble,) = site.plan(site.open(allowed=LOCAL)).failed
    assert hint in trouble.reason
    assert "\n" not in trouble.reason
    assert OWN.secret_key not in trouble.reason


@pytest.mark.usefixtures("own")
def test_a_region_that_the_endpoint_does_not_take_is_one_line(site: Site) -> None:
    site.fake.trust(OWN)
    (trouble,) = site.plan(site.open(allowed=LOCAL, region="eu-west-1")).failed
    assert "region" in trouble.reason
    assert "\n" not in trouble.reason
