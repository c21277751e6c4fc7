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

from mxsync.atomic import Trouble
from mxsync.provider import in_threads
from mxsync_clouddns.session import CONNECTIONS
from mxsync_clouddns.zone import ManagedZone, choose, chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mxsync.names import Name
    from mxsync_clouddns.api import Api


@dataclass(slots=True)
class Zones:
    """The managed zones of a block; may be used by many threads."""

    api: Api
    chosen: Mapping[Name, str]
    """The names that the manifest gives."""
    private: bool | None
    stopping: Callable[[], bool] = lambda: False
    """Whether the run has been told to end: no more zones are looked up then."""
    workers: int = CONNECTIONS
    """How many zones are looked up at once."""
    _found: dict[Name, ManagedZone | Trouble] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, wanted: Iterable[Name]) -> dict[Name, ManagedZone | Trouble]:
        """Give the zone of each name, or why there is none. Raises nothing."""
        names = set(wanted)
        # Not kept: the next question may be answered.
        failed: dict[Name, ManagedZone | Trouble] = {}
        with self._lock:
            missing = names - self._found.keys()
            unchosen = missing - self.chosen.keys()
            try:
                self._list(unchosen)
            except Trouble as error:
                failed = dict.fromkeys(unchosen, error)
            alone = sorted(missing - self._found.keys() - failed.keys())
            for name, answer, certain in in_threads(self._ask, alone, workers=self.workers):
                (self._found if certain else failed)[name] = answer
            return failed | {name: self._found[name] for name in names & self._found.keys()}

    def all(self) -> dict[Name, ManagedZone | Trouble]:
        """Give all zones of the project that may be meant, or why none can be used of those of a name.

        Zones of the other kind, public or private, are left out. Raises Trouble.
        """
        listed: dict[Name, list[ManagedZone]] = defaultdict(list)
        for page in self.api.zones():
            if self.stopping():
                break
            for zone in page.entries:
                listed[zone.dns_name].append(zone)
        kind = bool(self.private)
        meant = [name for name, found in listed.items() if any(zone.private is kind for zone in found)]
        with self._lock:
            for name in meant:
                if name not in self.chosen:
                    self._found.setdefault(name, self._choose(name, listed[name]))
        return self.find({*meant, *self.chosen})

    def _list(self, wanted: set[Name]) -> None:
        """List zones as far as it is worth it, and keep what is wanted if these are all."""
        listed: dict[Name, list[ManagedZone]] = defaultdict(list)
        for page in islice(self.api.zones(), len(wanted) // 2):
            if self.stopping():
                return
            for zone in page.entries:
                listed[zone.dns_name].append(zone)
            if page.last:
                # On a page that was not listed, there may be another zone of the same name.
                self._found |= {name: self._choose(name, listed[name]) for name in wanted}

    def _ask(self, name: Name) -> Iterator[tuple[Name, ManagedZone | Trouble, bool]]:
        """Ask for the zone of one name; also say whether the answer is certain."""
        try:
            if self.stopping():
                yield name, Trouble("Cloud DNS: interrupted before its managed zone was looked up"), False
            elif name in self.chosen:
                yield name, _answer(*chosen(name, self.api.zone(self.chosen[name]))), True
            else:
                found = [zone for page in self.api.zones(name) for zone in page.entries]
                yield name, self._choose(name, [zone for zone in found if zone.dns_name == name]), True
        except Trouble as error:
            yield name, error, False

    def _choose(self, name: Name, found: list[ManagedZone]) -> ManagedZone | Trouble:
        return _answer(*choose(name, found, private=self.private, project=self.api.config.project))


def _answer(zone: ManagedZone | None, why_not: str) -> ManagedZone | Trouble:
    return zone or Trouble(why_not)
