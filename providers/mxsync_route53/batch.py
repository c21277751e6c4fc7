"""From changes to change batches within Route 53's limits. Pure.

A batch is all or nothing. The limits (Developer Guide, "Quotas", "Quotas on ChangeResourceRecordSets") count
records and characters of values of all its changes, deletions too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mxsync_route53.sets import new_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mxsync.change import Change
    from mxsync.names import Name
    from mxsync.reading import Present
    from mxsync_route53.around import RawSet

MAX_RECORDS = 1000
"""The most `ResourceRecord` elements of a request."""
MAX_CHARACTERS = 32_000
"""The most characters of all `Value` elements of a request."""


def swap(change: Change, seen: Mapping[Name, Present]) -> list[dict[str, Any]]:
    """Write one change so that it is applied only where the owner has exactly `before`.

    The set as Route 53 keeps it is taken from what was `seen`; never UPSERT, which has no condition.
    """
    steps: list[dict[str, Any]] = []
    if change.before is not None:
        shown = seen.get(change.owner)
        raw: RawSet = new_set(change.owner, change.before)
        if shown is not None and shown.set == change.before and isinstance(shown.raw, dict):
            raw = shown.raw
        steps.append({"Action": "DELETE", "ResourceRecordSet": raw})
    if change.after is not None:
        steps.append({"Action": "CREATE", "ResourceRecordSet": new_set(change.owner, change.after)})
    return steps


def pack(changes: Iterable[Change], seen: Mapping[Name, Present]) -> Iterator[tuple[Change, ...]]:
    """Group changes into batches within the limits; a change stays whole."""
    group: list[Change] = []
    records = characters = 0
    for change in changes:
        more_records, more_characters = _size(change, seen)
        full = records + more_records > MAX_RECORDS or characters + more_characters > MAX_CHARACTERS
        if group and full:
            yield tuple(group)
            group, records, characters = [], 0, 0
        group.append(change)
        records += more_records
        characters += more_characters
    if group:
        yield tuple(group)


def _size(change: Change, seen: Mapping[Name, Present]) -> tuple[int, int]:
    values = [
        record["Value"]
        for step in swap(change, seen)
        for record in step["ResourceRecordSet"]["ResourceRecords"]
    ]
    return len(values), sum(map(len, values))
