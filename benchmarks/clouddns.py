"""Counts what mxsync asks Cloud DNS while it changes many zones, and how often it asks whether that is done.

    make bench

The server is the strict fake of the tests: each change is pending when it is first asked about, and done when it
is asked about again. Prints a table in Markdown; the last one stands in README.md beside this file.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

import click

from benchmarks.measure import machine, run
from mxsync import names
from support.clouddns import running_fake
from support.clouddns.mx import look_mx, put_mx
from support.clouddns.site import POLL, READ, WRITE, ZONES
from support.sets import mx_set

APPLY = (str(Path(sys.executable).with_name("mxsync")), "apply", "--yes", "--allow-large")
HELD = mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net.")
WANTED = mx_set(3600, "10 mx1.example.net.", "20 mx3.example.net.")

_HEAD = """\
mxsync: 1
providers: {{bench: {{type: clouddns, project: {project}, endpoint: '{url}', requests_per_minute: 60000}}}}
defaults: {{provider: bench, ttl: 3600}}
sets: {{wanted: [10 mx1.example.net., 20 mx3.example.net.]}}
zones:
"""


def rounds(polled: list[str | None]) -> int:
    """Say in how many rounds changes were asked about, each at most once in a round."""
    return max(Counter(polled).values(), default=0)


@click.command()
@click.option("--zones", type=click.IntRange(min=1), default=100, help="So many zones, all of which change.")
def main(zones: int) -> None:
    """Change zones at Cloud DNS, and wait until all is done."""
    apexes = [names.parse(f"d{at}.example.com") for at in range(zones)]
    with running_fake() as fake, tempfile.TemporaryDirectory() as name:
        made = {apex: fake.new_zone(apex) for apex in apexes}
        for apex, zone in made.items():
            put_mx(fake, zone, apex, HELD)
        head = _HEAD.format(project=fake.service.project, url=fake.url)
        (Path(name) / "mxsync.yaml").write_text(head + "".join(f"  {apex}: wanted\n" for apex in apexes))
        cost, output = run(APPLY, Path(name), {"XDG_STATE_HOME": name, "NO_COLOR": "1"})
        if f"\nResult: {zones} applied.\n" not in output:
            raise SystemExit(f"{zones} sets were to be applied, but mxsync said:\n{output[-2000:]}")
        if wrong := [apex for apex, zone in made.items() if look_mx(fake, zone, apex) != WANTED]:
            raise SystemExit(f"mxsync left {len(wrong)} sets wrong")
        counts = fake.counts
        polled = rounds([call.zone for call in fake.calls if call.method == POLL])
    click.echo(f"{machine()}:\n")
    click.echo("| case | time | calls | zones | sets | changes | polls | rounds of polling |")
    click.echo("|---|--:|--:|--:|--:|--:|--:|--:|")
    kinds = " | ".join(str(counts[kind]) for kind in (ZONES, READ, WRITE, POLL))
    click.echo(
        f"| apply, {zones} zones, all changed | {cost.time:.1f} s | {counts.total()} | {kinds} | {polled} |"
    )


if __name__ == "__main__":
    main()
