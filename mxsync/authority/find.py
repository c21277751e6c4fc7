"""Finds where zones are served: what their parents delegate, and what their own servers say."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from dns.rdtypes.ANY.NS import NS

from mxsync import names
from mxsync.authority.apex import ask_apex, listed, locate
from mxsync.authority.desk import Desk
from mxsync.authority.interpret import Referral, read_ns
from mxsync.authority.servers import Delegation, Server
from mxsync.lookup.ask import NO_RESOLVER, Search
from mxsync.lookup.crowd import crowd
from mxsync.lookup.exchange import Unanswered
from mxsync.lookup.resolvers import PORT, system_resolvers
from mxsync.names import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dns.rdata import Rdata

    from mxsync.lookup.resolvers import Resolver
    from mxsync.names import Name

DEADLINE = 20.0
"""For how many seconds servers are looked for, or asked, at least."""
EACH = 0.01
"""How many seconds more there are for each zone, or question."""
ZONES_AT_ONCE = 100
PARENTS = 3
"""How many servers of a parent are asked at once; the first that knows is believed."""
_GIVE = "give a resolver that knows with --resolver"


def find(
    zones: Iterable[Name],
    *,
    resolvers: Sequence[Resolver] = (),
    port: int = PORT,
    deadline: float | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[Name, Delegation]:
    """Find the delegation of zones. What could not be found out, and why, is in it.

    `resolvers`, or those of the system, are asked for parents and addresses; `port` is that of all name servers.
    Within `deadline` seconds, which grow with the number of zones where not given. Not to be called from within an
    event loop.
    """
    wanted = list(dict.fromkeys(zones))
    asked = tuple(dict.fromkeys(resolvers)) or system_resolvers()
    if not asked:
        return {zone: Delegation(zone, trouble=NO_RESOLVER) for zone in wanted}
    seconds = DEADLINE + EACH * len(wanted) if deadline is None else deadline
    found: dict[Name, Delegation] = {}

    async def run() -> None:
        desk = Desk(Search(asked))

        async def work(zone: Name) -> None:
            found[zone] = await _find(desk, zone, port)

        ends = time.monotonic() + seconds
        await crowd(work, wanted, at_once=ZONES_AT_ONCE, ends=ends, stopped=stopped)

    asyncio.run(run())
    reason = (
        "interrupted"
        if stopped()
        else f"its name servers could not be found within {seconds:g} s; try again, or {_GIVE}"
    )
    return {zone: found.get(zone, Delegation(zone, trouble=reason)) for zone in wanted}


async def _find(desk: Desk, zone: Name, port: int) -> Delegation:
    notes: list[str] = []
    parent, referral = await _ask_parent(desk, zone, port)
    if referral.unknown:
        # The zone's own word is better than none: in a private network nobody may know the parent.
        answer = await desk.find(zone, "NS")
        named = _targets(answer.records)
        if not named:
            why = answer.unknown and f"; nor does a resolver know its name servers: {answer.unknown}"
            return Delegation(zone, parent, trouble=f"{referral.unknown}{why}; {_GIVE}")
        notes.append(f"{referral.unknown}; asked are the servers that the zone itself names")
        referral = Referral(named)
    elif not referral.names:
        trouble = f"it is not delegated: {parent} names no servers for it; ask for it there"
        return Delegation(zone, parent, trouble=trouble, undelegated=True)
    at_parent = referral.names if not notes else ()
    first = await locate(desk, referral.names, port, referral.glue)
    apex, odd, negative = await ask_apex(desk, zone, first.servers)
    new = tuple(name for name in apex if name not in referral.names)
    more = await locate(desk, new, port)
    lost, servers = (*first.lost, *more.lost), (*first.servers, *more.servers)
    notes += (*first.odd, *more.odd, *odd)
    if apex and at_parent and apex != at_parent:
        notes.append(f"{parent} delegates it to {listed(at_parent)}, and it names {listed(apex)} itself")
    if not servers:
        trouble = f"none of its name servers has an address: {'; '.join((*lost, *notes))}"
        return Delegation(zone, parent, at_parent, apex, trouble=trouble)
    return Delegation(zone, parent, at_parent, apex, servers, negative, "; ".join(lost), tuple(notes))


async def _ask_parent(desk: Desk, zone: Name, port: int) -> tuple[Name | None, Referral]:
    """Find the zone above, and have its servers say to whom it delegates."""
    if zone == ROOT:
        return None, Referral(unknown="the root has no parent")
    parent, trouble = await _parent(desk, zone)
    if parent is None:
        return None, Referral(unknown=trouble)
    answer = await desk.find(parent, "NS")
    servers = (await locate(desk, _targets(answer.records), port)).servers
    if not servers:
        why = f": {answer.unknown}" if answer.unknown else ""
        return parent, Referral(unknown=f"the name servers of its parent {parent} were not found{why}")
    reasons: list[str] = []
    ordered = sorted(servers, key=lambda server: server.at is not None and ":" in server.at.address)
    for at in range(0, len(ordered), PARENTS):
        asked = [asyncio.create_task(_referral(desk, zone, it)) for it in ordered[at : at + PARENTS]]
        try:
            for each in asyncio.as_completed(asked):
                referral = await each
                if not referral.unknown:
                    return parent, referral
                reasons.append(referral.unknown)
        finally:
            for task in asked:
                task.cancel()
    return parent, Referral(unknown=f"its parent {parent} does not answer: {'; '.join(reasons[:PARENTS])}")


async def _referral(desk: Desk, zone: Name, server: Server) -> Referral:
    try:
        referral = read_ns(await desk.ask((zone, "NS"), server), zone)
    except Unanswered as error:
        referral = Referral(unknown=str(error))
    return Referral(unknown=f"{server}: {referral.unknown}") if referral.unknown else referral


async def _parent(desk: Desk, zone: Name) -> tuple[Name | None, str]:
    """Find the zone above by its SOA record; also say why it could not be found."""
    name = zone
    while name != ROOT:
        name = names.parent(name)
        answer = await desk.find(name, "SOA")
        if answer.unknown:
            return None, f"its parent could not be found: SOA of {name}: {answer.unknown}"
        if answer.records and not answer.alias:
            return name, ""
        if answer.zone and not answer.alias and names.is_within(name, answer.zone):
            return answer.zone, ""
    return None, "its parent could not be found: no zone is known above it"


def _targets(records: Iterable[Rdata]) -> tuple[Name, ...]:
    return tuple(
        sorted(names.from_labels(each.target.labels[:-1]) for each in records if isinstance(each, NS))
    )
