"""Asks a fake as boto3 does, once, and holds every answer against botocore's model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from support.route53.fake import Fake
from support.route53.model import unfit
from support.route53.zone import HostedZone

ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=5)
"""A client that sends nothing twice."""


def client(fake: Fake, key: str = "test", secret: str = "test", service: str = "route53", **more: Any) -> Any:
    """Make a client that holds every answer against botocore's model."""
    session = boto3.Session(
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=more.pop("token", None),
        region_name=more.pop("region", "us-east-1"),
    )
    made: Any = session.client(service, endpoint_url=fake.url, config=more.pop("config", ONCE))  # type: ignore[call-overload]
    made.meta.events.register(f"after-call.{service}", _hold_against_model)
    return made


def _hold_against_model(http_response: Any, parsed: Any, model: Any, **_: Any) -> None:
    if http_response.status_code < 300:
        assert not list(unfit(parsed, model.output_shape, model.name))


def change(
    action: str, name: str, *values: str, ttl: int | None = 300, kind: str = "MX", **more: Any
) -> dict[str, Any]:
    rrset: dict[str, Any] = {"Name": name, "Type": kind, **more}
    if ttl is not None:
        rrset["TTL"] = ttl
    if values:
        rrset["ResourceRecords"] = [{"Value": value} for value in values]
    return {"Action": action, "ResourceRecordSet": rrset}


def send(api: Any, zone: HostedZone, *changes: dict[str, Any]) -> Any:
    batch = {"Changes": list(changes)}
    return api.change_resource_record_sets(HostedZoneId=zone.id, ChangeBatch=batch)["ChangeInfo"]


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    """Give the code and message of the refusal that a call meets."""
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def refused_batch(api: Any, zone: HostedZone, *changes: dict[str, Any]) -> str:
    """Give the message; the zone is as before."""
    before = dict(zone.sets)
    code, message = refused(lambda: send(api, zone, *changes))
    assert code == "InvalidChangeBatch"
    assert zone.sets == before
    return message


def listed(api: Any, zone: HostedZone, **query: Any) -> list[tuple[str, str]]:
    answer = api.list_resource_record_sets(HostedZoneId=zone.id, **query)
    return [(rrset["Name"], rrset["Type"]) for rrset in answer["ResourceRecordSets"]]
