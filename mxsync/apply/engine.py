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

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING

from mxsync import live
from mxsync.apply.how import How, Watcher
from mxsync.apply.waves import waves_of
from mxsync.change import ChangeOutcome, Outcome
from mxsync.errors import JournalError
from mxsync.provider import ZoneBatch, ZoneRequest, in_threads
from mxsync.reading import Absent, Blocked, Present, Unreadable, ZoneReading, set_of
from mxsync.report import SUCCESS, Report, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from mxsync.names import Name
    from mxsync.plan import Companion, Plan, PlannedChange
    from mxsync.provider import Provider
    from mxsync.reading import OwnerReading
    from mxsync.state import Live

TRIES = 2
"""How often one conditional write is sent at most."""
AHEAD = 32
"""Of how many zones the watchers hear at once, before the first of them is sent: a journal is flushed to disk
once for all of them."""
_FINAL = frozenset({Outcome.APPLIED, Outcome.BLOCKED, Outcome.FAILED})
"""What a provider may say for good; everything else is settled by reading."""

_Key = tuple[str, "Name", "Name"]
"""Provider, zone and owner."""


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
    run = _Run(plan, providers, how, watchers, stopped)
    keys = [*map(_key, plan.changes), *run.companions]
    if fresh:
        run.note(keys, fresh)
    else:
        run.look(keys, stoppable=True)
    if not stopped():
        run.screen()
        run.carry_out()
    run.close_rest()
    results = (
        *(run.results[_key(item)] for item in plan.changes),
        *run.moved,
        *(Result(t.provider, t.zone, t.owner, Outcome.BLOCKED, None, None, t.reason) for t in plan.blocked),
        *(Result(t.provider, t.zone, t.owner, Outcome.FAILED, None, None, t.reason) for t in plan.failed),
    )
    return Report(results, run.cut_short, run.halted)


