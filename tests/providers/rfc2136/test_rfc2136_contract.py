"""The RFC 2136 provider keeps the contract, on Debian's BIND."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.model import MX, MXSet
from mxsync.provider import Context
from mxsync.registry import open_provider
from mxsync.testing import Backend, ProviderContract
from mxsync_rfc2136 import Rfc2136Config, plugin
from support.dnstools import dig, nsupdate
from support.named import running_named
from support.nameserver import Key, Server, Zone, new_key, write_key_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mxsync.names import Name
    from mxsync.provider import Provider

POOL = 150
"""Zones made in advance; more than the suite asks for."""


class BindBackend:
    """Fresh zones of one server; put and look go past the provider, with a key of their own."""

    def __init__(self, server: Server, provider: Provider, other: Key, numbers: Iterator[int]) -> None:
        self.provider = provider
        self._server = server
        self._other = other
        self._numbers = numbers

    def new_zone(self) -> Name:
        number = next(self._numbers)
        assert number < POOL, "the pool of zones is too small"
        return names.parse(f"zone{number}.test.")

    def put(self, zone: Name, owner: Name, wanted: MXSet | None) -> None:
        lines = [f"zone {zone}", f"update delete {owner} MX"]
        if wanted:
            lines += [f"update add {owner} {wanted.ttl} MX {record}" for record in wanted.records]
        nsupdate(self._server, self._other, "\n".join(lines))

    def look(self, zone: Name, owner: Name) -> MXSet | None:
        # A transfer shows what is stored, and nothing that a wildcard makes up.
        lines = [line.split(" ") for line in dig(self._server, zone, "AXFR", key=self._other).lines]
        found = [line for line in lines if line[3] == "MX" and names.parse(line[0]) == owner]
        if not found:
            return None
        (ttl,) = {int(line[1]) for line in found}
        return MXSet.of(ttl, (MX(int(line[4]), names.parse(line[5])) for line in found))


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Provider, Key, Iterator[int]]]:
    folder: Path = tmp_path_factory.mktemp("named")
    ours, other = new_key("mxsync"), new_key("other")
    access = "update-policy { grant mxsync zonesub MX; grant other zonesub ANY; };"
    transfer = "allow-transfer { key other; };"
    zones = [Zone(f"zone{number}.test.", access=access, options=transfer) for number in range(POOL)]
    # With short answers, as some servers give: they do not say which zone they come from.
    with running_named(folder, zones, [ours, other], options="minimal-responses yes;") as server:
        write_key_file(folder / "mxsync.key", ours)
        block = {"server": server.address, "port": server.port, "tsig": {"key_file": "mxsync.key"}}
        provider = open_provider(plugin, Rfc2136Config.model_validate(block), Context("office", folder))
        yield server, provider, other, count()


class TestContract(ProviderContract):
    @pytest.fixture
    def backend(self, pool: tuple[Server, Provider, Key, Iterator[int]]) -> Backend:
        return BindBackend(*pool)
