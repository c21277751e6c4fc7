"""Equal sets become named ones, and those of known operators are called by their names. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from mxsync import operators
from mxsync.manifest.keywords import BLOCK_NAME, MAX_BLOCK_NAME
from mxsync.manifest.sets import NULL_MX, RESERVED
from mxsync.model import MX
from mxsync.names import ROOT
from mxsync.suffixes import registrable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mxsync.importing.found import FoundZone, Kept
    from mxsync.model import MXSet

Records = tuple[MX, ...]

NULL: Records = (MX(0, ROOT),)
"""What `null_mx` stands for."""
FEWEST = 2
"""How many owners have the same records at least, if these get a name."""


@dataclass(frozen=True, slots=True)
class NamedSet:
    """A set below `sets:`."""

    name: str
    records: Records
    ttl: int | None = None
    """None where it says none, and the zone's or the default one counts."""
    operator: str | None = None
    """Whose it is, if `builtin:` knows it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the manifest says already that the imported zones are added to."""

    ttl: int | None = None
    """The TTL of sets that say none; None if it is for the import to say."""
    sets: Mapping[Records, NamedSet] = field(default_factory=dict)
    """Those of its sets that mean the same in every zone."""
    taken: frozenset[str] = frozenset()
    """The names of all its sets."""


class Value(NamedTuple):
    """What a manifest writes for an owner."""

    word: str | None
    """The name of the set; None where the records stand there."""
    records: Records
    ttl: int | None
    """None where no other TTL is wanted than what counts without it."""


@dataclass(frozen=True, slots=True)
class Folded:
    """Zones, with the named sets that they need."""

    zones: tuple[FoundZone, ...]
    ttl: int | None
    """The TTL of sets that say none; None if there is no set."""
    new: tuple[NamedSet, ...]
    """The named sets that the manifest does not have yet."""
    named: Mapping[Records, NamedSet]
    """All that are used, by what they hold."""

    def value(self, made: MXSet) -> Value:
        """Say what a manifest writes for a set."""
        named = self.named.get(made.records)
        counts = named.ttl if named and named.ttl is not None else self.ttl
        word = NULL_MX if made.records == NULL else named.name if named else None
        return Value(word, made.records, None if made.ttl == counts else made.ttl)


def fold(zones: Iterable[FoundZone], known: Known = Known()) -> Folded:
    """Find out which sets are to have a name, and which TTL is to be the default."""
    ordered = tuple(sorted(zones, key=lambda zone: zone.zone))
    users: dict[Records, list[int]] = defaultdict(list)
    for kept in _all(ordered):
        users[kept.set.records].append(kept.set.ttl)
    ttl = known.ttl
    if ttl is None and users:
        ttl = most_common([each for ttls in users.values() for each in ttls])
    users.pop(NULL, None)
    named = {records: known.sets[records] for records in users if records in known.sets}
    names = _Names(known.taken)
    builtin = {tuple(sorted(each.records)): each.name for each in operators.load().values() if each.records}
    new: list[NamedSet] = []
    for records, ttls in users.items():
        operator = builtin.get(records)
        if records in named or (operator is None and len(ttls) < FEWEST):
            continue
        usual = most_common(ttls)
        own = None if operator or usual == ttl else usual
        new.append(NamedSet(names.free(operator or _wish(records)), records, own, operator))
    new.sort(key=lambda each: each.name)
    return Folded(ordered, ttl, tuple(new), {**named, **{each.records: each for each in new}})


def most_common(ttls: Sequence[int]) -> int:
    """Give the TTL that occurs most often; of several, the shortest."""
    counted = Counter(ttls)
    return min(counted, key=lambda ttl: (-counted[ttl], ttl))


def _all(zones: Iterable[FoundZone]) -> Iterable[Kept]:
    return (kept for zone in zones for kept in zone.kept)


def _wish(records: Records) -> str | None:
    """Say what a set would be called: the domain of its first exchange."""
    return registrable(records[0].exchange.removesuffix("."))


class _Names:
    """Gives names that nobody has."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = {*taken, *RESERVED}
        self._next: dict[str, int] = {}

    def free(self, wish: str | None) -> str:
        """Give a name: the one that is wished for, with a number if it is taken."""
        stem = wish if wish and re.fullmatch(BLOCK_NAME, wish) and len(wish) <= MAX_BLOCK_NAME - 8 else None
        name = stem or "set-1"
        while name in self._taken:
            number = self._next.get(stem or "", 2)
            self._next[stem or ""] = number + 1
            name = f"{stem or 'set'}-{number}"
        self._taken.add(name)
        return name
