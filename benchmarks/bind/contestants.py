"""Who takes part, what each is given for the same sets, and how its output is read."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.bind.job import ADDRESS, TTL, by_zone, save

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.bind.job import MX, Access, Task

ROOT = Path(__file__).parents[2]


class Said(NamedTuple):
    """What a contestant said of a run."""

    changes: int
    unchanged: int | None = None
    """None if it never says so."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A program that brings MX sets into the state that is wanted."""

    name: str
    """In the table."""
    prepare: Callable[[Path, Access, Sequence[MX], Task], None]
    """Write what it needs into an empty folder."""
    command: Callable[[Task], list[str]]
    """Give the command for the task, to be run in that folder."""
    read: Callable[[str], Said]
    """Read what it printed."""


def contestants(mxsync: Path, octodns: Path) -> tuple[Contestant, ...]:
    """Give all of them; the two programs are where these paths say."""
    return (
        Contestant("mxsync", _prepare_mxsync, partial(_mxsync, mxsync), _read_mxsync),
        Contestant("octoDNS", _prepare_octodns, partial(_octodns, octodns), _read_octodns),
        Contestant("dnspython", _prepare_floor, partial(_floor, "dnspython"), _read_floor),
        Contestant("by hand", _prepare_floor, partial(_floor, "handmade"), _read_floor),
    )


def _prepare_mxsync(folder: Path, access: Access, wanted: Sequence[MX], task: Task) -> None:
    key = f'key "{access.key}" {{ algorithm hmac-sha256; secret "{access.secret}"; }};\n'
    (folder / "bench.key").write_text(key, "ascii")
    (folder / "bench.key").chmod(0o600)
    names = {(mx.first, mx.second): f"of-{mx.second.partition('.')[0]}" for mx in wanted}
    with (folder / "mxsync.yaml").open("w") as file:
        file.write("mxsync: 1\nproviders:\n  bench:\n    type: rfc2136\n")
        file.write(f"    server: {ADDRESS}\n    port: {access.port}\n    tsig: {{key_file: bench.key}}\n")
        file.write(f"defaults: {{provider: bench, ttl: {TTL}}}\nsets:\n")
        file.writelines(f"  {name}: [10 {one}, 20 {two}]\n" for (one, two), name in names.items())
        file.write("zones:\n")
        for zone, sets in by_zone(wanted).items():
            if [mx.owner for mx in sets] == [zone]:
                file.write(f"  {zone}: {names[sets[0].first, sets[0].second]}\n")
                continue
            file.write(f"  {zone}:\n    scope: {'zone' if task.whole else 'owners'}\n    mx:\n")
            file.writelines(f'      "{mx.owner}": {names[mx.first, mx.second]}\n' for mx in sets)


def _mxsync(program: Path, task: Task) -> list[str]:
    return [str(program), *(["apply", "--yes", "--allow-large"] if task.apply else ["plan"])]


def _read_mxsync(output: str) -> Said:
    unchanged = re.search(r"(\d+)(?: MX sets?)? as wanted", output)
    applied = re.search(r"^Result: (\d+) applied\.$", output, re.MULTILINE)
    planned = re.search(r"^Plan: (\d+) to update", output, re.MULTILINE)
    changes = applied or planned
    return Said(int(changes[1]) if changes else 0, int(unchanged[1]) if unchanged else -1)


def _prepare_octodns(folder: Path, access: Access, wanted: Sequence[MX], task: Task) -> None:
    # It looks at MX sets alone, says little beside its plan, and does not check the order in its files.
    # Its planning is bound by CPU: workers only help where there is a wait for the server.
    settings = f"""\
manager:
  max_workers: {32 if task.far else 1}
  processors: [only-mx]
  plan_outputs:
    plan: {{class: octodns.provider.plan.PlanLogger, level: warning}}
processors:
  only-mx: {{class: octodns.processor.filter.TypeAllowlistFilter, allowlist: [MX]}}
providers:
  manifest: {{class: octodns.provider.yaml.YamlProvider, directory: zones, enforce_order: false}}
  bench:
    class: octodns_bind.Rfc2136Provider
    host: {ADDRESS}
    port: {access.port}
    key_name: {access.key}
    key_secret: {access.secret}
    key_algorithm: hmac-sha256
zones:
"""
    lines = (f"  {zone}: {{sources: [manifest], targets: [bench]}}\n" for zone in by_zone(wanted))
    (folder / "octodns.yaml").write_text(settings + "".join(lines))
    (folder / "zones").mkdir()
    for zone, sets in by_zone(wanted).items():
        (folder / "zones" / f"{zone}yaml").write_text("".join(map(_octodns_record, sets)))


def _octodns_record(mx: MX) -> str:
    return f"""\
{mx.owner.removesuffix(mx.zone).rstrip(".")!r}:
  type: MX
  ttl: {TTL}
  values: [{{preference: 10, exchange: {mx.first}}}, {{preference: 20, exchange: {mx.second}}}]
"""


def _octodns(program: Path, task: Task) -> list[str]:
    start = [str(program), "--config-file", "octodns.yaml", "--quiet"]
    return [*start, "--doit", "--force"] if task.apply else start


def _read_octodns(output: str) -> Said:
    return Said(len(re.findall(r"^\*   Update$", output, re.MULTILINE)))


def _prepare_floor(folder: Path, access: Access, wanted: Sequence[MX], _: Task) -> None:
    save(folder / "job", access, wanted)


def _floor(kind: str, task: Task) -> list[str]:
    verb = "apply" if task.apply else "transfer" if task.whole else "plan"
    module = f"benchmarks.bind.floor_{kind}"
    return ["/usr/bin/env", f"PYTHONPATH={ROOT}", sys.executable, "-m", module, verb, "job"]


def _read_floor(output: str) -> Said:
    return Said(int(output.removesuffix(" changes\n")))
