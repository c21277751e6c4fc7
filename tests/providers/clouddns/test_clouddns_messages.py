"""What is said of failures: one short line, whatever Cloud DNS or something in its place answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from google.api_core.exceptions import from_http_status
from google.auth import exceptions as auth

from mxsync import names
from mxsync.atomic import Doubt, Kind, Trouble
from mxsync.provider import Context, ZoneRequest
from mxsync.reading import ZoneFailure
from mxsync_clouddns import ClouddnsConfig
from mxsync_clouddns.provider import ClouddnsProvider, open_provider
from mxsync_clouddns.trouble import CHANGE, SHOWN, Asked, explain, is_doubtful
from support.clouddns.client import rrset
from support.clouddns.server import Answer, Server

ZONE = names.parse("example.com")
LISTING = Asked("dns.googleapis.com", "mail-prod", "dns.managedZones.list")
CHANGING = Asked("dns.googleapis.com", "mail-prod", CHANGE, "example-com", "dns@example.com")


def refused(status: int, reason: str, message: str = "x", **more: Any) -> Exception:
    """Make the error that the library makes of a refusal."""
    error = from_http_status(status, "GET https://…", errors=[{"reason": reason, "message": message}], **more)  # type: ignore[no-untyped-call]
    assert isinstance(error, Exception)
    return error


def made(kind: Any, *args: Any) -> Exception:
    """Make an error of a library without types."""
    error = kind(*args)
    assert isinstance(error, Exception)
    return error


@pytest.mark.parametrize(
    ("error", "asked", "said"),
    [
        (refused(401, "authError"), LISTING, "log in again"),
        (refused(403, "forbidden", "Forbidden"), LISTING, "dns.managedZones.list in project mail-prod"),
        (refused(403, "forbidden"), CHANGING, "dns.resourceRecordSets.create, update, delete"),
        (refused(403, "accessNotConfigured"), LISTING, "gcloud services enable dns.googleapis.com"),
        (
            refused(
                403,
                "forbidden",
                details=[{"reason": "SERVICE_DISABLED", "metadata": {"consumer": "projects/123456"}}],
            ),
            LISTING,
            "not enabled in project 123456: gcloud services enable dns.googleapis.com --project 123456; or",
        ),
        (
            refused(403, "forbidden", "Permission denied", details=[{"reason": "CONSUMER_INVALID"}]),
            LISTING,
            "there is no project mail-prod",
        ),
        (refused(403, "billingNotEnabled"), LISTING, "billing"),
        (
            refused(403, "forbidden", details=[{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]),
            LISTING,
            "scope",
        ),
        (refused(403, "quotaExceeded", "quota 'managedZones' of 3"), CHANGING, "quota 'managedZones' of 3"),
        (refused(403, "rateLimitExceeded"), LISTING, "requests_per_minute"),
        (refused(429, "rateLimitExceeded"), LISTING, "requests_per_minute"),
        (refused(404, "notFound"), LISTING, "no project mail-prod"),
        (refused(503, "backendError"), LISTING, "503 backendError"),
        (
            refused(400, "somethingNew", "first\nsecond " + "x" * 1000),
            LISTING,
            "somethingNew: first second x",
        ),
        (requests.ConnectionError("x"), LISTING, "broke off"),
        (requests.ReadTimeout("x"), LISTING, "broke off"),
        (requests.exceptions.SSLError("certificate verify failed"), LISTING, "certificate verify failed"),
        (made(auth.DefaultCredentialsError, "x"), LISTING, "gcloud auth application-default login"),
        (made(auth.DefaultCredentialsError, "File key.json was not found."), LISTING, "(File key.json was"),
        (
            made(auth.InvalidOperation, "x"),
            replace(LISTING, where="http://[::1]:5000"),
            "--allow-endpoint ::1",
        ),
        (made(auth.TransportError, "x"), LISTING, "where tokens come from"),
        (made(auth.RefreshError, "invalid_grant: Bad", {"id": "the-secret"}), LISTING, "invalid_grant: Bad"),
        (made(auth.RefreshError, ""), LISTING, "withdrawn; log in again"),
        (
            made(auth.RefreshError, "Unable to acquire impersonated credentials", "the-secret"),
            CHANGING,
            "may not act as dns@example.com",
        ),
        (made(auth.ClientCertError, "no certificate"), LISTING, "no certificate"),
        (OSError("disk"), LISTING, "disk"),
    ],
)
def test_a_failure_is_one_short_line_that_says_what_to_do(error: Exception, asked: Asked, said: str) -> None:
    message, _ = explain(error, asked)
    assert message.startswith("Cloud DNS: ")
    assert said in message
    assert "\n" not in message
    assert "the-secret" not in message
    assert len(message) < SHOWN + 100


@pytest.mark.parametrize("status", [400, 404, 409, 412])
def test_a_refused_change_is_looked_into(status: int) -> None:
    error = refused(status, "x")
    assert explain(error, CHANGING)[1] is Kind.REFUSED
    assert explain(error, LISTING)[1] is Kind.OTHER
    assert not is_doubtful(error)


@pytest.mark.parametrize(
    ("error", "doubtful"),
    [
        (refused(500, "internalError"), True),
        (refused(408, "timeout"), True),
        (requests.ReadTimeout(), True),
        (requests.ConnectionError("aborted"), True),
        (requests.JSONDecodeError("x", "", 0), True),
        (KeyError("rrdatas"), True),
        (refused(401, "authError"), False),
        (refused(403, "forbidden"), False),
        (refused(429, "rateLimitExceeded"), False),
        (made(auth.RefreshError, "gone"), False),
        (requests.exceptions.ProxyError("no way"), False),
    ],
    ids=repr,
)
def test_a_write_is_in_doubt_unless_it_was_refused_or_not_sent(error: Exception, *, doubtful: bool) -> None:
    assert is_doubtful(error) is doubtful


# Over HTTP

ANSWERS = {
    "text": (500, b'"oops"'),
    "list": (500, b"[1]"),
    "error is text": (500, b'{"error": "x"}'),
    "errors are text": (500, b'{"error": {"errors": "x", "details": {}}}'),
    "odd reason": (403, b'{"error": {"errors": [{"reason": 5}], "details": ["x"]}}'),
    "page": (404, b"<html>" + b"x" * 5000),
    "nothing": (200, b""),
    "null": (200, b"null"),
    "no text": (200, b"\xff\xfe"),
    "no content": (204, b""),
    "teapot": (418, b"{}"),
}


@contextmanager
def serving(status: int, body: bytes) -> Iterator[ClouddnsProvider]:
    """Open a block at a server that always answers the same."""
    server = Server(lambda _: Answer(status, body))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield open_provider(ClouddnsConfig(project="mail-prod", endpoint=url), Context("gcp", Path()))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("answer", ANSWERS)
def test_whatever_is_answered_in_place_of_cloud_dns_is_one_line(
    monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr("mxsync_clouddns.retry.FIRST_PAUSE", 0.001)
    with serving(*ANSWERS[answer]) as provider:
        (failure,) = provider.read([ZoneRequest(ZONE, (ZONE,))])
        assert isinstance(failure, ZoneFailure)
        with pytest.raises(Trouble) as caught:
            provider.api.change("zone", [rrset("example.com.", "10 mx.example.net.")], [])
    for message in (failure.message, str(caught.value)):
        assert message.startswith("Cloud DNS: ")
        assert "\n" not in message
        assert "<html>" not in message
        assert len(message) < SHOWN
    if ANSWERS[answer][0] in {200, 204, 500}:
        assert isinstance(caught.value, Doubt)


def test_where_nobody_answers_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mxsync_clouddns.retry.FIRST_PAUSE", 0.001)
    with serving(200, b"{}") as provider:
        pass
    with pytest.raises(Trouble, match="no connection to http") as caught:
        provider.api.change("zone", [rrset("example.com.", "10 mx.example.net.")], [])
    assert not isinstance(caught.value, Doubt)
