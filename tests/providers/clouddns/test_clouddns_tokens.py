"""Whose token the requests carry, where none may go, and what is said where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mxsync.change import Outcome
from mxsync.errors import MxsyncError
from mxsync.provider import Provider
from support.clouddns import (
    FORBIDDEN,
    INVALID_CREDENTIALS,
    LOST,
    TOO_MANY_REQUESTS,
    Fate,
    Refusal,
    running_fake,
)
from support.clouddns.errors import named
from support.clouddns.oauth import Denied, keys, token_of
from support.clouddns.site import BEFORE, LOCAL, READ, WRITE, ZONES, Site, apply

MAIL = "mail@mail-prod.iam.gserviceaccount.com"
OTHER = "dns@mail-prod.iam.gserviceaccount.com"


@pytest.fixture
def own(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the operator application default credentials."""
    file = tmp_path / "key.json"
    file.write_text(json.dumps(site.fake.new_account(MAIL)))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    return file


def bearers(site: Site) -> set[str]:
    """Give every Authorization that arrived at the API."""
    return {
        call.headers.get("authorization", "none")
        for call in site.fake.calls
        if call.method in {ZONES, READ, WRITE}
    }


def troubles(site: Site, provider: Provider) -> set[str]:
    return {item.reason for item in site.plan(provider).failed}


@pytest.mark.usefixtures("own")
def test_a_server_on_this_machine_gets_no_token(site: Site) -> None:
    site.fake.issuer.tokens.clear()
    provider = site.open()
    assert apply(provider, site.plan(provider)).count(Outcome.APPLIED) == 4
    assert bearers(site) == {"none"}
    assert "token" not in site.fake.counts


@pytest.mark.usefixtures("own")
def test_a_server_that_is_allowed_gets_the_operators_token(site: Site) -> None:
    provider = site.open(allowed=LOCAL)
    assert apply(provider, site.plan(provider)).count(Outcome.APPLIED) == 4
    assert bearers(site) == {f"Bearer {token_of(MAIL)}"}
    assert site.fake.counts["token"] == 1


def test_a_key_file_of_the_block_is_found_from_the_manifests_folder(site: Site, own: Path) -> None:
    (own.parent / "keys").mkdir()
    (own.parent / "keys" / "dns.json").write_text(json.dumps(site.fake.new_account(OTHER)))
    provider = site.open(allowed=LOCAL, credentials_file="keys/dns.json")
    assert len(site.plan(provider).changes) == 4
    assert bearers(site) == {f"Bearer {token_of(OTHER)}"}


@pytest.mark.usefixtures("own")
def test_an_impersonated_account_carries_every_request(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "google.auth.iam._IAM_ENDPOINT",
        site.fake.url + "/v1/projects/-/serviceAccounts/{}:generateAccessToken",
    )
    site.fake.new_account(OTHER)
    provider = site.open(allowed=LOCAL, impersonate=OTHER)
    assert apply(provider, site.plan(provider)).count(Outcome.APPLIED) == 4
    assert bearers(site) == {f"Bearer {token_of(OTHER)}"}
    assert site.fake.counts["generateAccessToken"] == 1


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(
    "endpoint",
    [
        "https://dns.example.net",
        "http://192.0.2.1:8080",
        "https://127.0.0.1.example.net",
        "https://localhost.example.net",
        "https://dns.googleapis.com.example.net",
        "https://dnsxgoogleapis.com",
        "https://[2001:db8::1]",
    ],
)
def test_a_strangers_host_is_refused_when_opening_and_named(site: Site, endpoint: str) -> None:
    with pytest.raises(MxsyncError) as caught:
        site.open(endpoint=endpoint)
    message = str(caught.value)
    assert "--allow-endpoint" in message
    assert "\n" not in message


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("method", [ZONES, READ, WRITE])
def test_a_redirection_to_another_server_is_not_followed(site: Site, method: str) -> None:
    provider = site.open(allowed=LOCAL)
    with running_fake() as other:
        site.fake.elsewhere = other.url
        plan = site.plan(provider)
        site.fake.fail(method, Fate.REDIRECT, times=100)
        again = site.open(allowed=LOCAL)
        messages = {result.message for result in apply(again, plan).results}
        assert not other.calls
    assert site.held() == BEFORE
    assert all("endpoint" in message and "\n" not in message for message in messages)


