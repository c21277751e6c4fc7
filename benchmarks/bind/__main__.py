"""Measures mxsync, octoDNS and bare loops on the same BIND, in turn.

    make bench

Prints a table in Markdown; the last one stands in README.md one folder above.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks.bind.cases import cases, served
from benchmarks.bind.contestants import ROOT, contestants
from benchmarks.bind.delay import far_away
from benchmarks.bind.floor_handmade import different, write
from benchmarks.bind.job import Access
from benchmarks.measure import Cost, machine, median, run
from support.named import running_named
from support.nameserver import new_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.bind.cases import Case
    from benchmarks.bind.contestants import Contestant
    from benchmarks.bind.job import MX

MANY, FEWER = 5_000, 2
"""With so many zones a run takes so long that fewer of them count."""
ROUND_TRIP = 0.02
"""Of a server far away, in seconds."""


@dataclass(frozen=True, slots=True)
class Course:
    """Where the contestants run: a server, and folders."""

    near: Access
    far: Access
    folder: Path

    def measure(self, case: Case, taking_part: Sequence[Contestant], runs: int) -> dict[str, list[Cost]]:
        """Run every contestant in turn: once to see that it works, then `runs` times that count.

        An apply goes from one state to the other, and the next one back. Raises SystemExit if a
        contestant did not do what it was to do.
        """
        access, states = (self.far if case.task.far else self.near), (case.sets, case.changed)
        live = 0
        costs: dict[str, list[Cost]] = {one.name: [] for one in taking_part}
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            for one in taking_part:
                for at, wanted in enumerate(states):
                    (Path(folder) / one.name / str(at)).mkdir(parents=True)
                    one.prepare(Path(folder) / one.name / str(at), access, wanted, case.task)
            for _ in range(1 + runs):
                for one in taking_part:
                    target = 1 - live if case.task.apply else 1
                    where = Path(folder) / one.name / str(target)
                    cost, output = run(one.command(case.task), where, self._environment)
                    live = target if case.task.apply else live
                    self._check(case, one, output, states[live])
                    costs[one.name].append(cost)
        if left := different(self.near, case.sets):
            write(self.near, left)
        return {name: measured[1:] for name, measured in costs.items()}

    @property
    def _environment(self) -> dict[str, str]:
        return {"XDG_STATE_HOME": str(self.folder / "state"), "NO_COLOR": "1"}

    def _check(self, case: Case, one: Contestant, output: str, live: Sequence[MX]) -> None:
        said, changes = one.read(output), sum(a != b for a, b in zip(case.sets, case.changed, strict=True))
        if said.changes != changes or said.unchanged not in (None, len(case.sets) - changes):
            raise SystemExit(
                f"{case.name}: {one.name} was to find {changes} changes, but said:\n{output[-2000:]}"
            )
        if wrong := different(self.near, live):
            raise SystemExit(f"{case.name}: {one.name} left {len(wrong)} sets wrong")


def head(names: Sequence[str]) -> str:
    """Give the first lines of the table."""
    return f"| case | {' | '.join(names)} | octoDNS ÷ mxsync | mxsync ÷ floor |\n|---|{'--:|' * (len(names) + 2)}"


def row(case: Case, costs: dict[str, list[Cost]]) -> str:
    """Give a line of the table."""
    cells = [
        f"{cost.time:.2f} s ({cost.cpu:.2f}), {cost.memory:.0f} MiB" for cost in map(median, costs.values())
    ]
    for above, below in (("octoDNS", "mxsync"), ("mxsync", "by hand")):
        # Of runs that came one after the other: what else the machine did was the same for both.
        pairs = zip(costs.get(above, ()), costs.get(below, ()), strict=False)
        ratios = [one.time / other.time for one, other in pairs]
        cells.append(f"{statistics.median(ratios):.1f}" if ratios else "")
    return f"| {case.name} | {' | '.join(cells)} |"


@click.command()
@click.option("--runs", type=click.IntRange(min=1), default=5, help="The median of so many counts.")
@click.option("--quick", is_flag=True, help="The least of all, in a minute.")
@click.option("--large", is_flag=True, help="5,000 zones too.")
@click.option("--zones", type=int, multiple=True, help="So many zones instead of 100 and 1,000.")
@click.option("--case", "parts", multiple=True, help="Only cases with this in their name.")
@click.option("--only", multiple=True, help="Only this contestant, such as 'mxsync'.")
@click.option(
    "--mxsync",
    type=click.Path(path_type=Path),
    default=Path(sys.executable).with_name("mxsync"),
    help="Where mxsync is, for one of another version.",
)
@click.option(
    "--octodns",
    type=click.Path(path_type=Path),
    default=ROOT / "build" / "octodns" / "bin" / "octodns-sync",
    help="Where octodns-sync is.",
)
def main(  # noqa: PLR0913 - one for each option
    *,
    runs: int,
    quick: bool,
    large: bool,
    zones: tuple[int, ...],
    parts: tuple[str, ...],
    only: tuple[str, ...],
    mxsync: Path,
    octodns: Path,
) -> None:
    """Measure mxsync beside octoDNS, and beside the least that a Python process can do."""
    sizes = zones or ((100,) if quick else (100, 1_000, 5_000) if large else (100, 1_000))
    chosen = [
        case
        for case in cases(sizes, 50 if quick else 200)
        if not parts or any(part in case.name for part in parts)
    ]
    taking_part = [
        one for one in contestants(mxsync.absolute(), octodns.absolute()) if not only or one.name in only
    ]
    runs = 1 if quick else runs
    key = new_key("bench")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        everything = tuple(dict.fromkeys(mx for case in chosen for mx in case.sets))
        server = stack.enter_context(
            running_named(
                folder,
                list(served(everything, key.name)),
                [key],
                # octoDNS makes a connection for each zone, and with workers asks for many at once.
                options="tcp-clients 1000; transfers-out 1000; tcp-listen-queue 1000;",
            )
        )
        far_port = stack.enter_context(far_away(server.port, ROUND_TRIP))
        near, far = (Access(port, key.name, key.secret) for port in (server.port, far_port))
        course = Course(near, far, folder)
        click.echo(f"{machine()}; the median of {runs} runs, of {min(runs, FEWER)} for {MANY:,} zones:\n")
        click.echo(head([one.name for one in taking_part]))
        for case in chosen:
            counted = min(runs, FEWER) if len(case.sets) >= MANY else runs
            click.echo(row(case, course.measure(case, taking_part, counted)))


if __name__ == "__main__":
    main()
