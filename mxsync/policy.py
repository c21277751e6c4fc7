"""What stands in the way of applying a plan: guards, and rules that need the zone's data. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.change import Action
from mxsync.diagnostic import Diagnostic, Severity
from mxsync.impact import Impact
from mxsync.reading import Absent, Blocked, Host, Present, ZoneReading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.names import Name
    from mxsync.plan import Plan
    from mxsync.state import Desired, Live

_HOSTS = {
    Host.ALIAS: ("MX011", "is a CNAME in its zone", "name the CNAME's target"),
    Host.NO_ADDRESS: ("MX012", "has neither A nor AAAA in its zone", "add its address to the zone first"),
}


_WHAT_TO_DO = {
    "MX010": "remove the CNAME, or this owner from the manifest",
    "MXL07": "remove the CNAME, or this owner from the manifest",
    "MXL08": "change it where it was made, or remove this owner from the manifest",
    "MXL10": "name it in the zone that serves it, or remove what cuts it off",
}
_IMPLICIT = "write null_mx if it shall take no mail"
_WILDCARD = (
    "mail for it goes where the wildcard says as long as it has no set of its own; "
    "write null_mx if it shall take none"
)


def check_owners(desired: Desired, live: Live) -> Iterator[Diagnostic]:
    """Say which rule keeps an owner from being as wanted, and where a wildcard answers for one (MXL20)."""
    for zone in desired.zones:
        reading = live.zones.get((zone.provider, zone.zone))
        if not isinstance(reading, ZoneReading):
            continue
        for owner, wanted in zone.owners.items():
            match reading.owners.get(owner):
                case Blocked(reason, vacant, str(rule)) if not (vacant and wanted.set is None):
                    message = f"{reason}, says provider '{zone.provider}'"
                    what_to_do = _WHAT_TO_DO.get(rule)
                    yield Diagnostic(
                        rule, Severity.ERROR, message, wanted.place, what_to_do, zone.zone, owner
                    )
                case Absent(wildcard=True):
                    message = f"a wildcard answers for {owner}, says provider '{zone.provider}'"
                    waived = not zone.waived.isdisjoint({("MXL20", owner), ("MXL20", None)})
                    yield Diagnostic(
                        "MXL20",
                        Severity.WARNING,
                        message,
                        wanted.place,
                        _WILDCARD,
                        zone.zone,
                        owner,
                        waived=waived,
                    )


def check_vacated(plan: Plan, desired: Desired) -> Iterator[Diagnostic]:
    """Say of which owners mail will go to their address, for they are to have no set (MXL19)."""
    wanted = {(zone.provider, zone.zone): zone.owners for zone in desired.zones}
    for item in plan.changes:
        owner = item.change.owner
        if item.change.action is Action.DELETE and item.addressed:
            named = wanted[item.provider, item.zone].get(owner)
            message = (
                f"without an MX set, mail for {owner} goes to its address, says provider '{item.provider}'"
            )
            place = named.place if named else None
            yield Diagnostic("MXL19", Severity.INFO, message, place, _IMPLICIT, item.zone, owner)


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


LARGE_SETS = 10
"""How many sets a plan may touch in a way that moves or ends mail, however few there are."""
LARGE_SHARE = 0.3
"""What share of the live managed sets it may touch so, however many that is."""
_MOVING = frozenset({Impact.PRIMARY, Impact.TO_NULL, Impact.DELETE})


def check_large(plan: Plan, managed: int, *, allowed: bool) -> Iterator[Diagnostic]:
    """Stop a plan that would move or end the mail of many owners at once: most likely a slip.

    `managed` is how many owners that the manifest manages have a set now. The impacts that count are
    `primary`, `to-null` and `delete`; an owner that is kept alike at several providers counts once.
    """
    touched = {(item.zone, item.change.owner) for item in plan.changes if item.impact in _MOVING}
    if len(touched) > LARGE_SETS and len(touched) > managed * LARGE_SHARE and not allowed:
        yield Diagnostic(
            "large",
            Severity.ERROR,
            f"the plan moves or ends the mail of {len(touched)} of {managed} MX sets "
            f"(primary, to-null and delete; more than {LARGE_SETS} and {LARGE_SHARE:.0%})",
            help="allow it with --allow-large if that is meant, or make the change in parts with --target",
        )


def managed_live(desired: Desired, live: Live) -> int:
    """Count the owners that have a set now and that the manifest manages, each once."""
    found: set[tuple[Name, Name]] = set()
    for zone in desired.zones:
        reading = live.zones.get((zone.provider, zone.zone))
        if isinstance(reading, ZoneReading):
            found.update(
                (zone.zone, owner)
                for owner, seen in reading.owners.items()
                if isinstance(seen, Present) and (zone.whole or owner in zone.owners)
            )
    return len(found)


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
