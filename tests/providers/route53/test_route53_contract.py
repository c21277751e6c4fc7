"""The Route 53 provider keeps the contract, on ministack and on the strict fake."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from mxsync import names
from mxsync.model import MXSet
from mxsync.names import Name
from mxsync.provider import Provider
from mxsync.testing import Backend, ProviderContract
from support.importing import ImportContract
from support.ministack import running_ministack
from support.route53 import Fake, HostedZone, running_fake
from support.route53.mx import look_mx, parsed_set, put_mx, raw_name, raw_set
from support.route53.site import open_block

if TYPE_CHECKING:
    from types_boto3_route53 import Route53Client


class FakeBackend:
    """Zones of the fake, put and looked up past its API."""

    def __init__(self, fake: Fake, provider: Provider) -> None:
        self.provider = provider
        self._fake = fake
        self._zones: dict[Name, HostedZone] = {}

    def new_zone(self) -> Name:
        zone = names.parse(f"zone{len(self._fake.service.zones)}.test.")
        self._zones[zone] = self._fake.new_zone(zone)
        return zone

    def put(self, zone: Name, owner: Name, wanted: MXSet | None) -> None:
        put_mx(self._fake, self._zones[zone], owner, wanted)

    def look(self, zone: Name, owner: Name) -> MXSet | None:
        return look_mx(self._fake, self._zones[zone], owner)


class MinistackBackend:
    """Zones of a ministack, put and looked up with a client of our own."""

    def __init__(self, client: Route53Client, provider: Provider, numbers: Iterator[int]) -> None:
        self.provider = provider
        self._client = client
        self._numbers = numbers
        self._ids: dict[Name, str] = {}

    def new_zone(self) -> Name:
        zone = names.parse(f"zone{next(self._numbers)}.test.")
        made = self._client.create_hosted_zone(Name=zone, CallerReference=zone)
        self._ids[zone] = made["HostedZone"]["Id"]
        return zone

    def put(self, zone: Name, owner: Name, wanted: MXSet | None) -> None:
        changes: list[Any] = []
        if held := self._held(zone, owner):
            changes.append({"Action": "DELETE", "ResourceRecordSet": held})
        if wanted:
            made = {**raw_set(owner, wanted), "Name": _plain(owner)}
            changes.append({"Action": "CREATE", "ResourceRecordSet": made})
        if changes:
            self._client.change_resource_record_sets(
                HostedZoneId=self._ids[zone], ChangeBatch={"Changes": changes}
            )

    def look(self, zone: Name, owner: Name) -> MXSet | None:
        held = self._held(zone, owner)
        return parsed_set(held) if held else None

    def _held(self, zone: Name, owner: Name) -> dict[str, Any] | None:
        pages = self._client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=self._ids[zone])
        found: list[Any] = [
            rrset
            for page in pages
            for rrset in page["ResourceRecordSets"]
            if rrset["Type"] == "MX" and rrset["Name"].lower() in {raw_name(owner), _plain(owner)}
        ]
        assert len(found) <= 1, found
        return found[0] if found else None


def _plain(owner: Name) -> str:
    r"""Write a wildcard with its asterisk: ministack does not know `\052`."""
    return raw_name(owner).replace("\\052", "*")


class TestContractOnTheFake(ImportContract, ProviderContract):
    @pytest.fixture
    def backend(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
        with running_fake() as fake:
            yield FakeBackend(fake, open_block(fake.url, tmp_path_factory.getbasetemp()))


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_ministack(tmp_path_factory.mktemp("ministack")) as url:
        yield url


@pytest.fixture(scope="module")
def client(url: str) -> Route53Client:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    return session.client("route53", endpoint_url=url)


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return count()


class TestContractOnMinistack(ImportContract, ProviderContract):
    @pytest.fixture
    def backend(
        self,
        url: str,
        client: Route53Client,
        numbers: Iterator[int],
        tmp_path_factory: pytest.TempPathFactory,
    ) -> Backend:
        provider = open_block(url, tmp_path_factory.getbasetemp())
        return MinistackBackend(client, provider, numbers)
