"""Shows plans and reports in the format that was asked for."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from mxsync.cli.console import show, show_findings, width
from mxsync.errors import MxsyncError
from mxsync.render import json, text

if TYPE_CHECKING:
    from mxsync.proposal import Proposal
    from mxsync.report import Report


class Shown(TypedDict):
    """The options by which a plan or a report is shown."""

    output: str
    comment_key: str | None
    explain: bool
    no_color: bool


def show_plan(proposal: Proposal, shown: Shown, *, saved: bool = False, beside: bool = False) -> None:
    """Show a plan, with its digest if it was `saved`. `beside` another result, it goes to stderr as text."""
    plan, provenance = proposal.plan, proposal.provenance
    if beside or shown["output"] == "text":
        show_findings(provenance.findings, "text", no_color=shown["no_color"], err=True)
        digest = proposal.digest if saved else None
        columns = width(err=beside)
        written = text.plan(plan, provenance, digest=digest, width=columns, explain=shown["explain"])
        show(written, no_color=shown["no_color"], err=beside)
    elif shown["output"] == "json":
        show(json.write(proposal.document), no_color=True)
    elif shown["output"] == "markdown":
        from mxsync.render import markdown  # noqa: PLC0415 - only where it is asked for

        key, explain = shown["comment_key"], shown["explain"]
        show(markdown.plan(plan, provenance, digest=proposal.digest, key=key, explain=explain), no_color=True)
    else:
        form = import_module(f"mxsync.render.{shown['output']}")
        show(form.plan(plan, provenance, digest=proposal.digest), no_color=True)


def report_text(report: Report, shown: Shown, now: datetime) -> str:
    """Write a report."""
    if shown["output"] == "text":
        return f"\n{text.report(report, now, width=width())}" if report.results else ""
    if shown["output"] == "markdown":
        from mxsync.render import markdown  # noqa: PLC0415 - only where it is asked for

        return markdown.report(report, now, key=shown["comment_key"])
    return str(import_module(f"mxsync.render.{shown['output']}").report(report, now))


def save_plan(proposal: Proposal, path: Path) -> None:
    """Write a plan to a file, whole or not at all. Raises MxsyncError."""
    octets = json.write(proposal.document).encode("utf-8", "backslashreplace")
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                file.write(octets)
                file.flush()
                os.fchmod(file.fileno(), 0o666 & ~_umask())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise MxsyncError(f"the plan cannot be saved to {path}: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def now() -> datetime:
    """Give the time by this machine's clock, in UTC."""
    return datetime.now(UTC)
