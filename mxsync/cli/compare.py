"""`mxsync compare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mxsync.cli import options

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Unpack

    from mxsync.cli.prepare import Granting
    from mxsync.compare import Comparison
    from mxsync.lookup.resolvers import Resolver
    from mxsync.proposal import Checked
    from mxsync.state import Desired

    class Asked(Granting):
        """The options of this command."""

        resolvers: tuple[Resolver, ...]
        output: str
        no_color: bool


@click.command()
@click.argument("what", nargs=-1, metavar="[ZONE | PATH]...")
@options.resolvers
@options.served_output
@options.no_color
@options.grants
@options.logging
def command(what: tuple[str, ...], **asked: Unpack[Asked]) -> int:
    """Show owner by owner what each provider has and what the delegated name servers answer.

    Also whether the zone is delegated to its providers. What is there as a file or a folder is a PATH of the
    manifest, mxsync.yaml where none is given; everything else is a ZONE of it, or an owner; all where none is given.
    Exits with 0 if all is alike, with 2 if not, with 1 if something could not be read. Changes nothing.
    """
    from mxsync.cli.console import show, width  # noqa: PLC0415 - as all of this, only when it runs
    from mxsync.cli.prepare import understand  # noqa: PLC0415
    from mxsync.cli.signals import noticed  # noqa: PLC0415
    from mxsync.render import compare as form  # noqa: PLC0415
    from mxsync.render import json  # noqa: PLC0415
    from mxsync.targets import narrow  # noqa: PLC0415

    paths = [Path(each) for each in what if Path(each).exists()]
    zones = [each for each in what if not Path(each).exists()]
    output, no_color = asked["output"], asked["no_color"]
    checked = understand(
        paths, {"output": "text", "comment_key": None, "explain": False, "no_color": no_color}
    )
    desired, _ = narrow(checked.desired, zones, "no such file, and no such zone:")
    with noticed() as stopped:
        made = _compare(checked, desired, asked, stopped)
    if output == "json":
        written = json.write(form.document(made))
    else:
        written = form.markdown(made) if output == "markdown" else form.text(made, width=width())
    show(written, no_color=no_color or output != "text")
    return made.exit_code


def _compare(checked: Checked, desired: Desired, asked: Asked, stopped: Callable[[], bool]) -> Comparison:
    """Read all sides. Raises NotAllowed."""
    from dataclasses import replace  # noqa: PLC0415

    from mxsync import live  # noqa: PLC0415
    from mxsync.authority.ask import ask  # noqa: PLC0415
    from mxsync.authority.find import find  # noqa: PLC0415
    from mxsync.authority.own import own_servers  # noqa: PLC0415
    from mxsync.cli.prepare import open_used  # noqa: PLC0415
    from mxsync.compare import compare, inquiries  # noqa: PLC0415

    resolvers = asked["resolvers"]
    providers = open_used(checked.manifest, desired, asked)
    seen = live.read(desired.requests(), providers, stopped=stopped)
    zones = {name: [zone.zone for zone in desired.zones if zone.provider == name] for name in providers}
    own = own_servers(zones, providers, resolvers=resolvers, stopped=stopped)
    delegations = find((zone.zone for zone in desired.zones), resolvers=resolvers, stopped=stopped)
    answers = ask(inquiries(desired, seen, delegations), stopped=stopped)
    made = compare(desired, seen, delegations, own, answers)
    return replace(made, interrupted=stopped())
