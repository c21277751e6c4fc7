"""What goes wrong at the fake Cloud DNS, where a test wants that, and who may ask it."""

from __future__ import annotations

import http.client
import threading
from typing import Any

import pytest
import requests.exceptions
from google.api_core.exceptions import GoogleAPICallError, ServiceUnavailable
from google.auth.exceptions import InvalidOperation
from google.oauth2.credentials import Credentials

from support.clouddns import (
    BACKEND_ERROR,
    CREDENTIALS_MISSING,
    FORBIDDEN,
    INACTIVE_BILLING,
    INTERNAL_ERROR,
    INVALID_CREDENTIALS,
    LOST,
    QUOTA_EXCEEDED,
    RATE_LIMIT,
    SERVICE_DISABLED,
    TOO_MANY_REQUESTS,
    Fake,
    Fate,
    Refusal,
    Zone,
    running_fake,
)
from support.clouddns.client import ask, client, listed, refused, rrset, send

A = "a.example.com."
MX = rrset(A, "10 mx.example.net.")
READ, WRITE = "resourceRecordSets.list", "changes.create"


@pytest.mark.parametrize(
    "refusal",
    [
        FORBIDDEN,
        SERVICE_DISABLED,
        INACTIVE_BILLING,
        RATE_LIMIT,
        QUOTA_EXCEEDED,
        TOO_MANY_REQUESTS,
        INTERNAL_ERROR,
        BACKEND_ERROR,
    ],
    ids=lambda it: f"{it.status} {it.reason}",
)
def test_a_refusal_on_demand_strikes_as_often_as_was_said(
    api: Any, fake: Fake, zone: Zone, refusal: Refusal
) -> None:
    fake.fail(READ, refusal, times=2, skip=1)
    listed(api, zone)
    for _ in range(2):
        status, reason, message = refused(lambda: listed(api, zone))
        assert (status, reason, message) == (
            refusal.status,
            refusal.reason,
            refusal.problems[0].message,
        )
    listed(api, zone)
    assert [call.answered for call in fake.calls] == ["200", refusal.reason, refusal.reason, "200"]


def test_a_disabled_api_is_told_in_the_details(api: Any, fake: Fake, zone: Zone) -> None:
    fake.fail(READ, SERVICE_DISABLED)
    with pytest.raises(GoogleAPICallError) as caught:
        listed(api, zone)
    assert caught.value.reason == "SERVICE_DISABLED"
    assert caught.value.domain == "googleapis.com"


@pytest.mark.parametrize(
    ("fate", "done", "error"),
    [
        (Fate.DROP_BEFORE, False, requests.exceptions.ConnectionError),
        (Fate.DROP_AFTER, True, requests.exceptions.ConnectionError),
        (Fate.RESET_BEFORE, False, requests.exceptions.ConnectionError),
        (Fate.RESET_AFTER, True, requests.exceptions.ConnectionError),
        (Fate.UNAVAILABLE_BEFORE, False, ServiceUnavailable),
        (Fate.UNAVAILABLE_AFTER, True, ServiceUnavailable),
        (Fate.TRUNCATED, True, requests.exceptions.ChunkedEncodingError),
        (Fate.HALF_JSON, True, requests.exceptions.JSONDecodeError),
    ],
)
def test_a_fault_strikes_before_or_after_the_work(
    api: Any, fake: Fake, zone: Zone, fate: Fate, *, done: bool, error: type[Exception]
) -> None:
    fake.fail(WRITE, fate)
    with pytest.raises(error):
        send(api, zone, add=[MX])
    assert (fake.look(zone, A, "MX") is not None) == done
    assert [call.answered for call in fake.calls] == [fate]


@pytest.mark.parametrize("fate", [fate for fate in LOST if fate is not Fate.SLOW])
def test_the_library_resends_nothing_by_itself(api: Any, fake: Fake, zone: Zone, fate: Fate) -> None:
    fake.fail(READ, fate)
    with pytest.raises((requests.exceptions.RequestException, GoogleAPICallError)):
        listed(api, zone)
    assert fake.counts == {READ: 1}


def test_a_slow_answer_comes_and_is_too_late_for_who_does_not_wait(api: Any, fake: Fake, zone: Zone) -> None:
    fake.fail(READ, Fate.SLOW, times=2)
    assert listed(api, zone)
    path = f"/projects/{fake.service.project}/managedZones/{zone.name}/rrsets"
    with pytest.raises(requests.exceptions.ReadTimeout):
        api._connection.api_request(method="GET", path=path, timeout=fake.delay / 10)


def test_a_redirection_leads_to_another_server(api: Any, fake: Fake, zone: Zone) -> None:
    with running_fake() as other:
        fake.elsewhere = other.url
        fake.fail(READ, Fate.REDIRECT)
        assert refused(lambda: listed(api, zone))[0] == 404
        assert other.counts == {READ: 1}


