"""Shows plans and reports in the format that was asked for."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from mxsync.cli.console import show, show_findings
from mxsync.errors import MxsyncError
from mxsync.render import json, text

if TYPE_CHECKING:
    from mxsync.proposal import Proposal
    from mxsync.report import Report


class Shown(TypedDict):
    """The options by which a plan or a report is shown."""

    output: str
    explain: bool
    no_color: bool


def show_plan(proposal: Proposal, shown: Shown, *, saved: Path | None = None, beside: bool = False) -> None:
    """Show a plan; `saved` says where, if it was. `beside` another result, it goes to stderr as text."""
    output, no_color = shown["output"], shown["no_color"]
    if output == "json" and not beside:
        show(json.write(proposal.document), no_color=True)
    elif output == "text" or beside:
        show_findings(proposal.provenance.findings, "text", no_color=no_color, err=True)
        show(text.plan(proposal.plan), no_color=no_color, err=beside)
    else:
        form = import_module(f"mxsync.render.{output}")
        written = form.plan(
            proposal.plan, proposal.provenance, digest=proposal.digest, explain=shown["explain"]
        )
        show(written, no_color=True)


def report_text(report: Report, output: str, now: datetime) -> str:
    """Write a report."""
    if output == "text":
        return f"\n{text.report(report, now)}" if report.results else ""
    return str(import_module(f"mxsync.render.{output}").report(report, now))


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
