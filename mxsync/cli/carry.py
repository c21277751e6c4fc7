"""What `apply` and `rollback` share: ask, apply, report."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypedDict

import click

from mxsync.apply import How
from mxsync.cli import logs
from mxsync.cli.console import show
from mxsync.cli.present import now, report_text
from mxsync.cli.progress import watching
from mxsync.cli.signals import noticed
from mxsync.errors import NotAllowed
from mxsync.library import check_applicable as check
from mxsync.library import record
from mxsync.render.words import count
from mxsync.report import ExitCode

__all__ = ["Applying", "carry_out", "check"]

if TYPE_CHECKING:
    from pathlib import Path

    from mxsync.apply import Share
    from mxsync.cli.present import Shown
    from mxsync.proposal import Proposal


class Applying(TypedDict):
    """The options of both."""

    yes: bool
    independent: bool
    fail_fast: bool
    all_or_nothing: bool
    waves: tuple[Share, ...]
    journal: Path | None


def carry_out(proposal: Proposal, folder: Path, asked: Applying, shown: Shown, *, ask: bool) -> int:
    """Apply a plan, with the journal in a folder that is locked; give the exit code.

    With `ask`, and without `--yes`, only a typed yes lets it happen. Raises NotAllowed, JournalError.
    """
    how = How(asked["independent"], asked["fail_fast"], asked["all_or_nothing"], asked["waves"])
    changes = len(proposal.plan.changes)
    if changes and ask and not asked["yes"] and not _confirmed(changes):
        show("mxsync: not applied; nothing was changed\n", err=True)
        return ExitCode.FAILED
    # Whoever is asked may take their time; without a question nothing has had time to change.
    fresh = asked["yes"] and not how.all_or_nothing
    with noticed() as stopped:
        with watching(changes) as watchers:
            report = record(proposal, folder, how=how, fresh=fresh, watchers=watchers, stopped=stopped)
        if report.run and not logs.is_quiet():
            back = f"; to take it back: mxsync rollback {report.run}" if report.changed else ""
            show(f"mxsync: run {report.run} in the journal{back}\n", err=True)
        written = report_text(report, shown, now())
        plain = shown["no_color"] or shown["output"] != "text"
        try:
            show(written, no_color=plain)
        except OSError as error:
            # What was applied is applied: the exit code says so, and the report goes where it still can.
            show(f"mxsync: the report could not be written: {error.strerror or error}\n", err=True)
            show(written, no_color=plain, err=True)
    return report.exit_code


def _confirmed(changes: int) -> bool:
    """Ask for a 'yes' on the terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise NotAllowed(
            "nothing was changed: there is no terminal to ask on; apply without asking with --yes"
        )
    question = f"Apply {count(changes, 'change')}? Only 'yes' is taken for it"
    return bool(click.prompt(question, err=True, default="no", show_default=False) == "yes")
