"""From what the files say to what is wanted: names made absolute, sets looked up, defaults filled in.

Pure: it asks nobody. Everything that is wrong becomes a finding at its place.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mxsync.diagnostic import in_order
from mxsync.errors import InvalidName
from mxsync.manifest.faults import close_to
from mxsync.manifest.owners import owner_name, zone_name
from mxsync.manifest.schema import ZoneBlock
from mxsync.manifest.sets import RESERVED, SetReader
from mxsync.state import Desired, DesiredZone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.diagnostic import Diagnostic
    from mxsync.manifest.load import Manifest, Source
    from mxsync.manifest.spot import Spot
    from mxsync.names import Name
    from mxsync.state import Wanted

DEFAULT_TTL = 3600
"""The TTL of a set for which nothing says one, in seconds."""


def resolve(manifest: Manifest) -> tuple[Desired, tuple[Diagnostic, ...]]:
    """Say what a manifest wants, and what is wrong with it.

    What is wanted is complete only if no finding is an error.
    """
    resolver = _Resolver(manifest)
    for source in manifest.sources:
        whole = source.at()
        if not any(each.content.zones for each in manifest.sources):
            resolver.findings.append(
                whole.finding("MX029", "the manifest has no zone", "add one below 'zones:'")
            )
            break
        for name in RESERVED:
            if name in source.content.sets:
                spot = whole.below("sets").key(name)
                resolver.findings.append(
                    spot.finding("MX029", f"'{name}' has a meaning of its own", "rename it")
                )
        for key in source.content.zones:
            resolver.add(source, key)
    return Desired(tuple(resolver.zones.values())), in_order(resolver.findings)


class _Resolver:
    """Collects zones, entry by entry."""

    def __init__(self, manifest: Manifest) -> None:
        self.zones: dict[tuple[str, Name], DesiredZone] = {}
        self.findings: list[Diagnostic] = []
        self._manifest = manifest
        self._sets = SetReader(manifest, self.findings)
        self._elsewhere: dict[tuple[Name, Name], tuple[str, Wanted]] = {}

    def add(self, source: Source, key: str) -> None:
        """Take in one entry of `zones:`."""
        zones = source.at("zones")
        spot = zones.key(key)
        try:
            zone = zone_name(key)
        except InvalidName as error:
            self.findings.append(spot.finding("MX004", str(error)))
            return
        spot, inside = replace(spot, zone=zone), replace(zones.below(key), zone=zone)
        value = source.content.zones[key]
        if isinstance(value, ZoneBlock):
            owners, named, whole = self._owners(value, inside.below("mx")), value.named, value.scope == "zone"
            if not value.mx and not whole:
                self.findings.append(
                    spot.finding("MX029", "the zone names no owner", "remove it, or say scope: zone")
                )
        else:
            apex = replace(inside, owner=zone)
            wanted = self._sets.wanted(value, apex, spot, self._ttl(None))
            owners, named, whole = {zone: wanted} if wanted else {}, (), False
        for provider in self._providers(named, spot, inside):
            plugin = self._manifest.providers[provider].plugin
            if whole and not plugin.capabilities.lists_zone:
                message = f"provider '{provider}' ({plugin.name}) cannot list a zone, which scope: zone needs"
                self.findings.append(
                    inside.below("scope").finding("MX029", message, "name the owners instead")
                )
            self._merge(DesiredZone(provider, zone, owners, whole, spot.place()), spot)

    def _ttl(self, zone_ttl: int | None) -> int:
        defaults = self._manifest.defaults
        for ttl in (zone_ttl, defaults.ttl if defaults else None):
            if ttl is not None:
                return ttl
        return DEFAULT_TTL

    def _owners(self, block: ZoneBlock, mx: Spot) -> dict[Name, Wanted]:
        """Read the owners of a zone's long form."""
        assert mx.zone is not None  # noqa: S101 - the caller has read it
        owners: dict[Name, Wanted] = {}
        places: dict[Name, Spot] = {}
        for key, value in block.mx.items():
            spot = mx.key(key)
            try:
                owner = owner_name(key, mx.zone)
            except InvalidName as error:
                self.findings.append(spot.finding("MX004", str(error)))
                continue
            spot = replace(spot, owner=owner)
            if owner in places:
                message = f"{owner} is defined in {places[owner].place()} already"
                self.findings.append(spot.finding("MX022", message, "remove one of them"))
                continue
            places[owner] = spot
            wanted = self._sets.wanted(value, replace(mx.below(key), owner=owner), spot, self._ttl(block.ttl))
            if wanted:
                owners[owner] = wanted
        return owners

    def _providers(self, named: tuple[str, ...], spot: Spot, inside: Spot) -> Iterator[str]:
        """Give the provider blocks of a zone that exist."""
        defaults = self._manifest.defaults
        if not named and not (named := defaults.named if defaults else ()):
            help_line = "name one here, or in 'defaults:' for all zones"
            self.findings.append(spot.finding("MX029", f"no provider is named for {spot.zone}", help_line))
        for name in dict.fromkeys(named):
            if name in self._manifest.providers:
                yield name
                continue
            at = next(
                (found for word in ("provider", "providers") if (found := inside.below(word)) is not inside),
                spot,
            )
            likely = close_to(name, self._manifest.providers)
            self.findings.append(at.finding("MX029", f"there is no provider '{name}'", likely))

    def _merge(self, new: DesiredZone, spot: Spot) -> None:
        """Add a zone at a provider to what other entries say of it."""
        old = self.zones.get((new.provider, new.zone))
        if old is not None and (old.whole or new.whole):
            message = f"a zone with scope: zone stands whole in one place; it also stands in {old.place}"
            self.findings.append(spot.finding("MX022", message))
            return
        for owner, wanted in new.owners.items():
            at = replace(spot, owner=owner)
            if first := old.owners.get(owner) if old else None:
                message = f"{owner} at provider '{new.provider}' is defined in {first.place} already"
                self.findings.append(at.finding("MX022", message, "remove one of them", place=wanted.place))
            provider, other = self._elsewhere.setdefault((new.zone, owner), (new.provider, wanted))
            if provider != new.provider and other.set != wanted.set:
                message = f"{owner} has another set at provider '{provider}', in {other.place}"
                self.findings.append(
                    at.finding("MX022", message, "an owner is kept alike everywhere", place=wanted.place)
                )
        owners = {**new.owners, **old.owners} if old else new.owners
        self.zones[new.provider, new.zone] = replace(old or new, owners=owners)
