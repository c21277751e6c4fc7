"""Conditions without a change are questions: they may be asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.provider import ZoneRequest
from mxsync.reading import Present, ZoneReading
from support.nameserver import Zone, new_key, write_key_file
from support.powerdns import running_powerdns
from support.relay import is_update
from support.rfc2136 import Site, mx_set

if TYPE_CHECKING:
    from pathlib import Path

    from mxsync.names import Name
    from support.relay import Fate
    from support.rfc2136 import Through

SET = mx_set(300, "10 mx.example.net.")


@pytest.mark.parametrize("fate", ["lose", "break", "cut"])
def test_a_condition_whose_answer_was_lost_is_asked_again(
    site: Site, zone: Name, through: Through, fate: Fate
) -> None:
    """It tells a wildcard's answer from a set of the owner's own."""
    owner = names.parse("mail", zone)
    site.edit(zone, *(f"update add {name} 300 MX 10 mx.example.net." for name in (owner, f"*.{zone}")))
    lost: list[bytes] = []

    def judge(message: bytes, _: int) -> Fate:
        if is_update(message) and not lost:
            lost.append(message)
            return fate
        return "pass"

    assert site.read(zone, owner, through(judge)) == Present(SET)
    assert lost


@pytest.mark.parametrize("most", [1, 7])
def test_zones_with_wildcards_are_read_where_connections_carry_few_messages(
    site: Site, tmp_path: Path, most: int
) -> None:
    """PowerDNS closes a connection after so many, whatever is under way on it."""
    key = new_key("mxsync")
    zones = [
        Zone(f"few{number}.test.", "* 300 MX 10 mx.example.net.\nmail 300 MX 10 mx.example.net.")
        for number in range(40)
    ]
    options = f"max-tcp-transactions-per-conn={most}"
    write_key_file(tmp_path / "few.key", key)
    with running_powerdns(tmp_path, zones, [key], options=options) as server:
        provider = site.open(port=server.port, tsig={"key_file": str(tmp_path / "few.key")})
        requests = [ZoneRequest(names.parse(it.name), (names.parse(f"mail.{it.name}"),)) for it in zones]
        for result in provider.read(requests):
            assert isinstance(result, ZoneReading), result
            assert list(result.owners.values()) == [Present(SET)]
