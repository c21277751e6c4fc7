"""The folder of zone files: which file a zone is, and what it says."""

from __future__ import annotations

import glob
import os
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mxsync import names
from mxsync.errors import InvalidName
from mxsync.reading import Absent, Blocked, Present, Unreadable
from mxsync_zonefile.edit import owner_obstacle, zone_obstacle
from mxsync_zonefile.interpret import File, Unusable, interpret
from mxsync_zonefile.store import FileTrouble, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mxsync.names import Name
    from mxsync.reading import OwnerReading
    from mxsync_zonefile.content import Content

ENCODING = "iso-8859-1"
"""One character per octet, so that whatever stands in a comment comes back as it was."""

_PLAIN = re.compile(r"[a-z0-9_][a-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that holds a file for every zone."""

    path: Path
    pattern: str
    """`{zone}` stands for the zone's name without the trailing dot, `root` for the root zone."""

    def file_of(self, zone: Name) -> Path:
        """Say where a zone's file is.

        Raises FileTrouble for a name that could lead out of the folder.
        """
        plain = "root" if zone == names.ROOT else zone.removesuffix(".")
        if not _PLAIN.fullmatch(plain):
            raise FileTrouble(f"{zone}: a file name takes only a-z, 0-9, '-' and '_' of a zone's name")
        return self.path / self.pattern.replace("{zone}", plain)

    def zones(self) -> Iterator[Name]:
        """Give the zones that have a file here.

        Raises FileTrouble where the folder cannot be searched.
        """
        pieces = self.pattern.split("{zone}")
        first, *others = map(re.escape, pieces)
        shape = re.compile(f"{first}(?P<zone>.+?){'(?P=zone)'.join(others)}")
        anything = re.sub(r"\*+", "*", "*".join(map(glob.escape, pieces)))
        try:
            next(self.path.iterdir(), None)  # a glob says nothing of a folder that may not be read
            paths = sorted(self.path.glob(anything))
        except OSError as error:
            raise FileTrouble(f"{self.path}: the folder cannot be read: {error.strerror or error}") from None
        for path in paths:
            match = shape.fullmatch(path.relative_to(self.path).as_posix())
            # What a name server keeps beside a file is none.
            if match and _PLAIN.fullmatch(match["zone"]) and path.is_file() and not _is_journal(path):
                plain = match["zone"]
                try:
                    yield names.ROOT if plain == "root" else names.parse(f"{plain}.")
                except InvalidName:
                    continue

    def interpret(self, zone: Name, path: Path, data: bytes, like: Content | None = None) -> Content:
        """Understand the content of a zone's file, and of the files that it includes.

        It is quicker with a content that is mostly alike.

        Raises Unusable.
        """

        def include(name: str) -> File:
            # A name server looks from its own working folder, which is not known here.
            candidates = (path.parent / name, self.path / name)
            # `Path.exists` raises where a name is too long.
            file = next((one for one in candidates if os.path.exists(one)), candidates[0])  # noqa: PTH110
            try:
                return File(str(file), read_file(file).decode(ENCODING))
            except FileTrouble as error:
                raise Unusable(str(error)) from None

        return interpret(zone, File(str(path), data.decode(ENCODING)), include, like)

    def readings(self, path: Path, content: Content, owners: Iterable[Name]) -> dict[Name, OwnerReading]:
        """Say what these owners have, and all others that have an MX set."""
        journals = [
            name for name in (f"{path}.jnl", f"{os.path.realpath(path)}.jnl") if os.path.lexists(name)
        ]
        readings: dict[Name, OwnerReading] = {}
        obstacle = zone_obstacle(content)
        for owner in (*owners, *content.mx_owners()):
            if not names.is_within(owner, content.zone):
                readings[owner] = Unreadable(f"{owner} lies outside of the zone {content.zone}")
            elif journals:
                readings[owner] = Blocked(
                    f"there is a journal, {journals[0]}: the zone takes dynamic updates; use type: rfc2136"
                )
            else:
                found = content.reading(owner)
                if isinstance(found, Present | Absent):
                    found = replace(found, fixed=obstacle or owner_obstacle(content, owner))
                readings[owner] = found
        return readings


def _is_journal(path: Path) -> bool:
    return path.suffix in {".jnl", ".jbk"} and path.with_suffix("").exists()
