"""Asks all servers, and again those whose answers are not right yet."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mxsync.authority.ask import Inquiry
from mxsync.authority.servers import Role
from mxsync.verify.answers import Verification, is_right, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mxsync.authority.asking import Asking
    from mxsync.authority.servers import Delegation, Server, Told
    from mxsync.names import Name
    from mxsync.state import DesiredZone

PAUSES = (1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0, 30.0)
"""How many seconds lie between two rounds of questions; the last number goes on."""
ATTENTION = 0.1
"""After how many seconds a pause hears that it is to end."""


def verify(
    zones: Sequence[DesiredZone],
    asking: Asking,
    *,
    wait: float = 0.0,
    progress: Callable[[int, int, float], None] = lambda *_: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Verification:
    """Ask all servers of zones for all their owners, again and again what is not right yet.

    It ends when all is right, when `wait` seconds are over, or when `stopped` says so. Before each pause, `progress`
    hears how many owners are right, how many there are, and how many seconds the pause takes.
    """
    ends = time.monotonic() + wait
    rounds = _Rounds(zones, asking)
    for number in range(1 << 30):
        rounds.ask()
        made = rounds.result(interrupted=stopped())
        left = ends - time.monotonic()
        if made.verified or made.interrupted or left <= 0:
            break
        pause = min(PAUSES[min(number, len(PAUSES) - 1)], left)
        owners = [owner for zone in made.zones for owner in zone.owners]
        progress(sum(owner.verified for owner in owners), sum(len(zone.owners) for zone in zones), pause)
        until = time.monotonic() + pause
        while not stopped() and (rest := until - time.monotonic()) > 0:
            time.sleep(min(rest, ATTENTION))
    return made


@dataclass(slots=True)
class _Rounds:
    """What is known after some rounds of questions."""

    zones: Sequence[DesiredZone]
    asking: Asking
    _delegations: dict[int, Delegation] = field(default_factory=dict)
    _told: dict[tuple[int, Inquiry], Told] = field(default_factory=dict)
    _seen_wrong: dict[tuple[int, Name], datetime] = field(default_factory=dict)
    _at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def ask(self) -> None:
        """Ask for what is not known to be right."""
        unfound = [
            at
            for at in range(len(self.zones))
            if at not in self._delegations or self._delegations[at].trouble
        ]
        found = self.asking.find([self.zones[at] for at in unfound]) if unfound else ()
        self._delegations |= zip(unfound, found, strict=True)
        open_questions = [
            (at, inquiry)
            for at, zone in enumerate(self.zones)
            for server in self._delegations[at].servers
            for inquiry in _inquiries(zone, server)
            if not self._is_right(at, inquiry)
        ]
        answers = self.asking.ask([inquiry for _, inquiry in open_questions]) if open_questions else {}
        self._at = datetime.now(UTC)
        for at, inquiry in open_questions:
            told = self._told[at, inquiry] = answers[inquiry]
            # What a resolver keeps came from a name server at some other time.
            if told.answered and told.server.role is not Role.RESOLVER and not self._is_right(at, inquiry):
                self._seen_wrong[at, inquiry.owner] = self._at

    def result(self, *, interrupted: bool) -> Verification:
        told: dict[int, list[Told]] = defaultdict(list)
        for (at, _), each in self._told.items():
            told[at].append(each)
        zones = []
        for at, desired in enumerate(self.zones):
            made = judge(desired, self._delegations[at], told[at])
            owners = (
                replace(owner, seen_wrong=self._seen_wrong.get((at, owner.owner))) for owner in made.owners
            )
            zones.append(replace(made, owners=tuple(owners)))
        return Verification(tuple(zones), self._at, interrupted)

    def _is_right(self, at: int, inquiry: Inquiry) -> bool:
        told, zone = self._told.get((at, inquiry)), self.zones[at]
        wanted = zone.owners[inquiry.owner].set
        return told is not None and is_right(told, wanted, by_order=zone.by_order)


def _inquiries(zone: DesiredZone, server: Server) -> list[Inquiry]:
    return [Inquiry(zone.zone, owner, server, wanted.set is None) for owner, wanted in zone.owners.items()]
