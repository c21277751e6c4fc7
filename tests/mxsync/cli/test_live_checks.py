"""Live checks from the command line, with a real unbound before a real BIND."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cli import Run, mxsync
from support.named import running_named
from support.nameserver import LOOPBACK, Server, Zone
from support.unbound import running_unbound

FILE = """\
$TTL 3600
@ IN SOA ns1.example.net. host.example.net. 41 7200 900 1209600 300
@ IN NS ns1.example.net.
@ MX 10 old.example.net.
"""
# Addresses that are no trap: nothing is sent to them.
RECORDS = "good A 9.9.9.9\ngood AAAA 2620:fe::9\nalias CNAME good\ninner A 192.168.1.25\nfour A 9.9.9.9"
HEAD = "mxsync: 1\nproviders: {files: {type: zonefile, directory: .}}\ndefaults: {provider: files}\n"


@pytest.fixture(scope="module")
def resolver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("unbound")
    with (
        running_named(tmp_path_factory.mktemp("named"), [Zone("hosts.example.net.", RECORDS)]) as authority,
        running_unbound(folder / "files", {"hosts.example.net.": authority.port}) as server,
    ):
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "example.com.zone").write_text(FILE)
    return tmp_path


def manifest(folder: Path, exchange: str, more: str = "", *, zone: str = "") -> None:
    (folder / "mxsync.yaml").write_text(
        f"{HEAD}{more}zones: {{example.com: {{mx: {{'@': [10 {exchange}.hosts.example.net., 20 old.example.net.]}}{zone}}}}}\n"
    )


def plan(folder: Path, port: int, *options: str) -> Run:
    return mxsync("plan", "--resolver", f"{LOOPBACK}:{port}", "--format", "json", *options, cwd=folder)


def live_findings(run: Run) -> list[tuple[str, str, bool]]:
    return [
        (found["rule"], found["severity"], found["refuses"])
        for found in run.document["findings"]
        if found["rule"].startswith("MXL")
    ]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("good", []),
        ("four", [("MXL04", "info", False)]),
        ("nowhere", [("MXL01", "error", True)]),
        ("alias", [("MXL03", "error", True)]),
        ("inner", [("MXL04", "info", False), ("MXL05", "error", True)]),
    ],
)
def test_a_new_host_is_looked_up_where_the_command_line_says_so(
    folder: Path, resolver: Server, host: str, expected: list[tuple[str, str, bool]]
) -> None:
    manifest(folder, host)
    run = plan(folder, resolver.port, "--live", "dns", "-o", "plan.json")
    assert run.code == 0
    assert sorted(live_findings(run)) == expected
    refused = any(refuses for _, _, refuses in expected)
    applied = mxsync("apply", "plan.json", cwd=folder)
    assert applied.code == (3 if refused else 0), applied.err
    assert ((folder / "example.com.zone").read_text() == FILE) is refused


def test_the_manifest_may_ask_for_it_and_the_command_line_decides(folder: Path, resolver: Server) -> None:
    manifest(folder, "nowhere", "live: dns\n")
    assert live_findings(plan(folder, resolver.port)) == [("MXL01", "error", True)]
    assert live_findings(mxsync("plan", "--live", "none", "--format", "json", cwd=folder)) == []
    assert mxsync("apply", "--yes", "--live", "none", cwd=folder).code == 0


def test_hosts_that_stay_are_not_asked_about(folder: Path, resolver: Server) -> None:
    manifest(folder, "good", "live: dns\n")
    run = plan(folder, resolver.port)
    assert [change["impact"] for change in run.document["changes"]] == ["primary"]
    assert live_findings(run) == []  # old.example.net., which no resolver here knows, is no news


def test_a_waiver_lets_an_error_pass_and_stands_in_the_plan(folder: Path, resolver: Server) -> None:
    waiver = ", waive: [{rule: MXL03, reason: an alias on purpose, until: 2099-12-31}]"
    manifest(folder, "alias", "live: dns\n", zone=waiver)
    run = plan(folder, resolver.port)
    assert live_findings(run) == [("MXL03", "error", False)]
    (found,) = (each for each in run.document["findings"] if each["rule"] == "MXL03")
    assert found["waived"] is True


def test_what_cannot_be_found_out_refuses_only_where_that_is_demanded(folder: Path) -> None:
    manifest(folder, "good", "live: dns\n")
    with socket.socket(type=socket.SOCK_DGRAM) as nobody:
        nobody.bind((LOOPBACK, 0))
        port = nobody.getsockname()[1]
    assert live_findings(plan(folder, port)) == [("MXL06", "warning", False)]
    assert live_findings(plan(folder, port, "--strict-live")) == [("MXL06", "error", True)]
    run = mxsync("apply", "--yes", "--strict-live", "--resolver", f"{LOOPBACK}:{port}", cwd=folder)
    assert run.code == 3
    assert "a guard refuses this plan: MXL06" in run.err
    assert (folder / "example.com.zone").read_text() == FILE


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--resolver", "192.0.2.53"], "need live checks: say --live dns too"),
        (["--strict-live"], "need live checks: say --live dns too"),
        (["--live", "dns", "--resolver", "dns.example.net"], "--resolver"),
        (["--live", "dns", "--resolver", "192.0.2.53:99999"], "--resolver"),
        (["--live", "yes"], "--live"),
    ],
)
def test_options_that_make_no_sense_are_wrong_usage(folder: Path, options: list[str], message: str) -> None:
    manifest(folder, "good")
    run = mxsync("plan", *options, cwd=folder)
    assert (run.code, run.out) == (64, "")
    assert message in run.err
