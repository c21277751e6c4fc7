"""mxsync as a library: the names that `mxsync` itself offers.

checked = mxsync.load_manifest("mxsync.yaml")
proposal = mxsync.make_plan(checked)
report = mxsync.apply_plan(proposal)
"""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mxsync.apply import How, Watcher
from mxsync.apply import apply_plan as carry_out
from mxsync.diagnostic import has_errors
from mxsync.errors import InvalidManifest, NotAllowed
from mxsync.journal.folder import default_folder, locked
from mxsync.journal.writer import Journal
from mxsync.proposal import check_manifest, make_plan, never
from mxsync.stored import read_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mxsync.proposal import Checked, Proposal
    from mxsync.report import Report

__all__ = ["apply_plan", "check_applicable", "load_manifest", "make_plan", "read_plan", "record"]

_LOG = logging.getLogger("mxsync")


def load_manifest(*paths: Path | str) -> Checked:
    """Read a manifest: files and folders, or `mxsync.yaml` where no path is given.

    Raises InvalidManifest, whose `findings` say what is wrong and where.
    """
    checked = check_manifest(paths)
    if has_errors(checked.findings):
        raise InvalidManifest([finding for finding in checked.findings if has_errors([finding])])
    return checked


def check_applicable(proposal: Proposal, *, digest: str | None = None, partial: bool = False) -> None:
    """Refuse a plan that must not be applied as it is, before anything is sent. Raises NotAllowed."""
    if digest is not None and digest != proposal.digest:
        raise NotAllowed(
            f"nothing was changed: the plan's digest is {proposal.digest}, and {digest} was demanded; "
            "look at the plan again"
        )
    if guards := proposal.provenance.guards:
        what = "; ".join(f"{guard.rule}: {guard.message}" for guard in guards[:3])
        more = f"; and {len(guards) - 3} more" if len(guards) > 3 else ""  # noqa: PLR2004
        raise NotAllowed(f"nothing was changed: a guard refuses this plan: {what}{more}")
    if not proposal.plan.complete and not partial:
        raise NotAllowed(
            "nothing was changed: the plan is not complete, for something could not be read; make it again, "
            "or apply what there is with --partial"
        )


def apply_plan(  # noqa: PLR0913 - each has a default that suits most callers
    proposal: Proposal,
    *,
    how: How = How(),  # noqa: B008 - it is frozen
    digest: str | None = None,
    partial: bool = False,
    journal: Path | str | None = None,
    watchers: Sequence[Watcher] = (),
    stopped: Callable[[], bool] = never,
) -> Report:
    """Apply just this plan, and report on every change of it.

    Everything is read again first. `digest` is what the plan's must be; `partial` lets a plan be applied
    that is not complete; `journal` is the journal's folder, `$XDG_STATE_HOME/mxsync` where none is given.
    Once `stopped` says so, no further write is started.

    Raises NotAllowed, and JournalError where the journal cannot be written; nothing was sent then.
    """
    check_applicable(proposal, digest=digest, partial=partial)
    folder = Path(journal) if journal is not None else default_folder()
    with locked(folder):
        return record(proposal, folder, how=how, watchers=watchers, stopped=stopped)


def record(  # noqa: PLR0913 - as above
    proposal: Proposal,
    folder: Path,
    *,
    how: How,
    fresh: bool = False,
    watchers: Sequence[Watcher] = (),
    stopped: Callable[[], bool] = never,
) -> Report:
    """Apply a plan and write it down in a journal, whose folder the caller has locked.

    `fresh` says that the plan was made a moment ago: it is not read once more then. Raises JournalError.
    """
    seen = proposal.seen if fresh else None
    plan = proposal.plan
    if not plan.changes:
        return carry_out(plan, proposal.providers, how=how, fresh=seen, watchers=watchers, stopped=stopped)
    with Journal.begin(folder, plan, proposal.provenance, proposal.digest) as journal:
        report = carry_out(
            plan, proposal.providers, how=how, fresh=seen, watchers=(journal, *watchers), stopped=stopped
        )
        journal.end(report)
    if journal.trouble:
        _LOG.warning("%s; what came of the last changes stands in the report only", journal.trouble)
    return replace(report, run=journal.run)
