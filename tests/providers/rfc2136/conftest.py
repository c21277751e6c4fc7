"""The server that the tests of the RFC 2136 provider share."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from support.named import running_named
from support.nameserver import Right, Zone, new_key, write_key_file
from support.relay import liar, relay
from support.rfc2136 import KEYS, ZONES, Site
from support.trial import ZONES as TRIAL_ZONES
from support.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.names import Name
    from mxsync.provider import Provider
    from support.rfc2136 import Judge, Lying, Through


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    keys = {name: new_key(name) for name in KEYS}
    for name, key in keys.items():
        write_key_file(folder / f"{name}.key", key)
    with running_named(folder, ZONES, list(keys.values())) as server:
        yield Site(server, keys)


@pytest.fixture
def zone(site: Site) -> Name:
    return site.new_zone()


@pytest.fixture
def through(site: Site) -> Iterator[Through]:
    with ExitStack() as stack:

        def open_through(judge: Judge) -> Provider:
            port = stack.enter_context(relay(site.server.address, site.server.port, judge))
            return site.open(port=port, timeout=0.5)

        yield open_through


@pytest.fixture
def lying(site: Site) -> Iterator[Lying]:
    with ExitStack() as stack:
        yield lambda answer: site.open(port=stack.enter_context(liar(answer)), timeout=0.5)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of the test's own, which it may stop and start; with the zones of `support.trial`."""
    folder = tmp_path_factory.mktemp("office")
    keys = {"mxsync": new_key("mxsync"), "other": new_key("other", right=Right.ALL)}
    for name, key in keys.items():
        write_key_file(folder / f"{name}.key", key)
    with running_named(folder, [Zone(zone) for zone in TRIAL_ZONES], list(keys.values())) as server:
        yield Site(server, keys)


@pytest.fixture
def trial(office: Site) -> Trial:
    return Trial(office.server, office.keys["other"], TRIAL_ZONES)
