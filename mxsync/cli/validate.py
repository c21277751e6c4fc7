"""`mxsync validate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mxsync.cli import options

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@options.paths
@options.findings_output
@click.option("--strict", is_flag=True, help="Take no warnings either.")
@options.no_color
def command(paths: tuple[Path, ...], output: str, *, strict: bool, no_color: bool) -> int:
    """Check a manifest, without asking any server.

    PATH is a file or a folder; mxsync.yaml where none is given.
    """
    from datetime import UTC, datetime  # noqa: PLC0415 - as all of this, only when it runs

    from mxsync.cli.console import show, show_findings  # noqa: PLC0415
    from mxsync.diagnostic import Severity, has_errors  # noqa: PLC0415
    from mxsync.manifest.load import load_manifest  # noqa: PLC0415
    from mxsync.manifest.resolve import resolve  # noqa: PLC0415
    from mxsync.render.words import count  # noqa: PLC0415
    from mxsync.report import ExitCode  # noqa: PLC0415

    desired, findings = resolve(load_manifest(paths), datetime.now(UTC).date())
    show_findings(findings, output, no_color=no_color)
    if has_errors(findings):
        return ExitCode.REFUSED
    warnings = sum(each.severity is Severity.WARNING and not each.waived for each in findings)
    if strict and warnings:
        show(f"mxsync: {count(warnings, 'warning')}, and --strict takes none\n", err=True)
        return ExitCode.REFUSED
    if output == "text":
        zones = len({zone.zone for zone in desired.zones})
        sets = len({(zone.zone, owner) for zone in desired.zones for owner in zone.owners})
        waived = sum(each.waived for each in findings)
        rest = f"; {count(waived, 'finding')} waived" if waived else ""
        show(f"Valid: {count(sets, 'MX set')} in {count(zones, 'zone')}{rest}.\n", no_color=no_color)
    return ExitCode.DONE
