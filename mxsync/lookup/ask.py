"""Asks resolvers for the addresses of many hosts at once."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dns.exception
import dns.message
import dns.name
import dns.rcode

from mxsync import names
from mxsync.answers import HostAnswer, Reply
from mxsync.lookup.exchange import TooLate, Unanswered, exchange
from mxsync.lookup.interpret import interpret
from mxsync.lookup.resolvers import RESOLV_CONF, system_resolvers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mxsync.lookup.resolvers import Resolver
    from mxsync.names import Name

DEADLINE = 10.0
"""For how many seconds hosts are looked up, all of them together."""
AT_ONCE = 200
"""How many questions are under way at once; each has a socket of its own."""
PATIENCE = (1.5, 3.0, 5.0)
"""For how many seconds a resolver may keep a question, in the first round and those after it."""
PAYLOAD = 1232
"""The largest answer over UDP that fits everywhere, in octets (DNS flag day 2020)."""
NO_RESOLVER = f"{RESOLV_CONF} names no resolver; give one with --resolver"

_ATTENTION = 0.1
"""After how many seconds `stopped` is heard at the latest."""
_Question = tuple["Name", str]


def look_up(
    hosts: Iterable[Name],
    *,
    resolvers: Sequence[Resolver] = (),
    deadline: float = DEADLINE,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[Name, HostAnswer]:
    """Find the addresses of hosts, each asked for once; every host gets an answer within `deadline` seconds.

    Without `resolvers`, those of the system are asked. What was not found out is unknown in the answer.
    Once `stopped` says so, nothing more is asked. Not to be called from within an event loop.
    """
    ends = time.monotonic() + deadline
    wanted = list(dict.fromkeys(hosts))
    asked = tuple(dict.fromkeys(resolvers)) or system_resolvers()
    if not wanted or not asked:
        return dict.fromkeys(wanted, HostAnswer.unknown_for(NO_RESOLVER))
    search = _Search(asked)
    asyncio.run(search.run([(host, kind) for host in wanted for kind in ("A", "AAAA")], ends, stopped))
    reason = f"no answer within {deadline:g} s from {' or '.join(map(str, asked))}"
    unasked = Reply(unknown="interrupted before it was looked up" if stopped() else reason)
    found = search.found
    return {
        host: HostAnswer(found.get((host, "A"), unasked), found.get((host, "AAAA"), unasked))
        for host in wanted
    }


@dataclass(slots=True)
class _Search:
    """What is known so far."""

    resolvers: tuple[Resolver, ...]
    found: dict[_Question, Reply] = field(default_factory=dict)
    _silent: Counter[Resolver] = field(default_factory=Counter)
    """How many questions each resolver has left unanswered since its last answer."""

    async def run(self, questions: Sequence[_Question], ends: float, stopped: Callable[[], bool]) -> None:
        """Ask all questions until a time on the monotonic clock."""
        remaining = iter(questions)
        workers = [asyncio.create_task(self._work(remaining)) for _ in range(min(AT_ONCE, len(questions)))]
        pending = set(workers)
        while pending and not stopped() and (left := ends - time.monotonic()) > 0:
            _, pending = await asyncio.wait(pending, timeout=min(left, _ATTENTION))
        for worker in pending:
            worker.cancel()
        for result in await asyncio.gather(*workers, return_exceptions=True):
            if isinstance(result, Exception):
                raise result

    async def _work(self, questions: Iterator[_Question]) -> None:
        for question in questions:
            self.found[question] = await self._find(question)

    async def _find(self, question: _Question) -> Reply:
        """Ask one resolver after the other until one knows; those that were silent so far come last."""
        heard: dict[Resolver, Reply] = {}
        for patience in PATIENCE:
            for resolver in sorted(self.resolvers, key=self._silent.__getitem__):
                if resolver in heard:
                    continue
                try:
                    reply = await _ask(question, resolver, patience)
                except TooLate:
                    self._silent[resolver] += 1
                    continue
                except Unanswered as error:
                    reply = Reply(unknown=str(error))
                self._silent[resolver] = 0
                if not reply.unknown:
                    return reply
                heard[resolver] = reply
        reasons = "; ".join(
            f"{resolver}: {heard[resolver].unknown if resolver in heard else 'no answer'}"
            for resolver in self.resolvers
        )
        alias = next((reply.alias for reply in heard.values() if reply.alias), None)
        return Reply(alias=alias, unknown=reasons)


async def _ask(question: _Question, resolver: Resolver, patience: float) -> Reply:
    """Ask one resolver. Raises TooLate, Unanswered."""
    host, kind = question
    name = dns.name.Name((*names.to_labels(host), b""))
    query = dns.message.make_query(name, kind, use_edns=0, payload=PAYLOAD)
    response = await exchange(query, resolver, patience)
    if response.rcode() in {dns.rcode.FORMERR, dns.rcode.NOTIMP}:
        # It may know no EDNS (RFC 6891 §7).
        plain = dns.message.make_query(name, kind)
        response = await exchange(plain, resolver, patience)
    return interpret(response)
