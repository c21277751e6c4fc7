"""The two verbs of the provider contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ProfileNotFound

from mxsync import atomic, names
from mxsync.atomic import Accepted, Trouble
from mxsync.change import ChangeOutcome, Outcome
from mxsync.errors import InvalidName, ProviderError
from mxsync.provider import ZoneServers, in_threads
from mxsync.reading import ZoneFailure, ZoneReading
from mxsync_route53.api import Api
from mxsync_route53.endpoint import credentials_for
from mxsync_route53.read import read_zone
from mxsync_route53.session import CONNECTIONS, make_session
from mxsync_route53.wait import wait_for
from mxsync_route53.write import Ticket, Zone
from mxsync_route53.zones import Zones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mxsync.names import Name
    from mxsync.provider import Context, ZoneBatch, ZoneRequest
    from mxsync_route53 import Route53Config
    from mxsync_route53.zone import HostedZone

PORT = 53
"""Where its name servers answer."""


@dataclass(frozen=True, slots=True)
class Route53Provider:
    """Reads record sets by pages, and writes change batches whose condition is exact."""

    api: Api
    zones: Zones
    wait: bool
    """Whether a change is applied only when all name servers have it."""
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
        """Give the zones of the account. Raises ProviderError."""
        try:
            found = self.zones.all()
        except Trouble as error:
            raise ProviderError(str(error)) from error
        for name, zone in found.items():
            yield ZoneFailure(name, str(zone)) if isinstance(zone, Trouble) else name

    def write(self, batches: Iterable[ZoneBatch]) -> Iterator[ChangeOutcome]:
        """Write zones, a change batch for each; then wait for the name servers, if that is wanted."""
        accepted: list[Accepted[Ticket]] = []
        for answer in in_threads(self._write_zone, batches, workers=self.workers):
            if isinstance(answer, ChangeOutcome):
                yield answer
            elif self.wait:
                accepted.append(answer)
            else:
                yield from answer.outcomes
        yield from wait_for(self.api, accepted, self.stopping)

    def name_servers(self, zones: Iterable[Name]) -> Iterator[ZoneServers | ZoneFailure]:
        """Give the delegation set of each zone; a private one has none."""
        return in_threads(self._name_servers, self.zones.find(zones).items(), workers=self.workers)

    def _name_servers(self, item: tuple[Name, HostedZone | Trouble]) -> Iterator[ZoneServers | ZoneFailure]:
        name, zone = item
        try:
            if isinstance(zone, Trouble):
                raise zone
            found = tuple(sorted(names.parse(server) for server in self.api.name_servers(zone.id)))
            yield ZoneServers(name, tuple((server, PORT) for server in found), found or None)
        except (Trouble, InvalidName) as error:
            yield ZoneFailure(name, str(error))

    def _read_zone(
        self, item: tuple[ZoneRequest, HostedZone | Trouble]
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


def open_provider(config: Route53Config, context: Context) -> Route53Provider:
    """Make the provider of a manifest block; asks no server.

    Raises NotAllowed for an endpoint without leave, ProviderError where the profile cannot be had.
    """
    credentials = credentials_for(config.endpoint_url, context.allow_endpoints, block=context.name)
    try:
        session = make_session(config)
    except ProfileNotFound as error:
        message = f"provider '{context.name}': there is no profile '{error.kwargs['profile']}' in the AWS configuration"
        raise ProviderError(message) from None
    except BotoCoreError as error:
        raise ProviderError(f"provider '{context.name}': {error}") from None
    workers = context.parallel or CONNECTIONS
    api = Api(session, config, credentials, workers)
    zones = Zones(api, config.zone_ids, config.private)
    return Route53Provider(api, zones, config.wait == "insync", context.stopping, workers)
