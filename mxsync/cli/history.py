"""`mxsync history`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mxsync.cli import options

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("run", metavar="[RUN]", required=False)
@options.journal
@options.output
@options.no_color
def command(run: str | None, journal: Path | None, output: str, *, no_color: bool) -> int:
    """Show the runs of the journal, the newest first; or what came of each set in one of them.

    RUN is the name of a run, or the beginning of it. Asks no server.
    """
    from mxsync.cli.console import show  # noqa: PLC0415 - as all of this, only when it runs
    from mxsync.journal.document import history_document, run_document  # noqa: PLC0415
    from mxsync.journal.folder import default_folder  # noqa: PLC0415
    from mxsync.journal.reader import read_run, readable_runs  # noqa: PLC0415
    from mxsync.render import history, json  # noqa: PLC0415
    from mxsync.report import ExitCode  # noqa: PLC0415

    folder = journal or default_folder()
    if run is not None:
        found = read_run(folder, run)
        written = json.write(run_document(found)) if output == "json" else history.run(found)
    else:
        runs, notes = readable_runs(folder)
        for note in notes:
            show(f"mxsync: warning: {note}\n", err=True)
        written = json.write(history_document(runs)) if output == "json" else history.runs(runs)
    show(written, no_color=no_color or output == "json")
    return ExitCode.DONE
