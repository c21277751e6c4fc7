"""`mxsync rules`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mxsync.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterable


def _offered(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """Complete the number of a rule in the shell."""
    from mxsync.rules.catalog import RULES  # noqa: PLC0415 - as all of this, only when it runs

    return [number for number in RULES if number.startswith(begun.upper())]


@click.command()
@click.argument("number", metavar="[RULE]", required=False, shell_complete=_offered)
@options.output
def command(number: str | None, output: str) -> int:
    """Show the rules, or explain one of them: mxsync rules MX011."""
    from mxsync.cli.console import show  # noqa: PLC0415
    from mxsync.render import json, rules  # noqa: PLC0415
    from mxsync.report import ExitCode  # noqa: PLC0415
    from mxsync.rules.catalog import RULES  # noqa: PLC0415

    chosen = list(RULES.values()) if number is None else [RULES[_known(number, RULES)]]
    if output == "json":
        show(json.rules(chosen), no_color=True)
    else:
        show(rules.table(chosen) if number is None else rules.page(chosen[0]), no_color=True)
    return ExitCode.DONE


def _known(number: str, numbers: Iterable[str]) -> str:
    """Give a rule's number as it is written in the catalogue; there is no such rule: wrong usage."""
    from difflib import get_close_matches  # noqa: PLC0415

    known = list(numbers)
    if number.upper() in known:
        return number.upper()
    digits = "".join(char for char in number if char in "0123456789")
    likely = [each for each in known if each == f"MX{digits:0>3}"]
    likely += get_close_matches(number.upper(), known, n=1, cutoff=0.8)
    hint = f"did you mean {likely[0]}?" if likely else "'mxsync rules' shows them all"
    raise click.UsageError(f"there is no rule {number!r}; {hint}")
