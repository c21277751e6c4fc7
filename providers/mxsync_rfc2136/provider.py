"""The two verbs of the provider contract, zone by zone in threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import dns.tsig

from mxsync.change import ChangeOutcome, Outcome
from mxsync.provider import in_threads
from mxsync.reading import ZoneFailure, ZoneReading
from mxsync_rfc2136 import keys
from mxsync_rfc2136.convert import to_dns
from mxsync_rfc2136.read import check_zone, read_owner
from mxsync_rfc2136.session import Server, Session, Trouble
from mxsync_rfc2136.write import make_change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mxsync.provider import Context, ZoneBatch, ZoneRequest
    from mxsync_rfc2136 import Rfc2136Config

WORKERS = 8
"""How many zones are in work at once, each with a connection of its own."""


@dataclass(frozen=True, slots=True)
class Rfc2136Provider:
    """Reads by signed questions and writes by signed updates, at one server."""

    server: Server

    def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
        """Read zones, each over one connection."""
        return in_threads(self._read_zone, requests, workers=WORKERS)

    def write(self, batches: Iterable[ZoneBatch]) -> Iterator[ChangeOutcome]:
        """Make changes, each with an UPDATE message of its own."""
        return in_threads(self._write_zone, batches, workers=WORKERS)

    def _read_zone(self, request: ZoneRequest) -> Iterator[ZoneReading | ZoneFailure]:
        zone = request.zone
        if request.every:
            message = f"{self.server}: this provider cannot list the MX sets of a zone yet; name the owners"
            yield ZoneFailure(zone, message)
            return
        with Session(self.server) as session:
            try:
                check_zone(session, zone)
            except Trouble as error:
                yield ZoneFailure(zone, str(error))
                return
            owners = {owner: read_owner(session, zone, owner) for owner in request.owners}
            # The key belongs to it: BIND's views choose by key which zone is meant.
            backend = f"rfc2136:{session.address}/{self.server.port}/{self.server.key_name}/{zone}"
            yield ZoneReading(zone, backend, owners)

    def _write_zone(self, batch: ZoneBatch) -> Iterator[ChangeOutcome]:
        with Session(self.server) as session:
            try:
                check_zone(session, batch.zone)
            except Trouble as error:
                for change in batch.changes:
                    yield ChangeOutcome(batch.zone, change.owner, Outcome.FAILED, f"not sent: {error}")
                return
            for change in batch.changes:
                yield make_change(session, batch.zone, change)


def open_provider(config: Rfc2136Config, context: Context) -> Rfc2136Provider:
    """Make the provider of a manifest block. Raises MxsyncError where its key cannot be had."""
    key = None
    if config.tsig is not None:
        found = keys.load(config.tsig, context)
        key = dns.tsig.Key(to_dns(found.name), found.secret, found.algorithm)
    return Rfc2136Provider(Server(config.server, config.port, config.timeout, key))
