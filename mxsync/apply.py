"""The engine: carries a plan out, and finds out what came of every change. The only writer.

1. Everything the plan touches is read again, unless it was read a moment ago. A set that is as wanted is `already`; one that is neither
   as planned nor as wanted is a `conflict`. Neither is touched.
2. The changes of one (zone, owner) at several providers are a group: if one of them cannot be sent,
   none is, unless `independent`.
3. What is left goes to the providers, all at once, as conditional writes.
4. What is doubtful afterwards is settled here and nowhere else, by reading: an `unknown`, and a
   `conflict` that follows a write of ours, for that may be the echo of our own success.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mxsync import live
from mxsync.change import ChangeOutcome, Outcome
from mxsync.provider import ZoneBatch, ZoneRequest, in_threads
from mxsync.reading import Absent, Blocked, Present, Unreadable, ZoneReading, set_of
from mxsync.report import SUCCESS, Report, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from mxsync.names import Name
    from mxsync.plan import Companion, Plan, PlannedChange
    from mxsync.provider import Provider
    from mxsync.reading import OwnerReading
    from mxsync.state import Live

TRIES = 2
"""How often one conditional write is sent at most."""
_FINAL = frozenset({Outcome.APPLIED, Outcome.BLOCKED, Outcome.FAILED})
"""What a provider may say for good; everything else is settled by reading."""

_Key = tuple[str, "Name", "Name"]
"""Provider, zone and owner."""


def apply_plan(
    plan: Plan,
    providers: Mapping[str, Provider],
    *,
    fresh: Live | None = None,
    independent: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> Report:
    """Carry a plan out and report on every change and trouble of it.

    `providers` goes by the name of the provider block. `fresh` is what the plan was made of, if that is
    a moment ago: it is not read once more then, and the conditions of the writes alone see what happens
    in between. `independent` sends what it can of an owner that is kept alike at several providers. Once
    `stopped` says so, no further write is started; those in flight are finished and settled.
    """
    run = _Run(plan, providers, stopped, independent)
    keys = [*map(_key, plan.changes), *run.companions]
    if fresh:
        run.note(keys, fresh)
    else:
        run.look(keys, stoppable=True)
    if not stopped():
        run.screen()
    while (items := run.sendable()) and not stopped():
        run.settle(run.write(items))
    run.close_rest()
    results = (
        *(run.results[_key(item)] for item in plan.changes),
        *run.moved,
        *(Result(t.provider, t.zone, t.owner, Outcome.BLOCKED, None, None, t.reason) for t in plan.blocked),
        *(Result(t.provider, t.zone, t.owner, Outcome.FAILED, None, None, t.reason) for t in plan.failed),
    )
    return Report(results, interrupted=run.cut_short)


@dataclass(slots=True)
class _Run:
    """One apply under way: `results` fills up."""

    plan: Plan
    providers: Mapping[str, Provider]
    stopped: Callable[[], bool]
    independent: bool
    results: dict[_Key, Result] = field(default_factory=dict)
    moved: list[Result] = field(default_factory=list)
    """What is said of sets that were as wanted when the plan was made, and are no more."""
    seen: dict[_Key, OwnerReading] = field(default_factory=dict)
    answers: dict[_Key, ChangeOutcome] = field(default_factory=dict)
    """The last answer to every change that was sent."""
    tries: Counter[_Key] = field(default_factory=Counter)
    cut_short: bool = False

    @property
    def companions(self) -> dict[_Key, Companion]:
        return {(each.provider, each.zone, each.owner): each for each in self.plan.companions}

    def open(self) -> list[PlannedChange]:
        return [item for item in self.plan.changes if _key(item) not in self.results]

    def close(
        self, item: PlannedChange, outcome: Outcome, message: str = "", found: OwnerReading | None = None
    ) -> None:
        key, change = _key(item), item.change
        self.results[key] = Result(*key, outcome, change, found, message, item.cached_for)

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

    def sendable(self) -> list[PlannedChange]:
        """Give what is open, less what must not be sent because of another provider of the same owner."""
        if not self.independent:
            failing = self.failing()
            for item in self.open():
                others = failing[item.zone, item.change.owner] - {item.provider}
                if others:
                    self.hold(item, min(others))
        return self.open()

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
        """Send these changes to their providers, all providers at once; give what was answered."""
        waiting: dict[str, list[PlannedChange]] = defaultdict(list)
        for item in items:
            waiting[item.provider].append(item)

        def work(name: str) -> Iterator[tuple[PlannedChange, ChangeOutcome]]:
            return self.write_one(self.providers[name], waiting[name])

        return list(in_threads(work, waiting, workers=len(waiting)))

    def write_one(
        self, provider: Provider, items: list[PlannedChange]
    ) -> Iterator[tuple[PlannedChange, ChangeOutcome]]:
        """Hand one provider its batches; every change gets an answer, unless a stop kept it from being sent."""
        waiting = {(item.zone, item.change.owner): item for item in items}
        taken: set[tuple[Name, Name]] = set()
        reason = "the provider gave no answer for it"
        try:
            for outcome in provider.write(self.batches(items, taken)):
                key = (outcome.zone, outcome.owner)
                if key in taken and key in waiting:
                    yield waiting.pop(key), outcome
        # A plug-in's defect must not cost the report of what was sent.
        except Exception as error:  # noqa: BLE001
            reason = f"the provider broke off: {type(error).__name__}: {error}"
        for (zone, owner), item in waiting.items():
            if (zone, owner) in taken:
                yield item, ChangeOutcome(zone, owner, Outcome.UNKNOWN, reason)
            elif not self.stopped():
                yield item, ChangeOutcome(zone, owner, Outcome.FAILED, f"not sent: {reason}")

    def batches(self, items: list[PlannedChange], taken: set[tuple[Name, Name]]) -> Iterator[ZoneBatch]:
        """Give changes out, zone by zone, until a stop; note those that were `taken`."""
        zones: dict[Name, list[PlannedChange]] = defaultdict(list)
        for item in items:
            zones[item.zone].append(item)
        for zone, members in zones.items():
            if self.stopped():
                return
            taken.update((zone, item.change.owner) for item in members)
            shown = {item.change.owner: self.seen[_key(item)] for item in members}
            present = {owner: found for owner, found in shown.items() if isinstance(found, Present)}
            yield ZoneBatch(zone, tuple(item.change for item in members), present)

    def settle(self, answers: list[tuple[PlannedChange, ChangeOutcome]]) -> None:
        """Close all that is certain, by reading where it is not; leave open what is to be sent again."""
        doubtful: list[tuple[PlannedChange, ChangeOutcome]] = []
        unseen: list[_Key] = []
        for item, answer in answers:
            key = _key(item)
            self.tries[key] += 1
            # After a first try of unknown fate, not even a refusal of the second says that nothing changed.
            certain = answer.outcome in _FINAL and key not in self.answers
            if answer.outcome is Outcome.APPLIED or certain or answer.final:
                self.close(item, answer.outcome, answer.message, answer.found)
                continue
            self.answers[key] = answer
            doubtful.append((item, answer))
            if answer.outcome is Outcome.CONFLICT and answer.found:
                self.seen[key] = answer.found
            else:
                unseen.append(key)
        self.look(unseen)
        for item, answer in doubtful:
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
            self.cut_short = True
            key = _key(item)
            if answer := self.answers.get(key):
                message = f"{answer.message}; the old set was still there; not sent again: interrupted"
                self.close(item, Outcome.UNKNOWN, message, self.seen.get(key))
            else:
                self.close(item, Outcome.SKIPPED, "not sent: interrupted")


def _key(item: PlannedChange) -> _Key:
    return item.provider, item.zone, item.change.owner
