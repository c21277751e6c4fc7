"""A changed set in words, where lines of records do not say enough: what became of each host. Pure.

The difference itself is deepdiff's, over the preferences of each host and the TTL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mxsync.names import ROOT
from mxsync.render.words import duration, name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.change import Change
    from mxsync.model import MXSet
    from mxsync.names import Name

_FIRST = "first"
_PLACES = (_FIRST, "backup", "second backup", "third backup")


@dataclass(frozen=True, slots=True)
class _Hosts:
    """The hosts of a set: at which preferences each stands, and which place that gives it in the order."""

    preferences: dict[Name, int | tuple[int, ...]]
    places: dict[Name, str]

    @classmethod
    def of(cls, wanted: MXSet) -> _Hosts:
        preferences: dict[Name, int | tuple[int, ...]] = {}
        for exchange in dict.fromkeys(record.exchange for record in wanted.records):
            at = tuple(record.preference for record in wanted.records if record.exchange == exchange)
            preferences[exchange] = at if len(at) > 1 else at[0]
        places = {
            exchange: _PLACES[tier] if tier < len(_PLACES) else f"backup {tier}"
            for tier, exchanges in enumerate(wanted.tiers)
            for exchange in exchanges
        }
        return cls(preferences, places)


def sentences(change: Change) -> Iterator[str]:
    """Say what becomes of each host of a changed set, in the order of trying, then of its TTL.

    A set that is created or deleted needs no words: nothing is said of it.
    """
    if change.before is None or change.after is None:
        return
    before, after = _Hosts.of(change.before), _Hosts.of(change.after)
    changed = _differences(
        {"hosts": before.preferences, "ttl": change.before.ttl},
        {"hosts": after.preferences, "ttl": change.after.ttl},
    )
    gone = [exchange for exchange in before.preferences if exchange not in after.preferences]
    for exchange in [*after.preferences, *gone]:
        if ("hosts", exchange) in changed:
            yield _host(exchange, before, after)
        elif before.places[exchange] != after.places[exchange]:
            yield (
                f"{name(exchange)} stays at {_at(after.preferences[exchange])}, "
                f"but moves from {before.places[exchange]} to {after.places[exchange]}"
            )
    if ("ttl",) in changed:
        yield f"TTL goes from {duration(change.before.ttl)} to {duration(change.after.ttl)}"


def _differences(before: dict[str, Any], after: dict[str, Any]) -> set[tuple[Any, ...]]:
    """Give the keys, two levels deep, below which something is different."""
    from deepdiff import DeepDiff  # noqa: PLC0415 - slow to import, and few runs need it

    # Nothing in common is a difference of every host as well, not one of the whole; and a host whose name
    # begins with two underscores is one like any other.
    found = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0, ignore_private_variables=False)
    levels = [level for kind in found.values() for level in kind]
    return {tuple(level.path(output_format="list")[:2]) for level in levels}


def _host(exchange: Name, before: _Hosts, after: _Hosts) -> str:
    if exchange == ROOT:
        return _null_mx(before, after)
    shown = name(exchange)
    was, now = before.preferences.get(exchange), after.preferences.get(exchange)
    if was is None:
        assert now is not None  # noqa: S101 - a host is in one of the two
        return f"{shown} is new, at preference {_at(now)} ({_tried(after.places[exchange])})"
    place = before.places[exchange]
    if now is None:
        return f"{shown} is gone (it was {_tried(place)})"
    moved = f"{shown} moves from {_at(was)} to {_at(now)}"
    if place == after.places[exchange]:
        return f"{moved} and keeps its place ({place})"
    return f"{moved} (from {place} to {after.places[exchange]})"


def _tried(place: str) -> str:
    return "tried first" if place == _FIRST else place


def _at(preferences: int | tuple[int, ...]) -> str:
    return " and ".join(map(str, preferences)) if isinstance(preferences, tuple) else str(preferences)


def _null_mx(before: _Hosts, after: _Hosts) -> str:
    if ROOT not in before.preferences:
        return f"the null MX is new, at preference {_at(after.preferences[ROOT])}: the domain takes no mail"
    if ROOT not in after.preferences:
        return "the null MX is gone: the domain takes mail"
    return f"the null MX moves from {_at(before.preferences[ROOT])} to {_at(after.preferences[ROOT])}"
