"""From what the files say to what is wanted: names made absolute, sets looked up, defaults filled in.

Pure: it asks nobody. Everything that is wrong becomes a finding at its place.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mxsync.errors import InvalidName
from mxsync.manifest.document import MAX_SHOWN
from mxsync.manifest.faults import close_to
from mxsync.manifest.garbage import no_collection
from mxsync.manifest.owners import owner_name, zone_name
from mxsync.manifest.schema import ZoneBlock
from mxsync.manifest.sets import RESERVED, SetReader, ttl_findings
from mxsync.manifest.spot import Spot
from mxsync.manifest.waivers import Findings, Waiver
from mxsync.rules.checks import check_mapping, check_owner
from mxsync.state import Desired, DesiredZone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from mxsync.diagnostic import Diagnostic, Place
    from mxsync.manifest.load import Manifest, Source
    from mxsync.manifest.schema import Defaults, ZoneValue
    from mxsync.names import Name
    from mxsync.rules.checks import Problem
    from mxsync.state import Wanted

DEFAULT_TTL = 3600
"""The TTL of a set for which nothing says one, in seconds."""


@no_collection()
def resolve(
    manifest: Manifest, today: date, *, may_be_empty: bool = False
) -> tuple[Desired, tuple[Diagnostic, ...]]:
    """Say what a manifest wants, and what is wrong with it, sorted by place.

    `today` (UTC) decides which waivers count; one without zones is an error, unless it `may_be_empty`. What is wanted is complete only if no finding is an error.
    """
    resolver = _Resolver(manifest)
    for source in manifest.sources:
        resolver.check_head(source)
        entries = source.at("zones")
        for key, value in source.content.zones.items():
            resolver.add_entry(entries, key, value)
    for source in manifest.sources:
        for number in range(len(source.content.zones_from)):
            resolver.add_list(source, number)
    resolver.check_whole(may_be_empty=may_be_empty)
    waived = resolver.findings.live_waivers(today)
    zones = (
        replace(zone, waived=waived[zone.zone]) if zone.zone in waived else zone
        for zone in resolver.zones.values()
    )
    return Desired(tuple(zones)), resolver.findings.settled(today)


class _Resolver:
    """Collects zones, entry by entry."""

    def __init__(self, manifest: Manifest) -> None:
        self.zones: dict[tuple[str, Name], DesiredZone] = {}
        self.findings = Findings()
        for finding in manifest.findings:
            self.findings.add(finding)
        self._manifest = manifest
        self._sets = SetReader(manifest, self.findings)
        self._places: dict[Name, Place] = {}
        self._elsewhere: dict[tuple[Name, Name], tuple[str, Wanted]] = {}
        self._defaults: Defaults | None = manifest.defaults

    def check_head(self, source: Source) -> None:
        """Look at what stands beside the zones of a file."""
        for name in RESERVED:
            if name in source.content.sets:
                spot = source.at("sets").key(name)
                self.findings.add(spot.finding("MX029", f"'{name}' has a meaning of its own", "rename it"))
        if source.content.defaults:
            for finding in ttl_findings(source.content.defaults.ttl, source.at("defaults")):
                self.findings.add(finding)

    def check_whole(self, *, may_be_empty: bool) -> None:
        """Refuse a manifest that manages nothing: it is a slip, and never a wish."""
        self._sets.check_unused()
        if self._manifest.findings or may_be_empty:
            return
        first = self._manifest.sources[0]
        if not any(source.content.zones or source.content.zones_from for source in self._manifest.sources):
            self.findings.add(
                first.at().finding("MX029", "the manifest has no zone", "add one below 'zones:'")
            )

    def add_entry(self, zones: Spot, key: str, value: ZoneValue) -> None:
        """Take in one entry of `zones:`."""
        spot = zones.key(key)
        zone = self._zone(spot, key)
        if zone is None:
            return
        spot, inside = spot.of(zone), zones.below(key).of(zone)
        self._places.setdefault(zone, spot.place())
        if isinstance(value, ZoneBlock):
            for finding in ttl_findings(value.ttl, inside):
                self.findings.add(finding)
            self._note(check_mapping(key, zone), spot)
            self._waivers(value, inside)
            owners = self._owners(value, inside.below("mx"))
            whole = value.scope == "zone"
            if not value.mx and not whole:
                self.findings.add(
                    spot.finding("MX029", "the zone names no owner", "remove it, or say scope: zone")
                )
            order = self._by_order(value.preference_match)
        else:
            apex = spot.of(zone, zone)
            self._note(check_owner(key, zone), apex)
            wanted = self._sets.wanted(value, inside.of(zone, zone), apex, self._ttl(None))
            owners, whole, order = {zone: wanted} if wanted else {}, False, self._by_order(None)
        named = value.named if isinstance(value, ZoneBlock) else ()
        for provider in self._providers(named, spot, inside):
            plugin = self._manifest.providers[provider].plugin
            if whole and not plugin.capabilities.lists_zone:
                message = f"provider '{provider}' ({plugin.name}) cannot list a zone, which scope: zone needs"
                self.findings.add(inside.below("scope").finding("MX029", message, "name the owners instead"))
            self._merge(DesiredZone(provider, zone, owners, whole, order, spot.place()), spot)

    def add_list(self, source: Source, number: int) -> None:
        """Take in the domains of one entry of `zones_from:`."""
        entry, at = source.content.zones_from[number], source.at("zones_from").below(number)
        for finding in ttl_findings(entry.ttl, at):
            self.findings.add(finding)
        providers = tuple(self._providers(entry.named, at, at))
        for domain, own_set in source.lists[number].entries:
            spot = Spot(source.lists[number].path, domain)
            zone = self._zone(spot, domain.text)
            if zone is None:
                continue
            spot = spot.of(zone, zone)
            if first := self._places.get(zone):
                message = f"{zone} stands in {first} already, and a listed zone stands in one place"
                self.findings.add(spot.finding("MX022", message, "remove one of them"))
                continue
            self._places[zone] = spot.place()
            self._note(check_owner(domain.text, zone), spot)
            ttl = self._ttl(entry.ttl)
            if own_set:
                wanted = self._sets.wanted(own_set.text, Spot(spot.file, own_set, zone, zone), spot, ttl)
            else:
                wanted = self._sets.wanted(entry.mx, at.below("mx"), spot, ttl, shared=True)
            owners = {zone: wanted} if wanted else {}
            order = self._by_order(entry.preference_match)
            for provider in providers:
                self._merge(DesiredZone(provider, zone, owners, by_order=order, place=spot.place()), spot)

    def _zone(self, spot: Spot, text: str) -> Name | None:
        """Read the name of a zone; None if it is none."""
        try:
            return zone_name(text)
        except InvalidName as error:
            self.findings.add(spot.finding("MX004", str(error)))
            return None

    def _ttl(self, zone_ttl: int | None) -> int:
        for ttl in (zone_ttl, self._defaults.ttl if self._defaults else None):
            if ttl is not None:
                return ttl
        return DEFAULT_TTL

    def _by_order(self, zone_match: str | None) -> bool:
        default = self._defaults.preference_match if self._defaults else None
        return (zone_match or default) == "order"

    def _note(self, problems: Iterable[Problem], spot: Spot) -> None:
        for problem in problems:
            self.findings.add(
                spot.finding(problem.rule, problem.message, problem.help, severity=problem.severity)
            )

    def _waivers(self, block: ZoneBlock, inside: Spot) -> None:
        zone = inside.zone
        assert zone is not None  # noqa: S101 - the caller has read it
        for number, waiver in enumerate(block.waive):
            spot = inside.below("waive").below(number)
            try:
                owner = None if waiver.owner is None else owner_name(waiver.owner, zone)
            except InvalidName as error:
                self.findings.add(spot.below("owner").finding("MX004", str(error)))
                continue
            self.findings.waive(Waiver(waiver.rule, zone, owner, waiver.reason, waiver.until, spot))

    def _owners(self, block: ZoneBlock, mx: Spot) -> dict[Name, Wanted]:
        """Read the owners of a zone's long form."""
        zone = mx.zone
        assert zone is not None  # noqa: S101 - the caller has read it
        owners: dict[Name, Wanted] = {}
        places: dict[Name, Spot] = {}
        ttl = self._ttl(block.ttl)
        for key, value in block.mx.items():
            spot = mx.key(key)
            try:
                owner = owner_name(key, zone)
            except InvalidName as error:
                self.findings.add(spot.finding("MX004", str(error)))
                continue
            spot = spot.of(zone, owner)
            if owner in places:
                message = f"{owner} is defined in {places[owner].place()} already"
                self.findings.add(spot.finding("MX022", message, "remove one of them"))
                continue
            places[owner] = spot
            self._note(check_owner(key, owner), spot)
            wanted = self._sets.wanted(value, mx.below(key).of(zone, owner), spot, ttl)
            if wanted:
                owners[owner] = wanted
        return owners

    def _providers(self, named: tuple[str, ...], spot: Spot, inside: Spot) -> Iterator[str]:
        """Give the provider blocks of a zone that exist."""
        here = bool(named)
        if not named and not (named := self._defaults.named if self._defaults else ()):
            what = spot.zone or "these zones"
            message = f"no provider is named for {what}"
            self.findings.add(
                spot.finding("MX029", message, "name one here, or in 'defaults:' for all zones")
            )
        for name in dict.fromkeys(named):
            if name in self._manifest.providers:
                yield name
            if name in self._manifest.providers or ("providers", name) in self._manifest.broken:
                continue
            likely = close_to(name, self._manifest.providers)
            where = inside if here else self._at_defaults()
            at = where.below("provider").below("providers").below(named.index(name))
            self.findings.add(at.finding("MX029", f"there is no provider '{name[:MAX_SHOWN]}'", likely))

    def _at_defaults(self) -> Spot:
        return next(source.at("defaults") for source in self._manifest.sources if source.content.defaults)

    def _merge(self, new: DesiredZone, spot: Spot) -> None:
        """Add a zone at a provider to what other entries say of it."""
        old = self.zones.get((new.provider, new.zone))
        if old is not None and (old.whole or new.whole):
            message = f"a zone with scope: zone stands whole in one place; it also stands in {old.place}"
            self.findings.add(spot.finding("MX022", message))
            return
        for owner, wanted in new.owners.items():
            at = spot.of(new.zone, owner)
            if first := old.owners.get(owner) if old else None:
                message = f"{owner} at provider '{new.provider}' is defined in {first.place} already"
                self.findings.add(at.finding("MX022", message, "remove one of them", place=wanted.place))
            provider, other = self._elsewhere.setdefault((new.zone, owner), (new.provider, wanted))
            if provider != new.provider and other.set != wanted.set:
                message = f"{owner} has another set at provider '{provider}', in {other.place}"
                what_to_do = "an owner is kept alike everywhere"
                self.findings.add(at.finding("MX022", message, what_to_do, place=wanted.place))
        both = replace(old, owners={**new.owners, **old.owners}) if old else new
        self.zones[new.provider, new.zone] = both
