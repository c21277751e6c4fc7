"""What a stranger's files, odd environments and very many zones must not lead to."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from mxsync import names
from mxsync.change import Outcome
from mxsync.endpoints import Credentials
from mxsync.errors import NotAllowed
from mxsync.provider import Context, ZoneRequest
from mxsync.registry import open_provider
from mxsync_clouddns import ClouddnsConfig, plugin
from mxsync_clouddns.endpoint import credentials_for
from support.clouddns import Fake, running_fake
from support.clouddns.mx import put_mx
from support.clouddns.oauth import keys, token_of
from support.clouddns.site import LOCAL, QUICK, READ, ZONES, Site, apply, open_block, plan_of
from support.sets import mx_set

MAIL = "mail@mail-prod.iam.gserviceaccount.com"
NEW = mx_set(3600, "10 new.example.net.")


def key_of(site: Site, **changes: str) -> str:
    """Write the key file of a new account; give its name."""
    (site.folder / "key.json").write_text(json.dumps(site.fake.new_account(MAIL) | changes))
    return "key.json"


# Endpoints


@pytest.mark.parametrize(
    "host",
    [
        "dns.storage.googleapis.com",
        "dns.example.storage.googleapis.com",
        "dns.p.googleapis.com",
        "dns.example.p.googleapis.com",
        "dns-.p.googleapis.com",
        "dns.rep.googleapis.com",
        "dns..googleapis.com",
    ],
)
def test_what_others_may_fill_below_googles_domain_gets_no_token(host: str) -> None:
    with pytest.raises(NotAllowed, match=f"--allow-endpoint {host} "):
        credentials_for(f"https://{host}", frozenset(), block="gcp")


@pytest.mark.parametrize(
    "host",
    [
        "dns.googleapis.com",
        "dns.mtls.googleapis.com",
        "dns.europe-west3.rep.googleapis.com",
        "dns-mail1.p.googleapis.com",
    ],
)
def test_cloud_dns_itself_gets_the_operators_token(host: str) -> None:
    assert credentials_for(f"https://{host}", frozenset(), block="gcp") is Credentials.OWN


@pytest.mark.parametrize("always", ["always", "never", "auto"])
def test_a_choice_of_mtls_in_the_environment_leads_nowhere_else(
    site: Site, monkeypatch: pytest.MonkeyPatch, always: str
) -> None:
    monkeypatch.setenv("GOOGLE_API_USE_MTLS_ENDPOINT", always)
    provider = site.open()
    assert apply(provider, site.plan(provider)).count(Outcome.APPLIED) == 4


# Where a credentials_file leads


@pytest.mark.parametrize("impersonate", [None, "dns@mail-prod.iam.gserviceaccount.com"])
def test_a_key_file_that_gets_its_tokens_elsewhere_is_not_used(site: Site, impersonate: str | None) -> None:
    with running_fake() as stranger:
        url = stranger.url.replace("127.0.0.1", "localhost") + "/token"
        key = key_of(site, token_uri=url)
        provider = site.open(allowed=LOCAL, credentials_file=key, impersonate=impersonate)
        (reason,) = {item.reason for item in site.plan(provider).failed}
        assert not stranger.calls
    assert "--allow-endpoint localhost" in reason
    assert "key.json" in reason
    assert "\n" not in reason
    assert keys().private.splitlines()[1] not in reason
    assert not site.fake.counts


def test_a_key_file_of_another_universe_needs_leave(site: Site) -> None:
    provider = site.open(allowed=LOCAL, credentials_file=key_of(site, universe_domain="example.net"))
    (reason,) = {item.reason for item in site.plan(provider).failed}
    assert "--allow-endpoint example.net" in reason
    assert not site.fake.counts


@pytest.mark.parametrize("uri", ["not a url", "ftp://192.0.2.1/", 7, ["https://oauth2.googleapis.com/token"]])
def test_a_key_file_with_an_odd_address_for_tokens_is_one_line(site: Site, uri: Any) -> None:
    provider = site.open(allowed=LOCAL, credentials_file=key_of(site, token_uri=uri))
    (reason,) = {item.reason for item in site.plan(provider).failed}
    assert "key.json" in reason
    assert "\n" not in reason


def test_a_key_file_that_leads_to_an_allowed_host_is_used(site: Site) -> None:
    provider = site.open(allowed=frozenset({"127.0.0.1"}), credentials_file=key_of(site))
    assert len(site.plan(provider).changes) == 4
    bearers = {call.headers.get("authorization") for call in site.fake.calls if call.method in {ZONES, READ}}
    assert bearers == {f"Bearer {token_of(MAIL)}"}


DAMAGED = {
    "a list": "[1]",
    "too deep": "[" * 200_000,
    "a sealed key": keys().private.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"),
    "a key that OpenSSL refuses": "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VvBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB\n-----END PRIVATE KEY-----\n",
}


@pytest.mark.parametrize("what", DAMAGED)
@pytest.mark.parametrize("own", [True, False])
def test_damaged_credentials_are_said_to_be_just_that(
    site: Site, monkeypatch: pytest.MonkeyPatch, what: str, *, own: bool
) -> None:
    content = DAMAGED[what]
    if "key" in what:
        content = json.dumps(site.fake.new_account(MAIL) | {"private_key": content})
    (site.folder / "key.json").write_text(content)
    if own:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(site.folder / "key.json"))
    provider = site.open(allowed=LOCAL, **({} if own else {"credentials_file": "key.json"}))
    (reason,) = {item.reason for item in site.plan(provider).failed}
    assert "credentials" in reason
    assert "answered" not in reason
    assert "broke off" not in reason
    assert "\n" not in reason
    assert keys().private.splitlines()[1] not in reason
    assert not site.fake.counts


# Very many zones


def test_credentials_that_are_not_there_are_looked_for_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    import google.auth  # noqa: PLC0415 - its function is counted

    looked: list[None] = []
    default = google.auth.default

    def counted(**options: Any) -> Any:
        looked.append(None)
        return default(**options)

    monkeypatch.setattr("google.auth.default", counted)
    chosen = {f"zone{number}.example.org": "example-com" for number in range(20)}
    provider = site.open(allowed=LOCAL, managed_zones=chosen)
    plan = plan_of(provider, {zone: {"@": NEW} for zone in chosen})
    assert len(plan.failed) == 20
    assert {"gcloud auth application-default login" in item.reason for item in plan.failed} == {True}
    assert len(looked) == 1


@pytest.mark.parametrize("chosen", [True, False])
def test_a_stop_ends_the_search_for_zones(fake: Fake, tmp_path: Path, *, chosen: bool) -> None:
    fake.service.zones_a_page = 1
    zones = [f"zone{number}.example.org" for number in range(100)]
    for zone in zones:
        fake.new_zone(zone)
    settings = {"project": fake.service.project, "endpoint": fake.url, "requests_per_minute": QUICK}
    if chosen:
        settings["managed_zones"] = {zone: zone.replace(".", "-") for zone in zones}
    context = Context("gcp", tmp_path, stopping=lambda: sum(fake.counts.values()) >= 20)
    provider = open_provider(plugin, ClouddnsConfig.model_validate(settings), context)
    found = list(provider.read(ZoneRequest(names.parse(zone), ()) for zone in zones))
    assert len(found) == 100
    # Those under way are finished.
    assert fake.counts["managedZones.list"] + fake.counts["managedZones.get"] < 30


# What is odd


def test_a_managed_zone_with_an_odd_name_costs_no_other(fake: Fake, tmp_path: Path) -> None:
    fake.new_zone("odd.example.net").dns_name = "odd..example.net."
    zones = {name: {"@": NEW} for name in ("example.com", "example.org", "example.net")}
    for zone in zones:
        fake.new_zone(zone)
    assert len(plan_of(open_block(fake, tmp_path), zones).changes) == 3
    assert fake.counts[ZONES] == 1


@pytest.mark.parametrize("preference", ["9" * 5000, "99999", "-1", "\uff11", "1_0", "+1"])
def test_a_preference_that_is_none_costs_its_set_alone(site: Site, preference: str) -> None:
    odd = {
        "name": "update.example.com.",
        "type": "MX",
        "ttl": 60,
        "rrdatas": [f"{preference} a.example.net."],
    }
    site.fake.put(site.zone, odd)
    plan = site.plan(site.open())
    assert len(plan.changes) == 3
    (reason,) = [item.reason for item in plan.failed]
    assert "update.example.com." in reason
    assert len(reason) < 300


def test_what_is_done_when_a_long_round_ends_is_not_called_pending(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first round takes longer than all the patience there is.
    monkeypatch.setattr("mxsync_clouddns.wait.PATIENCE", 0.05)
    fake.fail("changes.get", lambda: time.sleep(0.1))
    zones = [names.parse(f"zone{number}.example.org") for number in range(3)]
    for zone in zones:
        put_mx(fake, fake.new_zone(zone), zone, mx_set(60, "10 old.example.net."))
    provider = open_block(fake, tmp_path, wait="done")
    report = apply(provider, plan_of(provider, {zone: {"@": NEW} for zone in zones}))
    assert [(result.outcome, result.message) for result in report.results] == [(Outcome.APPLIED, "")] * 3
