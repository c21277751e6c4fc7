"""Counts what mxsync and octoDNS ask of Route 53, kind by kind, for the same sets on the same server.

    make build/octodns/.done
    PYTHONPATH=.:tests python -m benchmarks.route53 --server fake

Route 53 takes five requests a second from an account, whoever sends them: calls are what a plan costs there, and
no noise touches them. A proxy counts them on their way. The server is ministack; `--server fake` takes the
strict fake of the tests, which unlike ministack lists hosted zones in the documented order.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks.measure import machine, run
from benchmarks.route53.case import CHANGED, HOSTS, LARGE, OWNERS, Case
from benchmarks.route53.contestants import contestants
from benchmarks.route53.course import serving
from benchmarks.route53.proxy import counting

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    from benchmarks.measure import Cost
    from benchmarks.route53.case import Sets
    from benchmarks.route53.contestants import Contestant
    from benchmarks.route53.course import Course

ROOT = Path(__file__).parents[2]
_SHORT = {
    "ListHostedZones": "zones",
    "ListHostedZonesByName": "zones by name",
    "GetHostedZone": "zone",
    "ListResourceRecordSets": "sets",
    "ChangeResourceRecordSets": "change",
    "GetChange": "poll",
}


def measure(  # noqa: PLR0913 - who runs, and where
    case: Case, one: Contestant, course: Course, target: str, folder: Path, *, limit: float | None = None
) -> tuple[Counter[str], Cost]:
    """Run a contestant once, under a limit of requests a second; count its calls, and what it took.

    Raises SystemExit if it did not do what it was to do.
    """
    wanted = CHANGED if case.apply else HOSTS
    expected = sum(map(len, case.sets.values())) if case.apply else 0
    with counting(target) as tally, tempfile.TemporaryDirectory(dir=folder) as empty:
        one.prepare(Path(empty), tally.url, case.sets, wanted)
        environment = {"AWS_ENDPOINT_URL": tally.url, "AWS_DEFAULT_REGION": "us-east-1", "NO_COLOR": "1"}
        state = {"XDG_STATE_HOME": str(folder / "state")}
        if limit is not None:
            course.limit(limit)
        cost, output = run(one.command(case.apply), Path(empty), environment | state)
        if limit is not None:
            course.limit(None)
    if one.changes(output) != expected or course.wrong(case.sets, wanted):
        raise SystemExit(f"{case.name}: {one.name} did not make {expected} changes:\n{output[-2000:]}")
    if case.apply:
        course.reset(case.sets)
    return tally.counts, cost


def row(case: Case, counts: Sequence[Counter[str]]) -> str:
    """Give a line of the table: calls in all, by kind, and for each zone or owner."""
    owners, zones = sum(map(len, case.sets.values())), len(case.sets)
    number, unit = (zones, "a zone") if zones > 1 else (owners, "an owner")
    cells = []
    for each in counts:
        kinds = ", ".join(f"{_SHORT.get(kind, kind)} {count}" for kind, count in sorted(each.items()))
        cells.append(f"{each.total()} ({kinds}); {each.total() / number:.2f} {unit}")
    return f"| {case.name} | {' | '.join(cells)} |"


@click.command()
@click.option("--server", type=click.Choice(["ministack", "fake"]), default="ministack")
@click.option(
    "--mxsync",
    type=click.Path(path_type=Path),
    default=Path(sys.executable).with_name("mxsync"),
)
@click.option(
    "--octodns",
    type=click.Path(path_type=Path),
    default=ROOT / "build" / "octodns" / "bin" / "octodns-sync",
)
def main(*, server: str, mxsync: Path, octodns: Path) -> None:
    """Count the calls of mxsync and of octoDNS."""
    many: Sets = {f"d{at}.example.com.": (f"d{at}.example.com.",) for at in range(200)}
    ten = dict(list(many.items())[:10])
    large: Sets = {"example.org.": tuple(f"{owner}example.org." for owner in OWNERS)}
    cases = (
        Case("plan, 10 zones, nothing changed", ten),
        Case("plan, 200 zones, nothing changed", many),
        Case(f"plan, 5 MX sets in a zone of {LARGE:,} names", large),
        Case("apply, 200 zones, all changed", many, apply=True),
        Case(f"apply, 5 MX sets in a zone of {LARGE:,} names", large, apply=True),
    )
    taking_part = contestants(mxsync.absolute(), octodns.absolute())
    with tempfile.TemporaryDirectory() as name, serving(server, Path(name)) as (url, course):
        course.fill(many)
        course.fill(large, LARGE)
        click.echo(f"{machine()}; calls to {server}:\n")
        click.echo(f"| case | {' | '.join(one.name for one in taking_part)} |")
        click.echo(f"|---|{'---|' * len(taking_part)}")
        for case in cases:
            counts = [measure(case, one, course, url, Path(name))[0] for one in taking_part]
            click.echo(row(case, counts))


if __name__ == "__main__":
    main()
