"""Asks name servers, each of them, for the MX sets of owners."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mxsync import names
from mxsync.authority.desk import Desk
from mxsync.authority.find import DEADLINE, EACH
from mxsync.authority.interpret import read_mx
from mxsync.authority.servers import Kind, Server, Told
from mxsync.lookup.ask import AT_ONCE, Search, find_all
from mxsync.lookup.crowd import crowd
from mxsync.lookup.exchange import NoRoute, Unanswered
from mxsync.lookup.interpret import mx_set
from mxsync.reading import Absent, Blocked, Present
from mxsync.surroundings import above

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mxsync.lookup.answer import Answer
    from mxsync.lookup.resolvers import Resolver
    from mxsync.names import Name
    from mxsync.reading import OwnerReading


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question for the MX set of an owner, to one server."""

    zone: Name
    owner: Name
    server: Server
    vacant: bool = False
    """Whether no set is expected: one that is answered is then held against those of the wildcards above."""


def ask(
    inquiries: Iterable[Inquiry],
    *,
    deadline: float | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[Inquiry, Told]:
    """Ask authorities, without recursion; every inquiry gets something told of it.

    Within `deadline` seconds, which grow with the number of inquiries where not given. Not to be called from within
    an event loop.
    """
    wanted = list(dict.fromkeys(inquiries))
    seconds = DEADLINE + EACH * len(wanted) if deadline is None else deadline
    found: dict[Inquiry, Told] = {}

    async def run() -> None:
        desk = Desk(Search(()))

        async def work(inquiry: Inquiry) -> None:
            found[inquiry] = await _ask(desk, inquiry)

        ends = time.monotonic() + seconds
        await crowd(work, wanted, at_once=AT_ONCE, ends=ends, stopped=stopped)

    asyncio.run(run())
    reason = "interrupted before it was asked" if stopped() else f"no answer within {seconds:g} s"
    return {it: found.get(it) or Told.nothing(it.server, it.owner, Kind.UNREACHABLE, reason) for it in wanted}


async def _ask(desk: Desk, inquiry: Inquiry) -> Told:
    server, owner = inquiry.server, inquiry.owner
    try:
        kind, reading = await _read(desk, inquiry, owner)
        if inquiry.vacant and isinstance(reading, Present):
            for wildcard in _wildcards(inquiry.zone, owner):
                _, shown = await _read(desk, inquiry, wildcard)
                if isinstance(shown, Present) and shown.set == reading.set:
                    kind, reading = Kind.NONE, Absent(reading.set.ttl, wildcard=True)
                    break
    except NoRoute as error:
        return Told.nothing(server, owner, Kind.UNASKED, f"this machine cannot reach it: {error}")
    except Unanswered as error:
        return Told.nothing(server, owner, Kind.UNREACHABLE, str(error))
    return Told(server, owner, kind, reading)


def _wildcards(zone: Name, owner: Name) -> list[Name]:
    """Give the wildcards that may answer for an owner (RFC 4592 §2.2.1), the nearest first."""
    if owner == zone:
        return []
    found = (names.parse("*", name) for name in (*above(zone, owner), zone))
    return [wildcard for wildcard in found if wildcard != owner]


async def _read(desk: Desk, inquiry: Inquiry, owner: Name) -> tuple[Kind, OwnerReading]:
    return read_mx(await desk.ask((owner, "MX"), inquiry.server), inquiry.zone, owner)


def ask_resolver(
    resolver: Resolver, inquiries: Sequence[Inquiry], *, stopped: Callable[[], bool] = lambda: False
) -> dict[Inquiry, Told]:
    """Ask a resolver for the MX sets of owners; a TTL is then what is left of it."""

    def look(owners: Iterable[Name]) -> dict[Name, Answer]:
        found = find_all([(owner, "MX") for owner in owners], resolvers=[resolver], stopped=stopped)
        return {owner: answer for (owner, _), answer in found.items()}

    answers = look(it.owner for it in inquiries)
    surplus = [it for it in inquiries if it.vacant and answers[it.owner].records]
    shown = look(wildcard for it in surplus for wildcard in _wildcards(it.zone, it.owner))
    made_up = {
        it.owner
        for it in surplus
        for wildcard in _wildcards(it.zone, it.owner)
        if set(shown[wildcard].records) == set(answers[it.owner].records)
    }
    return {
        it: Told(it.server, it.owner, Kind.NONE, Absent(answers[it.owner].ttl, wildcard=True))
        if it.owner in made_up
        else _recursive(it.server, it.owner, answers[it.owner])
        for it in inquiries
    }


def _recursive(server: Server, owner: Name, answer: Answer) -> Told:
    if answer.unknown:
        return Told.nothing(server, owner, Kind.UNREACHABLE, answer.unknown.removeprefix(f"{server.at}: "))
    if answer.alias:
        reason = f"it is a CNAME of {answer.alias.target}"
        return Told(server, owner, Kind.ALIAS, Blocked(reason, vacant=True, rule="MXL07"))
    if made := mx_set(answer):
        return Told(server, owner, Kind.SET, Present(made))
    return Told(server, owner, Kind.NONE, Absent(answer.ttl))
