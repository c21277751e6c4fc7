"""`mxsync providers`."""

from __future__ import annotations

import click


@click.command()
def command() -> int:
    """Show the providers that are installed, and what they can do."""
    from mxsync.cli.console import show  # noqa: PLC0415 - as all of this, only when it runs
    from mxsync.errors import ProviderError  # noqa: PLC0415
    from mxsync.registry import load, offers  # noqa: PLC0415
    from mxsync.render.words import one_line  # noqa: PLC0415
    from mxsync.report import ExitCode  # noqa: PLC0415

    code = ExitCode.DONE
    conditions = {
        "exact": "a write happens only if records and TTL are as planned",
        "ttl-by-second-read": "a write happens only if the records are as planned; the TTL is read again just before it",
    }
    for name in dict.fromkeys(offer.name for offer in offers()):
        try:
            plugin = load(name)
        except ProviderError as error:
            show(f"mxsync: {one_line(str(error))}\n", err=True)
            code = ExitCode.FAILED
            continue
        listing = (
            "lists all MX sets of a zone" if plugin.capabilities.lists_zone else "reads named owners only"
        )
        about = (f"{name}: {plugin.summary}", conditions[plugin.capabilities.condition], listing)
        show("\n  ".join(map(one_line, about)) + "\n")
    return code