def test_a_fault_may_be_of_one_zone_and_may_run_something_before_the_work(
    api: Any, fake: Fake, zone: Zone
) -> None:
    other = fake.new_zone("example.org")
    fake.fail(READ, lambda: fake.put(zone, MX), zone=zone)
    listed(api, other)
    assert fake.look(zone, A, "MX") is None
    assert (A, "MX") in listed(api, zone)


# Who may ask


def bearer(token: str) -> Any:
    """Make credentials that hold a token and cannot get another."""
    return Credentials(token)  # type: ignore[no-untyped-call]


def test_everybody_may_ask_until_a_token_is_trusted(api: Any, fake: Fake, zone: Zone) -> None:
    assert listed(api, zone)
    assert "authorization" not in fake.calls[-1].headers
    fake.trust("good")
    assert listed(client(fake, bearer("good")), zone)
    assert fake.calls[-1].headers["authorization"] == "Bearer good"


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [({}, CREDENTIALS_MISSING), ({"Authorization": "Bearer bad"}, INVALID_CREDENTIALS)],
    ids=["none", "another"],
)
def test_who_has_no_trusted_token_is_refused(
    fake: Fake, zone: Zone, headers: dict[str, str], refusal: Refusal
) -> None:
    fake.trust("good")
    path = f"{fake.url}/dns/v1/projects/{fake.service.project}/managedZones/{zone.name}"
    answer = requests.get(path, headers=headers, timeout=5)
    assert answer.status_code == 401
    error = answer.json()["error"]
    assert (error["status"], error["errors"][0]["reason"]) == ("UNAUTHENTICATED", refusal.reason)
    assert fake.calls[-1].answered == refusal.reason
    assert requests.post(f"{path}/changes", json={"additions": [MX]}, timeout=5).status_code == 401
    assert fake.look(zone, A, "MX") is None


def test_the_library_answers_a_401_with_an_error_of_its_own_credentials(
    api: Any, fake: Fake, zone: Zone
) -> None:
    # A third family of errors, beside google.api_core's and those of requests.
    fake.fail(READ, INVALID_CREDENTIALS)
    with pytest.raises(InvalidOperation):
        listed(api, zone)


# What arrives


def test_every_call_is_noted_with_what_was_sent(api: Any, fake: Fake, zone: Zone) -> None:
    send(api, zone, add=[MX])
    listed(api, zone, name=A, type="MX")
    write, read = fake.calls
    assert (write.method, write.zone, write.answered) == (WRITE, zone.name, "200")
    assert write.body["additions"] == [{**MX, "ttl": "300"}]
    assert read.query == {"name": A, "type": "MX", "prettyPrint": "false"}
    assert fake.counts == {WRITE: 1, READ: 1}
    fake.forget_calls()
    assert not fake.counts


def test_a_request_that_is_none_of_the_api_is_refused_and_noted(api: Any, fake: Fake, zone: Zone) -> None:
    with pytest.raises(GoogleAPICallError) as caught:
        ask(api, f"managedZones/{zone.name}/mx")
    assert caught.value.code == 404
    assert [(call.method, call.answered) for call in fake.calls] == [("", "404")]


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"{", "application/json"), (b"", "application/json"), (b"{}", "text/plain")],
    ids=["half", "none", "text"],
)
def test_a_body_is_json_and_says_so(fake: Fake, zone: Zone, body: bytes, kind: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", fake.port, timeout=5)
    path = f"/dns/v1/projects/{fake.service.project}/managedZones/{zone.name}/changes"
    connection.request("POST", path, body, {"Content-Type": kind})
    assert connection.getresponse().status == 400
    connection.close()


def test_an_unknown_parameter_is_refused(api: Any, zone: Zone) -> None:
    status, _, message = refused(lambda: listed(api, zone, nme=A))
    assert (status, "nme" in message) == (400, True)


def test_what_comes_faster_than_the_limit_is_refused(api: Any, fake: Fake, zone: Zone) -> None:
    fake.limit = (3, 60.0)
    for _ in range(3):
        listed(api, zone)
    assert refused(lambda: listed(api, zone))[:2] == (429, "rateLimitExceeded")


def test_of_many_additions_at_once_one_wins(fake: Fake, zone: Zone) -> None:
    outcomes: list[str] = []

    def add(number: int) -> None:
        try:
            send(client(fake), zone, add=[rrset(A, f"{number} mx.example.net.")])
            outcomes.append("won")
        except GoogleAPICallError as error:
            outcomes.append(error.errors[0]["reason"])

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["alreadyExists"] * 7 + ["won"]
