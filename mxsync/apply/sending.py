"""Sends changes to their providers, and takes their answers in."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING

from mxsync.apply.run import key_of
from mxsync.change import ChangeOutcome, Outcome
from mxsync.errors import JournalError
from mxsync.provider import ZoneBatch, in_threads
from mxsync.reading import Present

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.apply.run import Run
    from mxsync.names import Name
    from mxsync.plan import PlannedChange
    from mxsync.provider import Provider

AHEAD = 32
"""Of how many zones the watchers hear at once, before the first of them is sent: a journal is flushed to disk
once for all of them."""
_FINAL = frozenset({Outcome.APPLIED, Outcome.BLOCKED, Outcome.FAILED})
"""What a provider may say for good; everything else is settled by reading."""


def send(run: Run, items: list[PlannedChange]) -> list[tuple[PlannedChange, ChangeOutcome]]:
    """Send these changes to their providers, all providers at once; give the answers that are in doubt."""
    run.in_doubt = False
    waiting: dict[str, list[PlannedChange]] = defaultdict(list)
    for item in items:
        waiting[item.provider].append(item)

    def work(name: str) -> Iterator[tuple[PlannedChange, ChangeOutcome]]:
        return _send_to(run, run.providers[name], waiting[name])

    return list(in_threads(work, waiting, workers=len(waiting)))


def _send_to(
    run: Run, provider: Provider, items: list[PlannedChange]
) -> Iterator[tuple[PlannedChange, ChangeOutcome]]:
    """Hand one provider its batches; give the answers in doubt.

    Every change gets an answer, unless something kept it from being sent.
    """
    waiting = {(item.zone, item.change.owner): item for item in items}
    taken: set[tuple[Name, Name]] = set()
    reason = "the provider gave no answer for it"
    try:
        for outcome in provider.write(_batches(run, items, taken)):
            key = (outcome.zone, outcome.owner)
            if key in taken and key in waiting:
                item = waiting.pop(key)
                if not _take(run, item, outcome):
                    yield item, outcome
    # A plug-in's defect must not cost the report of what was sent.
    except Exception as error:  # noqa: BLE001
        reason = f"the provider broke off: {type(error).__name__}: {error}"
    for (zone, owner), item in waiting.items():
        if (zone, owner) in taken:
            answer = ChangeOutcome(zone, owner, Outcome.UNKNOWN, reason)
        elif run.may_send():
            answer = ChangeOutcome(zone, owner, Outcome.FAILED, f"not sent: {reason}")
        else:
            continue
        if not _take(run, item, answer):
            yield item, answer


def _take(run: Run, item: PlannedChange, answer: ChangeOutcome) -> bool:
    """Take an answer in: close the change if that is certain, and say whether it is."""
    key = key_of(item)
    run.tries[key] += 1
    # After a first try of unknown fate, not even a refusal of the second says that nothing changed.
    certain = answer.outcome in _FINAL and key not in run.answers
    if answer.outcome is Outcome.APPLIED or certain or answer.final:
        run.close(item, answer.outcome, answer.message, answer.found)
        return True
    run.in_doubt = run.how.fail_fast
    return False


def _batches(run: Run, items: list[PlannedChange], taken: set[tuple[Name, Name]]) -> Iterator[ZoneBatch]:
    """Give changes out, zone by zone, until a stop; note those that were `taken`."""
    zones: dict[Name, list[PlannedChange]] = defaultdict(list)
    for item in items:
        zones[item.zone].append(item)
    remaining = iter(zones.items())
    while (ahead := list(islice(remaining, AHEAD))) and run.may_send():
        if not _announce(run, [item for _, members in ahead for item in members]):
            return
        for zone, members in ahead:
            if not run.may_send():
                return
            taken.update((zone, item.change.owner) for item in members)
            shown = {item.change.owner: run.seen[key_of(item)] for item in members}
            present = {owner: found for owner, found in shown.items() if isinstance(found, Present)}
            yield ZoneBatch(zone, tuple(item.change for item in members), present)


def _announce(run: Run, items: list[PlannedChange]) -> bool:
    """Tell the watchers what is about to be sent; say whether it may be."""
    try:
        with run.one_at_a_time:
            for watcher in run.watchers:
                watcher.intends(items)
    except JournalError as error:
        run.halted = str(error)
        return False
    return True
