"""Takes the stage of a cutover that is due, and no other. IO is what the caller hands in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from mxsync.cutover.override import override
from mxsync.cutover.stages import Stage, following, lasts, set_in, stages
from mxsync.reading import Absent, Blocked, Present, Unreadable, ZoneFailure, set_of
from mxsync.report import ExitCode
from mxsync.state import Desired, DesiredZone, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from mxsync.cutover.stages import Move
    from mxsync.cutover.state import State
    from mxsync.names import Name
    from mxsync.reading import OwnerReading
    from mxsync.report import Report
    from mxsync.state import Live


class Event(Enum):
    """What came of a run of a cutover."""

    TAKEN = "taken"
    """A stage was taken, and every authoritative server answers it."""
    FINISHED = "finished"
    """There is nothing left to do."""
    WAITING = "waiting"
    """The next stage is not due, or name servers do not answer this one yet."""
    FOREIGN = "foreign"
    """The live state is none that the cutover has made: nothing was changed."""
    FAILED = "failed"
    """Something could not be read or written; the report says what."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a run, and how far the cutover is now."""

    event: Event
    state: State
    message: str
    due: datetime | None = None
    """When the next stage may begin, where that is known."""
    report: Report | None = None
    """Of the apply, if there was one."""


@dataclass(frozen=True, slots=True)
class Tools:
    """How a cutover touches the world."""

    read: Callable[[Desired], Live]
    """Reads what the providers have at the owners of a desired state."""
    apply: Callable[[Desired], Report]
    """Plans and applies a desired state, under the same conditions as ever."""
    verify: Callable[[Desired], str]
    """Asks every authoritative server; gives what is not as desired, in one line, or nothing."""
    save: Callable[[State], None]
    """Keeps how far the cutover is. Raises what ends the run."""
    now: Callable[[], datetime]


def due_at(state: State) -> datetime | None:
    """Give when the stage after this one may begin; None while it is not verified, and after the last one.

    It is a whole second, so that whoever waits until the time that they are shown has waited long enough.
    """
    if state.verified is None or following(state.stage, state.timing) is None:
        return None
    seconds = lasts(state.stage, state.moves, state.timing)
    if not seconds:
        return state.verified
    due = state.verified + timedelta(seconds=seconds)
    return due.replace(microsecond=0) + timedelta(seconds=due.microsecond > 0)


def advance(state: State, desired: Desired, tools: Tools) -> Came:
    """Take the stage that is due; finish one that was begun. Raises CutoverError for another manifest's cutover.

    A stage is kept before it is applied, so that whatever breaks off a run, the next one knows what to finish. To
    take a stage later than it could be does no harm; nothing here takes one earlier.
    """
    live = tools.read(stage_of(state, desired))
    if trouble := _unreadable(state, live):
        return Came(Event.FAILED, state, trouble)
    state = _caught_up(state, live)
    if trouble := _foreign(state, live):
        return Came(Event.FOREIGN, state, trouble)
    now = tools.now()
    if state.verified is not None and now < state.verified:
        message = (
            f"this machine's clock says {now:%Y-%m-%d %H:%M:%S} UTC, which is before stage '{state.stage}' was "
            f"verified ({state.verified:%Y-%m-%d %H:%M:%S} UTC): set it right"
        )
        return Came(Event.FAILED, state, message)
    if state.verified is None or not _stands(state, live):
        state = replace(state, verified=None)
        return _take(state, stage_of(state, desired), tools)
    following_stage, due = following(state.stage, state.timing), due_at(state)
    if following_stage is None or due is None:
        return Came(Event.FINISHED, state, "the cutover is at its end")
    if now < due:
        return Came(Event.WAITING, state, f"stage '{following_stage}' is not due yet", due)
    state = replace(state, stage=following_stage, verified=None)
    return _take(state, stage_of(state, desired), tools)


def abort(state: State, tools: Tools) -> Came:
    """Go back to the old sets, from whatever stage; as conditional as any other write.

    What the manifest wants does not matter: it may have been put back already.
    """
    state, wanted = replace(state, stage=Stage.ABORTED, verified=None), _old_sets(state)
    live = tools.read(wanted)
    if trouble := _unreadable(state, live):
        return Came(Event.FAILED, state, trouble)
    if trouble := _foreign(state, live):
        return Came(Event.FOREIGN, state, trouble)
    return _take(state, wanted, tools)


