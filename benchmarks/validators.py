"""Measures `mxsync validate` beside octodns-validate, and beside bare parsing of the same YAML.

    make bench

Each zone has two records of its own. Prints a table in Markdown; the last one stands in README.md beside
this file.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks.measure import Cost, machine, median, run
from benchmarks.validate import VALIDATE, own_records

if TYPE_CHECKING:
    from collections.abc import Callable

OCTODNS = str(Path(__file__).parents[1] / "build" / "octodns" / "bin" / "octodns-validate")
EVENTS = "import yaml; print(sum(1 for _ in yaml.parse(open('mxsync.yaml'), yaml.CSafeLoader)))"
LOAD = "import yaml; print(len(yaml.load(open('mxsync.yaml'), yaml.CSafeLoader)['zones']))"

_CONFIG = """\
providers:
  manifest: {class: octodns.provider.yaml.YamlProvider, directory: zones, enforce_order: false}
  nowhere: {class: octodns.provider.yaml.YamlProvider, directory: nowhere}
zones:
"""


@dataclass(frozen=True, slots=True)
class Validator:
    """A program that reads zones, and says whether they are in order."""

    name: str
    command: tuple[str, ...]
    prepare: Callable[[Path, int], None]
    printed: Callable[[int], str]
    """What it prints of so many zones that are in order."""
    spoil: Callable[[Path, int], Path] | None = None
    """Spoils the last zone, to see whether it is looked at, and gives the file; None where nothing is looked at."""


def _write_octodns(folder: Path, zones: int) -> None:
    names = [f"d{at}.example.com." for at in range(zones)]
    lines = (f"  {name}: {{sources: [manifest], targets: [nowhere]}}\n" for name in names)
    (folder / "octodns.yaml").write_text(_CONFIG + "".join(lines))
    for place in ("zones", "nowhere"):
        (folder / place).mkdir()
    for at, name in enumerate(names):
        values = ", ".join(
            f"{{preference: {number}0, exchange: mx{number}.d{at}.example.org.}}" for number in (1, 2)
        )
        (folder / "zones" / f"{name}yaml").write_text(f"'': {{type: MX, ttl: 3600, values: [{values}]}}\n")


def _spoil_mxsync(folder: Path, zones: int) -> Path:
    return _spoiled(folder / "mxsync.yaml", f"20 mx2.d{zones - 1}.")


def _spoil_octodns(folder: Path, zones: int) -> Path:
    return _spoiled(folder / "zones" / f"d{zones - 1}.example.com.yaml", "preference: 20")


def _spoiled(path: Path, right: str) -> Path:
    """Make a preference of two digits one that is no number."""
    path.write_text(path.read_text().replace(right, right.replace("20", "much")))
    return path


VALIDATORS = (
    Validator(
        "`mxsync validate`",
        VALIDATE,
        own_records,
        lambda zones: f"Valid: {zones} MX sets in {zones} zones.\n",
        _spoil_mxsync,
    ),
    Validator(
        "`octodns-validate`",
        (OCTODNS, "--config-file", "octodns.yaml", "--quiet"),
        _write_octodns,
        lambda _: "",
        _spoil_octodns,
    ),
    Validator(
        "events of libyaml, in PyYAML",
        (sys.executable, "-c", EVENTS),
        own_records,
        lambda zones: f"{34 + 11 * zones}\n",
    ),
    Validator(
        "`yaml.load` with `CSafeLoader`",
        (sys.executable, "-c", LOAD),
        own_records,
        lambda zones: f"{zones}\n",
    ),
)


def measure(one: Validator, zones: int, runs: int) -> list[Cost]:
    """Run it on zones that are in order, and then once on one that is not.

    Raises SystemExit if it does not say what it must.
    """
    costs = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one.prepare(folder, zones)
        for _ in range(runs):
            cost, output = run(one.command, folder)
            if output != one.printed(zones):
                raise SystemExit(
                    f"{one.name} was to print {one.printed(zones)!r}, but said:\n{output[-2000:]}"
                )
            costs.append(cost)
        if one.spoil:
            one.spoil(folder, zones)
            try:
                run(one.command, folder)
            except SystemExit:
                return costs
            raise SystemExit(f"{one.name} did not see what is wrong with the last of {zones} zones")
    return costs


@click.command()
@click.option("--runs", type=click.IntRange(min=1), default=3, help="The median of so many counts.")
@click.option("--zones", type=int, multiple=True, default=(1_000, 10_000), help="So many zones.")
def main(runs: int, zones: tuple[int, ...]) -> None:
    """Measure how long it takes to read zones, and to look whether they are in order."""
    click.echo(f"{machine()}; the median of {runs} runs:\n")
    click.echo("| zones | | time | CPU | ÷ mxsync, CPU | memory |\n|--:|---|--:|--:|--:|--:|")
    for number in zones:
        costs = {one.name: measure(one, number, runs) for one in VALIDATORS}
        own = statistics.median(cost.cpu for cost in costs[VALIDATORS[0].name])
        for name, measured in costs.items():
            cost = median(measured)
            click.echo(
                f"| {number:,} | {name} | {cost.time:.2f} s | {cost.cpu:.2f} s | {cost.cpu / own:.2f} "
                f"| {cost.memory:.0f} MiB |"
            )


if __name__ == "__main__":
    main()
