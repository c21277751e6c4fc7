"""What a sceptical reader tried: endpoints that are AWS's in name only, and what the SDK raises by itself."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, parse_headers
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from mxsync import live, names
from mxsync.apply import apply_plan
from mxsync.change import Outcome
from mxsync.endpoints import Credentials
from mxsync.errors import NotAllowed
from mxsync.provider import Context, ZoneRequest
from mxsync.registry import open_provider
from mxsync_route53 import Route53Config, plugin
from mxsync_route53.endpoint import credentials_for
from mxsync_route53.listing import Page, Position, Shown
from mxsync_route53.provider import Route53Provider
from support.route53 import ACCESS_DENIED, Fake, Refusal
from support.route53.mx import look_mx, put_mx
from support.route53.site import BEFORE, NEW, OLD, READ, WANTED, WRITE, ZONE, Site, apply, open_block, plan_of

HERE = frozenset({"127.0.0.1"})


@pytest.mark.parametrize(
    "host",
    [
        "route53.amazonaws.com",
        "route53-fips.amazonaws.com",
        "route53.us-gov.amazonaws.com",
        "route53.amazonaws.com.cn",
        "route53.amazonaws.eu",
        "route53.global.api.aws",
        "route53-fips.global.api.aws",
        "route53.us-gov.api.aws",
        "route53.global.api.amazonwebservices.com.cn",
        "route53.global.api.amazonwebservices.eu",
    ],
)
def test_an_endpoint_of_route_53_needs_no_leave(host: str) -> None:
    assert credentials_for(f"https://{host}/", frozenset(), block="aws") is Credentials.OWN


@pytest.mark.parametrize(
    "host",
    [
        "0123456789.execute-api.us-east-1.amazonaws.com",
        "bucket.s3.amazonaws.com",
        "s3.amazonaws.com",
        "ec2-192-0-2-1.compute-1.amazonaws.com",
        "route53.s3.amazonaws.com",
        "route53.execute-api.us-east-1.amazonaws.com",
        "route53.us-east-1.elb.amazonaws.com",
        "xroute53.amazonaws.com",
        "route53.amazonaws.com.example.net",
    ],
)
def test_what_strangers_run_at_aws_is_not_route_53(host: str) -> None:
    with pytest.raises(NotAllowed, match=host):
        credentials_for(f"https://{host}/", frozenset(), block="aws")


@contextmanager
def _answering(status: int, location: str = "") -> Iterator[tuple[str, list[str]]]:
    """Serve one answer without a body for everything; give the URL, and the paths that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
            """Keep the output of the tests clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [301, 307, 308, 404])
def test_an_endpoint_leads_nowhere_else_and_what_is_not_route_53_is_said_to_be_none(
    status: int, tmp_path: Path
) -> None:
    with _answering(200) as (stranger, seen), _answering(status, f"{stranger}/x") as (url, asked):
        (trouble,) = plan_of(open_block(url, tmp_path), {ZONE: WANTED}).failed
    assert (len(asked), seen) == (1, [])
    assert trouble.reason.startswith(f"Route 53: {url} answered {status}, which Route 53 does not; check ")


def test_a_question_that_is_refused_is_not_called_a_change(site: Site) -> None:
    site.fake.fail(READ, Refusal("InvalidInput", "no such type"))
    (trouble,) = site.plan(site.open()).failed
    assert trouble.reason == "Route 53: InvalidInput: no such type"


# What gives credentials


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the AWS configuration of an operator without credentials in the environment."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    return tmp_path / "config"


def _credentials(expiration: str) -> str:
    given = {
        "Version": 1,
        "AccessKeyId": "AKIAEXAMPLE000000000",
        "SecretAccessKey": "hush-secret",
        "SessionToken": "hush-token",
        "Expiration": expiration,
    }
    return json.dumps(given)


def _process(folder: Path, answer: str) -> str:
    """Give a configuration whose credentials a command writes; what it writes may change."""
    (folder / "answer").write_text(answer)
    return f"[default]\ncredential_process = /bin/cat {folder / 'answer'}\n"


PAST, FUTURE = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("hush", "credential_process"),
        (_credentials(PAST), "still expired"),
        ('{"Version": 2, "SecretAccessKey": "hush"}', "custom-process"),
    ],
    ids=["no JSON", "expired", "another version"],
)
def test_a_command_that_gives_no_useful_credentials_is_named(
    site: Site, profile: Path, answer: str, said: str
) -> None:
    profile.write_text(_process(site.folder, answer))
    (trouble,) = site.plan(site.open(allowed=HERE)).failed
    assert trouble.reason.startswith("Route 53: the AWS credentials cannot be had: ")
    assert said in trouble.reason
    assert "hush" not in trouble.reason


@pytest.mark.parametrize(
    "configuration",
    [
        "[default]\ncredential_process = /nonexistent/helper --token hush\n",
        "[default]\nrole_arn = arn:aws:iam::123456789012:role/mail\nweb_identity_token_file = /nonexistent/helper\n",
    ],
    ids=["command", "token"],
)
def test_a_file_that_the_aws_configuration_names_and_is_not_there_is_named(
    site: Site, profile: Path, configuration: str
) -> None:
    profile.write_text(configuration)
    (trouble,) = site.plan(site.open(allowed=HERE)).failed
    assert (
        "the AWS configuration names '/nonexistent/helper', which does not work: No such file"
        in trouble.reason
    )
    assert "hush" not in trouble.reason


def test_half_of_the_credentials_are_not_called_none(site: Site, profile: Path) -> None:
    profile.write_text("[default]\naws_access_key_id = AKIAEXAMPLE000000000\n")
    (trouble,) = site.plan(site.open(allowed=HERE)).failed
    assert "missing: aws_secret_access_key" in trouble.reason


def test_who_has_not_logged_in_is_told_how(
    site: Site, profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(site.folder))
    profile.write_text(
        "[default]\nsso_session = mail\nsso_account_id = 123456789012\nsso_role_name = mail\n"
        "[sso-session mail]\nsso_start_url = https://example.com/start\nsso_region = us-east-1\n"
    )
    (trouble,) = site.plan(site.open(allowed=HERE)).failed
    assert trouble.reason.endswith("; log in with aws sso login")


def test_an_endpoint_of_the_environment_that_is_no_url_is_said_in_a_line(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "foo")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE000000000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    block = Route53Config(wait="none")
    provider = open_provider(plugin, block, Context("aws", site.folder))
    (trouble,) = plan_of(provider, {ZONE: WANTED}).failed
    assert trouble.reason == "Route 53: Invalid endpoint: foo (ValueError)"


def test_credentials_that_end_in_the_middle_of_an_apply_are_each_zones_own_trouble(
    site: Site, profile: Path
) -> None:
    # Within a quarter of an hour of their end, the SDK fetches credentials anew for every request.
    soon = datetime.now(UTC) + timedelta(minutes=12)
    profile.write_text(_process(site.folder, _credentials(soon.isoformat())))
    zones = {ZONE: site.zone, names.parse("example.org"): site.fake.new_zone("example.org.")}
    put_mx(site.fake, zones[names.parse("example.org")], names.parse("update.example.org"), OLD)
    provider = site.open(allowed=HERE)
    assert isinstance(provider, Route53Provider)
    one_by_one = replace(provider, workers=1)
    plan = plan_of(one_by_one, {zone: {"update": NEW} for zone in zones})
    (site.folder / "later").write_text(_credentials(PAST))

    def end() -> None:
        (site.folder / "later").rename(site.folder / "answer")

    site.fake.fail(WRITE, end)
    # As with --yes: what was read for the plan is not read again.
    seen = live.read(
        {"aws": [ZoneRequest(zone, (names.parse("update", zone),)) for zone in zones]}, {"aws": one_by_one}
    )
    report = apply_plan(plan, {"aws": one_by_one}, fresh=seen)
    assert [result.outcome for result in report.results] == [Outcome.UNKNOWN, Outcome.FAILED]
    assert [look_mx(site.fake, zone, names.parse("update", name)) for name, zone in zones.items()] == [
        NEW,
        OLD,
    ]
    for result in report.results:
        assert "the AWS credentials cannot be had" in result.message
        assert "broke off" not in result.message


# The order of a listing


def test_a_name_whose_place_hangs_on_the_hyphen_is_asked_for() -> None:
    """By the text it stands between a-b and b, label by label before them: nobody knows that it is not there."""
    first, last = names.parse("a-b.example.com"), names.parse("b.example.com")
    shown: Shown[str] = Shown()
    shown.add(Page(Position(first), ((first, "MX"), (last, "MX")), None))
    assert shown.orderly
    assert not shown.knows(names.parse("m.a.example.com"))
    assert shown.knows(names.parse("m.a-b.example.com"))
    assert shown.knows(names.parse("c.example.com"))


# Calls


def test_credentials_that_may_not_ask_about_a_change_ask_once_for_all(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mxsync_route53.wait.FIRST", 0.0)
    manifest = {f"z{at}.example.org": {"@": NEW} for at in range(5)}
    for zone in manifest:
        site.fake.new_zone(zone)
    site.fake.fail("GetChange", ACCESS_DENIED, times=9)
    provider = site.open(wait="insync")
    report = apply(provider, plan_of(provider, manifest))
    assert [result.outcome for result in report.results] == [Outcome.APPLIED] * 5
    assert all("the credentials need route53:GetChange" in result.message for result in report.results)
    assert site.fake.counts["GetChange"] == 1


def test_a_small_zone_whose_id_the_manifest_gives_is_seen_whole_in_one_call(site: Site) -> None:
    provider = site.open(zone_ids={ZONE: site.zone.id})
    plan = plan_of(provider, {ZONE: {"other": NEW}})
    assert {each.owner for each in plan.unmanaged} == {
        names.parse(owner, ZONE) for owner, held in BEFORE.items() if held
    }
    assert site.fake.counts == {READ: 1}


# TLS


@contextmanager
def _tls_that_breaks_at_a_write(fake: Fake, authority: trustme.CA) -> Iterator[str]:
    """Pass requests on over TLS; after a write, send no record that can be read, and serve no more."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        written = False
        while not written:
            plain, _ = listener.accept()
            raw = plain.dup()
            with context.wrap_socket(plain, server_side=True) as connection, raw:
                stream = connection.makefile("rb")
                method, target, _ = stream.readline().decode().split()
                headers = parse_headers(stream)
                body = stream.read(int(headers.get("Content-Length") or 0))
                upstream = HTTPConnection("127.0.0.1", fake.port)
                upstream.request(method, target, body or None, dict(headers.items()))
                answer = upstream.getresponse().read()
                upstream.close()
                written = method == "POST"
                if written:
                    listener.close()
                    raw.sendall(b"\x17\x03\x03\x00\x20" + bytes(32))
                else:
                    start = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(answer)}\r\n\r\n"
                    connection.sendall(start.encode() + answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    thread.join(10)
    assert not thread.is_alive()


def test_a_secure_connection_that_breaks_after_a_write_leaves_it_unknown_not_failed(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(site.folder / "ca.pem")
    monkeypatch.setenv("AWS_CA_BUNDLE", str(site.folder / "ca.pem"))
    monkeypatch.setattr("mxsync_route53.session.ATTEMPTS", 2)
    with _tls_that_breaks_at_a_write(site.fake, authority) as url:
        provider = open_block(url, site.folder)
        plan = plan_of(provider, {ZONE: {"update": NEW}})
        (result,) = apply(provider, plan).results
    assert site.look("update") == NEW
    assert result.outcome is Outcome.UNKNOWN
