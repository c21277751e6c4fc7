"""Guards: what a plan may only do if the person who applies it says so. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.change import Action
from mxsync.diagnostic import Diagnostic, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.plan import Plan
    from mxsync.state import Desired


def check(plan: Plan, desired: Desired, *, allowed_deletes: int = 0) -> Iterator[Diagnostic]:
    """Hold a plan against the guards.

    Deletions that follow from `scope: zone` alone, of sets that nobody named, need their exact number.
    """
    named = {(zone.provider, zone.zone): zone.owners for zone in desired.zones}
    unnamed = [
        item.change.owner
        for item in plan.changes
        if item.change.action is Action.DELETE and item.change.owner not in named[item.provider, item.zone]
    ]
    if unnamed and len(unnamed) != allowed_deletes:
        shown = ", ".join(unnamed[:3]) + (" …" if len(unnamed) > 3 else "")  # noqa: PLR2004 - enough to know them by
        what = f"scope: zone deletes {len(unnamed)} unnamed MX set{'s' * (len(unnamed) != 1)} ({shown})"
        yield Diagnostic(
            "deletes",
            Severity.ERROR,
            f"{what}; allowed are {allowed_deletes}",
            help=f"allow just that with --allow-deletes {len(unnamed)}, or name the owners",
        )
