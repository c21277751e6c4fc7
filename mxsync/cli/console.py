"""Where output goes: results to stdout, everything else to stderr, colours only to terminals."""

from __future__ import annotations

import errno
import io
import os
import shutil
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from mxsync.diagnostic import Severity
from mxsync.render.source import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mxsync.diagnostic import Diagnostic

MAX_OCTETS = 64 * 1024 * 1024
"""The largest file that lines are shown of."""


def show(rendered: str, *, no_color: bool = False, err: bool = False) -> None:
    """Write rendered text; a terminal gets colours unless they are declined (no-color.org).

    Raises OSError if a result cannot be written; what stands beside it is let go.
    """
    stream = sys.stderr if err else sys.stdout
    if stream is None:
        if not err:
            raise OSError(errno.EBADF, "the output is closed")
        return
    forced = os.environ.get("FORCE_COLOR", "")
    declined = no_color or bool(os.environ.get("NO_COLOR")) or forced == "0"
    plain = declined or not (stream.isatty() or forced)
    try:
        _write(stream, click.unstyle(rendered) if plain else rendered)
    except OSError:
        if not err:
            raise


def width(*, err: bool = False) -> int | None:
    """Give how many columns a line may have: those of the terminal; None where there is none."""
    stream = sys.stderr if err else sys.stdout
    if stream is None or not stream.isatty():
        return None
    return shutil.get_terminal_size().columns


def _write(stream: TextIO, text: str) -> None:
    """Write text whole, or raise OSError."""
    if not isinstance(stream, io.TextIOWrapper):
        stream.write(text)
        return
    # A file's name may be no text, and a terminal may know few letters.
    rest = text.encode(stream.encoding, "backslashreplace")
    stream.flush()
    while rest:
        # A signal may cut a write short, and with PYTHONUNBUFFERED nothing but this goes on with the rest.
        written = stream.buffer.write(rest)
        if not written:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        rest = rest[written:]
    stream.buffer.flush()


def show_findings(
    findings: Iterable[Diagnostic], output: str, *, no_color: bool = False, err: bool = False
) -> None:
    """Write findings in the format of this name, which is a module of `mxsync.render`.

    As text beside a result, on stderr, they are warnings and errors only.
    """
    form = import_module(f"mxsync.render.{output}")
    if output == "text":
        shown = (each for each in findings if not err or each.severity is not Severity.INFO)
        written = form.findings(shown, cache(_source_lines), width=width(err=err))
        show(written, no_color=no_color, err=err)
    else:
        show(form.findings(findings), no_color=True)


def _source_lines(file: str) -> Sequence[str | None]:
    """Read the lines of a manifest again, to show some; none if it cannot be read, or only once."""
    path = Path(file)
    try:
        if not path.is_file() or path.stat().st_size > MAX_OCTETS:
            return ()
        return lines_of(path.read_bytes().decode("utf-8"))
    except (OSError, ValueError):
        return ()
