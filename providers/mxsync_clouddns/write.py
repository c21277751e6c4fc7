"""One managed zone, as the writer of all-or-nothing batches needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mxsync_clouddns.batch import pack, swap
from mxsync_clouddns.read import read_owners

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mxsync.atomic import Group
    from mxsync.change import Change
    from mxsync.names import Name
    from mxsync.reading import OwnerReading, Present
    from mxsync_clouddns.api import Api
    from mxsync_clouddns.batch import Swap
    from mxsync_clouddns.zone import ManagedZone


@dataclass(frozen=True, slots=True)
class Ticket:
    """A change that Cloud DNS has taken."""

    zone: str
    """The managed zone's name."""
    change_id: str
    done: bool
    """Whether its name servers had been told at once."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A managed zone that is written to; see `mxsync.atomic.Service`."""

    api: Api
    managed: ManagedZone

    @property
    def name(self) -> str:
        """The service's name."""
        return "Cloud DNS"

    @property
    def zone(self) -> Name:
        """The zone's name."""
        return self.managed.dns_name

    def groups(self, changes: Iterable[Change], seen: Mapping[Name, Present]) -> Iterator[Group]:
        """Group changes within the limits of one change of Cloud DNS's."""
        return pack(changes, seen)

    def form(self, group: Group, seen: Mapping[Name, Present]) -> list[Swap]:
        """Write a group as deletions and additions."""
        return [swap(change, seen) for change in group]

    def send(self, group: Group, seen: Mapping[Name, Present]) -> Ticket:
        """Send a change. Raises Trouble."""
        swaps = self.form(group, seen)
        deletions = [deletion for deletion, _ in swaps if deletion]
        additions = [addition for _, addition in swaps if addition]
        change_id, done = self.api.change(self.managed.name, additions, deletions)
        return Ticket(self.managed.name, change_id, done)

    def read(self, owners: Iterable[Name]) -> Mapping[Name, OwnerReading]:
        """Read owners. Raises Trouble."""
        return read_owners(self.api, self.managed, owners)
