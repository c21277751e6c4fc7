"""Who takes part, what each is given for the same sets, and how its output is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.route53.case import TTL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from benchmarks.route53.case import Sets


@dataclass(frozen=True, slots=True)
class Contestant:
    """A program that brings MX sets into the state that is wanted."""

    name: str
    prepare: Callable[[Path, str, Sets, Sequence[str]], None]
    command: Callable[[bool], list[str]]
    changes: Callable[[str], int]
    """Reads from its output how many changes it found."""


def contestants(mxsync: Path, octodns: Path, pace: float = 1000) -> tuple[Contestant, ...]:
    """Give all of them; the two programs are where these paths say.

    mxsync keeps to a `pace`, in requests a second; octoDNS knows none.
    """

    def mxsync_command(apply: bool) -> list[str]:  # noqa: FBT001 - as the class has it
        return [str(mxsync), *(["apply", "--yes", "--allow-large"] if apply else ["plan"])]

    def octodns_command(apply: bool) -> list[str]:  # noqa: FBT001
        start = [str(octodns), "--config-file", "octodns.yaml", "--quiet"]
        return [*start, "--doit", "--force"] if apply else start

    def octodns_with(workers: int) -> Callable[[Path, str, Sets, Sequence[str]], None]:
        return lambda *given: _prepare_octodns(*given, workers=workers)

    return (
        Contestant("mxsync", partial(_prepare_mxsync, pace=pace), mxsync_command, _mxsync_changes),
        Contestant("octoDNS", octodns_with(1), octodns_command, _octodns_changes),
        Contestant("octoDNS, 8 workers", octodns_with(8), octodns_command, _octodns_changes),
    )


def _prepare_mxsync(folder: Path, url: str, sets: Sets, wanted: Sequence[str], *, pace: float) -> None:
    block = f"{{type: route53, endpoint_url: '{url}', requests_per_second: {pace}, wait: none}}"
    lines = [
        "mxsync: 1",
        f"providers: {{bench: {block}}}",
        f"sets: {{wanted: [{', '.join(wanted)}]}}",
        f"defaults: {{provider: bench, ttl: {TTL}}}",
        "zones:",
    ]
    for zone, owners in sets.items():
        lines.append(f"  {zone}: {{mx: {{{', '.join(f'{owner!r}: wanted' for owner in owners)}}}}}")
    (folder / "mxsync.yaml").write_text("\n".join(lines) + "\n")


def _mxsync_changes(output: str) -> int:
    found = re.search(r"^Result: (\d+) applied\.$|^Plan: (\d+) to update", output, re.MULTILINE)
    return int(found[1] or found[2]) if found else 0


def _prepare_octodns(folder: Path, url: str, sets: Sets, wanted: Sequence[str], *, workers: int) -> None:
    del url  # it is in the environment
    settings = f"""\
manager:
  max_workers: {workers}
  processors: [only-mx]
  plan_outputs:
    plan: {{class: octodns.provider.plan.PlanLogger, level: warning}}
processors:
  only-mx: {{class: octodns.processor.filter.TypeAllowlistFilter, allowlist: [MX]}}
providers:
  manifest: {{class: octodns.provider.yaml.YamlProvider, directory: zones, enforce_order: false}}
  bench:
    class: octodns_route53.Route53Provider
    access_key_id: test
    secret_access_key: test
    client_max_attempts: 20
zones:
"""
    lines = (f"  {zone}: {{sources: [manifest], targets: [bench]}}\n" for zone in sets)
    (folder / "octodns.yaml").write_text(settings + "".join(lines))
    (folder / "zones").mkdir()
    pairs = (value.split() for value in wanted)
    values = ", ".join(f"{{preference: {number}, exchange: {host}}}" for number, host in pairs)
    for zone, owners in sets.items():
        text = "".join(
            f"{owner.removesuffix(zone).rstrip('.')!r}: {{type: MX, ttl: {TTL}, values: [{values}]}}\n"
            for owner in owners
        )
        (folder / "zones" / f"{zone}yaml").write_text(text)


def _octodns_changes(output: str) -> int:
    return len(re.findall(r"^\*   Update$", output, re.MULTILINE))
