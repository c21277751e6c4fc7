"""`mxsync cutover`: its four commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mxsync.cli import options

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Unpack

    from mxsync.cli.cutting import Planned, Run
    from mxsync.cli.prepare import Granting


_touching = options.together(options.paths, options.grants, options.journal, options.output, options.no_color)
_verifying = options.together(
    click.option(
        "--wait",
        type=options.Duration(),
        default=60,
        show_default="60s",
        metavar="DURATION",
        help="How long to ask name servers.",
    ),
    click.option(
        "--at-provider",
        is_flag=True,
        help="Ask the providers' own servers, for zones that are not public or not delegated yet.",
    ),
    options.resolvers,
)


def _bounded(_: click.Context, param: click.Parameter, value: float) -> int:
    """Give whole seconds."""
    from mxsync.cutover.stages import MAX_SECONDS  # noqa: PLC0415 - only when it runs

    if value > MAX_SECONDS:
        raise click.BadParameter(f"at most {MAX_SECONDS} seconds", param=param)
    return int(value)


@click.group()
def command() -> None:
    """Move mail to other hosts in stages that respect what caches do.

    The manifest says where mail shall go. `plan` shows the stages and begins; each `run` takes the stage that
    is due. How far it is stands in cutover.yaml beside the manifest, to be committed.
    """


@command.command()
@options.paths
@options.targets
@click.option(
    "--low-ttl",
    type=options.Duration(),
    default=300,
    show_default="5m",
    metavar="DURATION",
    callback=_bounded,
    help="The TTL while hosts change.",
)
@click.option(
    "--soak",
    type=options.Duration(),
    default="1d",
    show_default=True,
    metavar="DURATION",
    callback=_bounded,
    help="How long the new hosts take mail before the old ones go.",
)
@click.option(
    "--swap", is_flag=True, help="At once: without a time in which the old hosts stand behind the new ones."
)
@click.option("--dry-run", is_flag=True, help="Only show the stages.")
@options.live_checks
@options.grants
@options.output
@options.no_color
@options.logging
def plan(**asked: Unpack[Planned]) -> int:
    """Show the stages with their times, and begin: from now on plan, apply and drift keep to cutover.yaml.

    Changes nothing at any provider. PATH is a file or a folder; mxsync.yaml where none is given.
    """
    from mxsync.cli.cutting import begin  # noqa: PLC0415 - as all of this, only when it runs

    return begin(asked)


@command.command()
@_touching
@_verifying
@options.logging
def run(**asked: Unpack[Run]) -> int:
    """Take the stage that is due, and no other.

    Exits with 0 if a stage was taken or nothing is left to do, with 2 while the next one is not due, and with 4
    if a set is none that the cutover has made. To run it again does no harm.
    """
    from mxsync.cli.cutting import advance  # noqa: PLC0415 - as all of this, only when it runs

    return advance(asked, back=False)


@command.command()
@_touching
@_verifying
@options.logging
def abort(**asked: Unpack[Run]) -> int:
    """Go back to the old sets, from whatever stage."""
    from mxsync.cli.cutting import advance  # noqa: PLC0415 - as all of this, only when it runs

    return advance(asked, back=True)


@command.command()
@options.paths
@options.grants
@options.output
@options.no_color
def status(paths: tuple[Path, ...], output: str, *, no_color: bool, **granted: Unpack[Granting]) -> int:
    """Say how far the cutover is, and what is live."""
    from mxsync.cli.cutting import status as say  # noqa: PLC0415 - as all of this, only when it runs

    return say(paths, output, no_color=no_color, granted=granted)
