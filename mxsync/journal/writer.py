"""Writes a run down while it happens."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from mxsync import __version__
from mxsync.documents.report import result_document
from mxsync.documents.values import set_document
from mxsync.errors import JournalError
from mxsync.journal.runs import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mxsync.plan import Plan, PlannedChange, Provenance
    from mxsync.report import Report, Result

FORMAT = "mxsync.journal/1"
EVERY = 0.1
"""For how many seconds at most an outcome waits to be flushed to disk; the kernel has it at once, so only a
machine that goes down can lose it. The change is then one whose end is not known."""


@dataclass(slots=True)
class Journal:
    """One run under way: a watcher of the engine. What is written is whole lines, however a write ends."""

    path: Path
    _file: int
    _synced: float = field(default=0.0)
    trouble: str = ""
    """Why an outcome could not be written; nothing more is sent then."""

    @property
    def run(self) -> str:
        """The name of the run."""
        return self.path.name.removesuffix(SUFFIX)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    @classmethod
    def begin(cls, folder: Path, plan: Plan, provenance: Provenance, digest: str) -> Self:
        """Begin a run, in a folder that the caller has locked. Raises JournalError."""
        # Names sort by time; within a folder that is locked, no two runs begin in one microsecond.
        path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}{SUFFIX}"
        try:
            opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unwritable(path, error) from error
        journal = cls(path, opened)
        used = {item.provider for item in plan.changes}
        head = {
            "event": "begin",
            "format": FORMAT,
            "mxsync": __version__,
            "run": journal.run,
            "plan": digest,
            "undoes": provenance.undoes,
            "providers": {name: provenance.providers[name] for name in sorted(used)},
            # A journal is read from anywhere on this machine, unlike a plan.
            "folders": {
                name: str(Path(provenance.folders[name]).absolute())
                for name in sorted(used & provenance.folders.keys())
            },
            "manifests": [{"path": name, "sha256": sha256} for name, sha256 in provenance.manifests],
            "changes": len(plan.changes),
        }
        try:
            journal._write([head], sync=True)
            _sync_folder(folder)
        except OSError as error:
            os.close(opened)
            with suppress(OSError):
                path.unlink()
            raise _unwritable(path, error) from error
        return journal

    def intends(self, changes: Sequence[PlannedChange]) -> None:
        """Write down what is about to be sent, and have it on disk. Raises JournalError."""
        if self.trouble:
            raise JournalError(self.trouble)
        events = [
            {
                "event": "intent",
                "provider": item.provider,
                "zone": item.zone,
                "owner": item.change.owner,
                "before": set_document(item.change.before),
                "after": set_document(item.change.after),
            }
            for item in changes
        ]
        try:
            self._write(events, sync=True)
        except OSError as error:
            self.trouble = str(_unwritable(self.path, error))
            raise JournalError(self.trouble) from error

    def settled(self, result: Result) -> None:
        """Write down what came of a change."""
        event = {"event": "result", **result_document(result)}
        self._try(event, sync=time.monotonic() - self._synced > EVERY)

    def end(self, report: Report) -> None:
        """Write down that the run has ended."""
        event = {
            "event": "end",
            "interrupted": report.interrupted,
            "halted": report.halted,
            "exit": int(report.exit_code),
        }
        self._try(event, sync=True)

    def _try(self, event: dict[str, Any], *, sync: bool) -> None:
        try:
            self._write([event], sync=sync)
        except OSError as error:
            self.trouble = self.trouble or str(_unwritable(self.path, error))

    def _write(self, events: Iterable[dict[str, Any]], *, sync: bool) -> None:
        """Append lines, all of them or none. Raises OSError."""
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        lines = "".join(f"{json.dumps({'time': now, **event}, ensure_ascii=False)}\n" for event in events)
        rest = lines.encode("utf-8", "replace")
        end = os.lseek(self._file, 0, os.SEEK_END)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError:
            # Half a line would spoil the one that comes next, where there is room again.
            with suppress(OSError):
                os.ftruncate(self._file, end)
            raise
        if sync:
            os.fdatasync(self._file)
            self._synced = time.monotonic()


def _unwritable(path: Path, error: OSError) -> JournalError:
    return JournalError(f"the journal {path} cannot be written: {error.strerror or error}")


def _sync_folder(folder: Path) -> None:
    """Have the file's name on disk too."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
