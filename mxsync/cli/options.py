"""Options that several commands share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]*:[0-9a-f:.]*")


class _Path(click.Path):
    """A path; the empty one, which an unset variable of a shell gives, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's
        if value == "":
            self.fail("a path is empty", param, ctx)
        return super().convert(value, param, ctx)


class _Host(click.types.StringParamType):
    """The host of an endpoint; in the environment, several with commas between them."""

    name = "host"
    envvar_list_splitter = ","

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401 - click's
        host = str(value).strip().lower()
        if not _HOST.fullmatch(host):
            self.fail("give the host alone, as in dns.example.net: no scheme, no port, no path", param, ctx)
        return host


def _listen(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    """Show what providers log; what reads the words for a shell's completion runs nothing."""
    if not ctx.resilient_parsing:
        from mxsync.cli import logs  # noqa: PLC0415 - only for commands that ask providers

        logs.show(verbose=value)


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
verbose = click.option(
    "-v",
    "--verbose",
    is_flag=True,
    expose_value=False,
    callback=_listen,
    help="Also say how providers get on.",
)
allow_exec = click.option(
    "--allow-exec",
    is_flag=True,
    envvar="MXSYNC_ALLOW_EXEC",
    help="Let this manifest start commands: reload, and secrets that a command gives.",
)
allow_endpoints = click.option(
    "--allow-endpoint",
    "allow_endpoints",
    type=_Host(),
    multiple=True,
    envvar="MXSYNC_ALLOW_ENDPOINT",
    metavar="HOST",
    help="Let this manifest send requests with your credentials to this host; may stand several times.",
)
allow_deletes = click.option(
    "--allow-deletes",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Allow exactly N deletions of unnamed sets in zones with scope: zone.",
)
