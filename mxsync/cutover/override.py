"""What a manifest wants while a cutover is under way. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mxsync.cutover.stages import Stage, set_in
from mxsync.errors import CutoverError
from mxsync.state import Desired, Wanted

if TYPE_CHECKING:
    from mxsync.cutover.state import State
    from mxsync.names import Name
    from mxsync.state import DesiredZone


def override(desired: Desired, state: State) -> Desired:
    """Give what is wanted in the stage that a cutover is in.

    Raises CutoverError if the cutover is not one of this manifest: an owner of it is not there any more, at another
    provider, or wants another set than the one that the cutover leads to.
    """
    wanted: dict[tuple[str, Name], dict[Name, Wanted]] = {}
    zones = {(zone.provider, zone.zone): zone for zone in desired.zones}
    for move in state.moves:
        where = f"{move.owner} at provider '{move.provider}'"
        zone = zones.get((move.provider, move.zone))
        found = zone.owners.get(move.owner) if zone else None
        if found is None:
            raise CutoverError(
                f"the cutover moves {where}, which the manifest does not manage; {_what_to_do(state)}"
            )
        if found.set != move.new and state.stage is not Stage.ABORTED:
            raise CutoverError(
                f"the cutover leads {where} to another set than the manifest wants ({found.place}); "
                f"{_what_to_do(state)}"
            )
        made = Wanted(set_in(move, state.stage, state.timing), found.place)
        wanted.setdefault((move.provider, move.zone), {})[move.owner] = made
    _check_alike(desired, state)
    return Desired(tuple(_overridden(zone, wanted) for zone in desired.zones))


def _what_to_do(state: State) -> str:
    """Say what helps. Once a cutover is done, to abort it would bring the old hosts back."""
    if state.stage is Stage.DONE:
        return "the cutover is done: remove its file"
    return "put the manifest back, or go back with 'mxsync cutover abort' and remove the file"


def _overridden(zone: DesiredZone, wanted: dict[tuple[str, Name], dict[Name, Wanted]]) -> DesiredZone:
    owners = wanted.get((zone.provider, zone.zone))
    # The numbers of a stage matter: the old hosts must really stand behind.
    return replace(zone, owners={**zone.owners, **owners}, by_order=False) if owners else zone


def _check_alike(desired: Desired, state: State) -> None:
    """Demand that an owner moves at all its providers: it is kept alike."""
    moved = {(move.zone, move.owner, move.provider) for move in state.moves}
    owners = {(zone, owner) for zone, owner, _ in moved}
    for zone in desired.zones:
        for owner in zone.owners:
            if (zone.zone, owner) in owners and (zone.zone, owner, zone.provider) not in moved:
                raise CutoverError(
                    f"the cutover does not move {owner} at provider '{zone.provider}', where the manifest wants it alike; "
                    f"{_what_to_do(state)}"
                )
