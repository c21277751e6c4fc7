"""`mxsync import`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mxsync.cli import options

if TYPE_CHECKING:
    from typing import Unpack

    from mxsync.cli.imported import Importing


@click.command("import")
@click.argument("provider")
@click.argument("zones", nargs=-1, metavar="[ZONE]...")
@click.option("--all", "every", is_flag=True, help="All zones that the provider has.")
@click.option(
    "--owner",
    "owners",
    multiple=True,
    metavar="NAME",
    help="Only this owner of each zone, @ for the zone itself; may stand several times.",
)
@options.manifests
@options.import_output
@click.option(
    "--waive-days",
    type=click.IntRange(min=1, max=3650),
    default=30,
    show_default=True,
    metavar="N",
    help="For how long what is there may break rules that can be waived.",
)
@options.no_color
@options.grants
@options.logging
def command(**asked: Unpack[Importing]) -> int:
    """Write a manifest of the MX sets that a provider has now. Changes nothing there.

    PROVIDER is the name of a provider block in the manifest. Without -o the result goes to stdout.
    """
    from mxsync.cli.imported import bring_in  # noqa: PLC0415 - only when it runs

    return bring_in(asked)
