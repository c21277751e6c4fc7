"""The manual shows what an import really makes of zones."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.cli import mxsync
from support.distributions import REPOSITORY

MANUAL = (REPOSITORY / "docs/import.md").read_text("utf-8")
HEAD = """\
$TTL 1h
@ IN SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300
@ IN NS ns1.example.net.
"""
OWN = "@ IN MX 10 mx1.example.net.\n@ IN MX 20 mx2.example.net.\n"
ZONES = {
    "example.com": OWN
    + "lists 300 IN MX 10 lists.example.net.\nparked IN MX 0 .\nold IN MX 0 .\nold IN MX 10 mx1.example.net.\n",
    "example.org": OWN,
    "xn--bcher-kva.example": "@ IN MX 1 smtp.google.com.\n",
    "example.net": "shop IN MX 10 mail_1.example.org.\n",
}


def shown(marker: str) -> str:
    match = re.search(rf"<!-- {re.escape(marker)} -->\n```\w+\n(.*?)^```", MANUAL, re.DOTALL | re.MULTILINE)
    assert match
    return match[1]


def test_the_session_in_the_manual_is_what_happens(tmp_path: Path) -> None:
    (tmp_path / "zones").mkdir()
    for zone, records in ZONES.items():
        (tmp_path / f"zones/{zone}.zone").write_text(HEAD + records)
    manifest = tmp_path / "mxsync.yaml"
    manifest.write_text(f"mxsync: 1\n{shown('mxsync.yaml')}")
    made = mxsync("import", "files", "--all", "-o", "mxsync.yaml", cwd=tmp_path)
    plan = mxsync("plan", cwd=tmp_path)
    session = (
        f"$ mxsync import files --all -o mxsync.yaml\n{made.err}{made.out}"
        f"$ cat mxsync.yaml\n{manifest.read_text()}$ mxsync plan\n{plan.out}"
    )
    until = (datetime.now(UTC) + timedelta(days=30)).date()
    assert session == shown("import").replace("2026-12-29", str(until))
