"""What the pages of a sorted listing have shown, and what they have not. Pure.

Route 53 lists record sets and hosted zones by name with the labels reversed, as text with the dots in it:
`com.example.www.` (API Reference, ListResourceRecordSets, "Sort order"; ListHostedZonesByName). A page that
begins at one wanted name so often answers for the next ones too. To ask for the first name that is still
unknown, page after page, takes no more calls than there are names, and no more than there are pages.

Only names of letters, digits, `-`, `_` are placed by that order, for it is documented in terms of escaped
text; another name counts as absent only if a page began just there. And a name counts as absent only where the
order by whole labels says the same: the two differ about `-`, which sorts before the dot, and no answer may
hang on that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Generic, TypeVar

from mxsync import names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.names import Name

T = TypeVar("T")

_PLAIN = re.compile(r"[a-z0-9_.-]*")


def place(name: Name) -> str | None:
    """Give the text by which a plain name is sorted; None for a name with other octets."""
    if not _PLAIN.fullmatch(name):
        return None
    return "".join(f"{label.decode()}." for label in reversed(names.to_labels(name)))


def _by_labels(at: str) -> list[str]:
    """Give what a place is compared by where labels are compared one by one."""
    return at.split(".")


def in_order(wanted: Iterable[Name]) -> list[Name]:
    """Sort names as the listing does, those without a place last."""
    return sorted(set(wanted), key=lambda name: (place(name) is None, place(name) or name))


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: at a name, and within its entries where a page ended among them."""

    name: Name
    rest: tuple[str, ...] = ()
    """What else tells the entry: type and set identifier, or the zone's id."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a listing."""

    start: Position | None
    """What was asked for; None for the beginning."""
    entries: tuple[tuple[Name, T], ...]
    next: Position | None
    """The first entry that is not there any more; None at the end of the listing."""


@dataclass(slots=True)
class Shown(Generic[T]):
    """All that pages have shown so far."""

    groups: dict[Name, list[T]] = field(default_factory=dict)
    """The entries of each name, complete unless it is `cut`."""
    cut: dict[Name, Position] = field(default_factory=dict)
    """Names among whose entries a page ended, with the place where it goes on."""
    orderly: bool = True
    """Whether all pages were sorted as documented; if not, nothing is concluded from the order."""
    asked: set[Name] = field(default_factory=set)
    """Names at which a page began."""
    _ranges: list[tuple[str, str | None]] = field(default_factory=list)

    def add(self, page: Page[T]) -> None:
        """Take a page in."""
        # What is complete stays: a page that begins elsewhere may end among these entries again.
        complete = self.groups.keys() - self.cut.keys()
        begun = {page.start.name} if page.start else set()
        for name, members in groupby(page.entries, key=lambda entry: entry[0]):
            begun.add(name)
            if name not in complete:
                continued = page.start is not None and bool(page.start.rest) and page.start.name == name
                found = [entry for _, entry in members]
                self.groups[name] = self.groups.get(name, []) + found if continued else found
        for name in begun - complete:
            self.cut.pop(name, None)
        if page.next and page.next.name in begun - complete:
            self.cut[page.next.name] = page.next
        if page.start and not page.start.rest:
            self.asked.add(page.start.name)
        self._add_range(page)

    def knows(self, name: Name) -> bool:
        """Whether the entries of this name have been seen, or that there is none."""
        if name in self.cut:
            return False
        if name in self.groups or name in self.asked:
            return True
        at = place(name)
        if at is None or not self.orderly:
            return False
        labels = _by_labels(at)
        return any(
            low <= at
            and _by_labels(low) <= labels
            and (high is None or (at < high and labels < _by_labels(high)))
            for low, high in self._ranges
        )

    def position(self, name: Name) -> Position:
        """Say where the page has to begin that tells about an unknown name."""
        return self.cut.get(name, Position(name))

    def _add_range(self, page: Page[T]) -> None:
        places = [at for name, _ in page.entries if (at := place(name)) is not None]
        start = place(page.start.name) if page.start else ""
        low = start if start is not None else (places[0] if places else None)
        high = place(page.next.name) if page.next else None
        if page.next and high is None:
            high = places[-1] if places else low
        bounds = [at for at in (low, *places, high) if at is not None]
        if any(first > second for first, second in pairwise(bounds)):
            self.orderly = False
        elif low is not None:
            self._ranges.append((low, high))
