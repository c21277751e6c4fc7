"""One hosted zone, as the writer of all-or-nothing batches needs it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mxsync_route53.batch import pack, swap
from mxsync_route53.read import read_owners

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from mxsync.atomic import Group
    from mxsync.change import Change
    from mxsync.names import Name
    from mxsync.reading import OwnerReading, Present
    from mxsync_route53.api import Api
    from mxsync_route53.zone import HostedZone


@dataclass(frozen=True, slots=True)
class Ticket:
    """A change batch that Route 53 has taken."""

    change_id: str
    at: float
    """When it was, on the clock of `time.monotonic`."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A hosted zone that is written to; see `mxsync.atomic.Service`."""

    api: Api
    hosted: HostedZone

    @property
    def name(self) -> str:
        """The service's name."""
        return "Route 53"

    @property
    def zone(self) -> Name:
        """The zone's name."""
        return self.hosted.name

    def groups(self, changes: Iterable[Change], seen: Mapping[Name, Present]) -> Iterator[Group]:
        """Group changes within the limits of a change batch."""
        return pack(changes, seen)

    def form(self, group: Group, seen: Mapping[Name, Present]) -> list[dict[str, Any]]:
        """Write a group as the steps of a change batch."""
        return [step for change in group for step in swap(change, seen)]

    def send(self, group: Group, seen: Mapping[Name, Present]) -> Ticket:
        """Send a change batch. Raises Trouble."""
        return Ticket(self.api.change(self.hosted.id, self.form(group, seen)), time.monotonic())

    def read(self, owners: Iterable[Name]) -> Mapping[Name, OwnerReading]:
        """Read owners. Raises Trouble."""
        return read_owners(self.api, self.hosted, owners)
