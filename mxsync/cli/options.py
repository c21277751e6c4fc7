"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


class _Path(click.Path):
    """A path; the empty one, which an unset variable of a shell gives, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's
        if value == "":
            self.fail("a path is empty", param, ctx)
        return super().convert(value, param, ctx)


paths = click.argument("paths", nargs=-1, type=_Path(path_type=Path), metavar="[PATH]...")
output = click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write the result.",
)
findings_output = click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="How to write the findings: github annotates pull requests, sarif is for code scanners.",
)
no_color = click.option("--no-color", is_flag=True, help="Write no colours, on a terminal neither.")
allow_exec = click.option(
    "--allow-exec",
    is_flag=True,
    envvar="MXSYNC_ALLOW_EXEC",
    help="Let this manifest start commands: reload, and secrets that a command gives.",
)
allow_deletes = click.option(
    "--allow-deletes",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Allow exactly N deletions of unnamed sets in zones with scope: zone.",
)
