"""Measures `mxsync validate`: time and memory of the whole process, for manifests of many zones.

    make bench

Prints a table in Markdown; the last one stands in README.md beside this file.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks.measure import Cost, machine, median, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VALIDATE = (sys.executable, "-m", "mxsync", "validate")
SIZES = (1_000, 10_000, 100_000)

HEAD = """\
mxsync: 1
providers: {files: {type: zonefile, directory: zones}}
defaults: {provider: files}
sets: {own: [10 mx1.example.net., 20 mx2.example.net.]}
"""


def short(folder: Path, zones: int) -> None:
    """Write a manifest of zones on a named set, one line each."""
    _write(folder, "zones:\n", (f"  d{at}.example.com: own\n" for at in range(zones)))


def own_records(folder: Path, zones: int) -> None:
    """Write a manifest of zones that each have two records of their own."""
    lines = (
        f'  d{at}.example.com:\n    mx:\n      "@": [10 mx1.d{at}.example.org., 20 mx2.d{at}.example.org.]\n'
        for at in range(zones)
    )
    _write(folder, "zones:\n", lines)


def two_owners(folder: Path, zones: int) -> None:
    """Write a manifest of zones with two owners, each with records of its own, one of four shared."""
    lines = (
        f'  d{at}.example.com:\n    mx:\n      "@": [10 mx1.d{at}.example.org., 20 mx2.d{at}.example.org.]\n'
        f"      lists: [10 lists{at}.example.net., 20 backup.example.net.]\n"
        for at in range(zones)
    )
    _write(folder, "zones:\n", lines)


def listed(folder: Path, zones: int) -> None:
    """Write a manifest whose zones stand in a file of domains."""
    _write(folder, "zones_from: {file: domains.txt, mx: own}\n", ())
    with (folder / "domains.txt").open("w") as file:
        file.writelines(f"d{at}.example.com\n" for at in range(zones))


FORMS: dict[str, Callable[[Path, int], None]] = {
    "short form on a named set": short,
    "long form, two records": own_records,
    "long form, two owners, four records": two_owners,
    "`zones_from` with a list": listed,
}


def _write(folder: Path, section: str, lines: Iterator[str] | tuple[()]) -> None:
    with (folder / "mxsync.yaml").open("w") as file:
        file.write(HEAD + section)
        file.writelines(lines)


def _validate(folder: Path, zones: int) -> Cost:
    """Validate once. Raises SystemExit if mxsync does not find so many zones, all in order."""
    cost, output = run(VALIDATE, folder)
    if not output.endswith(f" in {zones} zones.\n") or not output.startswith("Valid: "):
        raise SystemExit(f"{zones} zones were to be valid, but mxsync said:\n{output[:2000]}")
    return cost


def rows(runs: int, most: int) -> Iterator[str]:
    """Give the lines of the table, as they are measured."""
    yield "| manifest | zones | time | CPU | to the row above | memory | to the row above |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for form, write in FORMS.items():
        before: Cost | None = None
        for zones in (size for size in SIZES if size <= most):
            with tempfile.TemporaryDirectory() as folder:
                write(Path(folder), zones)
                measured = [_validate(Path(folder), zones) for _ in range(runs)]
            cost = median(measured)
            slower, larger = (
                (f"× {cost.cpu / before.cpu:.1f}", f"× {cost.memory / before.memory:.1f}")
                if before
                else ("", "")
            )
            yield (
                f"| {form} | {zones:,} | {cost.time:.2f} s | {cost.cpu:.2f} s | {slower} "
                f"| {cost.memory:.0f} MiB | {larger} |"
            )
            before = cost


@click.command()
@click.option("--runs", type=click.IntRange(min=1), default=5, help="The median of so many counts.")
@click.option("--most", type=click.IntRange(min=1), default=max(SIZES), help="No more zones than this.")
def main(runs: int, most: int) -> None:
    """Measure how long `mxsync validate` takes, and how much memory."""
    click.echo(f"{machine()}; the median of {runs} runs:\n")
    for row in rows(runs, most):
        click.echo(row)


if __name__ == "__main__":
    main()
