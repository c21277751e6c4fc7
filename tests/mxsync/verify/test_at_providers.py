"""Zones that nobody is delegated to are asked at their providers' own servers, or read there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from mxsync import names
from mxsync.authority.own import own_servers
from mxsync.authority.servers import Kind, Role
from mxsync.memory import MemoryProvider
from mxsync.names import Name
from mxsync.provider import Context, Provider, ZoneServers
from mxsync.reading import ZoneFailure
from mxsync.registry import Unavailable, open_provider
from mxsync.state import DesiredZone, Wanted
from mxsync.verify import Verification, at_providers, verify
from mxsync_rfc2136 import Rfc2136Config, plugin
from support.named import running_named
from support.nameserver import Key, Server, Zone, new_key, write_key_file
from support.sets import mx_set

ZONE = names.parse("example.com.")
SET = mx_set(3600, "10 mx1.example.net.")


def check(provider: Provider) -> Verification:
    zone = DesiredZone("office", ZONE, {ZONE: Wanted(SET), names.parse("a", ZONE): Wanted(None)})
    return verify([zone], at_providers({"office": provider}))


def open_block(server: Server, key: Key, folder: Path) -> Provider:
    write_key_file(folder / "key", key)
    block = {"server": server.address, "port": server.port, "tsig": {"key_file": "key"}}
    return open_provider(plugin, Rfc2136Config.model_validate(block), Context("office", folder))


@pytest.mark.parametrize("options", ["", "allow-query { key mxsync; };"])
def test_the_servers_of_an_rfc2136_block_are_asked_and_with_its_key_if_they_demand_one(
    tmp_path: Path, options: str
) -> None:
    key = new_key("mxsync")
    (tmp_path / "named").mkdir()
    zone = Zone(ZONE, "@ 3600 MX 10 mx1.example.net.", options=options)
    with running_named(tmp_path / "named", [zone], [key]) as server:
        made = check(open_block(server, key, tmp_path))
        assert made.verified, made.trouble
        (told,) = made.zones[0].owners[0].right
        assert (told.server.role, told.server.at and told.server.at.port) == (Role.AUTHORITY, server.port)
        assert made.zones[0].delegation.at_apex == (() if options else ("ns.example.com.",))


def test_a_provider_without_servers_is_read() -> None:
    made = check(MemoryProvider({ZONE: {ZONE: SET}}))
    assert made.verified
    (told,) = made.zones[0].owners[0].right
    assert (told.kind, str(told.server)) == (Kind.SET, "provider 'office'")
    assert not check(MemoryProvider({ZONE: {ZONE: mx_set(60, "10 mx1.example.net.")}})).verified


def test_a_provider_that_cannot_be_read_is_not_verified_and_says_why() -> None:
    made = check(Unavailable("its SDK is missing"))
    assert not made.verified
    assert "its SDK is missing" in made.trouble
    assert not check(MemoryProvider({})).verified


class Odd(MemoryProvider):
    """Names servers in ways that nobody should."""

    def __init__(self, *servers: str, broken: bool = False) -> None:
        super().__init__({ZONE: {ZONE: SET}})
        self._servers, self._broken = servers, broken

    def name_servers(self, zones: Iterable[Name]) -> Iterator[ZoneServers | ZoneFailure]:
        if self._broken:
            raise RuntimeError("a defect")
        for zone in zones:
            yield ZoneServers(names.parse("foreign.test."), ())
            yield ZoneServers(zone, tuple((server, 53) for server in self._servers), ())


def test_servers_with_odd_names_and_broken_plug_ins_are_that_zones_trouble() -> None:
    found = own_servers({"a": [ZONE], "b": [ZONE]}, {"a": Odd("a..b"), "b": Odd("192.0.2.1", broken=True)})
    assert found["a", ZONE].trouble == "'a..b' has an empty label"
    assert found["b", ZONE].trouble == "the provider broke off: RuntimeError: a defect"
