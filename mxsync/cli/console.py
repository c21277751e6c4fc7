"""Where output goes: results to stdout, everything else to stderr, colours only to terminals."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from mxsync.render import json, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.diagnostic import Diagnostic


def show(rendered: str, *, no_color: bool = False, err: bool = False) -> None:
    """Write rendered text; a terminal gets colours unless they are declined (no-color.org)."""
    stream = sys.stderr if err else sys.stdout
    forced = os.environ.get("FORCE_COLOR", "0") not in {"", "0"}
    plain = no_color or bool(os.environ.get("NO_COLOR")) or not (stream.isatty() or forced)
    click.echo(click.unstyle(rendered) if plain else rendered, nl=False, err=err, color=not plain)


def show_findings(
    findings: Iterable[Diagnostic], output: str, *, no_color: bool = False, err: bool = False
) -> None:
    """Write findings, as the result or beside it."""
    if output == "json":
        show(json.findings(findings), no_color=True)
    else:
        show(text.findings(findings), no_color=no_color, err=err)
