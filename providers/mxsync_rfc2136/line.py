"""One TCP connection that many conversations share: messages go out without waiting for answers.

Rules, in the order in which they were needed:

- An answer belongs to the message with its id. Each message has its own time limit, from its sending on.
- Questions that a closed connection left open are asked again on a new one; what may change something
  never is, its fate is `Lost`. A message that nothing but the end of the connection follows is given up
  the second time.
- The same goes for a connection over which nobody gets an answer any more. Who alone gets none is given
  up at once.
- A server that is not there, or never says a word, costs one time limit: from then on everything is
  `NotSent`. One that was there and is gone is given the time limit to come back; one that falls silent is
  tried over two new connections.
- How many messages are under way grows while answers come quickly, so that a slow server is not asked
  more than it can answer in time.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Generic, NamedTuple

from mxsync_rfc2136 import codec
from mxsync_rfc2136.agenda import Agenda, Item
from mxsync_rfc2136.message import Lost, Message, NotSent
from mxsync_rfc2136.talk import T, Talk
from mxsync_rfc2136.tube import Tube

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mxsync_rfc2136.server import Server

MAX_WINDOW = 512
TRIES = 2
"""How often a message is sent to which the server answers by hanging up."""
PATIENCE = 8
"""After how many messages given up in a row nothing more is sent."""
WARY = 50
"""How many updates are sent alone after the server hung up on one among other messages: one that it does
not like shall not leave open again what became of the others."""
_COME_BACK = 0.1
"""How many seconds to wait before a server that was there is called again."""
_LOOK_UP = 0.2
"""For how many seconds at most to wait before looking whether anybody still listens."""
_IDS = 1 << 16


class _Sent(NamedTuple):
    item: Item
    at: float
    wire: bytes
    mac: bytes


class Line(Generic[T]):
    """Leads talks over one connection, one after the other and many at once."""

    def __init__(
        self, server: Server, talks: Callable[[], Talk[T] | None], *, courses: int, window: int
    ) -> None:
        self._server = server
        self._talks = talks
        """Gives the next talk, or None when there is no more."""
        self._courses = courses
        """How many talks may be under way."""
        self._agenda: Agenda[T] = Agenda()
        self._id = random.randrange(_IDS)  # noqa: S311 - over TCP an id protects from nothing
        self._sent: dict[int, _Sent] = {}
        """By id, the oldest first."""
        self._late: set[int] = set()
        """Ids whose answer nobody waits for any more."""
        self._tube: Tube | None = None
        self._window = window
        """How many messages may be under way; at the start nobody knows how quick the server is."""
        self._answers = 0
        """How many came over this connection."""
        self._last_answer = 0.0
        self._silent = 0
        """How many connections in a row brought no answer, and were waited on for the time limit."""
        self._given_up = 0
        self._dead: str | None = None

    def run(self, unheard: Callable[[], bool] = lambda: False) -> Iterator[T]:
        """Lead all talks to their ends and give their results as they come.

        Once `unheard` says so, nobody wants them any more.
        """
        try:
            more = True
            while (more or self._agenda.active) and not unheard():
                # Some that the server does not like shall not keep the others out.
                room = self._courses if self._given_up else min(self._courses, max(self._window, 2))
                while more and self._agenda.active < room:
                    talk = self._talks()
                    more = talk is not None
                    if talk:
                        self._agenda.begin(talk)
                self._exchange()
                while self._agenda.done:
                    yield self._agenda.done.popleft()
        finally:
            self._hang_up()

    def _exchange(self) -> None:
        """Send what may be sent, take what has come, and give up what is late."""
        due = self._agenda.wake()
        while (queue := self._agenda.queue) and self._may_send(queue[0].message):
            item = queue.popleft()
            if self._dead is not None:
                self._agenda.reply(item, NotSent(self._dead))
            elif self._connected():
                self._send(item)
            else:
                queue.appendleft(item)
        if self._sent:
            self._wait(due)
            self._expire()
        elif due and not self._agenda.queue:
            time.sleep(max(due - time.monotonic(), 0))

    def _may_send(self, message: Message) -> bool:
        if self._server.wary and self._sent:
            alone = message.once or any(sent.item.message.once for sent in self._sent.values())
            return not alone and len(self._sent) < self._window
        return len(self._sent) < self._window

    def _send(self, item: Item) -> None:
        assert self._tube is not None  # noqa: S101 - the caller has seen to it
        while (number := self._id) in self._sent or number in self._late:
            self._id = (self._id + 1) % _IDS
        self._id = (self._id + 1) % _IDS
        message, mac = codec.write(self._server.keys, item.message, number)
        if len(message) >> 16:
            self._agenda.reply(item, NotSent(f"{self._server}: the message is too long"))
            return
        if item.message.once:
            self._server.wary = max(self._server.wary - 1, 0)
        self._sent[number] = _Sent(item, time.monotonic(), message, mac)
        self._tube.put(message)

    def _wait(self, due: float | None) -> None:
        """Wait until there is something to do, and hand out the answers that have come."""
        assert self._tube is not None  # noqa: S101 - something was sent
        end = next(iter(self._sent.values())).at + self._server.timeout
        until = min(end, time.monotonic() + _LOOK_UP, due or end)
        for answer in self._tube.wait(until):
            if not self._hand_out(answer):
                self._broken("what came back is no answer to the question; is it a DNS server?")
                return
        if self._tube.ended:
            self._broken("the server closed the connection without an answer")

    def _hand_out(self, answer: bytes) -> bool:
        """Give an answer to whoever asked; say whether anybody did."""
        number = int.from_bytes(answer[:2])
        if number in self._late:
            self._late.discard(number)
            return True
        sent = self._sent.pop(number, None)
        if sent is None:
            return False
        self._last_answer = now = time.monotonic()
        self._answers += 1
        self._given_up = self._silent = 0
        self._server.answered = True
        waited = now - sent.at
        if waited < self._server.timeout / 8:
            self._window = min(self._window + 1, MAX_WINDOW)
        elif waited > self._server.timeout / 4:
            self._window = max(self._window // 2, 1)
        message = sent.item.message
        self._agenda.reply(sent.item, codec.read(self._server, message, sent.wire, sent.mac, answer))
        return True

    def _expire(self) -> None:
        """Give up the messages whose time is over."""
        now, limit = time.monotonic(), self._server.timeout
        if not self._sent or now - next(iter(self._sent.values())).at < limit:
            return
        late = [number for number, sent in self._sent.items() if now - sent.at >= limit]
        reason = f"{self._server}: no answer within {limit:g} s"
        # One talk alone may be about a zone that the server does not answer for; others had answers meanwhile.
        alone = len({id(sent.item.course) for sent in self._sent.values()}) == 1
        overtaken = self._answers and self._last_answer > self._sent[late[0]].at
        if now - self._last_answer > limit / 2 and not (alone and overtaken):
            self._stuck(late, reason)
            return
        given_up = [self._sent.pop(number).item for number in late]
        self._late.update(late)
        for item in given_up:
            self._agenda.reply(item, Lost(reason))

    def _stuck(self, late: list[int], reason: str) -> None:
        """Hang up where nobody gets an answer any more: one that does not end may hold up all others."""
        if not self._answers:
            self._silent += 1
            if not self._server.answered or self._silent >= TRIES:
                self._dead = reason
        self._hang_up()
        # Answers mostly come in order: the others wait for the oldest.
        self._sent[late[0]].item.course.suspect = True
        given_up: list[Item] = []
        for number in late:
            item = self._sent[number].item
            item.tries += 1
            if item.message.once or item.tries >= TRIES or self._dead is not None:
                del self._sent[number]
                given_up.append(item)
        self._ask_again(reason)
        for item in given_up:
            self._agenda.reply(item, Lost(reason))

    def _connected(self) -> bool:
        if self._tube:
            return True
        deadline = time.monotonic() + self._server.timeout
        while True:
            try:
                self._tube = Tube(self._server.connect(), self._server.not_now)
            except NotSent as error:
                if not self._server.answered or time.monotonic() + _COME_BACK >= deadline:
                    self._dead = str(error)
                    return False
                time.sleep(_COME_BACK)
            else:
                self._answers = 0
                return True

    def _broken(self, reason: str) -> None:
        """Decide what to do with what was under way on a connection that is of no more use."""
        reason = f"{self._server}: {reason}"
        silent = not self._answers
        self._window = max(self._answers, 1)
        self._hang_up()
        if len(self._sent) > 1 and any(sent.item.message.once for sent in self._sent.values()):
            self._server.wary = WARY
        alone = silent and len(self._sent) == 1
        if alone:
            [sent] = self._sent.values()
            sent.item.tries += 1
            if sent.item.tries >= TRIES or sent.item.message.once:
                self._sent.clear()
                self._given_up += 1
                sent.item.course.suspect = True
                if self._given_up >= PATIENCE:
                    self._dead = reason
                self._agenda.reply(sent.item, Lost(reason))
        self._ask_again(reason)

    def _ask_again(self, reason: str) -> None:
        """Queue the questions that a lost connection left open; nobody knows what became of updates."""
        open_items = [sent.item for sent in self._sent.values()]
        self._sent.clear()
        self._late.clear()
        self._agenda.put_back([item for item in open_items if not item.message.once])
        for item in open_items:
            if item.message.once:
                self._agenda.reply(item, Lost(reason))

    def _hang_up(self) -> None:
        if self._tube:
            self._tube.close()
        self._tube = None
