"""One apply under way: what is known so far, and what came of each change."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from mxsync import live
from mxsync.change import Outcome
from mxsync.provider import ZoneRequest
from mxsync.reading import Unreadable, ZoneReading
from mxsync.report import SUCCESS, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from mxsync.apply.how import How, Watcher
    from mxsync.change import ChangeOutcome
    from mxsync.names import Name
    from mxsync.plan import Companion, Plan, PlannedChange
    from mxsync.provider import Provider
    from mxsync.reading import OwnerReading
    from mxsync.state import Live

Key = tuple[str, "Name", "Name"]
"""Provider, zone and owner."""


def key_of(item: PlannedChange) -> Key:
    """Give where a change is."""
    return item.provider, item.zone, item.change.owner


@dataclass(slots=True)
class Run:
    """One apply under way: `results` fills up."""

    plan: Plan
    providers: Mapping[str, Provider]
    how: How
    watchers: Sequence[Watcher]
    stopped: Callable[[], bool]
    results: dict[Key, Result] = field(default_factory=dict)
    moved: list[Result] = field(default_factory=list)
    """What is said of sets that were as wanted when the plan was made, and are no more."""
    seen: dict[Key, OwnerReading] = field(default_factory=dict)
    answers: dict[Key, ChangeOutcome] = field(default_factory=dict)
    """The last answer to every change that was sent."""
    tries: Counter[Key] = field(default_factory=Counter)
    cut_short: bool = False
    halted: str = ""
    """Why no more is started, if that is so; a signal is no such reason."""
    in_doubt: bool = False
    """With `fail_fast`: whether a change of this round has to be settled before more is sent."""
    one_at_a_time: Lock = field(default_factory=Lock)

    @property
    def companions(self) -> dict[Key, Companion]:
        """Sets that are as wanted beside the changes, by where they are."""
        return {(each.provider, each.zone, each.owner): each for each in self.plan.companions}

    def open(self) -> list[PlannedChange]:
        """Give the changes of which nothing is known yet."""
        return [item for item in self.plan.changes if key_of(item) not in self.results]

    def may_send(self) -> bool:
        """Say whether another write may be started."""
        return not (self.halted or self.in_doubt or self.stopped())

    def close(
        self, item: PlannedChange, outcome: Outcome, message: str = "", found: OwnerReading | None = None
    ) -> None:
        """Say what came of a change, to whoever listens too."""
        key = key_of(item)
        result = Result(*key, outcome, item.change, found, message, item.cached_for)
        with self.one_at_a_time:
            self.results[key] = result
            for watcher in self.watchers:
                watcher.settled(result)
        if self.how.fail_fast and outcome not in {*SUCCESS, Outcome.SKIPPED} and not self.halted:
            self.halted = f"--fail-fast, and {item.change.owner} at '{item.provider}' is: {outcome}"

    def look(self, keys: Collection[Key], *, stoppable: bool = False) -> None:
        """Read owners; what stays unread is `Unreadable`, with the reason."""
        asked: dict[tuple[str, Name], list[Name]] = defaultdict(list)
        for provider, zone, owner in keys:
            asked[provider, zone].append(owner)
        requests: dict[str, list[ZoneRequest]] = defaultdict(list)
        for (provider, zone), owners in asked.items():
            requests[provider].append(ZoneRequest(zone, tuple(owners)))
        stopped = self.stopped if stoppable else lambda: False
        self.note(keys, live.read(requests, self.providers, stopped=stopped))

    def note(self, keys: Iterable[Key], found: Live) -> None:
        """Take down what was seen at owners."""
        for provider, zone, owner in keys:
            reading = found.zones[provider, zone]
            self.seen[provider, zone, owner] = (
                reading.owners.get(owner, Unreadable("the provider gave no answer for it"))
                if isinstance(reading, ZoneReading)
                else Unreadable(reading.message)
            )
