"""Measures how long mxsync and octoDNS take where Route 53 lets five requests through in a second.

    make bench

The server is the strict fake of the tests, which answers `Throttling` to all that comes faster. mxsync keeps to the
pace that it has by itself, 4.5 requests a second; octoDNS sends on, and its SDK comes again later. Prints a table in
Markdown; the last one stands in README.md one folder above.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks.measure import machine
from benchmarks.route53.__main__ import ROOT, measure
from benchmarks.route53.case import Case
from benchmarks.route53.contestants import contestants
from benchmarks.route53.course import serving

if TYPE_CHECKING:
    from benchmarks.route53.case import Sets
    from benchmarks.route53.contestants import Contestant
    from benchmarks.route53.course import Course

LIMIT = 5
"""Requests in a second, of a whole account ("Frequency of Route 53 API requests")."""
PACE = 4.5
"""What `requests_per_second` of mxsync is where nothing is said."""


def cell(case: Case, one: Contestant, course: Course, target: str, folder: Path) -> str:
    """Run a contestant once, and say how long it took, and in how many calls; or that it gave up."""
    try:
        counts, cost = measure(case, one, course, target, folder, limit=LIMIT)
    except SystemExit as error:
        if "Throttling" not in str(error):
            raise
        course.limit(None)
        course.reset(case.sets)
        return "gave up (Throttling)"
    return f"{cost.time:.1f} s, {counts.total()} calls"


@click.command()
@click.option("--zones", type=click.IntRange(min=1), default=20, help="So many zones, one set each.")
def main(zones: int) -> None:
    """Measure the time under a limit."""
    sets: Sets = {f"d{at}.example.com.": (f"d{at}.example.com.",) for at in range(zones)}
    cases = (
        Case(f"plan, {zones} zones, nothing changed", sets),
        Case(f"apply, {zones} zones, all changed", sets, apply=True),
    )
    programs = Path(sys.executable).with_name("mxsync"), ROOT / "build" / "octodns" / "bin" / "octodns-sync"
    taking_part = contestants(*programs, pace=PACE)
    with tempfile.TemporaryDirectory() as name, serving("fake", Path(name)) as (url, course):
        course.fill(sets)
        click.echo(f"{machine()}; {LIMIT} requests a second:\n")
        click.echo(f"| case | {' | '.join(one.name for one in taking_part)} |")
        click.echo(f"|---|{'--:|' * len(taking_part)}")
        for case in cases:
            cells = [cell(case, one, course, url, Path(name)) for one in taking_part]
            click.echo(f"| {case.name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
