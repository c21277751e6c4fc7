"""The least rights of the manual are enough for a plan and an apply, and for no more."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.provider import ZoneRequest
from mxsync.reading import Present, ZoneFailure
from support.dnstools import nsupdate
from support.knot import running_knot
from support.named import running_named
from support.nameserver import Key, Zone, find, write_key_file
from support.nsd import running_nsd
from support.powerdns import running_powerdns
from support.rfc2136 import Site, mx_set

MANUAL = (Path(__file__).parents[3] / "docs/rfc2136.md").read_text("utf-8")
ZONE = Zone("example.com.", "@ 300 MX 10 old.example.net.")
APEX = names.parse(ZONE.name)
OLD, NEW = mx_set(300, "10 old.example.net."), mx_set(300, "10 new.example.net.")


def example(name: str) -> str:
    """Give the example below a comment of this name."""
    return MANUAL.partition(f"<!-- {name} -->\n```\n")[2].partition("```\n")[0]


def key() -> Key:
    found = re.search(r'secret "([^"]+)"', example("named.conf"))
    assert found
    return Key("mxsync", found[1])


def check(site: Site) -> None:
    """Read and write with the key, and try what it has no right to."""
    write_key_file(site.server.folder / "mxsync.key", site.keys["mxsync"])
    assert site.read(APEX, APEX) == Present(OLD)
    assert site.write(APEX, Change(APEX, OLD, NEW)).outcome is Outcome.APPLIED
    (result,) = site.open().read([ZoneRequest(APEX, (), every=True)])
    assert isinstance(result, ZoneFailure)
    assert "'scope: zone' needs the leave to" in result.message


def test_what_the_manual_gives_bind_is_enough_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "zone").write_text(ZONE.text)
    statements = example("named.conf").replace("/var/lib/bind/example.com.zone", f"{tmp_path}/zone")
    with running_named(tmp_path, (), statements=statements) as server:
        server.zones = [ZONE]
        server.wait()
        check(Site(server, {"mxsync": key()}))
        with pytest.raises(RuntimeError, match="REFUSED"):
            nsupdate(server, key(), f"zone {APEX}\nupdate add www.{APEX} 300 A 192.0.2.1")


def test_what_the_manual_gives_knot_is_enough_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "example.com.zone").write_text(ZONE.text)
    with running_knot(tmp_path, (), options=example("knot.conf")) as server:
        server.zones = [ZONE]
        server.wait()
        check(Site(server, {"mxsync": key()}))
        with pytest.raises(RuntimeError, match="NOTAUTH"):
            nsupdate(server, key(), f"zone {APEX}\nupdate add www.{APEX} 300 A 192.0.2.1")


def test_what_the_manual_gives_powerdns_is_enough(tmp_path: Path) -> None:
    options = example("pdns.conf").replace("192.0.2.10/32", "127.0.0.1/32")
    with running_powerdns(tmp_path, [ZONE], options=options) as server:
        for line in example("pdnsutil").splitlines():
            program, *words = line.split(" ")
            subprocess.run([find(program), f"--config-dir={tmp_path}", *words], check=True)
        server.restart()  # it remembers for a minute what it knew of the zone
        check(Site(server, {"mxsync": key()}))
        with pytest.raises(RuntimeError, match="REFUSED"):
            nsupdate(server, None, f"zone {APEX}\nupdate add www.{APEX} 300 A 192.0.2.1")


def test_nsd_needs_no_right_to_be_read(tmp_path: Path) -> None:
    with running_nsd(tmp_path, [ZONE]) as server:
        site = Site(server, {})
        assert site.read(APEX, APEX, site.open(tsig=None, unsigned=True)) == Present(OLD)
