"""Zones are imported from a name server: all of a zone where it may be transferred, else the owners named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cli import mxsync
from support.named import running_named
from support.nameserver import Right, Server, Zone, new_key, write_key_file

ZONE = Zone(
    "example.com.",
    "@ 300 MX 10 mx1.example.net.\n@ 300 MX 20 mx2.example.net.\nlists 60 MX 10 mx1.example.net.\n"
    "*.lab 300 MX 10 mx1.example.net.\nsub NS ns1.example.net.\nx.sub 300 MX 10 hidden.example.net.",
)
KEYS = (new_key("mxsync"), new_key("other", right=Right.ALL))


def folder(server: Server, path: Path, key: str) -> Path:
    for each in KEYS:
        write_key_file(path / f"{each.name}.key", each)
    (path / "mxsync.yaml").write_text(
        "mxsync: 1\nproviders:\n  office:\n    type: rfc2136\n"
        f"    server: {server.address}\n    port: {server.port}\n    tsig: {{key_file: {key}.key}}\n"
    )
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_named(tmp_path_factory.mktemp("named"), [ZONE], KEYS) as server:
        yield server


def test_a_zone_that_is_transferred_is_imported_whole(server: Server, tmp_path: Path) -> None:
    folder(server, tmp_path, "other")
    run = mxsync("import", "office", "example.com", "-o", "mxsync.yaml", cwd=tmp_path)
    assert (run.code, run.out) == (0, "Imported 3 MX sets in 1 zone to mxsync.yaml.\n")
    assert run.err == "mxsync: 1 owner not imported, see the comments\n"
    text = (tmp_path / "mxsync.yaml").read_text()
    assert "    # x.sub (not imported): sub.example.com. is delegated" in text
    assert '      "*.lab": ' in text
    assert mxsync("drift", cwd=tmp_path).code == 0


def test_where_no_transfer_is_granted_the_owners_can_be_named(server: Server, tmp_path: Path) -> None:
    folder(server, tmp_path, "mxsync")
    refused = mxsync("import", "office", "example.com", "-o", "mxsync.yaml", cwd=tmp_path)
    assert (refused.code, refused.out) == (1, "Imported 0 MX sets in 0 zones.\n")
    assert "needs the leave to (BIND: allow-transfer)" in refused.err
    assert "'import --owner'" in refused.err
    named = ("import", "office", "example.com", "--owner", "@", "--owner", "lists", "-o", "mxsync.yaml")
    run = mxsync(*named, cwd=tmp_path)
    assert (run.code, run.out) == (0, "Imported 2 MX sets in 1 zone to mxsync.yaml.\n")
    assert mxsync("drift", cwd=tmp_path).code == 0


def test_a_name_server_cannot_list_its_zones(server: Server, tmp_path: Path) -> None:
    folder(server, tmp_path, "other")
    run = mxsync("import", "office", "--all", cwd=tmp_path)
    assert (run.code, run.out) == (1, "")
    assert run.err == (
        "mxsync: provider 'office' cannot list its zones; name them: mxsync import office example.com\n"
    )
