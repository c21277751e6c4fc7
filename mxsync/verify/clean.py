"""From when on no cache holds an older set any more, as far as the journal tells. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.journal.runs import Record, Run
    from mxsync.names import Name
    from mxsync.verify.answers import OwnerAnswers, Verification, ZoneAnswers


def with_clean_times(made: Verification, runs: Iterable[Run], *, at_providers: bool = False) -> Verification:
    """Say of every owner that name servers answer rightly when caches are clean of what was there before, where a run changed it.

    Caches may have taken a set until it was replaced, or in this very run a server was seen that still had it; from
    then on they keep it for its TTL, or for the negative TTL where there was none (RFC 2308 §5). Runs long ago count
    too: a set that was there for five minutes did not shorten the day for which caches keep the one before it.

    With `at_providers`, each zone's servers are those of its provider, and changes at another one say nothing of them.
    Else changes at all providers count, for the zone may have been delegated to any of them.
    """
    changes: dict[tuple[str, Name, Name], list[Record]] = defaultdict(list)
    for run in runs:
        for record in run.records:
            if record.may_stand and record.time:
                provider = record.provider if at_providers else ""
                changes[provider, record.zone, record.change.owner].append(record)

    def of(zone: ZoneAnswers, owner: Name) -> list[Record]:
        return changes[zone.desired.provider if at_providers else "", zone.desired.zone, owner]

    return replace(
        made,
        zones=tuple(
            replace(
                zone,
                owners=tuple(
                    replace(
                        owner,
                        clean=_clean(owner, of(zone, owner.owner), zone.delegation.negative_ttl),
                    )
                    for owner in zone.owners
                ),
            )
            for zone in made.zones
        ),
    )


def _clean(owner: OwnerAnswers, records: Iterable[Record], negative_ttl: int | None) -> datetime | None:
    newest_first = sorted(records, key=lambda record: record.time, reverse=True)
    if not owner.served or not newest_first:
        return None
    ends: list[datetime] = []
    for number, record in enumerate(newest_first):
        before = record.change.before
        if before == owner.wanted:
            continue
        kept = before.ttl if before else negative_ttl
        if kept is None:
            return None
        replaced = datetime.fromisoformat(record.time)
        if number == 0 and owner.seen_wrong is not None:
            replaced = max(replaced, owner.seen_wrong)
        ends.append(replaced + timedelta(seconds=kept))
    return max(ends, default=None)
