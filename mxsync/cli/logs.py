"""Shows what providers log below the name `mxsync`: warnings always, progress on a terminal or if asked for."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress

import click

from mxsync.render.words import one_line


class _Lines(logging.Handler):
    """Writes one line for each record to stderr; what was said once is not said again."""

    def __init__(self) -> None:
        super().__init__()
        self._said: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
        except (TypeError, ValueError):
            text = str(record.msg)
        kind = f"{record.levelname.lower()}: " if record.levelno >= logging.WARNING else ""
        line = f"mxsync: {kind}{one_line(text)}"
        if record.levelno >= logging.WARNING:
            if line in self._said:
                return
            self._said.add(line)
        with suppress(OSError):
            click.echo(line.encode(errors="backslashreplace"), err=True)


_LINES = _Lines()


def show(*, verbose: bool = False) -> None:
    """Show warnings from now on, and progress too if `verbose`, or to whoever sits at a terminal."""
    watched = sys.stderr is not None and sys.stderr.isatty()
    logger = logging.getLogger("mxsync")
    logger.addHandler(_LINES)
    logger.setLevel(logging.INFO if verbose or watched else logging.WARNING)
