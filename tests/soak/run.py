"""Soak: two mxsync and one nsupdate change the same sets, and the server's history judges their reports.

    PYTHONPATH=tests python tests/soak/run.py --seconds 60

One mxsync writes under `cas: records`, the other one under `cas: soa`. Every set that anybody writes is
one of a kind, so that the history tells who wrote what over what.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mxsync import names
from mxsync.change import Outcome
from mxsync.model import MX, MXSet
from soak.history import Step, steps
from support.cli import mxsync
from support.dnstools import dig, nsupdate
from support.knot import running_knot
from support.named import running_named
from support.nameserver import Right, Server, Zone, new_key, write_key_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from mxsync.names import Name

ZONES = [names.parse(f"zone{number}.test.") for number in range(5)]
SETS = [(zone, names.parse(owner, zone)) for zone in ZONES for owner in ("@", "a", "b.c", "*.d")]
AT_ONCE = 8
"""Sets that one run of mxsync wants to change; below what the guards take for a mistake."""
OURS, OTHER = new_key("mxsync"), new_key("other", right=Right.ALL)
_unique = count(1)


@dataclass(frozen=True, slots=True)
class Claim:
    """What mxsync reported of a change."""

    writer: str
    zone: Name
    owner: Name
    outcome: Outcome
    before: MXSet | None
    after: MXSet | None
    strict: bool


@dataclass
class Soak:
    """One server, and what the writers did and said."""

    server: Server
    folder: Path
    seconds: float
    claims: list[Claim] = field(default_factory=list)
    runs: Counter[str] = field(default_factory=Counter)

    def work(self) -> None:
        """Let all writers work until the time is over."""
        until = time.monotonic() + self.seconds
        with ThreadPoolExecutor(3) as pool:
            writers = [
                pool.submit(self.reconcile, "a", "records", until),
                pool.submit(self.reconcile, "b", "soa", until),
                pool.submit(self.meddle, until),
            ]
            for writer in writers:
                writer.result()

    def reconcile(self, writer: str, cas: str, until: float) -> None:
        """Run mxsync again and again, each time with other wishes."""
        chance = random.Random(writer)
        folder = self.folder / writer
        folder.mkdir()
        write_key_file(folder / "mxsync.key", OURS)
        last: dict[Name, MXSet] = {}
        while time.monotonic() < until:
            self.write_manifest(folder, cas, writer, chance, last)
            done = mxsync("apply", "--yes", "--journal", folder / "journal", "--format", "json", cwd=folder)
            assert done.code in {0, 1, 4, 5}, f"{done.code} {done.out} {done.err}"
            self.runs[f"mxsync, cas: {cas}"] += 1
            for result in done.document["results"]:
                claim = _claim(writer, result, strict=cas == "soa")
                self.claims.append(claim)
                if claim.after and claim.outcome is Outcome.APPLIED:
                    last[claim.owner] = claim.after

    def write_manifest(
        self, folder: Path, cas: str, writer: str, chance: random.Random, last: dict[Name, MXSet]
    ) -> None:
        """Want new records for some sets, none for some, and for some another TTL of the last ones."""
        zones: dict[Name, list[str]] = {}
        for zone, owner in chance.sample(SETS, AT_ONCE):
            number = next(_unique)
            records = [f"10 {writer}{number}.example.net."]
            if (known := last.get(owner)) and chance.random() < 0.4:
                records = [str(record) for record in known.records]
            wanted = f"{{ttl: {1000 + number}, records: [{', '.join(records)}]}}"
            if chance.random() < 0.1:
                wanted = "absent"
            zones.setdefault(zone, []).append(f'      "{owner}": {wanted}')
        block = f"server: {self.server.address}, port: {self.server.port}, tsig: {{key_file: mxsync.key}}"
        text = [
            "mxsync: 1",
            f"providers: {{office: {{type: rfc2136, {block}, cas: {cas}, timeout: 30}}}}",
            "defaults: {provider: office}",
            "zones:",
        ]
        for zone, lines in zones.items():
            text += [f"  {zone}:", "    mx:", *lines]
        (folder / "mxsync.yaml").write_text("\n".join(text) + "\n", "utf-8")

    def meddle(self, until: float) -> None:
        """Change sets as somebody who looks neither left nor right, or their TTL alone."""
        chance = random.Random("nsupdate")
        while time.monotonic() < until:
            zone, owner = chance.choice(SETS)
            number = next(_unique)
            lines = [
                f"update delete {owner} MX",
                f"update add {owner} {1000 + number} MX 10 n{number}.example.net.",
            ]
            if chance.random() < 0.5:
                shown = [line.split(" ", 4)[4] for line in dig(self.server, owner, key=OTHER).lines]
                # With a condition: otherwise it would bring records back that somebody has just replaced.
                lines = [f"prereq yxrrset {owner} MX {data}" for data in shown]
                lines += [f"update delete {owner} MX"]
                lines += [f"update add {owner} {1000 + number} MX {data}" for data in shown]
            if not lines[1:]:
                continue
            try:
                nsupdate(self.server, OTHER, "\n".join((f"zone {zone}", *lines)))
            except RuntimeError as error:
                assert "NXRRSET" in str(error), error  # noqa: PT017 - the condition was false: as it should be
            else:
                self.runs["nsupdate"] += 1

    def judge(self) -> Counter[str]:
        """Hold every report against the history. Raises AssertionError; gives what happened how often."""
        history = {zone: steps(self.server, OTHER, zone) for zone in ZONES}
        claimed: set[tuple[Name, MXSet]] = set()
        found: Counter[str] = Counter(self.runs)
        for claim in self.claims:
            found[f"{claim.outcome} (cas: {'soa' if claim.strict else 'records'})"] += 1
            made = [step for step in history[claim.zone][claim.owner] if step.after == claim.after]
            match claim.outcome:
                case Outcome.APPLIED | Outcome.ALREADY:
                    assert made, f"reported, and never in the zone: {claim}"
                case Outcome.UNKNOWN:
                    pass
                case _:
                    assert not made or claim.after is None, f"not reported, and in the zone: {claim}"
            if claim.outcome is Outcome.APPLIED:
                self.judge_overwritten(claim, made, found)
            if claim.after and claim.outcome in {Outcome.APPLIED, Outcome.UNKNOWN}:
                claimed.add((claim.owner, claim.after))
        for zone in ZONES:
            for owner, some in history[zone].items():
                for step in some:
                    ours = step.after and step.after.records[0].exchange[0] in "ab"
                    found["versions"] += 1
                    # Another TTL of our records may be nsupdate's.
                    known = {it.records for who, it in claimed if who == owner}
                    assert not ours or step.after.records in known, f"written, and never reported: {step}"  # type: ignore[union-attr]
        return found

    def judge_overwritten(self, claim: Claim, made: list[Step], found: Counter[str]) -> None:
        """Make sure that a change replaced just what it had seen."""
        if claim.after is None:
            # Deletions look alike: one of them must have been this one.
            seen = [step for step in made if _covers(claim, step)]
            assert seen, f"it deleted what it had not seen: {claim}"
            return
        assert len(made) == 1, f"made twice: {claim}"
        assert _covers(claim, made[0]), f"it overwrote what it had not seen: {claim}, {made[0]}"
        if made[0].before != claim.before:
            found["TTLs overwritten unseen (cas: records)"] += 1


def _covers(claim: Claim, step: Step) -> bool:
    if claim.strict or claim.before is None or step.before is None:
        return step.before == claim.before
    return step.before.records == claim.before.records


def _claim(writer: str, result: dict[str, Any], *, strict: bool) -> Claim:
    return Claim(
        writer,
        names.parse(result["zone"]),
        names.parse(result["owner"]),
        Outcome(result["outcome"]),
        _set(result["before"]),
        _set(result["after"]),
        strict,
    )


def _set(document: dict[str, Any] | None) -> MXSet | None:
    if document is None:
        return None
    records = (MX(it["preference"], names.parse(it["exchange"])) for it in document["records"])
    return MXSet.of(document["ttl"], records)


def soak(server_name: str, folder: Path, seconds: float) -> Counter[str]:
    """Run all writers for so long on a server of its own; give what happened. Raises AssertionError."""
    zones = [Zone(zone) for zone in ZONES]
    place = folder / server_name
    place.mkdir()
    # With the history as it was, however long.
    running: dict[str, Callable[[], AbstractContextManager[Server]]] = {
        "bind": lambda: running_named(
            place,
            zones,
            [OURS, OTHER],
            options="max-journal-size unlimited; max-ixfr-ratio unlimited;",
        ),
        "knot": lambda: running_knot(
            place, zones, [OURS, OTHER], zone_options="    journal-max-depth: 1000000\n"
        ),
    }
    with running[server_name]() as server:
        one = Soak(server, place, seconds)
        one.work()
        return one.judge()


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="two mxsync and one nsupdate change the same 20 sets")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--server", choices=["bind", "knot"], default="bind")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = soak(given.server, Path(folder), given.seconds)
    for what, times in sorted(found.items()):
        sys.stdout.write(f"{times:6} {what}\n")


if __name__ == "__main__":
    main()
