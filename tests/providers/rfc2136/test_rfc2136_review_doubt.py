"""What is said of updates that a server took, where what it shows afterwards is no proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.model import MXSet
from mxsync.provider import Context, ZoneBatch
from mxsync.reading import Present
from mxsync.registry import open_provider
from mxsync_rfc2136 import Rfc2136Config, plugin
from support.dnstools import dig
from support.named import running_named
from support.nameserver import Right, Zone, new_key, write_key_file
from support.rfc2136 import Site, mx_set
from support.secondary import running_secondary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mxsync.change import ChangeOutcome
    from support.nameserver import Server

KEY = new_key("other", right=Right.ALL)
OLD = mx_set(300, "10 mx.example.net.")
ZONES = [Zone(f"ttl{number}.test.", "@ 300 MX 10 mx.example.net.") for number in range(2)]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """A primary server, and a secondary one that passes updates on and never learns what came of them."""
    folder = tmp_path_factory.mktemp("primary")
    with (
        running_named(folder, ZONES, [KEY]) as primary,
        running_secondary(
            tmp_path_factory.mktemp("secondary"),
            dict.fromkeys(ZONES, primary),
            KEY,
            options="allow-update-forwarding { any; };",
        ) as secondary,
    ):
        yield primary, secondary


def change_ttl(server: Server, folder: Path, zone: str, ttl: int) -> ChangeOutcome:
    write_key_file(folder / "other.key", KEY)
    block = {"server": server.address, "port": server.port, "tsig": {"key_file": "other.key"}, "timeout": 5}
    provider = open_provider(plugin, Rfc2136Config.model_validate(block), Context("office", folder))
    apex = names.parse(zone)
    change = Change(apex, OLD, MXSet.of(ttl, OLD.records))
    (outcome,) = provider.write([ZoneBatch(apex, (change,), {})])
    return outcome


@pytest.mark.parametrize(("zone", "ttl"), [("ttl0.test.", 600), ("ttl1.test.", 60)])
def test_a_ttl_that_a_secondary_server_passed_on_is_not_called_unchanged(
    servers: tuple[Server, Server], tmp_path: Path, zone: str, ttl: int
) -> None:
    """No condition covers the TTL: that the primary still has the records says nothing about it."""
    primary, secondary = servers
    outcome = change_ttl(secondary, tmp_path, zone, ttl)
    assert dig(primary, zone).ttl == ttl
    assert outcome.outcome is Outcome.UNKNOWN
    assert outcome.final
    assert "is it a secondary server that passes updates on?" in outcome.message


def test_a_ttl_at_the_limit_of_the_server_stays_and_is_said_to(site: Site) -> None:
    owner = names.parse("limit.limited.test.")
    site.edit("limited.test.", f"update add {owner} 7200 MX 10 mx.example.net.")
    at_limit = MXSet.of(7200, OLD.records)
    outcome = site.write("limited.test.", Change(owner, at_limit, MXSet.of(9000, OLD.records)))
    assert outcome.outcome is Outcome.FAILED
    assert outcome.final
    assert "keeps the TTL at 7200 instead of 9000: it has a limit (BIND: max-zone-ttl)" in outcome.message
    assert outcome.found == Present(at_limit)


def test_a_zone_signed_inline_cannot_be_compared_as_a_whole_and_the_message_says_so(site: Site) -> None:
    """BIND compares with the SOA record of the unsigned zone, and shows that of the signed one."""
    owner = names.parse("whole.signed.test.")
    outcome = site.write("signed.test.", Change(owner, None, OLD), site.open(cas="soa"))
    assert outcome.outcome is Outcome.FAILED
    assert "is the zone signed inline (BIND: inline-signing)?" in outcome.message
    assert "cas: records" in outcome.message
    assert "changed in each" not in outcome.message
    assert dig(site.server, owner).lines == ()
