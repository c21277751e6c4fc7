"""From a manifest to a real BIND and back: fifty zones, checked with `dig`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.cli import mxsync, on_terminal
from support.dnstools import dig, nsupdate
from support.named import running_named
from support.nameserver import Key, Server, Zone, new_key, write_key_file

OLD = "3600 MX 10 old.example.net."
KINDS = ("create", "update", "delete", "ttl", "null", "wildcard", "unchanged")
BEFORE = {
    "create": "",
    "update": f"@ {OLD}\n@ 3600 MX 20 mx2.example.net.",
    "delete": f"@ {OLD}",
    "ttl": "@ 86400 MX 10 mx.example.net.",
    "null": f"@ {OLD}",
    "wildcard": "",
    "unchanged": "@ 3600 MX 10 mx.example.net.",
}
"""What a zone of each kind has at first."""
WANTED = {
    "create": "[10 mx.example.net., 20 mx2.example.net.]",
    "update": "[10 mx.example.net., 20 mx2.example.net.]",
    "delete": "absent",
    "ttl": "{ttl: 5m, records: [10 mx.example.net.]}",
    "null": "null_mx",
    "wildcard": "{mx: {'*': [10 mx.example.net.]}}",
    "unchanged": "[10 mx.example.net.]",
}
SERVED = {
    "create": (3600, ["10 mx.example.net.", "20 mx2.example.net."]),
    "update": (3600, ["10 mx.example.net.", "20 mx2.example.net."]),
    "delete": (None, []),
    "ttl": (300, ["10 mx.example.net."]),
    "null": (3600, ["0 ."]),
    "wildcard": (3600, ["10 mx.example.net."]),
    "unchanged": (3600, ["10 mx.example.net."]),
}
"""TTL and records that a client gets afterwards."""
ZONES = {f"z{at:02}.test.": KINDS[at % len(KINDS)] for at in range(50)}


@dataclass(frozen=True)
class Site:
    """A BIND with fifty zones, a key that may change MX and nothing else, and a manifest."""

    server: Server
    key: Key
    folder: Path

    def served(self) -> dict[str, tuple[int | None, list[str]]]:
        """Ask BIND for every zone: a wildcard's by a name that it makes up."""
        answers = {
            zone: dig(self.server, f"any.name.{zone}" if kind == "wildcard" else zone, key=self.key)
            for zone, kind in ZONES.items()
        }
        return {zone: (answer.ttl, sorted(answer.rdata)) for zone, answer in answers.items()}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    key = new_key("mxsync")
    zones = [Zone(name, BEFORE[kind]) for name, kind in ZONES.items()]
    (tmp_path / "named").mkdir()
    with running_named(tmp_path / "named", zones, [key]) as server:
        write_key_file(tmp_path / "mxsync.key", key)
        wanted = "".join(f"  {name[:-1]}: {WANTED[kind]}\n" for name, kind in ZONES.items())
        (tmp_path / "mxsync.yaml").write_text(
            "mxsync: 1\n"
            "providers:\n"
            f"  office: {{type: rfc2136, server: {server.address}, port: {server.port}, tsig: {{key_file: mxsync.key}}}}\n"
            "defaults: {provider: office, ttl: 1h}\n"
            f"zones:\n{wanted}"
        )
        yield Site(server, key, tmp_path)


def test_fifty_zones_become_what_the_manifest_says_and_a_second_plan_is_empty(site: Site) -> None:
    plan = mxsync("plan", "--format", "json", cwd=site.folder).document
    kinds = list(ZONES.values())
    assert plan["summary"] == {
        "create": kinds.count("create") + kinds.count("wildcard"),
        "update": kinds.count("update") + kinds.count("ttl") + kinds.count("null"),
        "delete": kinds.count("delete"),
        "unchanged": kinds.count("unchanged"),
        "blocked": 0,
        "unmanaged": 0,
        "failed": 0,
    }
    run = mxsync("apply", "--yes", "--allow-large", "--format", "json", cwd=site.folder)
    assert run.code == 0, run.out + run.err
    assert run.document["summary"]["applied"] == len(plan["changes"])
    assert site.served() == {zone: SERVED[kind] for zone, kind in ZONES.items()}
    again = mxsync("plan", "--detailed-exitcode", cwd=site.folder)
    assert (again.code, again.out) == (0, "No changes: 50 MX sets as wanted.\n")
    assert site.key.secret not in run.out + run.err + json.dumps(plan)


def test_a_set_that_somebody_changes_between_plan_and_apply_is_left_alone(site: Site) -> None:
    zone = next(name for name, kind in ZONES.items() if kind == "update")
    foreign = f"update add {zone} 3600 MX 30 mx3.example.net."
    code, shown = on_terminal(
        "apply",
        "--allow-large",
        cwd=site.folder,
        answer="yes",
        meanwhile=lambda: nsupdate(site.server, site.key, foreign),
    )
    assert code == 4
    changes = sum(kind != "unchanged" for kind in ZONES.values())
    assert f"Result: {changes - 1} applied, 1 conflict." in shown
    assert f"~ {zone} at office: changed since the plan was made" in shown
    assert "there now: 10 old.example.net., 20 mx2.example.net., 30 mx3.example.net. (TTL 1h)" in shown
    served = site.served()
    assert served.pop(zone) == (3600, ["10 old.example.net.", "20 mx2.example.net.", "30 mx3.example.net."])
    assert served == {name: SERVED[kind] for name, kind in ZONES.items() if name != zone}
    assert mxsync("plan", "--detailed-exitcode", cwd=site.folder).code == 2


def test_a_server_that_goes_away_between_plan_and_apply_changes_nothing_and_is_reported(site: Site) -> None:
    code, shown = on_terminal(
        "apply", "--allow-large", cwd=site.folder, answer="yes", meanwhile=site.server.stop
    )
    assert code == 1
    assert "nothing was sent" in shown
    assert "refused" in shown


def test_a_wrong_secret_is_one_message_a_zone_and_nothing_is_planned(site: Site) -> None:
    write_key_file(site.folder / "mxsync.key", new_key("mxsync"))
    run = mxsync("plan", cwd=site.folder)
    assert run.code == 1
    assert "Not readable: nothing is planned there (50)" in run.out
    applied = mxsync("apply", "--yes", cwd=site.folder)
    assert applied.code == 1
    assert "Result: 50 failed." in applied.out
