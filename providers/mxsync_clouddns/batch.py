"""From mxsync's changes to changes within Cloud DNS's limits. Pure.

A change is all or nothing. The limits are those of "Quotas and limits", "Limits"; that the data of deletions
counts as well is the careful reading of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync_clouddns.sets import new_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mxsync.change import Change
    from mxsync.names import Name
    from mxsync.reading import Present
    from mxsync_clouddns.around import RawSet

MAX_SETS = 1000
"""The most additions, and the most deletions, of one change."""
MAX_BYTES = 100_000
"""The most bytes of record data of one change."""

Swap = tuple["RawSet | None", "RawSet | None"]
"""What to delete, and what to add."""


def swap(change: Change, seen: Mapping[Name, Present]) -> Swap:
    """Write one change so that it is applied only where the owner has exactly `before`.

    The set as Cloud DNS keeps it is taken from what was `seen`.
    """
    deletion = addition = None
    if change.before is not None:
        shown = seen.get(change.owner)
        deletion = new_set(change.owner, change.before)
        if shown is not None and shown.set == change.before and isinstance(shown.raw, dict):
            deletion = shown.raw
    if change.after is not None:
        addition = new_set(change.owner, change.after)
    return deletion, addition


def pack(changes: Iterable[Change], seen: Mapping[Name, Present]) -> Iterator[tuple[Change, ...]]:
    """Group changes within the limits; each stays whole."""
    group: list[Change] = []
    deletions = additions = size = 0
    for change in changes:
        deletion, addition = swap(change, seen)
        more = _size(deletion) + _size(addition)
        full = (
            deletions + bool(deletion) > MAX_SETS
            or additions + bool(addition) > MAX_SETS
            or size + more > MAX_BYTES
        )
        if group and full:
            yield tuple(group)
            group, deletions, additions, size = [], 0, 0, 0
        group.append(change)
        deletions += bool(deletion)
        additions += bool(addition)
        size += more
    if group:
        yield tuple(group)


def _size(raw: RawSet | None) -> int:
    return sum(len(text.encode()) for text in raw["rrdatas"]) if raw else 0
