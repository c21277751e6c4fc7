"""Shows what is logged below the name `mxsync`: warnings always, progress on a terminal or if asked for."""

from __future__ import annotations

import json
import logging
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from mxsync.render.words import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mxsync.plan import PlannedChange
    from mxsync.report import Result

_LOG = logging.getLogger("mxsync")


class _Lines(logging.Handler):
    """Writes one line for each record to stderr; a warning that was given once is not given again."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[str, Any] = {"verbose": False, "quiet": False, "form": "text"}
        self._said: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = one_line(record.getMessage())
        except (TypeError, ValueError):
            text = one_line(str(record.msg))
        if record.levelno >= logging.WARNING:
            if text in self._said:
                return
            self._said.add(text)
        line = self.as_json(record, text) if self.asked["form"] == "json" else self.as_text(record, text)
        with suppress(OSError):
            click.echo(line.encode(errors="backslashreplace"), err=True)

    def as_text(self, record: logging.LogRecord, text: str) -> str:
        kind = f"{record.levelname.lower()}: " if record.levelno >= logging.WARNING else ""
        return f"mxsync: {kind}{text}"

    def as_json(self, record: logging.LogRecord, text: str) -> str:
        time = datetime.fromtimestamp(record.created, UTC)
        event = {
            "time": f"{time:%Y-%m-%dT%H:%M:%S.%fZ}",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": text,
            **getattr(record, "fields", {}),
        }
        return json.dumps(event, ensure_ascii=True)


_LINES = _Lines()


def show(**asked: bool | str) -> None:
    """Show warnings from now on; progress too if `verbose`, to whoever sits at a terminal, and as JSON.

    `quiet` takes the progress away again; `form` is `text` or `json`. What is not given stays as it was.
    """
    _LINES.asked |= asked
    watched = sys.stderr is not None and sys.stderr.isatty()
    wanted = _LINES.asked["verbose"] or ((watched or for_machines()) and not _LINES.asked["quiet"])
    _LOG.addHandler(_LINES)
    _LOG.setLevel(logging.INFO if wanted else logging.WARNING)


def for_machines() -> bool:
    """Say whether the lines are read by a program."""
    return bool(_LINES.asked["form"] == "json")


def is_quiet() -> bool:
    """Say whether nothing of progress shall be shown."""
    return bool(_LINES.asked["quiet"])


class Events:
    """Logs what comes of each change: a watcher of the engine, for machines."""

    def intends(self, changes: Sequence[PlannedChange]) -> None:
        """Log that changes are about to be sent."""
        for item in changes:
            fields = {
                "event": "intent",
                "provider": item.provider,
                "zone": item.zone,
                "owner": item.change.owner,
            }
            _LOG.info(
                "%s at %s: about to be sent", item.change.owner, item.provider, extra={"fields": fields}
            )

    def settled(self, result: Result) -> None:
        """Log what came of a change."""
        fields = {
            "event": "result",
            "provider": result.provider,
            "zone": result.zone,
            "owner": result.owner,
            "outcome": result.outcome,
        }
        message = f": {result.message}" if result.message else ""
        _LOG.info(
            "%s at %s: %s%s", result.owner, result.provider, result.outcome, message, extra={"fields": fields}
        )
