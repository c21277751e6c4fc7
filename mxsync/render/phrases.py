"""What is said of plans and reports alike in every format for people. Pure."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from mxsync.change import Action, Outcome
from mxsync.render.words import count, duration, mx_set, reading, record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mxsync.change import Change
    from mxsync.plan import Allowed, Plan, PlannedChange
    from mxsync.report import Report, Result


def sum_of(made: Plan) -> str:
    """Say in one line how much a plan changes, and how much it cannot."""
    actions = Counter(item.change.action for item in made.changes)
    parts = [f"{actions[action]} to {action}" for action in Action if actions[action]]
    troubles = [
        f"{number} {what}"
        for number, what in ((len(made.blocked), "blocked"), (len(made.failed), "not readable"))
        if number
    ]
    if not parts and not troubles:
        return f"No changes: {count(made.unchanged, 'MX set')} as wanted."
    return f"Plan: {', '.join([*parts, f'{made.unchanged} as wanted', *troubles])}."


def allowed(given: Allowed) -> str:
    """Say what was allowed when a plan was made, beyond what needs no leave; empty where nothing was."""
    parts = []
    if given.deletes:
        parts.append(f"{count(given.deletes, 'deletion')} of unnamed MX sets")
    if given.large:
        parts.append("a large change")
    return " and ".join(parts)


def record_lines(change: Change) -> Iterator[tuple[str, str]]:
    """Give each record of a change with its sign: `-` goes, `+` comes, a space stays."""
    before, after = (wanted.records if wanted else () for wanted in (change.before, change.after))
    for each in sorted({*before, *after}, key=lambda each: (each.preference, each in after, each)):
        sign = " " if each in before and each in after else "-" if each in before else "+"
        yield sign, record(each)


def ttl(change: Change) -> str:
    """Say for how long caches may keep the set, and what that was if it changes."""
    before, after = change.before, change.after
    if before and after and before.ttl != after.ttl:
        return f"TTL {duration(before.ttl)} → {duration(after.ttl)}"
    known = after or before
    return f"TTL {duration(known.ttl)}" if known else ""


def caches(item: PlannedChange) -> str:
    """Say for how long caches may keep the old answer."""
    old = "the old set" if item.change.before else "the answer that there is none"
    if item.cached_for is None:
        return f"for how long caches keep {old} is not known"
    return f"caches keep {old} for up to {duration(item.cached_for)}"


def tally(made: Report) -> str:
    """Say in one line how many sets had which outcome."""
    counts = Counter(result.outcome for result in made.results)
    parts = [f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome]]
    head = "Interrupted" if made.interrupted else "Result"
    return f"{head}: {', '.join(parts)}." if parts else f"{head}: nothing was to be done."


def cached_until(made: Report, now: datetime) -> str:
    """Say until when caches may keep what was there before, if that is known; `now` is when it was applied."""
    kept = [result.cached_for for result in made.results if result.outcome is Outcome.APPLIED]
    known = [seconds for seconds in kept if seconds is not None]
    if not known:
        return ""
    until = now + timedelta(seconds=max(known))
    return f"Caches may keep the old answers until {until:%Y-%m-%d %H:%M:%S} UTC."


def details(result: Result) -> Iterator[tuple[str, str]]:
    """Say what else has to be known of a set that is not, or may not be, as wanted: a word, and a set."""
    if result.found is not None and result.outcome in {Outcome.CONFLICT, Outcome.UNKNOWN}:
        yield "there now:", reading(result.found)
    if result.change and result.outcome is Outcome.UNKNOWN:
        yield "before:", mx_set(result.change.before)
        yield "wanted:", mx_set(result.change.after)
