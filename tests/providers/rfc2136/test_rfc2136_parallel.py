"""How many connections a block opens at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from mxsync import names
from mxsync.change import Change, ChangeOutcome, Outcome
from mxsync.provider import Context, ZoneBatch, ZoneRequest
from mxsync.reading import ZoneReading
from mxsync_rfc2136.provider import MOST, Rfc2136Provider
from support.network import resolve
from support.relay import Load, relay
from support.rfc2136 import NEIGHBOURS, Site, mx_set

if TYPE_CHECKING:
    from mxsync.names import Name
    from mxsync.provider import Provider

    Way = Callable[[Site, pytest.MonkeyPatch, int, int | None], Provider]
    """Opens a block for a port, that may use so many connections."""

ZONES = [names.parse(f"neighbour{number}.test.") for number in range(NEIGHBOURS)]
SET = mx_set(300, "10 mx.example.net.")
MANY = 1000
"""More than there are connections, whatever a block makes of it."""


def open_for(site: Site, parallel: int | None, *, writing: bool = False, **settings: Any) -> Provider:
    context = Context("office", site.server.folder, writing=writing, parallel=parallel)
    return site.open(context, tsig={"key_file": "other.key"}, **settings)


def one_server(site: Site, _: pytest.MonkeyPatch, port: int, parallel: int | None) -> Provider:
    return open_for(site, parallel, port=port)


def primary_of_each_zone(site: Site, patch: pytest.MonkeyPatch, port: int, parallel: int | None) -> Provider:
    for zone in ZONES:
        resolve(patch, f"ns.{zone}".removesuffix("."), "127.0.0.1")
    return open_for(site, parallel, writing=True, port=port, primary="mname")


WAYS: dict[str, Way] = {"one server": one_server, "mname": primary_of_each_zone}


@contextmanager
def watched(site: Site, load: Load) -> Iterator[int]:
    """Give a port behind which the clients are watched."""
    with relay(site.server.address, site.server.port, lambda *_: "pass", load=load) as port:
        yield port


def read(provider: Provider, *, every: bool) -> dict[Name, ZoneReading]:
    requests = (ZoneRequest(zone, (zone, names.parse("new", zone)), every=every) for zone in ZONES)
    results = list(provider.read(requests))
    return {result.zone: result for result in results if isinstance(result, ZoneReading)}


def write(provider: Provider) -> list[ChangeOutcome]:
    """Make a set at every zone, and remove it again."""
    found: list[ChangeOutcome] = []
    for before, after in ((None, SET), (SET, None)):
        batches = (ZoneBatch(zone, (Change(names.parse("w", zone), before, after),), {}) for zone in ZONES)
        found += provider.write(batches)
    return sorted(found, key=lambda outcome: outcome.zone)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("every", [False, True])
def test_with_one_connection_there_is_never_another_one_and_the_same_is_read(
    site: Site, monkeypatch: pytest.MonkeyPatch, way: Way, every: bool
) -> None:
    found, load = [], Load()
    for parallel, watch in ((1, load), (None, Load())):
        with watched(site, watch) as port:
            readings = read(way(site, monkeypatch, port, parallel), every=every)
        found.append({zone: result.owners for zone, result in readings.items()})
    assert load.most == 1
    assert found[0] == found[1]
    assert len(found[0]) == len(ZONES)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_with_one_connection_there_is_never_another_one_and_the_same_is_written(
    site: Site, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    load = Load()
    for parallel, watch in ((1, load), (None, Load())):
        with watched(site, watch) as port:
            outcomes = write(way(site, monkeypatch, port, parallel))
        assert [outcome.outcome for outcome in outcomes] == [Outcome.APPLIED] * 2 * len(ZONES)
    assert load.most == 1


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_with_several_connections_just_as_many_are_used(
    site: Site, monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    writing, reading = Load(gather=6), Load(gather=3)
    with watched(site, writing) as port:
        outcomes = write(way(site, monkeypatch, port, 6))
    with watched(site, reading) as port:
        found = read(open_for(site, 3, port=port), every=True)
    assert (writing.most, reading.most) == (6, 3)
    assert {outcome.outcome for outcome in outcomes} == {Outcome.APPLIED}
    assert len(found) == len(ZONES)


@pytest.mark.parametrize(
    ("parallel", "lines", "at_once"), [(None, 4, 8), (1, 1, 1), (MOST, 16, 16), (MANY, 16, 16)]
)
def test_no_more_connections_are_used_than_a_server_can_stand(
    site: Site, parallel: int | None, lines: int, at_once: int
) -> None:
    provider = open_for(site, parallel)
    assert isinstance(provider, Rfc2136Provider)
    assert (provider.lines, provider.at_once) == (lines, at_once)
