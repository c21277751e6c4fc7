"""What goes wrong at the fake Route 53, where a test wants that, and who may ask it."""

from __future__ import annotations

import http.client
import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.parsers import ResponseParserError

from support.route53 import (
    ACCESS_DENIED,
    PRIOR_REQUEST,
    THROTTLING,
    Credential,
    Fake,
    Fate,
    HostedZone,
    Refusal,
)
from support.route53.client import change, client, listed, refused, send


@pytest.mark.parametrize("refusal", [THROTTLING, PRIOR_REQUEST, ACCESS_DENIED], ids=lambda it: it.code)
def test_a_refusal_on_demand_strikes_as_often_as_was_said(
    api: Any, fake: Fake, zone: HostedZone, refusal: Refusal
) -> None:
    fake.fail("ListResourceRecordSets", refusal, times=2, skip=1)
    listed(api, zone)
    for _ in range(2):
        assert refused(lambda: listed(api, zone))[0] == refusal.code
    listed(api, zone)
    assert [call.answered for call in fake.calls] == ["200", refusal.code, refusal.code, "200"]


@pytest.mark.parametrize(
    ("fate", "done", "error"),
    [
        (Fate.DROP_BEFORE, False, ConnectionClosedError),
        (Fate.DROP_AFTER, True, ConnectionClosedError),
        (Fate.RESET_BEFORE, False, ConnectionClosedError),
        (Fate.RESET_AFTER, True, ConnectionClosedError),
        (Fate.UNAVAILABLE_BEFORE, False, ClientError),
        (Fate.UNAVAILABLE_AFTER, True, ClientError),
        (Fate.TRUNCATED, True, ResponseParserError),
    ],
)
def test_a_fault_strikes_before_or_after_the_work(
    api: Any, fake: Fake, zone: HostedZone, fate: Fate, *, done: bool, error: type[Exception]
) -> None:
    fake.fail("ChangeResourceRecordSets", fate)
    with pytest.raises(error):
        send(api, zone, change("CREATE", "a.example.com", "10 mx.example.net"))
    assert (fake.look(zone, "a.example.com", "MX") is not None) == done
    assert [call.answered for call in fake.calls] == [fate]


def test_a_slow_answer_comes(api: Any, fake: Fake, zone: HostedZone) -> None:
    fake.fail("ListResourceRecordSets", Fate.SLOW)
    assert listed(api, zone)


def test_a_fault_may_be_of_one_zone_and_may_run_something_before_the_work(
    api: Any, fake: Fake, zone: HostedZone
) -> None:
    other = fake.new_zone("example.org")
    foreign = change("", "a.example.com", "10 mx.example.net")["ResourceRecordSet"]
    fake.fail("ListResourceRecordSets", lambda: fake.put(zone, foreign), zone=zone)
    listed(api, other)
    assert fake.look(zone, "a.example.com", "MX") is None
    assert ("a.example.com.", "MX") in listed(api, zone)


def test_signatures_are_checked_once_a_credential_is_trusted(fake: Fake, zone: HostedZone) -> None:
    fake.trust(Credential("AKIA1", "secret"))
    fake.trust(Credential("AKIA2", "secret", expired=True))
    mx = change("CREATE", "a.example.com", "10 mx.example.net")
    send(client(fake, "AKIA1", "secret"), zone, mx)
    assert ("a.example.com.", "MX") in listed(
        client(fake, "AKIA1", "secret"),
        zone,
        StartRecordName="*.example.com",
        StartRecordType="A",
        MaxItems="5",
    )
    for key, secret, code in (
        ("AKIA1", "wrong", "SignatureDoesNotMatch"),
        ("AKIA2", "secret", "ExpiredToken"),
        ("AKIA3", "secret", "InvalidClientTokenId"),
    ):
        assert refused(lambda key=key, secret=secret: listed(client(fake, key, secret), zone))[0] == code  # type: ignore[misc]
    elsewhere = client(fake, "AKIA1", "secret", region="eu-west-1")
    assert "valid region" in refused(lambda: listed(elsewhere, zone))[1]


def test_an_assumed_role_may_sign(fake: Fake, zone: HostedZone) -> None:
    fake.trust(Credential("AKIA1", "secret"))
    sts = client(fake, "AKIA1", "secret", "sts")
    assert sts.get_caller_identity()["Account"] == "123456789012"
    role = "arn:aws:iam::123456789012:role/mail"
    given = sts.assume_role(RoleArn=role, RoleSessionName="mxsync")["Credentials"]
    assumed = client(fake, given["AccessKeyId"], given["SecretAccessKey"], token=given["SessionToken"])
    assert listed(assumed, zone)
    stolen = client(fake, given["AccessKeyId"], given["SecretAccessKey"])
    assert refused(lambda: listed(stolen, zone))[0] == "InvalidClientTokenId"
    assert refused(lambda: sts.assume_role(RoleArn="arn:aws:iam::1:user/x", RoleSessionName="mxsync"))


def test_an_unsigned_request_and_one_of_another_kind_are_refused(fake: Fake) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", fake.port, timeout=5)
    connection.request("GET", "/2013-04-01/hostedzone")
    answer = connection.getresponse()
    assert (answer.status, b"MissingAuthenticationToken" in answer.read()) == (403, True)
    connection.request("GET", "/2013-04-01/healthcheck")
    assert connection.getresponse().status == 404
    connection.close()


@pytest.mark.parametrize(
    "body",
    [
        "no xml",
        "<Other/>",
        '<ChangeResourceRecordSetsRequest xmlns="{ns}"><ChangeBatch><Changes><Change><Action>CREATE</Action><Action>CREATE</Action></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>',
        '<ChangeResourceRecordSetsRequest xmlns="{ns}"><ChangeBatch><Extra/></ChangeBatch></ChangeResourceRecordSetsRequest>',
    ],
    ids=["text", "root", "twice", "element"],
)
def test_a_request_is_read_strictly(api: Any, zone: HostedZone, body: str) -> None:
    text = body.replace("{ns}", "https://route53.amazonaws.com/doc/2013-04-01/")

    def replace(params: Any, **_: Any) -> None:
        params["body"] = text.encode()

    api.meta.events.register("before-call.route53.ChangeResourceRecordSets", replace)
    code, _ = refused(lambda: send(api, zone, change("CREATE", "a.example.com", "10 mx.example.net")))
    assert code == "MalformedInput"


def test_of_many_creations_at_once_one_wins(fake: Fake, zone: HostedZone) -> None:
    outcomes: list[str] = []

    def create(number: int) -> None:
        try:
            send(client(fake), zone, change("CREATE", "a.example.com", f"{number} mx.example.net"))
            outcomes.append("won")
        except ClientError as error:
            outcomes.append(error.response["Error"]["Code"])

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["InvalidChangeBatch"] * 7 + ["won"]
