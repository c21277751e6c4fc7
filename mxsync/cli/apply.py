"""`mxsync apply`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mxsync.cli import options

if TYPE_CHECKING:
    from typing import Unpack

    from mxsync.cli.carry import Applying
    from mxsync.cli.prepare import Planning

    class Everything(Planning, Applying):
        """The options of a plan and of an apply."""


@click.command()
@options.planning
@options.applying
@click.option("--digest", metavar="DIGEST", help="Apply only the plan with this digest: sha256:…")
@click.option(
    "--partial", is_flag=True, help="Apply a saved plan although something could not be read for it."
)
@options.showing
@options.logging
def command(digest: str | None, *, partial: bool, **asked: Unpack[Everything]) -> int:
    """Plan, ask, and apply just that plan; or apply a saved one, without asking.

    A set that somebody changes between plan and apply is left alone and reported.
    PATH is a file or a folder, mxsync.yaml where none is given; or a plan that plan -o has saved.
    """
    from mxsync.cli.carry import carry_out, check  # noqa: PLC0415 - as all of this, only when it runs
    from mxsync.cli.prepare import propose, read_saved, saved_path, understand  # noqa: PLC0415
    from mxsync.cli.present import show_plan  # noqa: PLC0415
    from mxsync.journal.folder import default_folder, locked  # noqa: PLC0415

    saved = saved_path(asked)
    checked = None if saved else understand(asked["paths"], asked)
    folder = asked["journal"] or default_folder()
    # Before anything is read: what another apply is just changing would be in the plan.
    with locked(folder):
        proposal = propose(checked, asked, writing=True) if checked else read_saved(asked)
        show_plan(proposal, asked, saved=saved is not None, beside=asked["output"] != "text")
        # A plan of this moment may lack what could not be read: the report says so, zone by zone.
        check(proposal, digest=digest, partial=partial or not saved)
        return carry_out(proposal, folder, asked, asked, ask=not saved)
