"""The manual says what is so: its examples are valid, whole, and understood by the servers' own tools."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

import mxsync_rfc2136
from mxsync_rfc2136 import Rfc2136Config, Tsig
from support.nameserver import find
from support.powerdns import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

MANUAL = (Path(__file__).parents[3] / "docs/rfc2136.md").read_text("utf-8")
BLOCKS: list[dict[str, Any]] = [
    block
    for text in re.findall(r"^```yaml\n(.*?)^```", MANUAL, re.MULTILINE | re.DOTALL)
    for block in yaml.safe_load(text)["providers"].values()
]


def example(name: str) -> str:
    """Give the example below a comment of this name."""
    _, _, rest = MANUAL.partition(f"<!-- {name} -->\n```\n")
    text, _, _ = rest.partition("```\n")
    assert text
    return text


@pytest.mark.parametrize("block", BLOCKS)
def test_every_example_is_a_valid_block(block: dict[str, Any]) -> None:
    assert block.pop("type") == "rfc2136"
    Rfc2136Config.model_validate(block)


def test_the_examples_show_every_key_that_a_block_may_have() -> None:
    shown = {key for block in BLOCKS for key in block}
    assert set(Rfc2136Config.model_fields) - {"server", "servers"} <= shown
    assert {"server", "servers"} <= shown
    keys = {key for block in BLOCKS for place in ("tsig", "update_tsig") for key in block.get(place, {})}
    assert set(Tsig.model_fields) == keys


def messages() -> Iterator[str]:
    """Give the messages of the manual's last table, without what differs from case to case."""
    _, _, table = MANUAL.partition("| message | what to do |\n|---|---|\n")
    for row in table.partition("\n\n")[0].splitlines():
        for text in re.findall(r"`([^`]+)`", row.split(" | ")[0]):
            yield from (piece.strip() for piece in text.split("…"))


@pytest.mark.parametrize("piece", sorted({piece for piece in messages() if len(piece) > 1}))
def test_every_message_in_the_manual_is_one_that_there_is(piece: str) -> None:
    folder = Path(mxsync_rfc2136.__file__).parent
    source = "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.py")))
    source = re.sub(r'"\s*\n\s*f?"', "", source)
    assert piece in re.sub(r"\{[^{}]*\}", "…", source)


# What servers are told


def test_bind_understands_its_configuration(tmp_path: Path) -> None:
    (tmp_path / "named.conf").write_text(example("named.conf"))
    subprocess.run([find("named-checkconf"), tmp_path / "named.conf"], check=True)


def test_bind_understands_the_configuration_of_tls(tmp_path: Path) -> None:
    (tmp_path / "named.conf").write_text(example("tls.conf"))
    subprocess.run([find("named-checkconf"), tmp_path / "named.conf"], check=True)


def test_knot_understands_its_configuration(tmp_path: Path) -> None:
    (tmp_path / "knot.conf").write_text(example("knot.conf"))
    subprocess.run([find("knotc"), "-c", tmp_path / "knot.conf", "conf-check"], check=True)


def test_powerdns_understands_its_configuration(tmp_path: Path) -> None:
    (tmp_path / "pdns.conf").write_text(
        f"launch=gsqlite3\ngsqlite3-database={tmp_path}/pdns.db\n{example('pdns.conf')}"
    )
    with closing(sqlite3.connect(tmp_path / "pdns.db")) as database:
        database.executescript(SCHEMA.read_text("utf-8"))
    lines = ["pdnsutil create-zone example.com", *example("pdnsutil").splitlines()]
    lines.append(*re.findall(r"`(pdnsutil [^`]+)`", MANUAL))
    for line in lines:
        program, *words = line.split(" ")
        subprocess.run([find(program), f"--config-dir={tmp_path}", *words], check=True)
    with closing(sqlite3.connect(tmp_path / "pdns.db")) as database:
        found = set(database.execute("SELECT kind, content FROM domainmetadata"))
    assert {
        ("TSIG-ALLOW-DNSUPDATE", "mxsync"),
        ("SOA-EDIT-DNSUPDATE", "INCREASE"),
        ("TSIG-ALLOW-AXFR", "mxsync"),
    } <= found
