"""`mxsync drift`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mxsync.cli import options

if TYPE_CHECKING:
    from typing import Unpack

    from mxsync.cli.prepare import Planning


@click.command()
@options.planning
@options.showing
@options.logging
def command(**asked: Unpack[Planning]) -> int:
    """Say whether all is as the manifest wants: exit with 0 if it is, with 2 if not.

    For schedules: as text it says nothing if all is well. Changes nothing.
    """
    from mxsync.cli.prepare import propose, understand  # noqa: PLC0415 - as all of this, only when it runs
    from mxsync.cli.present import show_plan  # noqa: PLC0415
    from mxsync.report import ExitCode  # noqa: PLC0415

    proposal = propose(understand(asked["paths"], asked), asked, writing=False)
    plan = proposal.plan
    if asked["output"] != "text" or plan.changes or plan.blocked or plan.failed:
        show_plan(proposal, asked)
    if plan.failed:
        return ExitCode.FAILED
    return ExitCode.PENDING if plan.changes or plan.blocked else ExitCode.DONE
