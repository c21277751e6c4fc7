"""Measures the start: the least that commands of mxsync take, beside bare Python and octoDNS.

    make bench

Prints a table in Markdown; the last one stands in README.md beside this file.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.measure import Cost, machine, median, run
from benchmarks.zonefiles import write_folder, write_manifest

MXSYNC = str(Path(sys.executable).with_name("mxsync"))
OCTODNS = str(Path(__file__).parents[1] / "build" / "octodns" / "bin" / "octodns-sync")
COMPLETING = ("/usr/bin/env", "_MXSYNC_COMPLETE=bash_complete", "COMP_WORDS=mxsync va", "COMP_CWORD=1")


@dataclass(frozen=True, slots=True)
class Start:
    """A command, and what it must print."""

    name: str
    command: tuple[str, ...]
    printed: str


STARTS = (
    Start("`python -c pass`", (sys.executable, "-c", "pass"), ""),
    Start("`mxsync --version`", (MXSYNC, "--version"), "mxsync "),
    Start("completion of `mxsync va`", (*COMPLETING, MXSYNC), "plain,validate"),
    Start("`mxsync validate` of one domain", (MXSYNC, "validate"), "Valid: 1 MX set in 1 zone."),
    Start("`mxsync plan` of one domain in a zone file", (MXSYNC, "plan"), "No changes: 1 MX set as wanted."),
    Start("`octodns-sync --version`", (OCTODNS, "--version"), "octoDNS "),
    Start("`octodns-sync --help`", (OCTODNS, "--help"), "usage: octodns-sync"),
)


def measure(runs: int) -> dict[str, list[Cost]]:
    """Run everything in turn: once to see that it works, then `runs` times that count.

    Raises SystemExit if a command does not print what it must.
    """
    costs: dict[str, list[Cost]] = {start.name: [] for start in STARTS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_manifest(folder, 1)
        write_folder(folder, 1)
        for _ in range(1 + runs):
            for start in STARTS:
                cost, output = run(start.command, folder)
                if not output.startswith(start.printed):
                    raise SystemExit(
                        f"{start.name} was to print {start.printed!r}, but said:\n{output[:2000]}"
                    )
                costs[start.name].append(cost)
    return {name: measured[1:] for name, measured in costs.items()}


@click.command()
@click.option("--runs", type=click.IntRange(min=1), default=21, help="The median of so many counts.")
def main(runs: int) -> None:
    """Measure how long commands take that have next to nothing to do."""
    costs = measure(runs)
    bare = costs[STARTS[0].name]
    click.echo(f"{machine()}; the median of {runs} runs:\n")
    click.echo("| command | time | CPU | ÷ bare Python, CPU | memory |\n|---|--:|--:|--:|--:|")
    for name, measured in costs.items():
        cost = median(measured)
        # Of runs that came one after the other: what else the machine did was the same for both.
        ratio = statistics.median(one.cpu / other.cpu for one, other in zip(measured, bare, strict=True))
        click.echo(
            f"| {name} | {cost.time * 1000:.0f} ms | {cost.cpu * 1000:.0f} ms | {ratio:.1f} "
            f"| {cost.memory:.0f} MiB |"
        )


if __name__ == "__main__":
    main()
