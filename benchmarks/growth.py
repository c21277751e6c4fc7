"""Measures how a plan grows with what is managed, and whether it grows with anything else.

    make bench

It reads zone files: no server takes part, whose time and memory would be its own. Prints a table in
Markdown; the last one stands in README.md beside this file.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from benchmarks.measure import Cost, machine, median, run
from benchmarks.zonefiles import write_folder, write_manifest

PLAN = (str(Path(sys.executable).with_name("mxsync")), "plan")


def measure(folder: Path, managed: int, runs: int) -> Cost:
    """Plan `managed` zones of a folder. Raises SystemExit if mxsync does not find all of them as wanted."""
    write_manifest(folder, managed)
    costs = []
    for _ in range(runs):
        cost, output = run(PLAN, folder)
        if output != f"No changes: {managed} MX sets as wanted.\n":
            raise SystemExit(f"{managed} MX sets were to be as wanted, but mxsync said:\n{output[:2000]}")
        costs.append(cost)
    return median(costs)


@click.command()
@click.option("--runs", type=click.IntRange(min=1), default=3, help="The median of so many counts.")
@click.option(
    "--zones", type=click.IntRange(min=2), default=1_000, help="So many, then 10 and 100 times as many."
)
def main(runs: int, zones: int) -> None:
    """Measure plans of zones by the thousand, in which nothing changes."""
    click.echo(f"{machine()}; the median of {runs} runs, of one for the most zones:\n")
    click.echo("| zones managed | zone files | time | CPU | for a zone managed | memory |")
    click.echo("|--:|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for files in (zones, 10 * zones, 100 * zones):
            write_folder(folder, files)
            for managed in dict.fromkeys((zones, files)):
                cost = measure(folder, managed, 1 if managed == 100 * zones else runs)
                click.echo(
                    f"| {managed:,} | {files:,} | {cost.time:.2f} s | {cost.cpu:.2f} s "
                    f"| {cost.cpu / managed * 1000:.2f} ms | {cost.memory:.0f} MiB |"
                )


if __name__ == "__main__":
    main()
