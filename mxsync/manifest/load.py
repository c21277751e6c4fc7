"""Reads manifest files and puts them together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pydantic

from mxsync import registry
from mxsync.diagnostic import Diagnostic, Place, Severity
from mxsync.errors import InvalidManifest, ProviderError
from mxsync.manifest import document, schema
from mxsync.manifest.document import plain, read_document
from mxsync.manifest.faults import faults
from mxsync.manifest.files import manifest_files, read_octets, shown
from mxsync.manifest.garbage import no_collection
from mxsync.manifest.schema import ManifestFile
from mxsync.manifest.spot import Spot
from mxsync.manifest.zonelist import read_zone_list
from mxsync.registry import Block

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mxsync.manifest.schema import Defaults, ProviderBlock
    from mxsync.manifest.zonelist import ZoneList
    from mxsync.registry import Offer

DEFAULT_PATH = Path("mxsync.yaml")
"""What is read where no path is given."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a manifest."""

    path: str
    """As it is shown: as given, or below the folder given."""
    base: Path
    """The folder it is in: relative paths in the file start there."""
    sha256: str
    root: document.Mapping
    content: ManifestFile
    """What of it has the right shape."""
    lists: tuple[ZoneList, ...] = ()
    """What the files of `zones_from` hold, in its order."""

    def at(self, *keys: str) -> Spot:
        """Go to the value below these keys."""
        spot = Spot(self.path, self.root)
        for key in keys:
            spot = spot.below(key)
        return spot


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that the files of a run say."""

    sources: tuple[Source, ...]
    providers: dict[str, Block]
    sets: dict[str, Source]
    """Which file a named set stands in."""
    defaults: Defaults | None
    live: str | None
    """What a plan asks others about new exchanges, `dns` or `none`; None where no file says it."""
    findings: tuple[Diagnostic, ...]
    """What is wrong with the files themselves."""
    broken: frozenset[tuple[str, str]]
    """Providers and sets, by section and name, that are there and cannot be used."""


@no_collection()
def load_manifest(
    paths: Iterable[Path] = (), contents: Mapping[Path, bytes] = MappingProxyType({})
) -> Manifest:
    """Read a manifest: one file, many, or folders; `mxsync.yaml` where no path is given.

    Of a path in `contents`, that is read in place of the file, which need not be there. What is wrong is kept with it, and what is right is still there to be looked at. Raises nothing.
    """
    findings: list[Diagnostic] = []
    broken: set[tuple[str, str]] = set()
    sources = [
        source
        for path in manifest_files(list(paths) or [DEFAULT_PATH], findings)
        if (source := _read(path, contents.get(path), findings, broken))
    ]
    providers: dict[str, Block] = {}
    installed = registry.offers()
    for name, source in _once(sources, "providers", findings).items():
        if block := _block(name, source, installed, findings):
            providers[name] = block
        else:
            broken.add(("providers", name))
    sets = _once(sources, "sets", findings)
    defaults = _one(sources, "defaults", findings, "defaults stand", "put them together")
    live = _one(sources, "live", findings, "live stands", "say it once")
    return Manifest(
        tuple(sources),
        providers,
        sets,
        defaults.content.defaults if defaults else None,
        live.content.live if live else None,
        tuple(findings),
        frozenset(broken),
    )


def _read(
    path: Path, given: bytes | None, findings: list[Diagnostic], broken: set[tuple[str, str]]
) -> Source | None:
    """Read one file, or what stands for it; None if nothing of it can be used."""
    name = shown(path)
    try:
        data = read_octets(path) if given is None else given
        root = read_document(data, name)
    except OSError as error:
        message = f"the manifest cannot be read: {error.strerror or error}"
        what_to_do = "write one with 'mxsync init', or give the path of one" if path == DEFAULT_PATH else None
        findings.append(Diagnostic("MX029", Severity.ERROR, message, Place(name), help=what_to_do))
        return None
    except InvalidManifest as error:
        findings += error.findings
        return None
    if not isinstance(root, document.Mapping):
        message = "a manifest is a mapping with the keys mxsync, providers, sets, defaults, live and zones"
        findings.append(Spot(name, root).finding("MX029", message, "begin with 'mxsync: 1'"))
        return None
    content = _content(root, name, findings, broken)
    if content is None:
        return None
    source = Source(name, path.parent, hashlib.sha256(data).hexdigest(), root, content)
    lists = tuple(
        read_zone_list(
            source.base / entry.file, source.at("zones_from").below(number).below("file"), findings
        )
        for number, entry in enumerate(content.zones_from)
    )
    return replace(source, lists=lists)


def _content(
    root: document.Mapping, file: str, findings: list[Diagnostic], broken: set[tuple[str, str]]
) -> ManifestFile | None:
    """Validate a file; entries that are wrong are left out, so that the others are looked at too."""
    data = plain(root)
    assert isinstance(data, dict)  # noqa: S101 - it is made of a mapping
    try:
        return ManifestFile.model_validate(data)
    except pydantic.ValidationError as error:
        findings += faults(error, root, file, known=_KEYS)
        for detail in error.errors(include_url=False):
            section, *below = detail["loc"] or ("",)
            entries = data.get(str(section))
            if below and isinstance(entries, dict) and section in {"providers", "sets", "zones"}:
                entries.pop(str(below[0]), None)
                broken.add((str(section), str(below[0])))
            else:
                data.pop(str(section), None)
    try:
        return ManifestFile.model_validate({**data, "mxsync": 1})
    except pydantic.ValidationError:
        return None


_KEYS = frozenset(
    key
    for model in (
        schema.ManifestFile,
        schema.ZoneBlock,
        schema.Defaults,
        schema.ZonesFrom,
        schema.WaiverBlock,
        schema.Record,
        schema.RecordsWithTtl,
        schema.SetWithTtl,
    )
    for key in model.model_fields
)


def _one(
    sources: Iterable[Source], key: str, findings: list[Diagnostic], stands: str, what_to_do: str
) -> Source | None:
    """Find the file that says what a run has once; each other one that says it is an error."""
    found = [source for source in sources if getattr(source.content, key) is not None]
    for source in found[1:]:
        message = f"{stands} in {found[0].at().key(key).place()} already; a run has one"
        findings.append(source.at().key(key).finding("MX029", message, what_to_do))
    return found[0] if found else None


def _once(sources: Iterable[Source], key: str, findings: list[Diagnostic]) -> dict[str, Source]:
    """Collect the names below a key of all files; a name in two files is an error."""
    found: dict[str, Source] = {}
    for source in sources:
        for name in getattr(source.content, key):
            first = found.setdefault(name, source)
            if first is not source:
                message = f"'{name}' stands in {first.at(key).key(name).place()} already"
                findings.append(source.at(key).key(name).finding("MX029", message, "rename one of them"))
    return found


def _block(name: str, source: Source, installed: Sequence[Offer], findings: list[Diagnostic]) -> Block | None:
    raw: ProviderBlock = source.content.providers[name]
    try:
        plugin = registry.load(raw.type, installed)
        config = plugin.config.model_validate(raw.settings)
    except ProviderError as error:
        findings.append(source.at("providers", name, "type").finding("MX029", str(error)))
        return None
    except pydantic.ValidationError as error:
        known = plugin.config.model_fields
        findings += faults(error, source.root, source.path, below=("providers", name), known=known)
        return None
    settings = {"type": raw.type, **raw.settings}
    return Block(name, plugin, config, settings, source.base)
