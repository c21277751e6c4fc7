"""A cutover as text, and as a document. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from mxsync.cutover.course import due_at
from mxsync.cutover.stages import ROUNDING, Stage, lasts, set_in, stages, wait_after
from mxsync.documents.values import set_document
from mxsync.render.words import count, duration, mx_set, name, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.cutover.course import Came
    from mxsync.cutover.stages import Move
    from mxsync.cutover.state import State

MAX_MOVES = 20
"""Of how many owners the sets of each stage are shown."""
_ABOUT = {
    Stage.PLANNED: "as it is now",
    Stage.LOWERED: "a low TTL, so that caches follow quickly",
    Stage.BOTH: "the new hosts first, the old ones behind them",
    Stage.SWITCHED: "the new hosts alone; the TTL stays low for a quick way back",
    Stage.DONE: "as the manifest wants it",
    Stage.ABORTED: "as it was before",
}


def plan(state: State, now: datetime) -> str:
    """Write the stages of a cutover with the times before which they cannot begin."""
    lines = [_head(state), ""]
    times = earliest(state, now)
    for stage in stages(state.timing)[1:]:
        lines.append(f"{stage}: {_ABOUT[stage]}")
        lines.append(f"  not before {clock(times[stage])}{_because(state, stage)}")
        lines += _sets(state, stage)
    lines.append("")
    clean = times[Stage.SWITCHED] + timedelta(seconds=state.timing.low_ttl + ROUNDING)
    lines.append(f"Caches have let go of the old hosts at {clock(clean)} at the earliest.")
    lines.append("Each time counts from when every authoritative server answers the stage before.")
    return "\n".join(lines) + "\n"


def status(state: State, standing: dict[Move, str], now: datetime) -> str:
    """Write how far a cutover is; `standing` says of each owner what is live, in a few words."""
    lines = [_head(state), f"Stage '{state.stage}': {_ABOUT[state.stage]}"]
    due = due_at(state)
    if state.verified is None:
        lines.append("It is not known yet that every authoritative server answers it.")
    else:
        lines.append(f"Every authoritative server answers it since {clock(state.verified)}.")
    if due is not None:
        order = stages(state.timing)
        later = order[order.index(state.stage) + 1]
        lines.append(f"Stage '{later}' {'is due' if due <= now else f'may begin at {clock(due)}'}.")
    lines += [
        f"  {name(move.owner)} at {one_line(move.provider)}: {one_line(said)}"
        for move, said in standing.items()
    ]
    if state.stage in {Stage.DONE, Stage.ABORTED}:
        lines.append(_LAST_STEP[state.stage])
    return "\n".join(lines) + "\n"


_LAST_STEP = {
    Stage.DONE: "The cutover is done: remove its file.",
    Stage.ABORTED: "The cutover was aborted: put the old sets into the manifest, then remove its file.",
}


def came(result: Came) -> str:
    """Write what came of a run."""
    message = one_line(result.message)
    # A name stays as it is.
    starts_with_name = "." in message.partition(" ")[0]
    lines = [f"{message if starts_with_name else message[:1].upper() + message[1:]}."]
    if result.due is not None:
        lines.append(f"The next stage may begin at {clock(result.due)}.")
    elif result.state.verified is not None and result.state.stage in _LAST_STEP:
        lines.append(_LAST_STEP[result.state.stage])
    return "\n".join(lines) + "\n"


def document(state: State, now: datetime, result: Came | None = None) -> dict[str, Any]:
    """Write a cutover as a document, with what came of a run if there was one."""
    times = earliest(state, now)
    return {
        "format": "mxsync.cutover/1",
        "stage": state.stage,
        "verified": _stamp(state.verified),
        "due": _stamp(due_at(state)),
        "event": result.event.value if result else None,
        "message": result.message if result else "",
        "low_ttl": state.timing.low_ttl,
        "soak": state.timing.soak,
        "swap": state.timing.swap,
        "stages": [
            {
                "stage": stage,
                "not_before": _stamp(times.get(stage)),
                "wait": wait_after(stage, state.moves, state.timing),
            }
            for stage in stages(state.timing)
        ],
        "moves": [
            {
                "provider": move.provider,
                "zone": move.zone,
                "owner": move.owner,
                "sets": {
                    str(stage): set_document(set_in(move, stage, state.timing))
                    for stage in stages(state.timing)
                },
            }
            for move in state.moves
        ],
    }


def earliest(state: State, now: datetime) -> dict[Stage, datetime]:
    """Give the time before which each stage that is to come cannot begin."""
    order = stages(state.timing)
    if state.stage not in order:
        return {}
    times: dict[Stage, datetime] = {}
    at = state.verified or now
    for stage in order[order.index(state.stage) :]:
        if stage is not state.stage:
            times[stage] = at = max(at, now)
        at += timedelta(seconds=lasts(stage, state.moves, state.timing))
    return times


def clock(at: datetime) -> str:
    """Write a time for people."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _stamp(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _head(state: State) -> str:
    owners = len({(move.zone, move.owner) for move in state.moves})
    timing = state.timing
    how = "at once (--swap)" if timing.swap else "with the old hosts behind the new ones for a while"
    return (
        f"Cutover of {count(owners, 'MX set')}, {how}; low TTL {duration(timing.low_ttl)}, "
        f"soak {duration(timing.soak)}"
    )


def _because(state: State, stage: Stage) -> str:
    order = stages(state.timing)
    before = order[order.index(stage) - 1]
    seconds = wait_after(before, state.moves, state.timing)
    if not seconds:
        return ""
    if before is Stage.LOWERED:
        what = "until caches have let go of the old TTL"
    elif before is Stage.SWITCHED and not state.timing.swap:
        what = "until caches have let go of the old hosts"
    else:
        what = "soak, and caches"
    return f" ({duration(seconds)} after '{before}': {what})"


def _sets(state: State, stage: Stage) -> Iterator[str]:
    for move in state.moves[:MAX_MOVES]:
        where = f"{name(move.owner)} at {one_line(move.provider)}"
        yield f"    {where}: {mx_set(set_in(move, stage, state.timing))}"
    if len(state.moves) > MAX_MOVES:
        yield f"    … and {len(state.moves) - MAX_MOVES} more"
