"""`mxsync doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mxsync.cli import options

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Unpack

    from mxsync.cli.prepare import Granting


@click.command()
@options.paths
@options.no_color
@options.grants
@options.logging
def command(paths: tuple[Path, ...], *, no_color: bool, **granted: Unpack[Granting]) -> int:
    """Examine what a plan and an apply need, zone by zone. Changes nothing.

    Whether each server is reached, takes the key, has authority for the zones and lets the key change
    their MX sets; and what the clocks say. PATH is a file or a folder; mxsync.yaml where none is given.
    """
    from mxsync import doctor  # noqa: PLC0415 - as all of this, only when it runs
    from mxsync.cli.console import show, show_findings  # noqa: PLC0415
    from mxsync.cli.prepare import grants_of, open_providers, understand  # noqa: PLC0415
    from mxsync.cli.signals import noticed  # noqa: PLC0415
    from mxsync.diagnostic import Severity  # noqa: PLC0415
    from mxsync.render import checks  # noqa: PLC0415
    from mxsync.report import ExitCode  # noqa: PLC0415

    checked = understand(
        paths, {"output": "text", "comment_key": None, "explain": False, "no_color": no_color}
    )
    show_findings(checked.findings, "text", no_color=no_color, err=True)
    providers = open_providers(checked.manifest, grants_of(granted))
    with noticed() as stopped:
        found = doctor.examine(checked.desired.requests(), providers, stopped=stopped)
        if stopped():
            raise KeyboardInterrupt
    show(checks.text(found), no_color=no_color)
    ill = any(check.severity is Severity.ERROR for name in found for check in found[name])
    return ExitCode.FAILED if ill else ExitCode.DONE
