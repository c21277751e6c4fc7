"""Asks resolvers many questions at once."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mxsync.answers import HostAnswer
from mxsync.lookup.answer import Answer
from mxsync.lookup.crowd import crowd
from mxsync.lookup.exchange import TooLate, Unanswered
from mxsync.lookup.interpret import read, reply
from mxsync.lookup.question import put
from mxsync.lookup.resolvers import RESOLV_CONF, system_resolvers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mxsync.lookup.answer import Question
    from mxsync.lookup.resolvers import Resolver
    from mxsync.names import Name

DEADLINE = 10.0
"""For how many seconds questions are asked, all of them together."""
AT_ONCE = 200
"""How many questions are under way at once; each has a socket of its own."""
PATIENCE = (1.5, 3.0, 5.0)
"""For how many seconds a resolver may keep a question, in the first round and those after it."""
NO_RESOLVER = f"{RESOLV_CONF} names no resolver; give one with --resolver"


def look_up(
    hosts: Iterable[Name],
    *,
    resolvers: Sequence[Resolver] = (),
    deadline: float = DEADLINE,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[Name, HostAnswer]:
    """Find the addresses of hosts, each asked for once; every host gets an answer within `deadline` seconds.

    As `find_all` does for any questions.
    """
    wanted = list(dict.fromkeys(hosts))
    questions = [(host, kind) for host in wanted for kind in ("A", "AAAA")]
    found = find_all(questions, resolvers=resolvers, deadline=deadline, stopped=stopped)
    return {host: HostAnswer(reply(found[host, "A"]), reply(found[host, "AAAA"])) for host in wanted}


def find_all(
    questions: Iterable[Question],
    *,
    resolvers: Sequence[Resolver] = (),
    deadline: float = DEADLINE,
    signatures: bool = False,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[Question, Answer]:
    """Have resolvers answer questions, each asked once; every one has an answer within `deadline` seconds.

    Without `resolvers`, those of the system are asked. What was not found out is unknown in the answer.
    Once `stopped` says so, nothing more is asked. Not to be called from within an event loop.
    """
    ends = time.monotonic() + deadline
    wanted = list(dict.fromkeys(questions))
    asked = tuple(dict.fromkeys(resolvers)) or system_resolvers()
    if not wanted or not asked:
        return dict.fromkeys(wanted, Answer(unknown=NO_RESOLVER))
    search = Search(asked, signatures=signatures)
    asyncio.run(crowd(search.answer, wanted, at_once=AT_ONCE, ends=ends, stopped=stopped))
    reason = f"no answer within {deadline:g} s from {' or '.join(map(str, asked))}"
    unasked = Answer(unknown="interrupted before it was looked up" if stopped() else reason)
    return {question: search.found.get(question, unasked) for question in wanted}


@dataclass(slots=True)
class Search:
    """Resolvers, and what they have answered so far."""

    resolvers: tuple[Resolver, ...]
    signatures: bool = False
    """Whether signatures are asked for too; nobody checks them."""
    found: dict[Question, Answer] = field(default_factory=dict)
    _silent: Counter[Resolver] = field(default_factory=Counter)
    """How many questions each resolver has left unanswered since its last answer."""

    async def answer(self, question: Question) -> None:
        """Put the answer to a question among those that were found."""
        self.found[question] = await self.find(question)

    async def find(self, question: Question) -> Answer:
        """Ask one resolver after the other until one knows; those that were silent so far come last."""
        heard: dict[Resolver, Answer] = {}
        for patience in PATIENCE:
            for resolver in sorted(self.resolvers, key=self._silent.__getitem__):
                if resolver in heard:
                    continue
                try:
                    answer = read(await put(question, resolver, patience, signatures=self.signatures))
                except TooLate:
                    self._silent[resolver] += 1
                    continue
                except Unanswered as error:
                    answer = Answer(unknown=str(error))
                self._silent[resolver] = 0
                if not answer.unknown:
                    return answer
                heard[resolver] = answer
        reasons = "; ".join(
            f"{resolver}: {heard[resolver].unknown if resolver in heard else 'no answer'}"
            for resolver in self.resolvers
        )
        alias = next((answer.alias for answer in heard.values() if answer.alias), None)
        return Answer(alias=alias, unknown=reasons)
