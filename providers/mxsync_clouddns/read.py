"""Reads owners of a zone in few calls."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from mxsync import names
from mxsync.reading import Present, ZoneReading
from mxsync.surroundings import unfit_hosts
from mxsync_clouddns.around import Shown
from mxsync_clouddns.sets import read_owner

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.names import Name
    from mxsync.provider import ZoneRequest
    from mxsync.reading import OwnerReading
    from mxsync_clouddns.api import Api
    from mxsync_clouddns.zone import ManagedZone

LIST_FROM = 6
"""From how many owners on a zone is listed. Most zones fit on one page, which then is one call; but in a zone that
does not, that page is in vain."""


def read_zone(api: Api, zone: ManagedZone, request: ZoneRequest) -> ZoneReading:
    """Read what is asked of a zone. Raises Trouble."""
    shown = _show(api, zone, request.owners, every=request.every)
    owners: dict[Name, OwnerReading] = {owner: read_owner(shown, owner) for owner in request.owners}
    if shown.whole:
        # A part of the unmanaged sets would look like all of them.
        for name in shown.sets.keys() - owners.keys():
            if shown.of_type(name, "MX"):
                reading = read_owner(shown, name)
                if request.every or isinstance(reading, Present):
                    owners[name] = reading
    backend = f"clouddns:{api.server}/{zone.id}"
    return ZoneReading(
        zone.dns_name,
        backend,
        owners,
        unfit_hosts(shown.has, zone.dns_name, request.hosts, whole=shown.whole),
        private=zone.private,
    )


def read_owners(api: Api, zone: ManagedZone, owners: Iterable[Name]) -> dict[Name, OwnerReading]:
    """Read owners of a zone. Raises Trouble."""
    wanted = list(owners)
    shown = _show(api, zone, wanted)
    return {owner: read_owner(shown, owner) for owner in wanted}


def _show(api: Api, zone: ManagedZone, owners: Iterable[Name], *, every: bool = False) -> Shown:
    """Ask until all owners are known.

    How many sets a zone has, no call tells. So it is listed, but no more than half as many pages as there are
    owners; if that was not all, those that were not seen are asked for one by one. All types are asked for at
    once: whether there is a CNAME or a delegation instead shows without another call.
    """
    shown = Shown(zone.dns_name)
    missing = {owner for owner in owners if names.is_within(owner, zone.dns_name)}
    most = None if every else len(missing) // 2 if len(missing) >= LIST_FROM else 0
    for page in islice(api.sets(zone.name), most):
        for name, raw in page.entries:
            shown.add(name, raw)
        if page.last:
            shown.whole = True
            return shown
    # Beside an MX set there is no CNAME, on whatever page.
    for owner in sorted(owner for owner in missing if not shown.of_type(owner, "MX")):
        for page in api.sets(zone.name, owner):
            for name, raw in page.entries:
                shown.add(name, raw)
        shown.settled.add(owner)
    return shown
