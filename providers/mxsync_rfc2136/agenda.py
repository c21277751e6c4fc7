"""What talks under way have to say, in the order in which it is to be said, and what they were told."""

from __future__ import annotations

import heapq
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Generic

from mxsync_rfc2136.talk import T, Talk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mxsync_rfc2136.message import Message, Reply


@dataclass(slots=True)
class Course(Generic[T]):
    """A talk under way."""

    talk: Talk[T]
    replies: list[Reply | None] = field(default_factory=list)
    missing: int = 0
    suspect: bool = False
    """Whether the server did not take what it had to say: the others go first."""


@dataclass(slots=True)
class Item:
    """A message of a talk on its way."""

    course: Course[object]
    place: int
    message: Message
    tries: int = 0


class Agenda(Generic[T]):
    """Talks under way. A talk goes on once all that it said is replied to."""

    def __init__(self) -> None:
        self.active = 0
        """How many talks have not come to their end."""
        self.done: deque[T] = deque()
        """What talks have found out, for somebody to take."""
        self.queue: deque[Item] = deque()
        """What is to be said now."""
        self._delayed: list[tuple[float, int, Item]] = []
        self._numbers = count()

    def begin(self, talk: Talk[T]) -> None:
        """Take up a talk."""
        self.active += 1
        self._go_on(Course(talk), None)

    def reply(self, item: Item, reply: Reply) -> None:
        """Tell a talk what came of one of its messages."""
        course = item.course
        course.replies[item.place] = reply
        course.missing -= 1
        if not course.missing:
            self._go_on(course, course.replies)  # type: ignore[arg-type]  # none is missing

    def put_back(self, items: Sequence[Item]) -> None:
        """Queue again what was said in vain, before all others; what is suspect goes last."""
        self.queue.extendleft(reversed(items))
        self.queue = deque(sorted(self.queue, key=lambda item: item.course.suspect))

    def wake(self) -> float | None:
        """Queue what has waited for long enough; give the time at which the next message will have."""
        now = time.monotonic()
        while self._delayed and self._delayed[0][0] <= now:
            self.queue.append(heapq.heappop(self._delayed)[2])
        return self._delayed[0][0] if self._delayed else None

    def _go_on(self, course: Course[T], replies: Sequence[Reply] | None) -> None:
        try:
            messages = course.talk.send(replies) if replies is not None else next(course.talk)
        except StopIteration as ended:
            self.active -= 1
            self.done.append(ended.value)
            return
        course.replies = [None] * len(messages)
        course.missing = len(messages)
        self._queue(Item(course, place, message) for place, message in enumerate(messages))  # type: ignore[arg-type]  # whatever it finds out

    def _queue(self, items: Iterable[Item]) -> None:
        for item in items:
            if item.message.delay:
                due = time.monotonic() + item.message.delay
                heapq.heappush(self._delayed, (due, next(self._numbers), item))
            else:
                self.queue.append(item)
