"""What `mxsync import` does: from a provider block to files of a manifest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mxsync import registry
from mxsync.cli.console import show, show_findings
from mxsync.cli.init import SCHEMA
from mxsync.cli.prepare import Granting, grants_of
from mxsync.cli.signals import noticed, stopping
from mxsync.diagnostic import has_errors
from mxsync.errors import InvalidName, UnknownTarget
from mxsync.importing.fold import fold
from mxsync.importing.found import sort_out
from mxsync.importing.gather import Gathered, gather, list_zones, without_set
from mxsync.importing.prove import prove
from mxsync.importing.save import save
from mxsync.importing.target import choose, holds_manifests, is_folder
from mxsync.importing.write import zone_lines
from mxsync.manifest.faults import close_to
from mxsync.manifest.load import DEFAULT_PATH, load_manifest
from mxsync.manifest.owners import owner_name, zone_name
from mxsync.manifest.resolve import resolve
from mxsync.render.words import count, one_line
from mxsync.report import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from mxsync.diagnostic import Place
    from mxsync.importing.fold import Folded
    from mxsync.importing.target import Target
    from mxsync.manifest.load import Manifest
    from mxsync.names import Name
    from mxsync.reading import ZoneFailure
    from mxsync.registry import Block
    from mxsync.state import Desired


class Importing(Granting):
    """The options of `mxsync import`."""

    provider: str
    zones: tuple[str, ...]
    every: bool
    owners: tuple[str, ...]
    paths: tuple[Path, ...]
    output: str | None
    waive_days: int
    no_color: bool


def bring_in(asked: Importing) -> int:
    """Import zones. Raises MxsyncError with nothing written."""
    zones, owners = _names(asked)
    given = list(asked["paths"]) or [DEFAULT_PATH]
    manifest, desired = _understand(asked, given)
    target = choose(_block(asked["provider"], manifest), manifest, given, asked["output"], SCHEMA)
    gathered = _gather(asked, target, zones, owners, desired)
    today = datetime.now(UTC).date()
    until = today + timedelta(days=asked["waive_days"])
    found = [sort_out(reading, owners.get(reading.zone)) for reading in gathered.readings]
    folded = fold([zone for zone in found if zone.owners], target.known)
    files = target.files(folded, until) if any(zone.kept for zone in folded.zones) else {}
    if files:
        prove(target.paths, files, asked["provider"], folded, today)
    if asked["output"] is None:
        show("".join(data.decode() for data in files.values()), no_color=True)
    else:
        save(target, files)
    for reading in gathered.readings:
        for owner in without_set(reading, owners.get(reading.zone, ())):
            _say(f"{owner} has no MX set")
    _tell(asked, target, gathered, folded, written=files, until=until)
    if gathered.failures or any(left.unread for zone in folded.zones for left in zone.left):
        return ExitCode.PARTIAL if gathered.readings else ExitCode.FAILED
    return ExitCode.DONE


def _names(asked: Importing) -> tuple[list[Name], dict[Name, list[Name]]]:
    """Read the names at the command line; give the zones, and the owners where they are named."""
    if bool(asked["zones"]) is asked["every"]:
        raise click.UsageError("name the zones, or say --all for all that the provider has")
    if asked["owners"] and asked["every"]:
        raise click.UsageError("--owner belongs to zones that are named")
    try:
        zones = list(dict.fromkeys(zone_name(text) for text in asked["zones"]))
        owners = {zone: [owner_name(text, zone) for text in asked["owners"]] for zone in zones}
    except InvalidName as error:
        raise click.UsageError(one_line(str(error))) from error
    return zones, owners if asked["owners"] else {}


def _understand(asked: Importing, given: list[Path]) -> tuple[Manifest, Desired]:
    """Read the manifest. One with errors ends the command, which shows them."""
    output = asked["output"]
    beside = [Path(output)] if output and is_folder(output) and holds_manifests(Path(output)) else []
    manifest = load_manifest([*given, *beside])
    desired, findings = resolve(manifest, datetime.now(UTC).date(), may_be_empty=True)
    if has_errors(findings):
        show_findings(findings, "text", no_color=asked["no_color"], err=True)
        raise click.exceptions.Exit(ExitCode.REFUSED)
    return manifest, desired


def _block(name: str, manifest: Manifest) -> Block:
    if block := manifest.providers.get(name):
        return block
    likely = close_to(name, manifest.providers) or "write its block below 'providers:' first"
    raise UnknownTarget(f"the manifest has no provider '{name[:64]}'; {likely}")


def _gather(
    asked: Importing,
    target: Target,
    zones: list[Name],
    owners: Mapping[Name, list[Name]],
    desired: Desired,
) -> Gathered:
    """Read the zones that the manifest does not have. Raises KeyboardInterrupt if a signal comes."""
    name = asked["provider"]
    with noticed() as stopped:
        opened = registry.open_blocks([target.block], grants_of(asked), writing=False, stopping=stopping)
        unclear: tuple[ZoneFailure, ...] = ()
        listed: Iterable[Name] = zones
        if asked["every"]:
            listed, unclear = list_zones(name, opened[name])
        there = _places(desired) if target.joins else {}
        wanted = [zone for zone in listed if zone not in there]
        gathered = gather(name, opened[name], wanted, owners, stopped=stopped)
        if stopped():
            raise KeyboardInterrupt
    for zone in listed:
        if zone in there:
            _say(f"{zone} is in the manifest already ({there[zone]}), and stays as it is")
    return Gathered(gathered.readings, (*unclear, *gathered.failures))


def _places(desired: Desired) -> dict[Name, Place | None]:
    return {zone.zone: zone.place for zone in desired.zones}


def _tell(  # noqa: PLR0913 - all that was found out
    asked: Importing,
    target: Target,
    gathered: Gathered,
    folded: Folded,
    *,
    written: Mapping[Path, bytes],
    until: date,
) -> None:
    """Say what came of it: on stdout, unless the manifest itself stands there."""
    for failure in gathered.failures:
        _say(f"{failure.zone} could not be read: {failure.message}")
    for zone in folded.zones:
        if not zone.kept and (target.folder or not written):
            for line in zone_lines((zone,), folded, until, provider=None):
                _say(line.removeprefix("#").strip())
    empty = len(gathered.readings) - len(folded.zones)
    if empty:
        _say(f"{count(empty, 'zone')} without an MX set")
    if left := sum(len(zone.left) for zone in folded.zones):
        _say(f"{count(left, 'owner')} not imported{', see the comments' if written else ''}")
    waived = sum(len(kept.waive) for zone in folded.zones for kept in zone.kept)
    if waived:
        _say(f"{count(waived, 'finding')} waived until {until}; mend the cause by then")
    sets = sum(len(zone.kept) for zone in folded.zones)
    zones = sum(bool(zone.kept) for zone in folded.zones)
    where = f" to {asked['output']}" if asked["output"] and written else ""
    message = f"Imported {count(sets, 'MX set')} in {count(zones, 'zone')}{where}."
    show(f"{one_line(message)}\n", no_color=True, err=asked["output"] is None)


def _say(message: str) -> None:
    show(f"mxsync: {one_line(message)}\n", no_color=True, err=True)
