"""The engine: carries a plan out, and finds out what came of every change. The only writer.

1. Everything the plan touches is read again, unless it was read a moment ago. A set that is as wanted is
   `already`; one that is neither as planned nor as wanted is a `conflict`. Neither is touched.
2. The changes of one (zone, owner) at several providers are a group: if one of them cannot be sent,
   none is, unless `independent`.
3. What is left goes to the providers, all at once or wave by wave, as conditional writes. Watchers hear of
   every change before it is sent: the journal has it on disk by then.
4. What is doubtful afterwards is settled here and nowhere else, by reading: an `unknown`, and a
   `conflict` that follows a write of ours, for that may be the echo of our own success.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.apply.how import How
from mxsync.apply.run import Run, key_of
from mxsync.apply.screening import screen, sendable
from mxsync.apply.sending import send
from mxsync.apply.settling import settle
from mxsync.apply.waves import waves_of
from mxsync.change import Outcome
from mxsync.reading import Unreadable, set_of
from mxsync.report import SUCCESS, Report, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from mxsync.apply.how import Watcher
    from mxsync.names import Name
    from mxsync.plan import Plan
    from mxsync.provider import Provider
    from mxsync.state import Live


def apply_plan(  # noqa: PLR0913 - each has a default that suits most callers
    plan: Plan,
    providers: Mapping[str, Provider],
    *,
    how: How = How(),  # noqa: B008 - it is frozen
    fresh: Live | None = None,
    watchers: Sequence[Watcher] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> Report:
    """Carry a plan out and report on every change and trouble of it.

    `providers` goes by the name of the provider block. `fresh` is what the plan was made of, if that is
    a moment ago: it is not read once more then, and the conditions of the writes alone see what happens
    in between. Once `stopped` says so, no further write is started; those in flight are finished and settled.
    """
    run = Run(plan, providers, how, watchers, stopped)
    keys = [*map(key_of, plan.changes), *run.companions]
    if fresh:
        run.note(keys, fresh)
    else:
        run.look(keys, stoppable=True)
    if not stopped():
        screen(run)
        _carry_out(run)
    _close_rest(run)
    results = (
        *(run.results[key_of(item)] for item in plan.changes),
        *run.moved,
        *(Result(t.provider, t.zone, t.owner, Outcome.BLOCKED, None, None, t.reason) for t in plan.blocked),
        *(Result(t.provider, t.zone, t.owner, Outcome.FAILED, None, None, t.reason) for t in plan.failed),
    )
    return Report(results, run.cut_short, run.halted)


def _carry_out(run: Run) -> None:
    """Send what is left after the screening, wave by wave."""
    off = sum(it.outcome not in SUCCESS for it in (*run.results.values(), *run.moved))
    off += len(run.plan.blocked) + len(run.plan.failed)
    if run.how.all_or_nothing and off:
        run.halted = f"--all-or-nothing, and {off} of the sets cannot be changed as planned"
    waves = waves_of(run.plan.changes, run.how.waves)
    for number, wave in enumerate(waves, 1):
        while (items := sendable(run, wave)) and not (run.halted or run.stopped()):
            settle(run, send(run, items))
        if run.halted or run.stopped():
            return
        if number < len(waves):
            _verify(run, wave, f"wave {number} of {len(waves)}")


def _verify(run: Run, wave: Collection[tuple[Name, Name]], which: str) -> None:
    """Go on only if all of a wave is as wanted, and still is when it is read once more."""
    members = [item for item in run.plan.changes if (item.zone, item.change.owner) in wave]
    applied = [item for item in members if run.results[key_of(item)].outcome is Outcome.APPLIED]
    run.look([key_of(item) for item in applied])
    for item in applied:
        found = run.seen[key_of(item)]
        if isinstance(found, Unreadable):
            run.halted = f"{which} could not be verified: {item.change.owner}: {found.message}"
        elif set_of(found) != item.change.after:
            run.close(item, Outcome.CONFLICT, "it was applied, and is something else by now", found)
    results = [run.results[key_of(item)] for item in members]
    results += [result for result in run.moved if (result.zone, result.owner) in wave]
    if bad := next((result for result in results if result.outcome not in SUCCESS), None):
        run.halted = f"{which} did not go well: {bad.owner} at '{bad.provider}' is: {bad.outcome}"


def _close_rest(run: Run) -> None:
    """Close what a stop has left open."""
    for item in run.open():
        why = run.halted or "interrupted"
        run.cut_short = not run.halted
        key = key_of(item)
        if answer := run.answers.get(key):
            message = f"{answer.message}; the old set was still there; not sent again: {why}"
            run.close(item, Outcome.UNKNOWN, message, run.seen.get(key))
        else:
            run.close(item, Outcome.SKIPPED, f"not sent: {why}")
