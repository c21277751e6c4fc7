"""Reads owners of a zone in few calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync import names
from mxsync.atomic import Trouble
from mxsync.endpoints import Credentials
from mxsync.reading import ZoneReading
from mxsync.surroundings import above, unfit_hosts
from mxsync_route53.api import SETS_A_PAGE
from mxsync_route53.around import has
from mxsync_route53.listing import Shown, in_order
from mxsync_route53.sets import read_owner

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.names import Name
    from mxsync.provider import ZoneRequest
    from mxsync.reading import OwnerReading
    from mxsync_route53.api import Api
    from mxsync_route53.around import RawSet
    from mxsync_route53.zone import HostedZone


def read_zone(api: Api, zone: HostedZone, request: ZoneRequest) -> ZoneReading:
    """Read what is asked of a zone. Raises Trouble.

    One question for each owner, or a page for every 300 sets of the zone, whichever is less. A zone that
    fits on one page is read whole, for that shows its SOA and hosts too.
    """
    shown, whole = _show(api, zone, request.owners, every=request.every)
    owners: dict[Name, OwnerReading] = {
        owner: read_owner(shown.groups, zone.name, owner, whole=whole) for owner in request.owners
    }
    if whole:
        # A part of the unmanaged sets would look like all of them.
        for name in shown.groups.keys() - owners.keys():
            if any(raw["Type"] == "MX" for raw in shown.groups[name]):
                owners[name] = read_owner(shown.groups, zone.name, name, whole=True)
    # The ids of AWS are its own for all accounts; those of servers on this machine are not.
    server = api.config.endpoint_url if api.credentials is Credentials.DUMMY else "aws"
    backend = f"route53:{server}/{zone.id}"
    hosts = unfit_hosts(has(shown.groups), zone.name, request.hosts, whole=whole)
    # Of a zone that the manifest gives by its id, only the block can say so.
    private = api.config.private if zone.private is None else zone.private
    return ZoneReading(zone.name, backend, owners, hosts, private=bool(private))


def read_owners(api: Api, zone: HostedZone, owners: Iterable[Name]) -> dict[Name, OwnerReading]:
    """Read owners of a zone. Raises Trouble."""
    wanted = list(owners)
    shown, whole = _show(api, zone, wanted)
    return {owner: read_owner(shown.groups, zone.name, owner, whole=whole) for owner in wanted}


def _show(
    api: Api, zone: HostedZone, owners: Iterable[Name], *, every: bool = False
) -> tuple[Shown[RawSet], bool]:
    """Ask until all owners are known; also say whether the whole zone was seen."""
    shown: Shown[RawSet] = Shown()
    # Where the manifest gives the id, nobody knows how large it is, and the apex has to be seen anyway.
    small = zone.sets is None or zone.sets <= SETS_A_PAGE
    whole = False
    if every or small:
        start = None
        while True:
            page = api.sets_from(zone.id, start)
            shown.add(page)
            start = page.next
            whole = start is None
            if whole or not every:
                break
    if not whole:
        points = {owner for owner in owners if names.is_within(owner, zone.name)}
        # A delegation above an owner cuts it off; these names sort just before it.
        points |= {name for owner in points for name in above(zone.name, owner)}
        if zone.private is None:
            # Nobody has seen yet that the id of the manifest is that of this zone.
            points.add(zone.name)
        for name in in_order(points):
            while not shown.knows(name):
                shown.add(api.sets_from(zone.id, shown.position(name)))
    _check(zone, shown, whole=whole)
    return shown, whole


def _check(zone: HostedZone, shown: Shown[RawSet], *, whole: bool) -> None:
    """Make sure that this is the zone meant, and not another one's id."""
    if zone.private is not None:
        return
    kinds = {raw["Type"] for raw in shown.groups.get(zone.name, ())}
    strange = next((name for name in shown.groups if not names.is_within(name, zone.name)), None)
    if strange or ((whole or shown.knows(zone.name)) and "SOA" not in kinds):
        has = f"; it has {strange}" if strange else ""
        raise Trouble(f"Route 53: {zone.id}, which zone_ids names, is not the hosted zone {zone.name}{has}")
