"""Finds managed zones by name, in few calls, and keeps them.

How many zones a project has, no call tells. So the zones are listed, but no more than half as many pages as
there are names to find; if that was not all, the names are asked for one by one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING

from mxsync_clouddns.trouble import Trouble
from mxsync_clouddns.zone import ManagedZone, choose, chosen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mxsync.names import Name
    from mxsync_clouddns.api import Api


@dataclass(slots=True)
class Zones:
    """The managed zones of a block; may be used by many threads."""

    api: Api
    chosen: Mapping[Name, str]
    """The names that the manifest gives."""
    private: bool
    _found: dict[Name, ManagedZone | Trouble] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, wanted: Iterable[Name]) -> dict[Name, ManagedZone | Trouble]:
        """Give the zone of each name, or why there is none. Raises nothing."""
        names = set(wanted)
        failed: dict[Name, ManagedZone | Trouble] = {}
        with self._lock:
            missing = names - self._found.keys()
            for name in sorted(missing & self.chosen.keys()):
                try:
                    self._keep(name, *chosen(name, self.api.zone(self.chosen[name])))
                except Trouble as error:
                    # Not kept: the next question may be answered.
                    failed[name] = error
            if others := missing - self.chosen.keys():
                try:
                    self._look_for(others)
                except Trouble as error:
                    failed |= dict.fromkeys(others - self._found.keys(), error)
            return failed | {name: self._found[name] for name in names & self._found.keys()}

    def _look_for(self, wanted: set[Name]) -> None:
        listed, whole = self._listed(wanted)
        for name in sorted(wanted):
            # There may be others of the same name on pages that were not listed.
            if not whole:
                listed[name] = [
                    zone for page in self.api.zones(name) for zone in page.entries if zone.dns_name == name
                ]
            private, project = self.private, self.api.config.project
            self._keep(name, *choose(name, listed[name], private=private, project=project))

    def _listed(self, wanted: set[Name]) -> tuple[dict[Name, list[ManagedZone]], bool]:
        """List zones as far as it is worth it; also say whether these are all."""
        listed: dict[Name, list[ManagedZone]] = defaultdict(list)
        for page in islice(self.api.zones(), len(wanted) // 2):
            for zone in page.entries:
                listed[zone.dns_name].append(zone)
            if page.last:
                return listed, True
        return listed, False

    def _keep(self, name: Name, zone: ManagedZone | None, why_not: str) -> None:
        self._found[name] = zone or Trouble(why_not)
