"""Puts questions to authorities and to resolvers: nobody twice the same, and the silent no more than they deserve."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mxsync.lookup.ask import AT_ONCE, Search
from mxsync.lookup.exchange import NoRoute, TooLate, Unanswered
from mxsync.lookup.interpret import reply
from mxsync.lookup.question import put

if TYPE_CHECKING:
    import dns.message

    from mxsync.answers import Address
    from mxsync.authority.servers import Server
    from mxsync.lookup.answer import Answer, Question
    from mxsync.lookup.resolvers import Resolver
    from mxsync.names import Name

PATIENCE = (1.0, 2.0)
"""For how many seconds an authority may keep a question, when it is asked first and when once more."""
GIVEN_UP = 3
"""After how many questions in a row without an answer a server is asked nothing more."""


@dataclass(slots=True)
class Desk:
    """One run of questions. Belongs to one event loop."""

    search: Search
    _silent: Counter[Resolver] = field(default_factory=Counter)
    _dead: dict[Resolver, Unanswered] = field(default_factory=dict)
    """Addresses that cannot be sent anything, with the reason."""
    _known: dict[Question, asyncio.Task[Answer]] = field(default_factory=dict)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def find(self, name: Name, kind: str) -> Answer:
        """Have a resolver answer; the same question is asked once."""
        question = (name, kind)
        if question not in self._known:
            self._known[question] = asyncio.create_task(self._find(question))
        # Others may wait for it too, who are not given up with this one.
        return await asyncio.shield(self._known[question])

    async def addresses(self, host: Name) -> tuple[tuple[Address, ...], str]:
        """Give the addresses of a host as a resolver sees them, and why it does not know all, if so."""
        v4, v6 = map(reply, await asyncio.gather(self.find(host, "A"), self.find(host, "AAAA")))
        return v4.addresses + v6.addresses, v4.unknown or v6.unknown

    async def ask(self, question: Question, authority: Server) -> dns.message.QueryMessage:
        """Have an authority answer from what it has itself. Raises Unanswered; NoRoute where none leads there."""
        server = authority.at
        if server is None:
            raise NoRoute("it has no address")
        if server in self._dead:
            raise self._dead[server]
        for patience in PATIENCE:
            if self._silent[server] >= GIVEN_UP:
                break
            try:
                async with self._room:
                    response = await put(question, server, patience, recurse=False)
            except TooLate:
                self._silent[server] += 1
                continue
            except NoRoute as error:
                self._dead[server] = error
                raise
            self._silent[server] = 0
            return response
        raise Unanswered("no answer")

    async def _find(self, question: Question) -> Answer:
        async with self._room:
            return await self.search.find(question)
