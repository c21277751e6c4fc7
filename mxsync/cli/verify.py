"""`mxsync verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mxsync.cli import options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Unpack

    from mxsync.cli.prepare import Granting
    from mxsync.diagnostic import Diagnostic
    from mxsync.journal.runs import Run
    from mxsync.lookup.resolvers import Resolver
    from mxsync.proposal import Checked
    from mxsync.provider import Provider
    from mxsync.state import Desired
    from mxsync.verify import Verification

    class Asked(Granting):
        """The options of this command."""

        targets: tuple[str, ...]
        wait: float
        window: float | None
        resolvers: tuple[Resolver, ...]
        at_provider: bool
        journal: Path | None
        output: str
        no_color: bool


@click.command()
@options.paths
@options.targets
@options.wait
@options.window
@options.resolvers
@click.option(
    "--at-provider", is_flag=True, help="Ask the providers' own servers, whatever the zones are delegated to."
)
@options.journal
@options.served_output
@options.no_color
@options.grants
@options.logging
def command(paths: tuple[Path, ...], **asked: Unpack[Asked]) -> int:
    """Ask every name server of each zone whether it answers the wanted sets; exit with 6 if one does not.

    The servers are those that the parent zone delegates to and those that the zone names itself, at all their
    addresses. Resolvers named with --resolver find them, and are asked for the sets too. PATH is a file or a folder;
    mxsync.yaml where none is given. Changes nothing.
    """
    from mxsync.cli.console import show, show_findings, width  # noqa: PLC0415 - as all of this, only when it runs
    from mxsync.cli.prepare import understand  # noqa: PLC0415
    from mxsync.cli.signals import noticed  # noqa: PLC0415
    from mxsync.render import json  # noqa: PLC0415
    from mxsync.render import verify as form  # noqa: PLC0415
    from mxsync.targets import narrow  # noqa: PLC0415

    output, no_color = asked["output"], asked["no_color"]
    checked = understand(
        paths, {"output": "text", "comment_key": None, "explain": False, "no_color": no_color}
    )
    desired, _ = narrow(checked.desired, asked["targets"])
    with noticed() as stopped:
        made, findings = _verify(checked, desired, asked, stopped)
    if output == "json":
        show(json.write(form.document(made, findings)), no_color=True)
        return made.exit_code
    show_findings(findings, "text", no_color=no_color, err=True)
    written = form.markdown(made) if output == "markdown" else form.text(made, width=width())
    show(written, no_color=no_color or output == "markdown")
    return made.exit_code


def _verify(
    checked: Checked, desired: Desired, asked: Asked, stopped: Callable[[], bool]
) -> tuple[Verification, list[Diagnostic]]:
    """Ask the servers, and say what is odd about them. Raises NotAllowed."""
    from datetime import timedelta  # noqa: PLC0415

    from mxsync.authority.own import own_servers  # noqa: PLC0415
    from mxsync.cli.prepare import open_used  # noqa: PLC0415
    from mxsync.cli.progress import asking_again  # noqa: PLC0415
    from mxsync.verify import at_providers, by_zone, delegated, verify  # noqa: PLC0415
    from mxsync.verify.clean import with_clean_times  # noqa: PLC0415
    from mxsync.verify.findings import check_caches, check_delegations  # noqa: PLC0415

    resolvers = asked["resolvers"]
    providers: Mapping[str, Provider] = open_used(checked.manifest, desired, asked)
    if asked["at_provider"]:
        zones = desired.zones
        asking = at_providers(providers, resolvers=resolvers, also=resolvers, stopped=stopped)
    else:
        zones = by_zone(desired)
        asking = delegated(resolvers=resolvers, also=resolvers, stopped=stopped)
    made = verify(zones, asking, wait=asked["wait"], progress=asking_again, stopped=stopped)
    made = with_clean_times(made, _runs(asked["journal"]), at_providers=asked["at_provider"])
    own = None
    if not asked["at_provider"] and not stopped():
        wanted = {name: [zone.zone for zone in desired.zones if zone.provider == name] for name in providers}
        own = own_servers(wanted, providers, resolvers=resolvers, stopped=stopped)
    findings = [*check_delegations(made, own)]
    if asked["window"] is not None:
        findings += check_caches(made, timedelta(seconds=asked["window"]))
    return made, findings


def _runs(journal: Path | None) -> list[Run]:
    """Read the journal; without one, nothing is known of caches. Say which of its files nothing can be read of."""
    from mxsync.cli.console import show  # noqa: PLC0415
    from mxsync.errors import JournalError  # noqa: PLC0415
    from mxsync.journal.folder import default_folder  # noqa: PLC0415
    from mxsync.journal.reader import readable_runs  # noqa: PLC0415

    try:
        runs, notes = readable_runs(journal or default_folder())
    except JournalError as error:
        runs, notes = [], [str(error)]
    for note in notes:
        show(f"mxsync: warning: {note}\n", err=True)
    return runs
