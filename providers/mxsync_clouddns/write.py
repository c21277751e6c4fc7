"""Sends the changes of one zone, and finds out what came of them.

A change of Cloud DNS's is all or nothing, and its condition is exact: what is deleted must be there just so,
what is added must not be there. When one is refused, nothing of it was made; the owners are read, what stands
in the way is set aside, and the rest is sent again, in halves where reading shows no reason.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mxsync.change import ChangeOutcome, Outcome
from mxsync.reading import Absent, Blocked, Present, Unreadable, set_of
from mxsync_clouddns.batch import pack, swap
from mxsync_clouddns.read import read_owners
from mxsync_clouddns.trouble import Doubt, Kind, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mxsync.change import Change
    from mxsync.names import Name
    from mxsync.provider import ZoneBatch
    from mxsync.reading import OwnerReading
    from mxsync_clouddns.api import Api
    from mxsync_clouddns.batch import Swap
    from mxsync_clouddns.zone import ManagedZone

_Group = tuple["Change", ...]
"""Changes that go out as one."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Changes that Cloud DNS shows already, and its name servers perhaps not yet."""

    zone: str
    """The managed zone's name."""
    change_id: str
    done: bool
    outcomes: tuple[ChangeOutcome, ...]


_Answers = list[ChangeOutcome | Accepted]


@dataclass(slots=True)
class ZoneWriter:
    """Writes one batch of the engine's, as one change of Cloud DNS's or, if need be, as several."""

    api: Api
    zone: ManagedZone
    seen: dict[Name, Present]
    """The sets as Cloud DNS keeps them; refreshed by every reading."""
    _over_quota: int = 0
    """How many changes were over a quota since one was accepted."""

    def write(self, batch: ZoneBatch) -> Iterator[ChangeOutcome | Accepted]:
        """Send all changes; each has its place in what this gives. Raises nothing."""
        waiting = deque(pack(batch.changes, self.seen))
        while waiting:
            answers, again = self._send(waiting.popleft())
            yield from answers
            waiting.extendleft(reversed(again))

    def _swaps(self, group: _Group) -> list[Swap]:
        return [swap(change, self.seen) for change in group]

    def _send(self, group: _Group) -> tuple[_Answers, list[_Group]]:
        """Send changes as one; give the answers, and what is to be sent again."""
        swaps = self._swaps(group)
        deletions = [deletion for deletion, _ in swaps if deletion]
        additions = [addition for _, addition in swaps if addition]
        try:
            change_id, done = self.api.change(self.zone.name, additions, deletions)
        except Trouble as error:
            if error.kind is Kind.REFUSED:
                return self._refused(group, error, swaps)
            if error.kind is Kind.QUOTA:
                return self._too_much(group, error)
            return self._all(group, _fate(error), str(error)), []
        self._over_quota = 0
        return self._confirm(group, change_id, done=done), []

    def _refused(self, group: _Group, error: Trouble, swaps: list[Swap]) -> tuple[_Answers, list[_Group]]:
        """Set aside what stands in the way."""
        try:
            found = read_owners(self.api, self.zone, (change.owner for change in group))
        except Trouble as second:
            message = f"{error}; reading it again did not work either: {second}"
            return self._all(group, _fate(error), message), []
        answers: _Answers = []
        innocent: list[Change] = []
        for change in group:
            reading = found[change.owner]
            if isinstance(reading, Present):
                self.seen[change.owner] = reading
            if answer := self._in_the_way(change, reading, error):
                answers.append(answer)
            else:
                innocent.append(change)
        again = tuple(innocent)
        if again != group or swaps != self._swaps(again):
            return answers, [again] if again else []
        if len(group) == 1:
            return self._all(group, _fate(error), str(error)), []
        return [], _halves(group)

    def _in_the_way(self, change: Change, found: OwnerReading, error: Trouble) -> ChangeOutcome | None:
        """Say why a refused change cannot be made, if a reading shows that."""
        match found:
            case Blocked(reason):
                return self._one(change, Outcome.BLOCKED, reason, found)
            case Unreadable(message):
                return self._one(change, _fate(error), f"{error}; {message}")
            case _ if set_of(found) == change.before:
                return None
        # That may be what was wanted: the engine knows what to make of it.
        return self._one(change, Outcome.CONFLICT, "changed since it was read; plan again", found)

    def _too_much(self, group: _Group, error: Trouble) -> tuple[_Answers, list[_Group]]:
        """Look for the changes that a quota leaves room for; not for ever."""
        self._over_quota += 1
        if len(group) == 1 or self._over_quota > len(group).bit_length() + 1:
            return self._all(group, Outcome.FAILED, str(error)), []
        return [], _halves(group)

    def _confirm(self, group: _Group, change_id: str, *, done: bool) -> _Answers:
        """Read what was written: to be accepted alone is no success."""
        took = "Cloud DNS took the change, but"
        try:
            found = read_owners(self.api, self.zone, (change.owner for change in group))
        except Trouble as error:
            return self._all(group, Outcome.UNKNOWN, f"{took} it could not be read afterwards: {error}")
        answers: _Answers = []
        shown: list[ChangeOutcome] = []
        for change in group:
            reading = found[change.owner]
            match reading:
                case Unreadable(message):
                    text = f"{took} the set could not be read afterwards: {message}"
                    answers.append(self._one(change, Outcome.UNKNOWN, text))
                case Present() | Absent() if set_of(reading) == change.after:
                    shown.append(self._one(change, Outcome.APPLIED, found=reading))
                case Present() | Absent() if set_of(reading) == change.before:
                    answers.append(self._one(change, Outcome.UNKNOWN, f"{took} still shows the old set"))
                case _:
                    text = f"{took} shows something else afterwards; somebody else?"
                    answers.append(self._one(change, Outcome.UNKNOWN, text, reading, final=True))
        if shown:
            answers.append(Accepted(self.zone.name, change_id, done, tuple(shown)))
        return answers

    def _all(self, group: Iterable[Change], outcome: Outcome, message: str) -> _Answers:
        return [self._one(change, outcome, message) for change in group]

    def _one(
        self,
        change: Change,
        outcome: Outcome,
        message: str = "",
        found: OwnerReading | None = None,
        *,
        final: bool = False,
    ) -> ChangeOutcome:
        return ChangeOutcome(self.zone.dns_name, change.owner, outcome, message, found, final)


def _fate(error: Trouble) -> Outcome:
    """Say what a change is for which a call did not work."""
    return Outcome.UNKNOWN if isinstance(error, Doubt) else Outcome.FAILED


def _halves(group: _Group) -> list[_Group]:
    middle = len(group) // 2
    return [group[:middle], group[middle:]]
