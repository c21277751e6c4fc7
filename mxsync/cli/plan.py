"""`mxsync plan`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mxsync.cli import options

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Unpack

    from mxsync.cli.prepare import Planning


@click.command()
@options.planning
@options.save
@options.showing
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 if there are changes to make.")
@options.logging
def command(save: Path | None, *, detailed_exitcode: bool, **asked: Unpack[Planning]) -> int:
    """Show what an apply would change. Changes nothing.

    PATH is a file or a folder; mxsync.yaml where none is given.
    """
    from mxsync.cli.prepare import propose, understand  # noqa: PLC0415 - as all of this, only when it runs
    from mxsync.cli.present import save_plan, show_plan  # noqa: PLC0415
    from mxsync.report import ExitCode  # noqa: PLC0415

    proposal = propose(understand(asked["paths"], asked), asked, writing=False)
    if save:
        save_plan(proposal, save)
    show_plan(proposal, asked, saved=save is not None)
    plan = proposal.plan
    if plan.failed or plan.blocked:
        return ExitCode.FAILED
    return ExitCode.PENDING if detailed_exitcode and plan.changes else ExitCode.DONE
