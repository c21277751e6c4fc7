"""Writes the changes of a zone to a service whose batches are all or nothing, with an exact condition.

For providers of a vendor's API. What is deleted must be there just so, what is created must not be there.
When a batch is refused, nothing of it was changed by that: the owners are read, what stands in the way is set
aside, and the rest is sent again, in halves where reading shows no reason. What is accepted is read back.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from mxsync.change import Change, ChangeOutcome, Outcome
from mxsync.reading import Absent, Blocked, Present, Unreadable, set_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mxsync.names import Name
    from mxsync.provider import ZoneBatch
    from mxsync.reading import OwnerReading

PATIENCE = 16
"""After how many changes of a zone that were denied in a row, each alone, no more is sent."""

Group = tuple[Change, ...]
"""Changes that go out as one."""
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Kind(Enum):
    """What a failed call says about its request."""

    REFUSED = "refused"
    """The service does not take the batch as it is: nothing of it was changed by this attempt."""
    DENIED = "denied"
    """It does not take it from these credentials, or not so much of it; a part may pass."""
    OTHER = "other"


class Trouble(Exception):  # noqa: N818 - it becomes a result
    """A call that did not work: one line that says why and what to do."""

    def __init__(self, message: str, kind: Kind = Kind.OTHER) -> None:
        super().__init__(message)
        self.kind = kind


class Doubt(Trouble):
    """A write that may have taken effect although it did not work."""


@dataclass(frozen=True, slots=True)
class Accepted(Generic[T]):
    """Changes that the service shows already, and its name servers perhaps not yet."""

    ticket: T
    """What the service gave, to ask by whether all its name servers have them."""
    outcomes: tuple[ChangeOutcome, ...]


class Service(Protocol[T_co]):
    """One zone at a service."""

    @property
    def name(self) -> str:
        """The service's name, for messages."""
        ...

    @property
    def zone(self) -> Name:
        """The zone's name."""
        ...

    def groups(self, changes: Iterable[Change], seen: Mapping[Name, Present]) -> Iterator[Group]:
        """Group changes within the service's limits; each stays whole."""
        ...

    def form(self, group: Group, seen: Mapping[Name, Present]) -> object:
        """Say what would be sent for a group: equal if nothing about it would be different."""
        ...

    def send(self, group: Group, seen: Mapping[Name, Present]) -> T_co:
        """Send a group as one. Raises Trouble."""
        ...

    def read(self, owners: Iterable[Name]) -> Mapping[Name, OwnerReading]:
        """Read owners. Raises Trouble."""
        ...


def write(service: Service[T], batch: ZoneBatch) -> Iterator[ChangeOutcome | Accepted[T]]:
    """Send all changes of a batch; each has its place in what this gives. Raises nothing."""
    work = _Work(service, dict(batch.seen))
    waiting = deque(service.groups(batch.changes, work.seen))
    while waiting:
        answers, again = work.send(waiting.popleft())
        yield from answers
        waiting.extendleft(reversed(again))


