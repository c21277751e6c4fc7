"""`mxsync plan`."""

from __future__ import annotations

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
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 if there are changes to make.")
def command(
    output: str,
    *,
    no_color: bool,
    detailed_exitcode: bool,
    **asked: Unpack[Asked],
) -> int:
    """Show what an apply would change. Changes nothing.

    PATH is a file or a folder; mxsync.yaml where none is given.
    """
    from datetime import UTC, datetime  # noqa: PLC0415 - as all of this, only when it runs

    from mxsync.cli.console import show, show_findings  # noqa: PLC0415
    from mxsync.cli.prepare import prepare  # noqa: PLC0415
    from mxsync.render import text  # noqa: PLC0415
    from mxsync.report import ExitCode  # noqa: PLC0415

    ready = prepare(**asked, writing=False, output=output, no_color=no_color)
    if output == "json":
        from mxsync.render import json  # noqa: PLC0415

        show(json.plan(ready.plan, ready.provenance, datetime.now(UTC)), no_color=True)
    else:
        show_findings(ready.provenance.findings, output, no_color=no_color, err=True)
        show(text.plan(ready.plan), no_color=no_color)
    if ready.plan.failed or ready.plan.blocked:
        return ExitCode.FAILED
    return ExitCode.PENDING if detailed_exitcode and ready.plan.changes else ExitCode.DONE
