"""The two verbs of the provider contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mxsync import atomic
from mxsync.atomic import Accepted, Trouble
from mxsync.change import ChangeOutcome, Outcome
from mxsync.errors import ProviderError
from mxsync.provider import ZoneServers, in_threads
from mxsync.reading import ZoneFailure, ZoneReading
from mxsync_clouddns.api import Api
from mxsync_clouddns.endpoint import credentials_for
from mxsync_clouddns.read import read_zone
from mxsync_clouddns.session import CONNECTIONS, MOST
from mxsync_clouddns.wait import wait_for
from mxsync_clouddns.write import Ticket, Zone
from mxsync_clouddns.zones import Zones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mxsync.names import Name
    from mxsync.provider import Context, ZoneBatch, ZoneRequest
    from mxsync_clouddns import ClouddnsConfig
    from mxsync_clouddns.zone import ManagedZone

PORT = 53
"""Where its name servers answer."""


@dataclass(frozen=True, slots=True)
class ClouddnsProvider:
    """Reads record sets by name or by pages, and writes changes whose condition is exact."""

    api: Api
    zones: Zones
    wait: bool
    """Whether a change is applied only when Cloud DNS says that it is done."""
    stopping: Callable[[], bool]
    workers: int = CONNECTIONS
    """How many zones are in work at once; the number of calls does not depend on it."""

    def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
        """Read zones; all of them are looked up first, for that takes fewer calls than one by one."""
        asked = list(requests)
        found = self.zones.find(request.zone for request in asked)
        items = [(request, found[request.zone]) for request in asked]
        return in_threads(self._read_zone, items, workers=self.workers)

    def list_zones(self) -> Iterator[Name | ZoneFailure]:
        """Give the zones of the project. Raises ProviderError."""
        try:
            found = self.zones.all()
        except Trouble as error:
            raise ProviderError(str(error)) from error
        for name, zone in found.items():
            yield ZoneFailure(name, str(zone)) if isinstance(zone, Trouble) else name

    def write(self, batches: Iterable[ZoneBatch]) -> Iterator[ChangeOutcome]:
        """Write zones, a change for each; then wait until they are done, if that is wanted."""
        pending: list[Accepted[Ticket]] = []
        for answer in in_threads(self._write_zone, batches, workers=self.workers):
            if isinstance(answer, ChangeOutcome):
                yield answer
            elif self.wait and not answer.ticket.done:
                pending.append(answer)
            else:
                yield from answer.outcomes
        yield from wait_for(self.api, pending, self.stopping, workers=self.workers)

    def name_servers(self, zones: Iterable[Name]) -> Iterator[ZoneServers | ZoneFailure]:
        """Give the name servers of each zone, which the zone itself names; a private one has none."""
        for name, zone in self.zones.find(zones).items():
            if isinstance(zone, Trouble):
                yield ZoneFailure(name, str(zone))
            else:
                servers = tuple((server, PORT) for server in zone.name_servers)
                yield ZoneServers(name, servers, zone.name_servers or None)

    def _read_zone(
        self, item: tuple[ZoneRequest, ManagedZone | Trouble]
    ) -> Iterator[ZoneReading | ZoneFailure]:
        request, zone = item
        try:
            yield (
                ZoneFailure(request.zone, str(zone))
                if isinstance(zone, Trouble)
                else read_zone(self.api, zone, request)
            )
        except Trouble as error:
            yield ZoneFailure(request.zone, str(error))

    def _write_zone(self, batch: ZoneBatch) -> Iterator[ChangeOutcome | Accepted[Ticket]]:
        zone = self.zones.find((batch.zone,))[batch.zone]
        if isinstance(zone, Trouble):
            for change in batch.changes:
                yield ChangeOutcome(batch.zone, change.owner, Outcome.FAILED, f"not sent: {zone}")
        else:
            yield from atomic.write(Zone(self.api, zone), batch)


def open_provider(config: ClouddnsConfig, context: Context) -> ClouddnsProvider:
    """Make the provider of a manifest block; asks no server.

    Raises NotAllowed for an endpoint without leave.
    """
    who = credentials_for(config.endpoint, context.allow_endpoints, block=context.name)
    allowed = frozenset(host.lower() for host in context.allow_endpoints)
    api = Api(config, who, context.base, allowed)
    private = None if config.visibility is None else config.visibility == "private"
    workers = min(context.parallel or CONNECTIONS, MOST)
    zones = Zones(api, config.managed_zones, private, context.stopping, workers)
    return ClouddnsProvider(api, zones, config.wait == "done", context.stopping, workers)
