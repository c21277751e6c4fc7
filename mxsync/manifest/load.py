"""Reads manifest files and puts them together."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydantic

from mxsync import registry
from mxsync.diagnostic import Diagnostic, Place, Severity, in_order
from mxsync.errors import InvalidManifest, ProviderError
from mxsync.manifest.document import Mapping, plain, read_document
from mxsync.manifest.faults import faults
from mxsync.manifest.schema import ManifestFile
from mxsync.manifest.spot import Spot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mxsync.manifest.schema import Defaults, ProviderBlock
    from mxsync.provider import Plugin

DEFAULT_PATH = Path("mxsync.yaml")
"""What is read where no path is given."""

_SUFFIXES = {".yaml", ".yml"}


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a manifest."""

    path: str
    """As it is shown: as given, or below the folder given."""
    base: Path
    """The folder it is in: relative paths in the file start there."""
    sha256: str
    root: Mapping
    content: ManifestFile

    def at(self, *keys: str) -> Spot:
        """Go to the value below these keys."""
        spot = Spot(self.path, self.root)
        for key in keys:
            spot = spot.below(key)
        return spot


@dataclass(frozen=True, slots=True)
class Block:
    """A provider block, validated by its plug-in's model."""

    name: str
    plugin: Plugin
    config: pydantic.BaseModel
    settings: dict[str, Any]
    """The block as it was written, with references in place of secrets."""
    base: Path
    place: Place


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that the files of a run say."""

    sources: tuple[Source, ...]
    providers: dict[str, Block]
    sets: dict[str, Source]
    """Which file a named set stands in."""
    defaults: Defaults | None


def load_manifest(paths: Iterable[Path] = ()) -> Manifest:
    """Read a manifest: one file, many, or folders; `mxsync.yaml` where no path is given.

    Raises InvalidManifest with all that keeps the files from being put together.
    """
    sources: list[Source] = []
    findings: list[Diagnostic] = []
    for path, shown in _files(list(paths) or [DEFAULT_PATH], findings):
        try:
            sources.append(_read(path, shown))
        except InvalidManifest as error:
            findings += error.findings
    found = _once(sources, "providers", findings)
    providers = {name: block for name, source in found.items() if (block := _block(name, source, findings))}
    sets = _once(sources, "sets", findings)
    defaults = [source for source in sources if source.content.defaults]
    for source in defaults[1:]:
        message = f"defaults stand in {defaults[0].at().key('defaults').place()} already; a run has one"
        findings.append(source.at().key("defaults").finding("MX029", message))
    if findings:
        raise InvalidManifest(in_order(findings))
    return Manifest(tuple(sources), providers, sets, defaults[0].content.defaults if defaults else None)


def _files(paths: Iterable[Path], findings: list[Diagnostic]) -> Iterator[tuple[Path, str]]:
    """Find the files; those of a folder in the order of their names, hidden ones left out."""
    seen: set[Path] = set()
    for path in paths:
        members = sorted(_members(path)) if path.is_dir() else [path]
        if not members:
            message = "the folder holds no .yaml or .yml file"
            findings.append(Diagnostic("MX029", Severity.ERROR, message, Place(str(path))))
        for member in members:
            # The same file, given twice, is one file.
            if member.resolve() not in seen:
                seen.add(member.resolve())
                yield member, str(member)


def _members(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and Path(name).suffix in _SUFFIXES:
                yield Path(parent, name)


def _read(path: Path, shown: str) -> Source:
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"the manifest cannot be read: {error.strerror or error}"
        raise InvalidManifest(
            [Diagnostic("MX029", Severity.ERROR, message, Place(shown), help=_where_to_begin(path))]
        ) from error
    root = read_document(data, shown)
    if not isinstance(root, Mapping):
        message = "a manifest is a mapping with the keys mxsync, providers, sets, defaults and zones"
        raise InvalidManifest([Spot(shown, root).finding("MX029", message)])
    try:
        content = ManifestFile.model_validate(plain(root))
    except pydantic.ValidationError as error:
        raise InvalidManifest(tuple(faults(error, root, shown))) from error
    return Source(shown, path.parent, hashlib.sha256(data).hexdigest(), root, content)


def _where_to_begin(path: Path) -> str | None:
    return "give the path of a manifest" if path == DEFAULT_PATH else None


def _once(sources: Iterable[Source], key: str, findings: list[Diagnostic]) -> dict[str, Source]:
    """Collect the names below a key of all files; a name in two files is an error."""
    found: dict[str, Source] = {}
    for source in sources:
        for name in getattr(source.content, key):
            first = found.setdefault(name, source)
            if first is not source:
                message = f"'{name}' stands in {first.at(key).key(name).place()} already"
                findings.append(source.at(key).key(name).finding("MX029", message))
    return found


def _block(name: str, source: Source, findings: list[Diagnostic]) -> Block | None:
    raw: ProviderBlock = source.content.providers[name]
    try:
        plugin = registry.load(raw.type)
        config = plugin.config.model_validate(raw.settings)
    except ProviderError as error:
        findings.append(source.at("providers", name, "type").finding("MX029", str(error)))
        return None
    except pydantic.ValidationError as error:
        findings += faults(error, source.root, source.path, below=("providers", name))
        return None
    settings = {"type": raw.type, **raw.settings}
    return Block(name, plugin, config, settings, source.base, source.at("providers").key(name).place())
