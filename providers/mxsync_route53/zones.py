"""Finds hosted zones by name, in few calls, and keeps them.

ListHostedZonesByName alone is never more calls than one for each wanted zone, nor more than pages of all
zones (see `listing`): the cheaper of the two ways, whatever the account holds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from mxsync.atomic import Kind, Trouble
from mxsync_route53.listing import Shown, in_order
from mxsync_route53.zone import HostedZone, ambiguous, candidates, no_zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mxsync.names import Name
    from mxsync_route53.api import Api

PROOFS = 5
"""How many missing zones are asked for once more, in case that the server sorts in another way."""


@dataclass(slots=True)
class Zones:
    """The hosted zones of a block; may be used by many threads."""

    api: Api
    chosen: Mapping[Name, str]
    """The ids that the manifest gives."""
    private: bool | None
    _found: dict[Name, HostedZone | Trouble] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, wanted: Iterable[Name]) -> dict[Name, HostedZone | Trouble]:
        """Give the zone of each name, or why there is none. Raises nothing."""
        names = set(wanted)
        given: dict[Name, HostedZone | Trouble] = {
            name: HostedZone(self.chosen[name], name) for name in names & self.chosen.keys()
        }
        names -= given.keys()
        with self._lock:
            if missing := names - self._found.keys():
                try:
                    self._look_for(missing)
                except Trouble as error:
                    # Not kept: the next question may be answered.
                    return given | {name: self._found.get(name, error) for name in names}
            return given | {name: self._found[name] for name in names}

    def _look_for(self, wanted: set[Name]) -> None:
        self._choose(wanted, self._listed(wanted))

    def all(self) -> dict[Name, HostedZone | Trouble]:
        """Give all zones of the account that may be meant, or which of one name is meant nobody can say.

        Zones of the other kind, public or private, are left out. Raises Trouble.
        """
        with self._lock:
            listed: dict[Name, list[HostedZone]] = defaultdict(list)
            for zone in self.api.all_zones():
                listed[zone.name].append(zone)
            given: dict[Name, HostedZone | Trouble] = {
                name: HostedZone(zone_id, name) for name, zone_id in self.chosen.items()
            }
            meant = {name for name, found in listed.items() if candidates(found, private=self.private)}
            meant -= given.keys()
            self._choose(meant, listed)
            return given | {name: self._found[name] for name in meant}

    def _choose(self, wanted: set[Name], listed: Mapping[Name, list[HostedZone]]) -> None:
        """Say which zone is meant by each name, of all that are listed. Raises Trouble."""
        for name in wanted:
            found = listed.get(name, [])
            meant = candidates(found, private=self.private)
            if len(meant) == 1:
                self._found[name] = meant[0]
            elif meant:
                servers = self._name_servers(meant)
                self._found[name] = Trouble(ambiguous(name, meant, servers))
            else:
                self._found[name] = Trouble(no_zone(name, found, private=self.private))

    def _listed(self, wanted: set[Name]) -> Mapping[Name, list[HostedZone]]:
        """List zones by name until all that are wanted are known."""
        shown: Shown[HostedZone] = Shown()
        for name in in_order(wanted):
            self._ask(shown, name)
        # A few of those that are missing only by their place prove the order, by questions of their own.
        # On a server that sorts otherwise, everything is listed.
        missing = [name for name in in_order(wanted) if name not in shown.groups]
        for name in [name for name in missing if name not in shown.asked][:PROOFS]:
            again: Shown[HostedZone] = Shown()
            self._ask(again, name)
            shown.orderly = shown.orderly and name not in again.groups
        if shown.orderly or not missing:
            return shown.groups
        everything: dict[Name, list[HostedZone]] = defaultdict(list)
        for zone in self.api.all_zones():
            everything[zone.name].append(zone)
        return everything

    def _ask(self, shown: Shown[HostedZone], name: Name) -> None:
        while not shown.knows(name):
            start = shown.position(name)
            page = self.api.zones_from(start)
            if page.next == start:
                raise Trouble("Route 53: the listing of hosted zones does not go on")
            shown.add(page)

    def _name_servers(self, zones: Iterable[HostedZone]) -> dict[str, list[str]]:
        """Ask for what tells zones of the same name apart, where the credentials may."""
        try:
            return {zone.id: self.api.name_servers(zone.id) for zone in zones}
        except Trouble as error:
            if error.kind is Kind.DENIED:
                return {}
            raise
