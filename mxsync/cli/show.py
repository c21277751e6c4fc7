"""`mxsync show`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mxsync.cli import options

if TYPE_CHECKING:
    from typing import Unpack

    from mxsync.cli.present import Shown


@click.command()
@click.argument("plan_file", metavar="PLANFILE", type=click.Path(path_type=Path))
@options.showing
def command(plan_file: Path, **shown: Unpack[Shown]) -> int:
    """Show a saved plan. Asks no server.

    One that was changed since it was made is refused.
    """
    from mxsync.cli.present import show_plan  # noqa: PLC0415 - as all of this, only when it runs
    from mxsync.report import ExitCode  # noqa: PLC0415
    from mxsync.stored import saved_plan  # noqa: PLC0415

    show_plan(saved_plan(plan_file), shown, saved=True)
    return ExitCode.DONE