@dataclass(slots=True)
class _Work(Generic[T]):
    """One batch under way."""

    service: Service[T]
    seen: dict[Name, Present]
    """The sets as the service keeps them; refreshed by every reading."""
    denied: int = 0
    """How many changes were denied, each alone, since a group was accepted."""
    why: str = ""
    """What the last denial said."""

    def send(self, group: Group) -> tuple[list[ChangeOutcome | Accepted[T]], list[Group]]:
        """Send changes as one; give the answers, and what is to be sent again."""
        if self.denied >= PATIENCE:
            return self.all(
                group, Outcome.FAILED, f"not sent, for so many others were not taken: {self.why}"
            ), []
        form = self.service.form(group, self.seen)
        try:
            ticket = self.service.send(group, self.seen)
        except Trouble as error:
            if error.kind is Kind.REFUSED:
                return self.refused(group, error, form)
            if error.kind is Kind.DENIED and not isinstance(error, Doubt):
                return self.denied_to_us(group, error)
            return self.all(group, _fate(error), str(error)), []
        self.denied = 0
        return self.confirm(group, ticket), []

    def refused(
        self, group: Group, error: Trouble, form: object
    ) -> tuple[list[ChangeOutcome | Accepted[T]], list[Group]]:
        """Set aside what stands in the way."""
        try:
            found = self.service.read(change.owner for change in group)
        except Trouble as second:
            message = f"{error}; reading it again did not work either: {second}"
            return self.all(group, _fate(error), message), []
        answers: list[ChangeOutcome | Accepted[T]] = []
        innocent: list[Change] = []
        for change in group:
            reading = found[change.owner]
            if isinstance(reading, Present):
                self.seen[change.owner] = reading
            if answer := self.in_the_way(change, reading, error):
                answers.append(answer)
            else:
                innocent.append(change)
        again = tuple(innocent)
        if again != group or form != self.service.form(again, self.seen):
            return answers, [again] if again else []
        if len(group) == 1:
            return self.all(group, _fate(error), str(error)), []
        return [], _halves(group)

    def in_the_way(self, change: Change, found: OwnerReading, error: Trouble) -> ChangeOutcome | None:
        """Say why a refused change cannot be made, if a reading shows that."""
        match found:
            case Blocked(reason):
                return self.one(change, Outcome.BLOCKED, reason, found)
            case Unreadable(message):
                return self.one(change, _fate(error), f"{error}; {message}")
            case _ if set_of(found) == change.before:
                return None
        # That may be what was wanted: the engine knows what to make of it.
        return self.one(change, Outcome.CONFLICT, "changed since it was read; plan again", found)

    def denied_to_us(
        self, group: Group, error: Trouble
    ) -> tuple[list[ChangeOutcome | Accepted[T]], list[Group]]:
        """Look for the changes that may be made, for a policy may name owners; not for ever."""
        self.why = str(error)
        if len(group) == 1:
            self.denied += 1
            return self.all(group, Outcome.FAILED, self.why), []
        return [], _halves(group)

    def confirm(self, group: Group, ticket: T) -> list[ChangeOutcome | Accepted[T]]:
        """Read what was written: to be accepted alone is no success."""
        took = f"{self.service.name} took the change, but"
        try:
            found = self.service.read(change.owner for change in group)
        except Trouble as error:
            return self.all(group, Outcome.UNKNOWN, f"{took} it could not be read afterwards: {error}")
        answers: list[ChangeOutcome | Accepted[T]] = []
        shown: list[ChangeOutcome] = []
        for change in group:
            reading = found[change.owner]
            match reading:
                case Unreadable(message):
                    text = f"{took} the set could not be read afterwards: {message}"
                    answers.append(self.one(change, Outcome.UNKNOWN, text))
                case Present() | Absent() if set_of(reading) == change.after:
                    shown.append(self.one(change, Outcome.APPLIED, found=reading))
                case Present() | Absent() if set_of(reading) == change.before:
                    answers.append(self.one(change, Outcome.UNKNOWN, f"{took} still shows the old set"))
                case _:
                    text = f"{took} shows something else afterwards; somebody else?"
                    answers.append(self.one(change, Outcome.UNKNOWN, text, reading, final=True))
        if shown:
            answers.append(Accepted(ticket, tuple(shown)))
        return answers

    def all(
        self, group: Iterable[Change], outcome: Outcome, message: str
    ) -> list[ChangeOutcome | Accepted[T]]:
        return [self.one(change, outcome, message) for change in group]

    def one(
        self,
        change: Change,
        outcome: Outcome,
        message: str = "",
        found: OwnerReading | None = None,
        *,
        final: bool = False,
    ) -> ChangeOutcome:
        return ChangeOutcome(self.service.zone, change.owner, outcome, message, found, final)


def _fate(error: Trouble) -> Outcome:
    """Say what a change is for which a call did not work."""
    return Outcome.UNKNOWN if isinstance(error, Doubt) else Outcome.FAILED


def _halves(group: Group) -> list[Group]:
    middle = len(group) // 2
    return [group[:middle], group[middle:]]
