"""The provider: reads zone files, and has them changed."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from mxsync.errors import NotAllowed, ProviderError
from mxsync.provider import in_threads
from mxsync.reading import ZoneFailure, ZoneReading
from mxsync_zonefile.folder import Folder
from mxsync_zonefile.hosts import unfit_hosts
from mxsync_zonefile.interpret import Unusable
from mxsync_zonefile.store import FileTrouble, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mxsync.change import ChangeOutcome
    from mxsync.names import Name
    from mxsync.provider import Context, ZoneBatch, ZoneRequest
    from mxsync_zonefile import ZonefileConfig
    from mxsync_zonefile.reload import Reload

WORKERS = 4
"""How many zones are written at once: most of the time goes to the disk and to the reload command."""
LOCK_WAIT = 10.0
"""For how many seconds to wait for another mxsync that edits the same file."""


def open_folder(config: ZonefileConfig, context: Context) -> ZonefileProvider:
    """Open the folder of a provider block; see `mxsync_zonefile.open_zonefile`."""
    path = context.base / config.directory
    # `Path.is_dir` raises where a folder on the way may not be searched.
    if not os.path.isdir(path):  # noqa: PTH112
        raise ProviderError(f"provider '{context.name}': directory: there is no folder {path}")
    if config.reload and context.writing and not context.allow_exec:
        raise NotAllowed(
            f"provider '{context.name}': its reload is the command {config.reload[0]}; "
            "allow that with --allow-exec if you trust this manifest"
        )
    return ZonefileProvider(
        Folder(path, config.pattern),
        _reload(config, context),
        may_reload=context.allow_exec,
        workers=context.parallel or WORKERS,
    )


def _reload(config: ZonefileConfig, context: Context) -> Reload | None:
    if not config.reload:
        return None
    from mxsync_zonefile.reload import Reload  # noqa: PLC0415 - only where a command is named

    return Reload(config.reload, context.base, config.reload_timeout)


def utc_today() -> date:
    """Give the day it is, for serials."""
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class ZonefileProvider:
    """Reads and edits the zone files of one folder."""

    folder: Folder
    reload: Reload | None = None
    may_reload: bool = False
    today: Callable[[], date] = field(default=utc_today)
    lock_wait: float = LOCK_WAIT
    workers: int = WORKERS
    """How many zones are written at once."""

    def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
        """Read zones; every MX set of a zone is reported."""
        return (self._read_zone(request) for request in requests)

    def _read_zone(self, request: ZoneRequest) -> ZoneReading | ZoneFailure:
        try:
            path = self.folder.file_of(request.zone)
            content = self.folder.interpret(request.zone, path, read_file(path))
            readings = self.folder.readings(path, content, request.owners)
        except (FileTrouble, Unusable) as error:
            return ZoneFailure(request.zone, str(error))
        backend = f"file:{os.path.realpath(path)}"
        return ZoneReading(request.zone, backend, readings, unfit_hosts(content, request.hosts))

    def list_zones(self) -> Iterator[Name]:
        """Give the zones that have a file in the folder. Raises ProviderError."""
        try:
            yield from self.folder.zones()
        except FileTrouble as error:
            raise ProviderError(str(error)) from error

    def write(self, batches: Iterable[ZoneBatch]) -> Iterator[ChangeOutcome]:
        """Make changes: one edit and one new serial for all changes of a batch."""
        return in_threads(self._write_zone, batches, workers=self.workers)

    def _write_zone(self, batch: ZoneBatch) -> list[ChangeOutcome]:
        from mxsync_zonefile.write import ZoneWrite  # noqa: PLC0415 - a plan writes nothing

        work = ZoneWrite(self.folder, batch.zone, {change.owner: change for change in batch.changes})
        if self.reload and not self.may_reload:
            return work.refused("the reload command needs --allow-exec")
        return work.run(self.reload, self.today(), self.lock_wait)
