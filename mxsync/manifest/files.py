"""Finds and reads the files of a manifest. What is wrong becomes a finding."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from mxsync.diagnostic import Diagnostic, Place, Severity
from mxsync.manifest.document import MAX_OCTETS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SUFFIXES = {".yaml", ".yml"}
CUTOVER = "cutover.yaml"
"""How far a cutover is stands in this file of a manifest's folder; it is no part of the manifest."""


def shown(path: Path) -> str:
    """Write a path so that any output can hold it."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def manifest_files(paths: Iterable[Path], findings: list[Diagnostic]) -> Iterator[Path]:
    """Give files as they are; of a folder, those in it and below, by name, hidden ones left out.

    The same file, given twice, is one file.
    """
    seen: set[str] = set()
    for path in paths:
        members = sorted(_members(path, findings)) if os.path.isdir(path) else [path]  # noqa: PTH112 - it never raises
        if not members:
            findings.append(_finding(path, "the folder holds no .yaml or .yml file"))
        for member in members:
            real = _real(member)
            if real not in seen:
                seen.add(real)
                yield member


def cutover_files(paths: Iterable[Path]) -> list[Path]:
    """Find the cutover's file in the folders of a manifest, given as its files and folders; without any, in this one."""
    folders = dict.fromkeys(path if path.is_dir() else path.parent for path in list(paths) or [Path()])
    return [folder / CUTOVER for folder in folders if os.path.lexists(folder / CUTOVER)]


def read_octets(path: Path) -> bytes:
    """Read a file, up to one octet more than is taken. Raises OSError."""
    with path.open("rb") as file:
        return file.read(MAX_OCTETS + 1)


def _real(path: Path) -> str:
    try:
        return os.path.realpath(path)
    except OSError:  # the working folder has been removed
        return str(path)


def _members(folder: Path, findings: list[Diagnostic]) -> Iterator[Path]:
    def fault(error: OSError) -> None:
        findings.append(_finding(Path(error.filename), f"the folder cannot be read: {error.strerror}"))

    for parent, folders, names in os.walk(folder, onerror=fault):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            if name.startswith(".") or name == CUTOVER or path.suffix not in _SUFFIXES:
                continue
            # A pipe that lies in a folder would be waited for; one that is given by name is meant.
            if os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH110, PTH116
                findings.append(_finding(path, "it is no regular file"))
                continue
            yield path


def _finding(path: Path, message: str) -> Diagnostic:
    return Diagnostic("MX029", Severity.ERROR, message, Place(shown(path)))
