"""Limits a run to some zones and owners. Pure."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from mxsync import names
from mxsync.errors import InvalidName, UnknownTarget
from mxsync.state import Desired

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.names import Name
    from mxsync.state import DesiredZone


def narrow(
    desired: Desired, targets: Iterable[str], said: str = "--target"
) -> tuple[Desired, tuple[Name, ...]]:
    """Keep what the targets name: a zone with all its owners, or one owner. Give the targets as names too.

    In a zone with `scope: zone`, deletions of unnamed sets are limited in the same way. Without a target all
    is kept. `said` is how a message calls them. Raises UnknownTarget for one that the manifest does not manage.
    """
    wanted = tuple(dict.fromkeys(_name(text, said) for text in targets))
    if not wanted:
        return desired, ()
    known = {zone.zone for zone in desired.zones} | {owner for zone in desired.zones for owner in zone.owners}
    whole = [zone.zone for zone in desired.zones if zone.whole]
    for target in wanted:
        if target not in known and not any(names.is_within(target, zone) for zone in whole):
            raise UnknownTarget(f"{said} {target}: {_hint(known, target)}")
    kept = (_narrowed(zone, frozenset(wanted)) for zone in desired.zones)
    return Desired(tuple(zone for zone in kept if zone)), wanted


def _name(text: str, said: str) -> Name:
    try:
        return names.parse(text)
    except InvalidName as error:
        raise UnknownTarget(f"{said.removesuffix(':')}: {error}") from error


def _narrowed(zone: DesiredZone, targets: frozenset[Name]) -> DesiredZone | None:
    if zone.zone in targets:
        return zone
    owners = {owner: wanted for owner, wanted in zone.owners.items() if owner in targets}
    if not zone.whole:
        return replace(zone, owners=owners) if owners else None
    unnamed = frozenset(target for target in targets if names.is_within(target, zone.zone))
    return replace(zone, owners=owners, only=unnamed) if owners or unnamed else None


def _hint(known: Iterable[Name], target: Name) -> str:
    likely = get_close_matches(target, known, n=1, cutoff=0.8)
    what = "the manifest manages neither a zone nor an owner of this name"
    return f"{what}; did you mean {likely[0]}?" if likely else what
