"""One zone at two providers, Cloud DNS and a BIND: kept alike, and put right where it was changed by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mxsync import names
from mxsync.model import MXSet
from support import nameserver
from support.cli import mxsync
from support.clouddns import Fake, Zone
from support.clouddns.mx import look_mx, put_mx
from support.dnstools import dig, nsupdate
from support.named import running_named
from support.nameserver import Key, Server, new_key, write_key_file
from support.sets import mx_set

APEX = names.parse("example.com")
LISTS = names.parse("lists", APEX)
WANTED = mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net.")


@dataclass(frozen=True)
class Both:
    """The two servers, and a manifest that has the zone at both."""

    folder: Path
    fake: Fake
    zone: Zone
    bind: Server
    key: Key

    def held(self) -> list[dict[names.Name, MXSet | None]]:
        """Give what each of the two has."""
        at_bind: dict[names.Name, MXSet | None] = {}
        for owner in (APEX, LISTS):
            answer = dig(self.bind, owner)
            at_bind[owner] = mx_set(answer.ttl, *answer.rdata) if answer.ttl is not None else None
        return [{owner: look_mx(self.fake, self.zone, owner) for owner in (APEX, LISTS)}, at_bind]


@pytest.fixture
def both(fake: Fake, zone: Zone, tmp_path: Path) -> Iterator[Both]:
    key = new_key("mxsync")
    write_key_file(tmp_path / "mxsync.key", key)
    (tmp_path / "bind").mkdir()
    with running_named(tmp_path / "bind", [nameserver.Zone(APEX)], [key]) as bind:
        (tmp_path / "mxsync.yaml").write_text(
            "mxsync: 1\n"
            "providers:\n"
            f"  gcp: {{type: clouddns, project: mail-prod, endpoint: '{fake.url}', wait: none}}\n"
            f"  office: {{type: rfc2136, server: {bind.address}, port: {bind.port}, tsig: {{key_file: mxsync.key}}}}\n"
            "sets: {own: {ttl: 1h, records: [10 mx1.example.net., 20 mx2.example.net.]}}\n"
            "zones: {example.com: {providers: [gcp, office], mx: {'@': own, lists: own}}}\n"
        )
        yield Both(tmp_path, fake, zone, bind, key)


def test_a_zone_at_cloud_dns_and_bind_is_made_alike(both: Both) -> None:
    assert mxsync("apply", "--yes", cwd=both.folder).code == 0
    assert both.held() == [{APEX: WANTED, LISTS: WANTED}] * 2
    assert mxsync("plan", "--detailed-exitcode", cwd=both.folder).code == 0


@pytest.mark.parametrize("where", ["gcp", "office"])
def test_what_was_changed_by_hand_at_one_of_them_is_put_right_there_alone(both: Both, where: str) -> None:
    mxsync("apply", "--yes", cwd=both.folder)
    if where == "gcp":
        put_mx(both.fake, both.zone, LISTS, mx_set(60, "1 foreign.example.net."))
    else:
        script = (
            "update delete lists.example.com. MX\nupdate add lists.example.com. 60 MX 1 foreign.example.net."
        )
        nsupdate(both.bind, both.key, script)
    assert mxsync("plan", "--detailed-exitcode", cwd=both.folder).code == 2
    run = mxsync("apply", "--yes", "--format", "json", cwd=both.folder)
    assert [(each["provider"], each["owner"]) for each in run.document["results"]] == [(where, LISTS)]
    assert both.held() == [{APEX: WANTED, LISTS: WANTED}] * 2


def test_where_cloud_dns_refuses_the_bind_is_left_alone_too(both: Both) -> None:
    policy = {"wrr": {"items": [{"weight": 1.0, "rrdatas": ["10 mx.example.net."]}]}}
    routed = {"name": LISTS, "type": "MX", "ttl": 300, "routingPolicy": policy}
    both.fake.put(both.zone, routed)
    run = mxsync("apply", "--yes", "--format", "json", cwd=both.folder)
    outcomes = {(each["provider"], each["owner"]): each["outcome"] for each in run.document["results"]}
    assert outcomes["gcp", LISTS] == "blocked"
    assert outcomes["office", LISTS] == "skipped"
    assert both.held() == [{APEX: WANTED, LISTS: None}] * 2
