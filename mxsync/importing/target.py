"""Where an import goes: what that belongs to, and which files it makes or changes."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mxsync.errors import NotAllowed
from mxsync.importing.extend import extend
from mxsync.importing.fold import Known
from mxsync.importing.known import known_of
from mxsync.importing.write import defaults_lines, head, sections, set_lines, whole, zone_lines
from mxsync.manifest.document import BOM
from mxsync.manifest.files import read_octets, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mxsync.importing.fold import Folded
    from mxsync.importing.found import FoundZone
    from mxsync.manifest.load import Manifest
    from mxsync.registry import Block

SUFFIXES = {".yaml", ".yml"}
SHARED = "_shared.yaml"
"""The file of named sets and defaults, where every zone has a file of its own."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the manifest goes that an import makes."""

    block: Block
    manifest: Manifest
    """The manifest that names the provider."""
    path: Path
    """A file, or the folder of the zones' files; where nothing is written, what the result is called."""
    folder: bool
    """Whether each zone gets a file of its own."""
    joins: bool
    """Whether the manifest and what is written are read together; if not, the latter stands on its own."""
    schema: Path | None = None
    """The file by which editors know manifests, if there is one."""

    @property
    def known(self) -> Known:
        """What is said already, where that counts."""
        known = known_of(self.manifest) if self.joins else Known()
        return replace(known, ttl=None) if self.fresh else known

    @property
    def fresh(self) -> bool:
        """Whether the manifest has no zone and no defaults yet, so that new ones change nothing for anybody."""
        sources = self.manifest.sources
        used = any(source.content.zones or source.content.zones_from for source in sources)
        return self.joins and self.manifest.defaults is None and not used

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files of the manifest that is read together with what is written."""
        return tuple(Path(source.path) for source in self.manifest.sources) if self.joins else ()

    def files(self, folded: Folded, until: date) -> dict[Path, bytes]:
        """Write the files, as octets. Raises MxsyncError where that is not possible."""
        if not self.joins:
            provider = (self.block.name, self.block.settings)
            lines = whole(folded, until, provider=provider, schema=self._schema_from(self.path.parent))
            return {self.path: _text(lines)}
        shared = {"sets": set_lines(folded.new)}
        if self.fresh:
            shared["defaults"] = defaults_lines(self.block.name, folded.ttl)
        if not self.folder:
            return {self.path: self._file(self.path, folded, until, folded.zones, shared)}
        files = {}
        if any(shared.values()):
            path = self.path / SHARED
            files[path] = self._file(path, folded, until, (), shared)
        for zone in folded.zones:
            if zone.kept:
                path = self.path / file_name(zone.key)
                if path in files or os.path.lexists(path):
                    raise NotAllowed(f"{shown(path)} is there already, and stays as it is; move it away")
                files[path] = self._file(path, folded, until, (zone,), {})
        return files

    def _file(
        self,
        path: Path,
        folded: Folded,
        until: date,
        zones: Sequence[FoundZone],
        shared: Mapping[str, Sequence[str]],
    ) -> bytes:
        """Write a file that is read together with the manifest, or add to one that is there."""
        defaults = self.manifest.defaults
        named = self.fresh or (defaults and defaults.named == (self.block.name,))
        provider = None if named else self.block.name
        data = read_octets(path) if os.path.lexists(path) else None
        old = (data or b"").removeprefix(BOM).decode("utf-8")
        there = {line.strip() for line in old.splitlines()}
        new = [zone for zone in zones if zone.kept or not _stands_there(zone, folded, until, there)]
        added = {**shared, "zones": zone_lines(new, folded, until, provider=provider)}
        if data is None:
            return _text([*head(self._schema_from(path.parent)), *sections(added)])
        return data[: len(data) - len(data.removeprefix(BOM))] + extend(old, shown(path), added).encode()

    def _schema_from(self, folder: Path) -> str | None:
        return None if self.schema is None else Path(os.path.relpath(self.schema, folder)).as_posix()


def _stands_there(zone: FoundZone, folded: Folded, until: date, there: set[str]) -> bool:
    """Say whether an import before has left the same comments."""
    return {line.strip() for line in zone_lines((zone,), folded, until, provider=None)} <= there


def choose(
    block: Block, manifest: Manifest, given: Sequence[Path], output: str | None, schema: str
) -> Target:
    """Say where an import goes.

    `given` is where the manifest was looked for, `schema` what the file for editors is called. Raises
    NotAllowed for a file that is there and is not the manifest's, and for a place where the provider block
    would not mean the same.
    """
    editors = next((path for path in (block.base / schema,) if path.is_file()), None)
    if output is None:
        return Target(
            block, manifest, block.base / "imported.yaml", folder=False, joins=False, schema=editors
        )
    path = Path(output)
    if is_folder(output):
        return Target(block, manifest, path, folder=True, joins=True, schema=editors)
    real = os.path.realpath(path)
    sources = {os.path.realpath(source.path): Path(source.path) for source in manifest.sources}
    if real in sources:
        return Target(block, manifest, sources[real], folder=False, joins=True, schema=editors)
    if os.path.lexists(path):
        raise NotAllowed(
            f"{shown(path)} is there already, and no file of the manifest: say --manifest {shown(path)} too, "
            "or give the path of a new file"
        )
    if any(_holds(folder, path) for folder in given):
        return Target(block, manifest, path, folder=False, joins=True, schema=editors)
    if os.path.realpath(path.parent) != os.path.realpath(block.base):
        here = shown(block.base / path.name)
        raise NotAllowed(
            f"{shown(path)} would hold a copy of the provider block, whose relative paths start in another folder; "
            f"write to {here}, or to a folder ('{shown(path.parent / path.stem)}/') that is read with the manifest"
        )
    return Target(block, manifest, path, folder=False, joins=False, schema=editors)


def is_folder(output: str) -> bool:
    """Say whether an output is meant as a folder: it is one, or ends in a slash."""
    return output.endswith(("/", os.sep)) or os.path.isdir(output)  # noqa: PTH112 - it never raises


def holds_manifests(folder: Path) -> bool:
    """Say whether a folder has manifest files, in it or below."""
    return any(
        Path(name).suffix in SUFFIXES and not name.startswith(".")
        for _, _, names in os.walk(folder)
        for name in names
    )


def _holds(folder: Path, path: Path) -> bool:
    """Say whether a file will be read with all of a folder."""
    if not os.path.isdir(folder) or path.suffix not in SUFFIXES:  # noqa: PTH112
        return False
    inner = os.path.relpath(os.path.realpath(path), os.path.realpath(folder))
    return not any(part.startswith(".") for part in Path(inner).parts)


def file_name(key: str) -> str:
    """Give the name of a zone's file: other than letters, digits, `.`, `-` and `_` as `%` and two digits."""
    plain = "root" if key == "." else key
    return re.sub(r"[^a-z0-9._-]|^\.", lambda found: f"%{ord(found[0]):02x}", plain) + ".yaml"


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line.rstrip(' ')}\n" for line in lines).encode()
