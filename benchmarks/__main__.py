"""Runs all benchmarks, one after the other; each prints its table, in Markdown, as README.md has it.

make bench                              # all of README.md, in about a quarter of an hour
make bench ARGS=--quick                 # the least of each, in two minutes
make bench ARGS="startup growth"        # only these
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

ALL = {
    "startup": ("benchmarks.startup", (), ("--runs=3",)),
    "bind": ("benchmarks.bind", ("--large", "--runs=3"), ("--quick",)),
    "route53": ("benchmarks.route53", ("--server=fake",), ("--server=fake",)),
    "limited": ("benchmarks.route53.limited", (), ("--zones=5",)),
    "clouddns": ("benchmarks.clouddns", (), ("--zones=10",)),
    "validate": ("benchmarks.validate", ("--runs=2",), ("--runs=1", "--most=1000")),
    "validators": ("benchmarks.validators", (), ("--runs=1", "--zones=100")),
    "growth": ("benchmarks.growth", (), ("--runs=1", "--zones=10")),
}
"""By the word that asks for it: the module, and how it is run, in whole and in short."""


@click.command()
@click.option("--quick", is_flag=True, help="The least of each.")
@click.argument("words", nargs=-1, type=click.Choice(list(ALL)))
def main(*, quick: bool, words: tuple[str, ...]) -> None:
    """Run benchmarks: all, or those whose words are given."""
    for word in words or ALL:
        module, whole, short = ALL[word]
        click.echo(f"\n## {word}\n")
        # Each in a process of its own: what one has loaded is not in the way of the next.
        code = subprocess.call(  # noqa: S603 - our own modules
            [sys.executable, "-m", module, *(short if quick else whole)], cwd=Path(__file__).parents[1]
        )
        if code:
            raise SystemExit(f"the benchmark {word} ended with {code}")


if __name__ == "__main__":
    main()