@dataclass(slots=True)
class _Run:
    """One apply under way: `results` fills up."""

    plan: Plan
    providers: Mapping[str, Provider]
    how: How
    watchers: Sequence[Watcher]
    stopped: Callable[[], bool]
    results: dict[_Key, Result] = field(default_factory=dict)
    moved: list[Result] = field(default_factory=list)
    """What is said of sets that were as wanted when the plan was made, and are no more."""
    seen: dict[_Key, OwnerReading] = field(default_factory=dict)
    answers: dict[_Key, ChangeOutcome] = field(default_factory=dict)
    """The last answer to every change that was sent."""
    tries: Counter[_Key] = field(default_factory=Counter)
    cut_short: bool = False
    halted: str = ""
    """Why no more is started, if that is so; a signal is no such reason."""
    in_doubt: bool = False
    """With `fail_fast`: whether a change of this round has to be settled before more is sent."""
    one_at_a_time: Lock = field(default_factory=Lock)

    @property
    def companions(self) -> dict[_Key, Companion]:
        return {(each.provider, each.zone, each.owner): each for each in self.plan.companions}

    def open(self) -> list[PlannedChange]:
        return [item for item in self.plan.changes if _key(item) not in self.results]

    def may_send(self) -> bool:
        return not (self.halted or self.in_doubt or self.stopped())

    def close(
        self, item: PlannedChange, outcome: Outcome, message: str = "", found: OwnerReading | None = None
    ) -> None:
        """Say what came of a change, to whoever listens too."""
        key = _key(item)
        result = Result(*key, outcome, item.change, found, message, item.cached_for)
        with self.one_at_a_time:
            self.results[key] = result
            for watcher in self.watchers:
                watcher.settled(result)
        if self.how.fail_fast and outcome not in {*SUCCESS, Outcome.SKIPPED} and not self.halted:
            self.halted = f"--fail-fast, and {item.change.owner} at '{item.provider}' is: {outcome}"

    def look(self, keys: Collection[_Key], *, stoppable: bool = False) -> None:
        """Read owners; what stays unread is `Unreadable`, with the reason."""
        asked: dict[tuple[str, Name], list[Name]] = defaultdict(list)
        for provider, zone, owner in keys:
            asked[provider, zone].append(owner)
        requests: dict[str, list[ZoneRequest]] = defaultdict(list)
        for (provider, zone), owners in asked.items():
            requests[provider].append(ZoneRequest(zone, tuple(owners)))
        stopped = self.stopped if stoppable else lambda: False
        self.note(keys, live.read(requests, self.providers, stopped=stopped))

    def note(self, keys: Iterable[_Key], found: Live) -> None:
        """Take down what was seen at owners."""
        for provider, zone, owner in keys:
            reading = found.zones[provider, zone]
            self.seen[provider, zone, owner] = (
                reading.owners.get(owner, Unreadable("the provider gave no answer for it"))
                if isinstance(reading, ZoneReading)
                else Unreadable(reading.message)
            )

    def screen(self) -> None:
        """Close what needs no write or may not be written."""
        for item in self.plan.changes:
            change, found = item.change, self.seen[_key(item)]
            match found:
                case Unreadable(message):
                    self.close(item, Outcome.FAILED, f"nothing was sent: {message}")
                case Blocked(reason):
                    self.close(item, Outcome.BLOCKED, reason, found)
                case _ if set_of(found) == change.after:
                    self.close(item, Outcome.ALREADY, found=found)
                case Present(fixed=reason) | Absent(fixed=reason) if reason:
                    self.close(item, Outcome.BLOCKED, reason, found)
                case _ if set_of(found) != change.before:
                    self.close(item, Outcome.CONFLICT, "changed since the plan was made; plan again", found)
        for key, companion in self.companions.items():
            found = self.seen[key]
            vacant = isinstance(found, Blocked) and found.vacant and companion.set is None
            if not vacant and (not isinstance(found, Present | Absent) or set_of(found) != companion.set):
                message = "it was as wanted when the plan was made, and is not now; plan again"
                self.moved.append(Result(*key, Outcome.CONFLICT, None, found, message))

    def carry_out(self) -> None:
        """Send what is left after the screening, wave by wave."""
        off = sum(it.outcome not in SUCCESS for it in (*self.results.values(), *self.moved))
        if self.how.all_or_nothing and off:
            self.halted = f"--all-or-nothing, and {off} of the sets cannot be changed as planned"
        waves = waves_of(self.plan.changes, self.how.waves)
        for number, wave in enumerate(waves, 1):
            while (items := self.sendable(wave)) and not (self.halted or self.stopped()):
                self.settle(self.write(items))
            if self.halted or self.stopped():
                return
            if number < len(waves):
                self.verify(wave, f"wave {number} of {len(waves)}")

    def verify(self, wave: Collection[tuple[Name, Name]], which: str) -> None:
        """Go on only if all of a wave is as wanted, and still is when it is read once more."""
        members = [item for item in self.plan.changes if (item.zone, item.change.owner) in wave]
        applied = [item for item in members if self.results[_key(item)].outcome is Outcome.APPLIED]
        self.look([_key(item) for item in applied])
        for item in applied:
            found = self.seen[_key(item)]
            if isinstance(found, Unreadable):
                self.halted = f"{which} could not be verified: {item.change.owner}: {found.message}"
            elif set_of(found) != item.change.after:
                self.close(item, Outcome.CONFLICT, "it was applied, and is something else by now", found)
        results = [self.results[_key(item)] for item in members]
        results += [result for result in self.moved if (result.zone, result.owner) in wave]
        if bad := next((result for result in results if result.outcome not in SUCCESS), None):
            self.halted = f"{which} did not go well: {bad.owner} at '{bad.provider}' is: {bad.outcome}"

    def sendable(self, wave: Collection[tuple[Name, Name]]) -> list[PlannedChange]:
        """Give what of a wave is open, less what must not be sent because of another provider of its owner."""
        if not self.how.independent:
            failing = self.failing()
            for item in self.open():
                others = failing[item.zone, item.change.owner] - {item.provider}
                if others:
                    self.hold(item, min(others))
        return [item for item in self.open() if (item.zone, item.change.owner) in wave]

    def failing(self) -> dict[tuple[Name, Name], set[str]]:
        """Give, by zone and owner, the providers where it is not as wanted, nor will be."""
        found: dict[tuple[Name, Name], set[str]] = defaultdict(set)
        for trouble in (*self.plan.blocked, *self.plan.failed):
            for owner in trouble.owners if trouble.owner is None else (trouble.owner,):
                found[trouble.zone, owner].add(trouble.provider)
        for result in (*self.results.values(), *self.moved):
            if result.outcome not in SUCCESS and result.owner is not None:
                found[result.zone, result.owner].add(result.provider)
        return found

    def hold(self, item: PlannedChange, other: str) -> None:
        """Close a change that is not sent, or not once more, because of another provider."""
        key = _key(item)
        reason = f"it shall be alike at '{other}', which cannot be changed now"
        if answer := self.answers.get(key):
            message = f"{answer.message}; not sent again: {reason}"
            self.close(item, Outcome.UNKNOWN, message, self.seen.get(key))
        else:
            self.close(item, Outcome.SKIPPED, f"not sent: {reason}", self.seen.get(key))

    def write(self, items: list[PlannedChange]) -> list[tuple[PlannedChange, ChangeOutcome]]:
        """Send these changes to their providers, all providers at once; give the answers that are in doubt."""
        self.in_doubt = False
        waiting: dict[str, list[PlannedChange]] = defaultdict(list)
        for item in items:
            waiting[item.provider].append(item)

        def work(name: str) -> Iterator[tuple[PlannedChange, ChangeOutcome]]:
            return self.write_one(self.providers[name], waiting[name])

        return list(in_threads(work, waiting, workers=len(waiting)))

    def write_one(
        self, provider: Provider, items: list[PlannedChange]
    ) -> Iterator[tuple[PlannedChange, ChangeOutcome]]:
        """Hand one provider its batches; give the answers in doubt.

        Every change gets an answer, unless something kept it from being sent.
        """
        waiting = {(item.zone, item.change.owner): item for item in items}
        taken: set[tuple[Name, Name]] = set()
        reason = "the provider gave no answer for it"
        try:
            for outcome in provider.write(self.batches(items, taken)):
                key = (outcome.zone, outcome.owner)
                if key in taken and key in waiting and not self.take(waiting[key], outcome):
                    yield waiting[key], outcome
                waiting.pop(key, None)
        # A plug-in's defect must not cost the report of what was sent.
        except Exception as error:  # noqa: BLE001
            reason = f"the provider broke off: {type(error).__name__}: {error}"
        for (zone, owner), item in waiting.items():
            if (zone, owner) in taken:
                answer = ChangeOutcome(zone, owner, Outcome.UNKNOWN, reason)
            elif self.may_send():
                answer = ChangeOutcome(zone, owner, Outcome.FAILED, f"not sent: {reason}")
            else:
                continue
            if not self.take(item, answer):
                yield item, answer

    def take(self, item: PlannedChange, answer: ChangeOutcome) -> bool:
        """Take an answer in: close the change if that is certain, and say whether it is."""
        key = _key(item)
        self.tries[key] += 1
        # After a first try of unknown fate, not even a refusal of the second says that nothing changed.
        certain = answer.outcome in _FINAL and key not in self.answers
        if answer.outcome is Outcome.APPLIED or certain or answer.final:
            self.close(item, answer.outcome, answer.message, answer.found)
            return True
        self.in_doubt = self.how.fail_fast
        return False

    def batches(self, items: list[PlannedChange], taken: set[tuple[Name, Name]]) -> Iterator[ZoneBatch]:
        """Give changes out, zone by zone, until a stop; note those that were `taken`."""
        zones: dict[Name, list[PlannedChange]] = defaultdict(list)
        for item in items:
            zones[item.zone].append(item)
        remaining = iter(zones.items())
        while (ahead := list(islice(remaining, AHEAD))) and self.may_send():
            if not self.announce([item for _, members in ahead for item in members]):
                return
            for zone, members in ahead:
                if not self.may_send():
                    return
                taken.update((zone, item.change.owner) for item in members)
                shown = {item.change.owner: self.seen[_key(item)] for item in members}
                present = {owner: found for owner, found in shown.items() if isinstance(found, Present)}
                yield ZoneBatch(zone, tuple(item.change for item in members), present)

    def announce(self, items: list[PlannedChange]) -> bool:
        """Tell the watchers what is about to be sent; say whether it may be."""
        try:
            with self.one_at_a_time:
                for watcher in self.watchers:
                    watcher.intends(items)
        except JournalError as error:
            self.halted = str(error)
            return False
        return True

    def settle(self, answers: list[tuple[PlannedChange, ChangeOutcome]]) -> None:
        """Settle what is in doubt, by reading; leave open what is to be sent again."""
        unseen: list[_Key] = []
        for item, answer in answers:
            key = _key(item)
            self.answers[key] = answer
            if answer.outcome is Outcome.CONFLICT and answer.found:
                self.seen[key] = answer.found
            else:
                unseen.append(key)
        self.look(unseen)
        for item, answer in answers:
            self.judge(item, answer)

    def judge(self, item: PlannedChange, answer: ChangeOutcome) -> None:
        """Close a doubtful change by what a read has shown, or leave it open to be sent again."""
        key, change = _key(item), item.change
        found = self.seen[key]
        if isinstance(found, Unreadable):
            again = "" if found.message in answer.message else f": {found.message}"
            message = f"{answer.message}; reading it again did not work either{again}"
            self.close(item, Outcome.UNKNOWN, message)
        elif isinstance(found, Present | Absent) and set_of(found) == change.after:
            self.close(item, Outcome.APPLIED, found=found)
        elif isinstance(found, Present | Absent) and set_of(found) == change.before:
            if self.tries[key] >= TRIES:
                message = f"{answer.message}; the old set was still there afterwards"
                self.close(item, Outcome.UNKNOWN, message, found)
        else:
            message = answer.message or "changed by somebody else meanwhile; plan again"
            if answer.outcome is Outcome.UNKNOWN:
                message = f"{answer.message}; something else is there now; plan again"
            self.close(item, Outcome.CONFLICT, message, found)

    def close_rest(self) -> None:
        """Close what a stop has left open."""
        for item in self.open():
            why = self.halted or "interrupted"
            self.cut_short = not self.halted
            key = _key(item)
            if answer := self.answers.get(key):
                message = f"{answer.message}; the old set was still there; not sent again: {why}"
                self.close(item, Outcome.UNKNOWN, message, self.seen.get(key))
            else:
                self.close(item, Outcome.SKIPPED, f"not sent: {why}")


def _key(item: PlannedChange) -> _Key:
    return item.provider, item.zone, item.change.owner
