"""Finds, reads and writes the file of a cutover, in the manifest's folder."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mxsync.cutover.state import MAX_OCTETS, State, read_state, write_state
from mxsync.errors import CutoverError
from mxsync.manifest.files import CUTOVER as NAME
from mxsync.manifest.files import cutover_files

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class CutoverFile:
    """A cutover's file, and what is in it."""

    path: Path
    state: State | None
    """None where there is no file yet."""


def find(paths: Iterable[Path]) -> CutoverFile:
    """Find the file beside a manifest, given as its files and folders; none of them is the working folder.

    Raises CutoverError: there are two, or it cannot be read or used.
    """
    given = list(paths) or [Path()]
    there = cutover_files(given)
    if len(there) > 1:
        raise CutoverError(f"{there[0]} and {there[1]}: there is one cutover at a time; remove one of them")
    if not there:
        return CutoverFile((given[0] if given[0].is_dir() else given[0].parent) / NAME, None)
    try:
        with there[0].open("rb") as file:
            data = file.read(MAX_OCTETS + 1)
    except OSError as error:
        raise CutoverError(f"{there[0]} cannot be read: {error.strerror or error}") from error
    if len(data) > MAX_OCTETS:
        raise CutoverError(f"{there[0]} has more than {MAX_OCTETS} octets")
    return CutoverFile(there[0], read_state(data, str(there[0])))


def save(path: Path, state: State) -> None:
    """Write the file, whole or not at all, and have it on disk. Raises CutoverError."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{NAME}.", delete=False) as file:
            try:
                file.write(write_state(state).encode())
                file.flush()
                os.fchmod(file.fileno(), path.stat().st_mode & 0o777 if path.exists() else 0o644)
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise CutoverError(
            f"{path} cannot be written, and nothing was sent: {error.strerror or error}"
        ) from error
