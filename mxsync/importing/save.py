"""Writes the files of an import: new ones, and such that still are what was read."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mxsync.errors import MxsyncError, NotAllowed
from mxsync.manifest.files import read_octets, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mxsync.importing.target import Target


def save(target: Target, files: Mapping[Path, bytes]) -> None:
    """Write files, each whole or not at all.

    Raises NotAllowed for one that somebody else has made or changed meanwhile, MxsyncError for one that cannot
    be written.
    """
    digests = {Path(source.path): source.sha256 for source in target.manifest.sources}
    for path, data in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if target.joins and path in digests:
                if hashlib.sha256(read_octets(path)).hexdigest() != digests[path]:
                    raise NotAllowed(
                        f"{shown(path)} has been changed meanwhile, and stays as it is; import again"
                    )
                _replace(Path(os.path.realpath(path)), data)
            else:
                with path.open("xb") as file:
                    file.write(data)
        except FileExistsError as error:
            raise NotAllowed(f"{shown(path)} is there already, and stays as it is") from error
        except OSError as error:
            raise MxsyncError(f"{shown(path)} cannot be written: {error.strerror or error}") from error


def _replace(path: Path, data: bytes) -> None:
    """Put a new content into the place of a file. Raises OSError."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            shutil.copymode(path, temporary)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
