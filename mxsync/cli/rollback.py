"""`mxsync rollback`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mxsync.cli import options

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Unpack

    from mxsync.cli.carry import Applying
    from mxsync.cli.prepare import Granting
    from mxsync.cli.present import Shown

    class Everything(Applying, Granting, Shown):
        """The options of a rollback."""


@click.command()
@click.argument("run", metavar="[RUN]", required=False)
@options.grants
@options.save
@options.applying
@options.showing
@options.logging
def command(run: str | None, save: Path | None, **asked: Unpack[Everything]) -> int:
    """Put back what was there before a run: plan, ask, and apply just that plan.

    RUN is the name of a run in the journal, or the beginning of it; where none is given, the last one that
    changed something. A set that was changed since that run stays. With -o the plan is only saved, for apply.
    """
    from mxsync.cli.carry import carry_out  # noqa: PLC0415 - as all of this, only when it runs
    from mxsync.cli.console import show  # noqa: PLC0415
    from mxsync.cli.prepare import grants_of  # noqa: PLC0415
    from mxsync.cli.present import save_plan, show_plan  # noqa: PLC0415
    from mxsync.cli.signals import interrupting  # noqa: PLC0415
    from mxsync.journal.folder import default_folder, locked  # noqa: PLC0415
    from mxsync.journal.reader import last_change, read_run  # noqa: PLC0415
    from mxsync.report import ExitCode  # noqa: PLC0415
    from mxsync.stored import undo_run  # noqa: PLC0415

    folder = asked["journal"] or default_folder()
    with locked(folder):
        found = read_run(folder, run) if run is not None else last_change(folder)
        with interrupting() as stopped:
            proposal = undo_run(found, grants=grants_of(asked), stopped=stopped)
        if save:
            save_plan(proposal, save)
        show_plan(proposal, asked, saved=save is not None, beside=not save and asked["output"] != "text")
        if proposal.plan.changes:
            show(
                "mxsync: a manifest that wants the other sets still does: change it too, or the next apply "
                "makes the change again\n",
                err=True,
            )
        if save:
            return ExitCode.FAILED if proposal.plan.failed or proposal.plan.blocked else ExitCode.DONE
        return carry_out(proposal, folder, asked, asked, ask=True)
