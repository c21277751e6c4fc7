"""An apply to a real BIND that is killed at any step of its journal: nothing is lost, and the next one converges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mxsync import names
from mxsync.model import MXSet
from mxsync.names import Name
from support.crashes import Crash, Crashes
from support.dnstools import nsupdate
from support.named import running_named
from support.nameserver import Key, Right, Server, Zone, new_key, write_key_file
from support.projects import KINDS, events_in
from support.trial import held

ZONES = tuple(names.parse(f"zone{number}.test.") for number in range(4))
BEFORE = "\n".join(before for before, _ in KINDS.values())
RESET = "\n".join(
    f"update delete {owner}.{zone} MX\n"
    + "".join(f"update add {owner}.{zone} {line.split(maxsplit=1)[1]}\n" for line in before.splitlines())
    + "send"
    for zone in ZONES
    for owner, (before, _) in KINDS.items()
)

State = dict[tuple[Name, Name], MXSet]
"""Sets by zone and owner."""


@dataclass(frozen=True, slots=True)
class Site:
    server: Server
    key: Key
    folder: Path
    crashes: Crashes

    def state(self) -> State:
        return {
            (zone, owner): found
            for zone in ZONES
            for owner, found in held(self.server, self.key, zone).sets.items()
        }

    def reset(self) -> None:
        """Put the zones back past mxsync, and begin a new journal."""
        nsupdate(self.server, self.key, RESET)
        for path in (self.folder / "state").glob("*.jsonl"):
            path.unlink()

    def run(self, *arguments: str, die_at: int = 0) -> Crash:
        return self.crashes.run(*arguments, "--journal", "state", cwd=self.folder, die_at=die_at)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    key = new_key("mxsync", right=Right.ALL)
    (tmp_path / "named").mkdir()
    (tmp_path / "state").mkdir()
    zones = [Zone(zone, BEFORE) for zone in ZONES]
    with running_named(tmp_path / "named", zones, [key]) as server, Crashes() as crashes:
        write_key_file(tmp_path / "mxsync.key", key)
        sets = ", ".join(f"{owner}: {after}" for owner, (_, after) in KINDS.items())
        (tmp_path / "mxsync.yaml").write_text(
            "mxsync: 1\nproviders:\n"
            f"  office: {{type: rfc2136, server: {server.address}, port: {server.port}, tsig: {{key_file: mxsync.key}}}}\n"
            "defaults: {provider: office, ttl: 1h}\nzones:\n"
            + "".join(f"  {zone[:-1]}: {{mx: {{{sets}}}}}\n" for zone in ZONES)
        )
        yield Site(server, key, tmp_path, crashes)


def test_wherever_an_apply_is_killed_nothing_is_lost_and_the_next_one_converges(site: Site) -> None:
    before = site.state()
    assert site.run("apply", "--yes").code == 0
    after = site.state()
    places = before.keys() | after.keys()
    assert sum(before.get(place) != after.get(place) for place in places) == len(ZONES) * (len(KINDS) - 1)

    def start(step: int) -> Crash:
        site.reset()
        return site.run("apply", "--yes", die_at=step)

    seen: set[int] = set()
    for step in site.crashes.until_it_lives(start, every=3):
        now = site.state()
        changed = {place for place in places if now.get(place) != before.get(place)}
        seen.add(len(changed))
        assert all(now.get(place) == after.get(place) for place in changed), "a set is neither old nor new"
        lines = [line for path in (site.folder / "state").glob("*.jsonl") for line in events_in(path)]
        intents = {(line["zone"], line["owner"]) for line in lines if line["event"] == "intent"}
        assert changed <= intents, "a set was changed that the journal says nothing of"

        if step % 2:
            back = site.run("rollback", "--yes")
            assert back.code == (0 if intents else 1), back.shown
            assert site.state() == before
        again = site.run("apply", "--yes")
        assert again.code == 0, again.shown
        assert site.state() == after
        assert site.crashes.run("plan", "--detailed-exitcode", cwd=site.folder).code == 0
    assert step > 80
    assert len(seen) > 2, "the steps lie before, between and after the changes"
