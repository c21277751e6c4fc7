"""`mxsync apply`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from mxsync.cli import options

if TYPE_CHECKING:
    from typing import Unpack

    from mxsync.cli.prepare import Asked


@click.command()
@options.paths
@options.output
@options.no_color
@options.verbose
@options.allow_exec
@options.allow_endpoints
@options.allow_deletes
@click.option("-y", "--yes", is_flag=True, help="Apply without asking.")
@click.option(
    "--independent",
    is_flag=True,
    help="Apply what can be applied of an owner that is kept alike at several providers.",
)
def command(
    output: str,
    *,
    no_color: bool,
    yes: bool,
    independent: bool,
    **asked: Unpack[Asked],
) -> int:
    """Plan, ask, and apply just that plan.

    A set that somebody changes between plan and apply is left alone and reported.
    PATH is a file or a folder; mxsync.yaml where none is given.
    """
    from datetime import UTC, datetime  # noqa: PLC0415 - as all of this, only when it runs

    from mxsync.apply import apply_plan  # noqa: PLC0415
    from mxsync.cli.console import show, show_findings  # noqa: PLC0415
    from mxsync.cli.prepare import prepare  # noqa: PLC0415
    from mxsync.cli.signals import noticed  # noqa: PLC0415
    from mxsync.errors import NotAllowed  # noqa: PLC0415
    from mxsync.render import json, text  # noqa: PLC0415
    from mxsync.report import ExitCode  # noqa: PLC0415

    ready = prepare(**asked, writing=True, output=output, no_color=no_color)
    # With a document on stdout, the plan is shown beside it, for whoever is asked.
    show_findings(ready.provenance.findings, "text", no_color=no_color, err=True)
    show(text.plan(ready.plan), no_color=no_color, err=output == "json")
    if ready.provenance.guards:
        raise NotAllowed("nothing was changed: a guard refuses this plan, see above")
    if ready.plan.changes and not yes and not _confirmed(len(ready.plan.changes)):
        show("mxsync: not applied; nothing was changed\n", err=True)
        return ExitCode.FAILED
    with noticed() as stopped:
        # Whoever is asked may take their time; without a question nothing has had time to change.
        report = apply_plan(
            ready.plan,
            ready.providers,
            fresh=ready.seen if yes else None,
            independent=independent,
            stopped=stopped,
        )
        written = json.report(report) if output == "json" else text.report(report, datetime.now(UTC))
        try:
            if report.results or output == "json":
                show(written if output == "json" else f"\n{written}", no_color=no_color or output == "json")
        except OSError as error:
            # What was applied is applied: the exit code says so, and the report goes where it still can.
            show(f"mxsync: the report could not be written: {error.strerror or error}\n", err=True)
            show(written, no_color=no_color, err=True)
    return report.exit_code


def _confirmed(changes: int) -> bool:
    """Ask for a 'yes' on the terminal."""
    from mxsync.errors import NotAllowed  # noqa: PLC0415
    from mxsync.render.words import count  # noqa: PLC0415

    if sys.stdin is None or not sys.stdin.isatty():
        raise NotAllowed(
            "nothing was changed: there is no terminal to ask on; apply without asking with --yes"
        )
    question = f"Apply {count(changes, 'change')}? Only 'yes' is taken for it"
    return bool(click.prompt(question, err=True, default="no", show_default=False) == "yes")
