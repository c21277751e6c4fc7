"""How far an apply or a verification is: a bar on a terminal, or a line now and then."""

from __future__ import annotations

import io
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO, cast

import click

from mxsync.cli import logs
from mxsync.render.words import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mxsync.apply import Watcher
    from mxsync.plan import PlannedChange
    from mxsync.report import Result

EVERY = 10
"""After how many seconds another line is due where there is no terminal."""
FEW = 20
"""Up to how many changes need no progress to be shown."""


@contextmanager
def watching(changes: int) -> Iterator[Sequence[Watcher]]:
    """Give the watchers that show how an apply of this many changes gets on."""
    if logs.for_machines():
        yield [logs.Events()]
    elif logs.is_quiet() or changes <= FEW or sys.stderr is None:
        yield []
    elif sys.stderr.isatty():
        with click.progressbar(
            length=changes,
            label="Applying",
            file=_unheard(sys.stderr),
            show_pos=True,
            update_min_steps=max(1, changes // 200),
        ) as bar:
            yield [_Progress(lambda _: bar.update(1))]
    else:
        yield [_Progress(_Lines(changes, _unheard(sys.stderr)).say)]


class _Unheard(io.TextIOBase):
    """Writes to a stream that may be gone: who looks on must not matter to what is applied."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()


def _unheard(stream: TextIO) -> TextIO:
    return cast("TextIO", _Unheard(stream))


def asking_again(right: int, total: int, pause: float) -> None:
    """Say that name servers are asked again after a pause, in seconds."""
    if not logs.is_quiet():
        click.echo(f"mxsync: {right} of {total} as wanted; asking again in {pause:.0f} s", err=True)


class _Progress:
    """Hears of each change that is settled, once."""

    def __init__(self, advance: Callable[[int], None]) -> None:
        self._advance = advance
        self._settled: set[tuple[str, str, str | None]] = set()

    def intends(self, changes: Sequence[PlannedChange]) -> None:
        """Wait for what comes of them."""

    def settled(self, result: Result) -> None:
        """Go on by one."""
        key = (result.provider, result.zone, result.owner)
        if key not in self._settled:
            self._settled.add(key)
            self._advance(len(self._settled))


class _Lines:
    def __init__(self, changes: int, stream: TextIO) -> None:
        self._changes = changes
        self._stream = stream
        self._due = time.monotonic() + EVERY

    def say(self, settled: int) -> None:
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + EVERY
            line = f"mxsync: {settled} of {count(self._changes, 'change')} settled"
            click.echo(line, file=self._stream)
