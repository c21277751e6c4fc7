"""Options that several commands share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

Command = TypeVar("Command", bound="Callable[..., Any]")

_DURATION = re.compile(r"([0-9]{1,9})([smhdw]?)")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
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


def _hear(ctx: click.Context, param: click.Parameter, value: Any) -> None:  # noqa: ANN401 - click's
    """Show what providers log; what reads the words for a shell's completion runs nothing."""
    if not ctx.resilient_parsing and param.name:
        from mxsync.cli import logs  # noqa: PLC0415 - only for commands that ask providers

        logs.show(**{param.name: value})


def _waves(ctx: click.Context, param: click.Parameter, value: str | None) -> Any:  # noqa: ANN401
    from mxsync.apply.waves import parse_waves  # noqa: PLC0415 - only where waves are asked for

    try:
        return parse_waves(value) if value is not None else ()
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, param) from error


class _Resolver(click.types.StringParamType):
    """The address of a resolver, with a port where it is another one than 53."""

    name = "address"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's
        from mxsync.lookup.resolvers import parse_resolver  # noqa: PLC0415 - only where one is given

        try:
            return parse_resolver(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class Duration(click.types.StringParamType):
    """A number of seconds, or one with a unit: 90, 30m, 1h, 1d, 1w."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's
        """Give it in seconds."""
        match = _DURATION.fullmatch(str(value))
        if not match:
            self.fail("give a number of seconds, or one like 30m, 1h, 1d or 1w", param, ctx)
        return float(match[1]) * _UNITS[match[2]]


paths = click.argument("paths", nargs=-1, type=_Path(path_type=Path), metavar="[PATH]...")
output = click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to write the result.",
)
plan_output = click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json", "markdown", "github", "sarif"]),
    default="text",
    show_default=True,
    help="How to write the result: markdown comments a pull request, github annotates it, sarif is for code scanners.",
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
    "-v", "--verbose", is_flag=True, expose_value=False, callback=_hear, help="Also say how providers get on."
)
quiet = click.option(
    "-q", "--quiet", is_flag=True, expose_value=False, callback=_hear, help="Say nothing of progress."
)
log_format = click.option(
    "--log-format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    expose_value=False,
    callback=_hear,
    help="How to write what goes on, to stderr; json is one object a line, for machines.",
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
allow_large = click.option(
    "--allow-large",
    is_flag=True,
    help="Allow a plan that moves or ends the mail of more than 10 sets and 30 % of all.",
)
targets = click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="NAME",
    help="Only this zone or this owner; may stand several times.",
)
parallel = click.option(
    "--parallel",
    type=click.IntRange(min=1),
    metavar="N",
    help="At most N connections or threads at once for each provider block.",
)
explain = click.option("--explain", is_flag=True, help="Say in words what changes in each set.")
journal = click.option(
    "--journal",
    type=_Path(path_type=Path, file_okay=False),
    envvar="MXSYNC_JOURNAL",
    metavar="DIR",
    help="Where the journal is; $XDG_STATE_HOME/mxsync where not given.",
)
save = click.option(
    "-o",
    "--output",
    "save",
    type=_Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also save the plan, for show and apply.",
)
manifests = click.option(
    "--manifest",
    "paths",
    type=_Path(path_type=Path),
    multiple=True,
    metavar="PATH",
    help="The manifest that names the provider, a file or a folder; mxsync.yaml where not given.",
)
import_output = click.option(
    "-o",
    "--output",
    "output",
    type=_Path(),
    metavar="PATH",
    help="A new file, a file of the manifest to add to, or FOLDER/ for a file for each zone.",
)
yes = click.option("-y", "--yes", is_flag=True, help="Apply without asking.")


def together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Make one decorator of many; the first option stands first in the help."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


showing = together(
    plan_output,
    click.option(
        "--comment-key",
        metavar="KEY",
        help="With markdown: tells several comments on one pull request apart.",
    ),
    explain,
    no_color,
)
"""What `show_plan` takes."""
logging = together(verbose, quiet, log_format)
grants = together(allow_exec, allow_endpoints, parallel)
served_output = click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How to write the result.",
)
resolvers = click.option(
    "--resolver",
    "resolvers",
    type=_Resolver(),
    multiple=True,
    metavar="ADDRESS",
    help="A resolver to ask in place of the system's: 192.0.2.53 or 192.0.2.53:5353; may stand several times.",
)
wait = click.option(
    "--wait",
    type=Duration(),
    default="0",
    metavar="DURATION",
    help="Ask again for so long until all is right: 90 (seconds), 5m, 1h.",
)
window = click.option(
    "--window",
    type=Duration(),
    metavar="DURATION",
    help="Warn of caches that keep an older set for longer than this from now on (MXL15).",
)
live_checks = together(
    click.option(
        "--live",
        type=click.Choice(["dns", "none"]),
        help="Look hosts up that a plan adds; where not given, the manifest says whether.",
    ),
    resolvers,
    click.option("--strict-live", is_flag=True, help="Apply nothing whose hosts could not be looked up."),
)
planning = together(paths, targets, allow_deletes, allow_large, live_checks, grants)
"""What `prepare` takes."""
applying = together(
    yes,
    click.option(
        "--independent",
        is_flag=True,
        help="Apply what can be applied of an owner that is kept alike at several providers.",
    ),
    click.option("--fail-fast", is_flag=True, help="Start no more writes once one did not work."),
    click.option(
        "--all-or-nothing", is_flag=True, help="Send nothing if any set is not as planned any more."
    ),
    click.option(
        "--waves",
        callback=_waves,
        metavar="SHARES",
        help="In waves, each verified before the next: 1,10%,100% is one owner, then a tenth, then all.",
    ),
    journal,
)
"""What `carry_out` takes."""
