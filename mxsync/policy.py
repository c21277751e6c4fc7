"""What stands in the way of applying a plan: guards, and rules that need the zone's data. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.change import Action
from mxsync.diagnostic import Diagnostic, Severity
from mxsync.reading import Host, ZoneReading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.plan import Plan
    from mxsync.state import Desired, Live

_HOSTS = {
    Host.ALIAS: ("MX011", "is a CNAME in its zone", "name the CNAME's target"),
    Host.NO_ADDRESS: ("MX012", "has neither A nor AAAA in its zone", "add its address to the zone first"),
}


def check_deletes(plan: Plan, desired: Desired, *, allowed: int) -> Iterator[Diagnostic]:
    """Demand the exact number of deletions that follow from `scope: zone` alone, of sets nobody named."""
    named = {(zone.provider, zone.zone): zone.owners for zone in desired.zones}
    unnamed = [
        item.change.owner
        for item in plan.changes
        if item.change.action is Action.DELETE and item.change.owner not in named[item.provider, item.zone]
    ]
    if unnamed and len(unnamed) != allowed:
        shown = ", ".join(unnamed[:3]) + (" …" if len(unnamed) > 3 else "")  # noqa: PLR2004 - enough to know them by
        what = f"scope: zone deletes {len(unnamed)} unnamed MX set{'s' * (len(unnamed) != 1)} ({shown})"
        yield Diagnostic(
            "deletes",
            Severity.ERROR,
            f"{what}; allowed are {allowed}",
            help=f"allow just that with --allow-deletes {len(unnamed)}, or name the owners",
        )


def check_hosts(plan: Plan, desired: Desired, live: Live) -> Iterator[Diagnostic]:
    """Look at the exchanges of sets that would be written, where they lie in the zone itself.

    One that is a CNAME (MX011) or has no address (MX012) takes no mail, and BIND refuses it.
    """
    wanted = {(zone.provider, zone.zone): zone.owners for zone in desired.zones}
    for item in plan.changes:
        reading, after = live.zones[item.provider, item.zone], item.change.after
        if after is None or not isinstance(reading, ZoneReading):
            continue
        for exchange in (record.exchange for record in after.records if record.exchange in reading.hosts):
            rule, what, what_to_do = _HOSTS[reading.hosts[exchange]]
            message = f"the exchange {exchange} {what}, says provider '{item.provider}'"
            place = wanted[item.provider, item.zone][item.change.owner].place
            yield Diagnostic(rule, Severity.ERROR, message, place, what_to_do, item.zone, item.change.owner)
