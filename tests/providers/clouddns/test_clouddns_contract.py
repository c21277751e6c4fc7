"""The Cloud DNS provider keeps the contract on the strict fake, however the service cuts its pages."""

from __future__ import annotations

import pytest

from mxsync import names
from mxsync.model import MXSet
from mxsync.names import Name
from mxsync.provider import Provider
from mxsync.testing import Backend, ProviderContract
from support.clouddns import Fake, Zone
from support.clouddns.mx import look_mx, put_mx
from support.clouddns.site import open_block
from support.importing import ImportContract


class FakeBackend:
    """Zones of the fake, put and looked up past its API."""

    def __init__(self, fake: Fake, provider: Provider) -> None:
        self.provider = provider
        self._fake = fake
        self._zones: dict[Name, Zone] = {}

    def new_zone(self) -> Name:
        zone = names.parse(f"zone{len(self._fake.service.zones)}.test.")
        self._zones[zone] = self._fake.new_zone(zone)
        return zone

    def put(self, zone: Name, owner: Name, wanted: MXSet | None) -> None:
        put_mx(self._fake, self._zones[zone], owner, wanted)

    def look(self, zone: Name, owner: Name) -> MXSet | None:
        return look_mx(self._fake, self._zones[zone], owner)


class TestContract(ImportContract, ProviderContract):
    @pytest.fixture
    def backend(self, fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Backend:
        return FakeBackend(fake, open_block(fake, tmp_path_factory.getbasetemp()))


class TestContractWithSmallPagesOfWhichManyAreEmpty(ImportContract, ProviderContract):
    @pytest.fixture
    def backend(self, fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Backend:
        fake.service.sets_a_page, fake.service.zones_a_page, fake.service.sparse = 2, 1, True
        return FakeBackend(fake, open_block(fake, tmp_path_factory.getbasetemp()))


class TestContractWaitingUntilChangesAreDone(ImportContract, ProviderContract):
    @pytest.fixture
    def backend(self, fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Backend:
        fake.service.polls_until_done = 0
        return FakeBackend(fake, open_block(fake, tmp_path_factory.getbasetemp(), wait="done"))