def test_a_server_on_this_machine_gets_no_password_and_is_asked_past_any_proxy(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login operator password of-the-operator\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with running_fake() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        provider = site.open()
        assert apply(provider, site.plan(provider)).count(Outcome.APPLIED) == 4
        assert not proxy.calls
    assert bearers(site) == {"none"}


# Nobody's token


def test_where_there_are_no_credentials_it_is_one_line(site: Site) -> None:
    try:
        found = troubles(site, site.open(allowed=LOCAL))
    except MxsyncError as error:
        found = {str(error)}
    (reason,) = found
    assert "credentials" in reason.lower()
    assert "gcloud auth application-default login" in reason
    assert "\n" not in reason


@pytest.mark.parametrize(
    "content", [None, "", "{", "[]", '{"type": "robot"}', '{"type": "service_account"}'], ids=repr
)
def test_a_key_file_that_is_none_is_one_line_that_names_it(
    site: Site, tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "dns.json").write_text(content)
    try:
        found = troubles(site, site.open(allowed=LOCAL, credentials_file="dns.json"))
    except MxsyncError as error:
        found = {str(error)}
    (reason,) = found
    assert "dns.json" in reason
    assert "\n" not in reason
    assert not bearers(site)


def test_a_key_that_is_no_longer_good_is_one_line(site: Site, own: Path) -> None:
    site.fake.issuer.accounts.clear()
    (reason,) = troubles(site, site.open(allowed=LOCAL, credentials_file=str(own)))
    assert "credentials" in reason.lower()
    assert "\n" not in reason


@pytest.mark.usefixtures("own")
def test_an_account_that_may_not_be_impersonated_is_one_line_that_names_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "google.auth.iam._IAM_ENDPOINT",
        site.fake.url + "/v1/projects/-/serviceAccounts/{}:generateAccessToken",
    )
    (reason,) = troubles(site, site.open(allowed=LOCAL, impersonate=OTHER))
    assert OTHER in reason
    assert "\n" not in reason


# Nothing secret in any message


@pytest.fixture
def giving_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the provider soon give up what one request too many would end."""
    monkeypatch.setattr("mxsync_clouddns.retry.PATIENCE", 0.1)


@pytest.mark.usefixtures("own", "giving_up")
@pytest.mark.parametrize("failure", [*LOST, FORBIDDEN, INVALID_CREDENTIALS, TOO_MANY_REQUESTS], ids=named)
@pytest.mark.parametrize("method", [ZONES, READ, WRITE])
def test_no_message_has_a_token_or_a_key_in_it(site: Site, method: str, failure: Fate | Refusal) -> None:
    site.fake.delay = 0.01
    provider = site.open(allowed=LOCAL)
    plan = site.plan(provider)
    site.fake.fail(method, failure, times=1000)
    report = apply(site.open(allowed=LOCAL), plan)
    assert_tells_nothing({result.message for result in report.results})


@pytest.mark.usefixtures("own", "giving_up")
@pytest.mark.parametrize("failure", [Fate.DROP_BEFORE, Fate.HALF_JSON, Denied("disabled")], ids=named)
def test_no_message_about_getting_a_token_has_one_in_it(site: Site, failure: Fate | Refusal) -> None:
    site.fake.fail("token", failure, times=1000)
    found = troubles(site, site.open(allowed=LOCAL))
    assert found
    assert_tells_nothing(found)


def assert_tells_nothing(messages: set[str]) -> None:
    line = keys().private.splitlines()[1]
    for message in messages:
        assert "\n" not in message
        for secret in (token_of(MAIL), "Bearer", line):
            assert secret not in message
