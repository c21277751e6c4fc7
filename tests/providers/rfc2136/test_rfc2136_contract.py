"""The RFC 2136 provider keeps the contract, on Debian's BIND, Knot and PowerDNS."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.model import MX, MXSet
from mxsync.provider import Context, ZoneBatch, ZoneRequest
from mxsync.reading import Present, ZoneReading
from mxsync.registry import open_provider
from mxsync.testing import Backend, ProviderContract
from mxsync_rfc2136 import Rfc2136Config, plugin
from support.dnstools import dig, nsupdate
from support.importing import ImportContract
from support.knot import running_knot
from support.named import running_named
from support.nameserver import Key, Right, Server, Zone, new_key, write_key_file
from support.nsd import running_nsd
from support.powerdns import running_powerdns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from mxsync.names import Name
    from mxsync.provider import Provider

POOL = 150
"""Zones made in advance; more than the suite asks for of one server."""
OURS, OTHER = new_key("mxsync"), new_key("other", right=Right.ALL)
ZONES = [Zone(f"zone{number}.test.") for number in range(POOL)]


@dataclass(frozen=True, slots=True)
class ServerBackend:
    """Fresh zones of one server; put and look go past the provider, with a key of their own."""

    provider: Provider
    server: Server
    other: Key
    _numbers: Iterator[int] = field(default_factory=count)

    def new_zone(self) -> Name:
        number = next(self._numbers)
        assert number < POOL, "the pool of zones is too small"
        return names.parse(ZONES[number].name)

    def put(self, zone: Name, owner: Name, wanted: MXSet | None) -> None:
        lines = [f"zone {zone}", f"update delete {owner} MX"]
        if wanted:
            lines += [f"update add {owner} {wanted.ttl} MX {record}" for record in wanted.records]
        nsupdate(self.server, self.other, "\n".join(lines))

    def look(self, zone: Name, owner: Name) -> MXSet | None:
        # A transfer shows what is stored, and nothing that a wildcard makes up.
        lines = [line.split(" ") for line in dig(self.server, zone, "AXFR", key=self.other).lines]
        assert lines, f"no transfer of {zone}"
        found = [line for line in lines if line[3] == "MX" and names.parse(line[0]) == owner]
        if not found:
            return None
        (ttl,) = {int(line[1]) for line in found}
        return MXSet.of(ttl, (MX(int(line[4]), names.parse(line[5])) for line in found))


def running_bind(folder: Path) -> AbstractContextManager[Server]:
    # With short answers, as the other two give: they do not say which zone they come from.
    return running_named(folder, ZONES, [OURS, OTHER], options="minimal-responses yes;")


SERVERS: dict[str, Callable[[Path], AbstractContextManager[Server]]] = {
    "BIND": running_bind,
    "Knot": lambda folder: running_knot(folder, ZONES, [OURS, OTHER]),
    "PowerDNS": lambda folder: running_powerdns(folder, ZONES, [OURS, OTHER]),
}


def open_for(server: Server, key: Key = OURS) -> Provider:
    file = f"{key.name}.key"
    write_key_file(server.folder / file, key)
    block = {"server": server.address, "port": server.port, "tsig": {"key_file": file}}
    return open_provider(plugin, Rfc2136Config.model_validate(block), Context("office", server.folder))


@pytest.fixture(scope="module", params=tuple(SERVERS))
def server_backend(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerBackend]:
    folder = tmp_path_factory.mktemp("server")
    with SERVERS[request.param](folder) as server:
        yield ServerBackend(open_for(server), server, OTHER)


class TestContract(ImportContract, ProviderContract):
    @pytest.fixture
    def backend(self, server_backend: ServerBackend) -> Backend:
        return server_backend

    @pytest.fixture
    def importer(self, server_backend: ServerBackend) -> Provider:
        """With the key that may have zones transferred."""
        return open_for(server_backend.server, OTHER)


BESIDE = {
    "nothing": (),
    "A": ("old A 192.0.2.1",),
    "AAAA": ("old AAAA 2001:db8::1",),
    "TXT": ("old TXT text",),
    "another's": ("www A 192.0.2.1",),
    "a wildcard's": ("* A 192.0.2.1",),
    "a wildcard's, beside TXT": ("* A 192.0.2.1", "old TXT text"),
}
"""Records that a zone has besides an MX set of `old`, by what is special about them."""


@pytest.mark.parametrize("records", BESIDE.values(), ids=BESIDE)
def test_what_is_said_of_an_address_is_what_the_server_answers_once_the_set_is_gone(
    server_backend: ServerBackend, records: tuple[str, ...]
) -> None:
    zone = server_backend.new_zone()
    old = names.parse("old", zone)
    server_backend.put(zone, old, MXSet.of(300, (MX(10, names.parse("mx.example.net.")),)))
    for owner, kind, data in (record.split() for record in records):
        line = f"update add {names.parse(owner, zone)} 300 {kind} {data}"
        nsupdate(server_backend.server, server_backend.other, f"zone {zone}\n{line}")
    (result,) = server_backend.provider.read([ZoneRequest(zone, (old,), vacated=frozenset({old}))])
    assert isinstance(result, ZoneReading)
    said = result.owners[old]
    assert isinstance(said, Present)
    assert (said.addressed is None) == any(record.startswith("*") for record in records)
    server_backend.put(zone, old, None)
    answers = [
        dig(server_backend.server, old, kind, key=server_backend.other).lines for kind in ("A", "AAAA")
    ]
    assert said.addressed in {None, any(answers)}


def test_nsd_is_read_and_one_line_says_that_it_takes_no_updates(tmp_path: Path) -> None:
    zone = names.parse("example.test.")
    before, after = (MXSet.of(300, (MX(10, names.parse(f"{host}.example.net.")),)) for host in ("mx1", "mx2"))
    served = Zone(zone, "@ 300 MX 10 mx1.example.net.")
    with running_nsd(tmp_path, [served], [OURS, OTHER]) as server:
        provider = open_for(server)
        (reading,) = provider.read([ZoneRequest(zone, (zone,))])
        assert isinstance(reading, ZoneReading)
        assert reading.owners == {zone: Present(before)}
        (answer,) = provider.write(iter([ZoneBatch(zone, (Change(zone, before, after),), {})]))
        assert answer.outcome in {Outcome.FAILED, Outcome.UNKNOWN}
        assert "NOTIMP" in answer.message
        assert "knows no updates" in answer.message
        assert "\n" not in answer.message
        assert ServerBackend(provider, server, OTHER).look(zone, zone) == before
