"""The engine: carries a plan out, and finds out what came of every change. The only writer.

1. Everything the plan touches is read again. A set that is as wanted is `already`; one that is neither
   as planned nor as wanted is a `conflict`. Neither is touched.
2. The changes of one (zone, owner) at several providers are a group: if one of them cannot be sent,
   none is, unless `independent`.
3. What is left goes to the providers, all at once, as conditional writes.
4. What is doubtful afterwards is settled here and nowhere else, by reading: an `unknown`, and a
   `conflict` that follows a write of ours, for that may be the echo of our own success.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mxsync import live
from mxsync.change import ChangeOutcome, Outcome
from mxsync.provider import ZoneBatch, ZoneRequest, in_threads
from mxsync.reading import Absent, Blocked, Present, Unreadable, ZoneReading, set_of
from mxsync.report import Report, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mxsync.names import Name
    from mxsync.plan import Plan, PlannedChange
    from mxsync.provider import Provider
    from mxsync.reading import OwnerReading

TRIES = 2
"""How often one conditional write is sent at most."""


def apply_plan(
    plan: Plan,
    providers: Mapping[str, Provider],
    *,
    independent: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> Report:
    """Carry a plan out and report on every change and trouble of it.

    `providers` goes by the name of the provider block. `independent` sends what it can of an owner
    that is kept alike at several providers. Once `stopped` says so, no further write is started; those
    in flight are finished and settled.
    """
    run = _Run(plan.changes, providers, stopped)
    run.read_again()
    if not independent:
        run.hold_groups(plan)
    run.send()
    troubles = [
        *(Result(t.provider, t.zone, t.owner, Outcome.BLOCKED, None, None, t.reason) for t in plan.blocked),
        *(Result(t.provider, t.zone, t.owner, Outcome.FAILED, None, None, t.reason) for t in plan.failed),
    ]
    results = [run.results[id(item)] for item in plan.changes]
    return Report((*results, *troubles), interrupted=stopped())


@dataclass(slots=True)
class _Run:
    """One apply under way: `results` fills up, keyed by the identity of the planned change."""

    changes: tuple[PlannedChange, ...]
    providers: Mapping[str, Provider]
    stopped: Callable[[], bool]
    results: dict[int, Result] = field(default_factory=dict)
    seen: dict[int, OwnerReading] = field(default_factory=dict)

    def open(self) -> list[PlannedChange]:
        return [item for item in self.changes if id(item) not in self.results]

    def close(
        self, item: PlannedChange, outcome: Outcome, message: str = "", found: OwnerReading | None = None
    ) -> None:
        self.results[id(item)] = Result(
            item.provider, item.zone, item.change.owner, outcome, item.change, found, message
        )

    def look(self, items: Iterable[PlannedChange]) -> None:
        """Read the owners of these changes; what stays unread is `Unreadable`, with the reason."""
        asked: dict[tuple[str, Name], list[PlannedChange]] = defaultdict(list)
        for item in items:
            asked[item.provider, item.zone].append(item)
        requests: dict[str, list[ZoneRequest]] = defaultdict(list)
        for (provider, zone), wanted in asked.items():
            owners = tuple(item.change.owner for item in wanted)
            requests[provider].append(ZoneRequest(zone, owners))
        zones = live.read(requests, self.providers).zones
        for key, wanted in asked.items():
            reading = zones[key]
            for item in wanted:
                self.seen[id(item)] = (
                    reading.owners.get(item.change.owner, Unreadable("the provider gave no answer for it"))
                    if isinstance(reading, ZoneReading)
                    else Unreadable(reading.message)
                )

    def read_again(self) -> None:
        """Close what needs no write or may not be written."""
        if self.stopped():
            return
        self.look(self.changes)
        for item in self.changes:
            change, found = item.change, self.seen[id(item)]
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

    def hold_groups(self, plan: Plan) -> None:
        """Close what must wait for another provider of the same owner."""
        reasons: dict[tuple[Name, Name | None], str] = {}
        for trouble in (*plan.blocked, *plan.failed):
            reasons[trouble.zone, trouble.owner] = trouble.provider
        for result in self.results.values():
            if result.outcome is not Outcome.ALREADY:
                reasons[result.zone, result.owner] = result.provider
        for item in self.open():
            other = reasons.get((item.zone, item.change.owner)) or reasons.get((item.zone, None))
            if other and other != item.provider:
                self.close(
                    item,
                    Outcome.SKIPPED,
                    f"not sent: it shall be alike at '{other}', which cannot be changed now",
                    self.seen.get(id(item)),
                )

    def send(self) -> None:
        """Write what is open, settle what is doubtful, and write that once more where it helps."""
        for attempt in range(1, TRIES + 1):
            items = self.open()
            if not items:
                break
            self.settle(self.write(items), last=attempt == TRIES)
        for item in self.open():
            self.close(item, Outcome.SKIPPED, "not sent: interrupted")

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
        """Hand one provider its batches; whatever was taken from us gets an answer."""
        zones: dict[Name, list[PlannedChange]] = defaultdict(list)
        for item in items:
            zones[item.zone].append(item)
        unanswered: dict[tuple[Name, Name], PlannedChange] = {}

        def permitted() -> Iterator[ZoneBatch]:
            for zone, members in zones.items():
                if self.stopped():
                    return
                unanswered.update({(zone, item.change.owner): item for item in members})
                shown = {item.change.owner: self.seen[id(item)] for item in members}
                present = {owner: found for owner, found in shown.items() if isinstance(found, Present)}
                yield ZoneBatch(zone, tuple(item.change for item in members), present)

        reason = "the provider gave no answer for it"
        try:
            for outcome in provider.write(permitted()):
                answered = unanswered.pop((outcome.zone, outcome.owner), None)
                if answered:
                    yield answered, outcome
        # A plug-in's defect must not cost the report of what was sent.
        except Exception as error:  # noqa: BLE001
            reason = f"the provider broke off: {type(error).__name__}: {error}"
        for (zone, owner), item in unanswered.items():
            yield item, ChangeOutcome(zone, owner, Outcome.UNKNOWN, reason)

    def settle(self, answers: list[tuple[PlannedChange, ChangeOutcome]], *, last: bool) -> None:
        """Close all that is certain, by reading where it is not; leave open what is to be sent again."""
        doubtful: list[tuple[PlannedChange, ChangeOutcome]] = []
        for item, answer in answers:
            # After a first try of unknown fate, not even a refusal of the second says that nothing changed.
            if answer.outcome in {Outcome.UNKNOWN, Outcome.CONFLICT} or (
                last and answer.outcome is not Outcome.APPLIED
            ):
                doubtful.append((item, answer))
            else:
                self.close(item, answer.outcome, answer.message, answer.found)
        shown = {
            id(item): answer.found
            for item, answer in doubtful
            if answer.outcome is Outcome.CONFLICT and answer.found
        }
        self.seen.update(shown)
        self.look(item for item, _ in doubtful if id(item) not in shown)
        for item, answer in doubtful:
            change, found = item.change, self.seen[id(item)]
            if isinstance(found, Unreadable):
                message = f"{answer.message}; reading it again did not work either: {found.message}"
                self.close(item, Outcome.UNKNOWN, message)
            elif isinstance(found, Present | Absent) and set_of(found) == change.after:
                self.close(item, Outcome.APPLIED, found=found)
            elif isinstance(found, Present | Absent) and set_of(found) == change.before:
                if last or self.stopped():
                    message = f"{answer.message}; the old set was still there afterwards"
                    self.close(item, Outcome.UNKNOWN, message, found)
            else:
                message = answer.message or "changed by somebody else meanwhile; plan again"
                self.close(item, Outcome.CONFLICT, message, found)
