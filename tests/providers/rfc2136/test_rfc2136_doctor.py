"""What the provider proves for `mxsync doctor`, on real servers: right where it says yes, and where no."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from mxsync import names
from mxsync.diagnostic import Severity
from mxsync.provider import Check, Context, Examining, ZoneRequest
from mxsync.registry import open_provider
from mxsync_rfc2136 import Rfc2136Config, plugin
from support.cli import mxsync
from support.dnstools import dig, nsupdate
from support.knot import running_knot
from support.named import running_named
from support.nameserver import Right, Server, Zone, new_key, write_key_file
from support.nsd import running_nsd
from support.powerdns import running_powerdns

OURS, OTHER, READER = (
    new_key("mxsync"),
    new_key("other", right=Right.ALL),
    new_key("reader", right=Right.READ),
)
STRANGER, FORGED = new_key("stranger"), new_key("mxsync")
FILES = {"mxsync": OURS, "other": OTHER, "reader": READER, "stranger": STRANGER, "forged": FORGED}
MX = "@ 300 MX 10 mx.example.net."
Run = Callable[..., AbstractContextManager[Server]]


@contextmanager
def clinic(run: Run, folder: Path, *zones: Zone, **more: Any) -> Iterator[Server]:
    """Run a server that knows our keys; their files, and those of others, are in its folder."""
    with run(folder, zones, [OURS, OTHER, READER], **more) as server:
        for name, key in FILES.items():
            write_key_file(folder / f"{name}.key", key)
        yield server


@pytest.fixture(
    scope="module", params=[running_named, running_knot, running_powerdns], ids=["bind", "knot", "powerdns"]
)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("clinic")
    with clinic(request.param, folder, Zone("one.test.", MX), Zone("two.test.", MX)) as made:
        yield made


def examine(
    served: Server, *zones: str, key: str | None = "mxsync", every: bool = False, **more: Any
) -> list[Check]:
    """Examine the apices of zones, and make sure that no zone changes and no secret is told."""
    block: dict[str, Any] = {"server": served.address, "port": served.port, "timeout": 5} | more
    block |= {"tsig": {"key_file": f"{key}.key"}} if key else {"unsigned": True}
    config = Rfc2136Config.model_validate(block)
    provider = open_provider(plugin, config, Context("office", served.folder, writing=True))
    assert isinstance(provider, Examining)
    before = [dig(served, zone.name, "AXFR", key=OTHER) for zone in served.zones]
    apices = [names.parse(zone) for zone in zones]
    checks = list(provider.examine(ZoneRequest(zone, (zone,), every=every) for zone in apices))
    assert [dig(served, zone.name, "AXFR", key=OTHER) for zone in served.zones] == before
    told = "".join(check.message for check in checks)
    assert not [key for key in FILES.values() if key.secret in told]
    assert "\n" not in told
    return checks


def messages(checks: list[Check], severity: Severity) -> list[str]:
    return [f"{check.about}: {check.message}" for check in checks if check.severity is severity]


def trouble(checks: list[Check]) -> str:
    """Give the one error, whatever else was found."""
    (error,) = messages(checks, Severity.ERROR)
    return error


def test_all_is_well(server: Server) -> None:
    checks = examine(server, "one.test", "two.test")
    assert {check.severity for check in checks} == {Severity.INFO}
    assert [(check.zone, check.about) for check in checks] == [
        (zone, about) for about in ("server", "right to write") for zone in ("one.test.", "two.test.")
    ]
    assert "answers the TSIG key mxsync. with authority" in checks[0].message
    assert "the TSIG key mxsync. may change the MX sets" in checks[-1].message


def test_a_key_that_may_only_read(server: Server) -> None:
    error = trouble(examine(server, "one.test", key="reader"))
    assert error.startswith("right to write: ")
    assert "reader." in error


def test_a_key_that_the_server_does_not_know(server: Server) -> None:
    error = trouble(examine(server, "one.test", key="stranger"))
    assert error.startswith("server: ")
    assert "does it know the TSIG key stranger." in error or "does not know the TSIG key stranger." in error


def test_a_key_with_another_secret(server: Server) -> None:
    error = trouble(examine(server, "one.test", key="forged"))
    assert error.startswith("server: ")
    assert "the TSIG key mxsync." in error
    assert "secret" in error


def test_no_key(server: Server) -> None:
    error = trouble(examine(server, "one.test", key=None))
    assert error.startswith("right to write: ")
    assert "a sender without a TSIG key" in error


def test_a_separate_key_for_updates(server: Server) -> None:
    allowed = examine(server, "one.test", key="reader", update_tsig={"key_file": "mxsync.key"})
    assert messages(allowed, Severity.ERROR) == []
    error = trouble(examine(server, "one.test", update_tsig={"key_file": "reader.key"}))
    assert error.startswith("right to write: ")


def test_a_zone_that_is_not_served_stops_nobody(server: Server) -> None:
    checks = examine(server, "elsewhere.test", "one.test")
    assert [check.zone for check in checks if check.severity is Severity.ERROR] == ["elsewhere.test."]
    assert [check.zone for check in checks if check.severity is Severity.INFO] == ["one.test."] * 2


def test_a_name_that_is_no_apex(server: Server) -> None:
    error = trouble(examine(server, "ns.one.test"))
    assert "ns.one.test. is no zone of its own there" in error


def test_a_zone_that_is_to_be_listed_must_be_transferred(server: Server) -> None:
    assert (
        "lists the zone; MX sets in it: 1"
        in messages(examine(server, "one.test", key="other", every=True), Severity.INFO)[-1]
    )


def test_a_clock_that_is_off_a_little(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() - 100)
    warnings = messages(examine(server, "one.test", "two.test"), Severity.WARNING)
    if server.program == "pdns_server":
        assert warnings == []  # It signs with the time of the question.
        return
    (warning,) = warnings
    assert warning.startswith("clock: ")
    assert "s ahead of ours" in warning


def test_a_clock_that_is_off_too_much(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 1000)
    assert "time" in trouble(examine(server, "one.test")).lower()


@pytest.mark.parametrize(
    ("access", "key", "words"),
    [
        ("update-policy { grant other zonesub ANY; };", "mxsync", "grant it (BIND: update-policy)"),
        ("update-policy { grant other zonesub ANY; };", None, "grant it (BIND: update-policy)"),
        ("update-policy { grant mxsync zonesub TXT; };", "mxsync", "grant it (BIND: update-policy)"),
        ("update-policy { grant mxsync name a.case.test. MX; };", "mxsync", "grant it (BIND: update-policy)"),
        ("allow-update { key other; };", "reader", "allow-update"),
        ("allow-update { key other; };", None, "allow-update"),
        ("", "mxsync", "allow-update"),
    ],
)
def test_bind_says_no(tmp_path: Path, access: str, key: str | None, words: str) -> None:
    transfer = "allow-transfer { key other; };"
    with clinic(running_named, tmp_path, Zone("case.test.", MX, access, transfer)) as server:
        error = trouble(examine(server, "case.test", key=key))
    assert error.startswith("right to write: ")
    assert "may not change its MX sets" in error
    assert words in error


def test_a_key_that_may_change_some_owners_only(tmp_path: Path) -> None:
    access = "update-policy { grant mxsync name case.test. MX; };"
    with clinic(
        running_named, tmp_path, Zone("case.test.", MX, access, "allow-transfer { key other; };")
    ) as server:
        block = {"server": server.address, "port": server.port, "tsig": {"key_file": "mxsync.key"}}
        provider = open_provider(plugin, Rfc2136Config.model_validate(block), Context("office", tmp_path))
        assert isinstance(provider, Examining)
        zone = names.parse("case.test.")
        owners = (zone, names.parse("lists", zone), names.parse("news", zone))
        checks = list(provider.examine([ZoneRequest(zone, owners)]))
    errors = messages(checks, Severity.ERROR)
    assert [error.partition(" may not change ")[2].partition(";")[0] for error in errors] == [
        "the MX set of lists.case.test.",
        "the MX set of news.case.test.",
    ]


def test_what_is_refused_for_all_owners_is_said_once_and_alike_for_all_zones(tmp_path: Path) -> None:
    zones = [Zone(f"{name}.test.", MX, "update-policy { grant other zonesub ANY; };") for name in "abc"]
    with clinic(running_named, tmp_path, *zones) as server:
        errors = messages(examine(server, "a.test", "b.test", "c.test"), Severity.ERROR)
    assert len(errors) == 3
    assert len(set(errors)) == 1


def test_a_transfer_that_is_refused(tmp_path: Path) -> None:
    zone = Zone("case.test.", MX, None, "allow-transfer { key other; };")
    with clinic(running_named, tmp_path, zone) as server:
        error = trouble(examine(server, "case.test", every=True))
    assert error.startswith("transfer: ")
    assert "allow-transfer" in error


def test_a_server_that_takes_updates_from_anybody_is_a_warning(tmp_path: Path) -> None:
    zone = Zone("case.test.", MX, "allow-update { any; };", "allow-transfer { key other; };")
    with clinic(running_named, tmp_path, zone) as server:
        (warning,) = messages(examine(server, "case.test"), Severity.WARNING)
    assert "takes updates without a signature" in warning


def test_nsd_takes_no_updates(tmp_path: Path) -> None:
    with clinic(running_nsd, tmp_path, Zone("case.test.", MX)) as server:
        assert "knows no updates (NOTIMP)" in trouble(examine(server, "case.test"))


def test_a_port_without_a_server(tmp_path: Path) -> None:
    with clinic(running_named, tmp_path, Zone("case.test.", MX)) as server:
        error = trouble(examine(server, "case.test", primary="127.0.0.1:9", servers=None))
    assert "cannot connect over TCP: Connection refused" in error


def test_a_secondary_that_lags_behind_is_a_warning(tmp_path: Path) -> None:
    """Two servers that know nothing of one another, one of them with a newer zone."""
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
    zone = Zone("case.test.", MX)
    with clinic(running_named, folders[0], zone) as first, clinic(running_named, folders[1], zone) as second:
        nsupdate(first, OTHER, "zone case.test\nupdate add case.test 300 TXT newer")
        several = [f"127.0.0.1:{first.port}", f"127.0.0.1:{second.port}"]
        (warning,) = messages(examine(first, "case.test", server=None, servers=several), Severity.WARNING)
    assert f"127.0.0.1:{second.port}: it lags behind: it has serial 1, the first server has 2" in warning


def test_the_command_says_it_all_and_ends_with_1(tmp_path: Path) -> None:
    zones = [Zone(f"{name}.test.", MX) for name in ("a", "b", "c", "d", "e")]
    with clinic(running_named, tmp_path, *zones) as server:
        (tmp_path / "mxsync.yaml").write_text(
            "mxsync: 1\nproviders:\n"
            + "".join(
                f"  {key}: {{type: rfc2136, server: {server.address}, port: {server.port}, "
                f"tsig: {{key_file: {key}.key}}}}\n"
                for key in ("mxsync", "reader")
            )
            + "  idle: {type: zonefile, directory: .}\n"
            + "defaults: {provider: mxsync}\nzones:\n"
            + "".join(f"  {name}.test: null_mx\n" for name in "abcde")
            + "  elsewhere.test: {provider: reader, mx: {'@': null_mx}}\n"
        )
        done = mxsync("doctor", cwd=tmp_path)
    address = f"{server.address}:{server.port}"
    assert (done.code, done.err) == (1, "")
    assert done.out == (
        f"mxsync:\n"
        f"  ok: server: {address}: answers the TSIG key mxsync. with authority [a.test., b.test., c.test. and 2 more]\n"
        f"  ok: right to write: {address}: the TSIG key mxsync. may change the MX sets that are managed "
        f"[a.test., b.test., c.test. and 2 more]\n"
        f"reader:\n"
        f"  error: server: {address}: the server refuses to answer for elsewhere.test. (REFUSED): "
        f"not served to the TSIG key reader. [elsewhere.test.]\n"
        f"idle:\n"
        f"  nothing to examine: no zone uses it\n"
    )