def stage_of(state: State, desired: Desired) -> Desired:
    """Give what is wanted in this stage, of the owners that move alone."""
    moved = {(move.provider, move.zone, move.owner) for move in state.moves}
    zones = (
        replace(
            zone,
            owners={
                owner: wanted
                for owner, wanted in zone.owners.items()
                if (zone.provider, zone.zone, owner) in moved
            },
            whole=False,
        )
        for zone in override(desired, state).zones
    )
    return Desired(tuple(zone for zone in zones if zone.owners))


def _old_sets(state: State) -> Desired:
    """Give what there was before the cutover."""
    owners: dict[tuple[str, Name], dict[Name, Wanted]] = defaultdict(dict)
    for move in state.moves:
        owners[move.provider, move.zone][move.owner] = Wanted(move.old)
    return Desired(tuple(DesiredZone(provider, zone, sets) for (provider, zone), sets in owners.items()))


def _take(state: State, wanted: Desired, tools: Tools) -> Came:
    """Apply a stage and have it verified."""
    tools.save(state)
    report = tools.apply(wanted)
    if report.exit_code is not ExitCode.DONE:
        event = Event.FOREIGN if report.exit_code is ExitCode.CONFLICT else Event.FAILED
        return Came(event, state, f"stage '{state.stage}' could not be applied as a whole", None, report)
    if trouble := tools.verify(wanted):
        message = f"stage '{state.stage}' is applied, and not served everywhere yet: {trouble}"
        return Came(Event.WAITING, state, message, None, report)
    state = replace(state, verified=tools.now())
    tools.save(state)
    return Came(Event.TAKEN, state, f"stage '{state.stage}' is served everywhere", due_at(state), report)


def _unreadable(state: State, live: Live) -> str:
    for move in state.moves:
        reading = live.zones.get((move.provider, move.zone))
        if reading is None or isinstance(reading, ZoneFailure):
            reason = reading.message if reading else "the provider gave no answer for it"
            return f"{move.zone} at provider '{move.provider}' could not be read: {reason}"
        found = reading.owners.get(move.owner)
        if found is None or isinstance(found, Unreadable):
            reason = found.message if found else "the provider gave no answer for it"
            return f"{move.owner} at provider '{move.provider}' could not be read: {reason}"
    return ""


def _seen(state: State, live: Live) -> Iterator[tuple[Move, OwnerReading]]:
    """Give what was seen at each owner; all of it could be read."""
    for move in state.moves:
        reading = live.zones[move.provider, move.zone]
        assert not isinstance(reading, ZoneFailure)  # noqa: S101 - the caller has looked
        yield move, reading.owners[move.owner]


def _shows(found: OwnerReading, move: Move, stage: Stage, state: State) -> bool:
    wanted = set_in(move, stage, state.timing)
    if isinstance(found, Blocked):
        return found.vacant and wanted is None
    return isinstance(found, Present | Absent) and set_of(found) == wanted


def _stands(state: State, live: Live) -> bool:
    """Say whether all owners are as this stage wants them."""
    return all(_shows(found, move, state.stage, state) for move, found in _seen(state, live))


def _caught_up(state: State, live: Live) -> State:
    """Follow what is live to the next stage, where the file that says how far the cutover is was lost.

    Nothing is due earlier by that: the new stage counts as begun now.
    """
    later = following(state.stage, state.timing)
    if later is None or _stands(state, live):
        return state
    ahead = all(
        _shows(found, move, state.stage, state) or _shows(found, move, later, state)
        for move, found in _seen(state, live)
    )
    return replace(state, stage=later, verified=None) if ahead else state


def _foreign(state: State, live: Live) -> str:
    """Name an owner that has a set which no run of this cutover can have left there."""
    order = stages(state.timing)
    if state.stage in order:
        at = order.index(state.stage)
        possible = order[max(at - 1, 0) : at + 1]
    else:
        possible = (*order, Stage.ABORTED)
    for move, found in _seen(state, live):
        if not any(_shows(found, move, stage, state) for stage in possible):
            return (
                f"{move.owner} at provider '{move.provider}' has a set that the cutover has not made; look at it "
                "with 'mxsync cutover status'"
            )
    return ""
