"""The in-memory provider keeps the contract."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.memory import MemoryProvider
from mxsync.testing import Backend, ProviderContract
from support.importing import ImportContract

if TYPE_CHECKING:
    from mxsync.model import MXSet
    from mxsync.names import Name


class MemoryBackend:
    def __init__(self) -> None:
        self.provider = MemoryProvider()
        self._numbers = count()

    def new_zone(self) -> Name:
        zone = names.parse(f"zone{next(self._numbers)}.test.")
        self.provider.zones[zone] = {}
        return zone

    def put(self, zone: Name, owner: Name, wanted: MXSet | None) -> None:
        if wanted is None:
            self.provider.zones[zone].pop(owner, None)
        else:
            self.provider.zones[zone][owner] = wanted

    def look(self, zone: Name, owner: Name) -> MXSet | None:
        return self.provider.zones[zone].get(owner)


class TestContract(ImportContract, ProviderContract):
    @pytest.fixture
    def backend(self) -> Backend:
        return MemoryBackend()
