"""What pages of a sorted listing tell: never anything untrue, and as much as they can."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.names import Name
from mxsync_route53.listing import Page, Position, Shown, in_order
from support.route53.names import order, stored

ZONE = names.parse("example.com")
WORDS = ["a", "a-b", "a_b", "b", "b1", "*", "a/b", "x.a", "y.a", "a.b", "-", "0", "z"]
owners = st.sampled_from(WORDS).map(lambda word: names.parse(word, ZONE))


def entry(name: Name, number: int) -> tuple[str, str]:
    """Give what Route 53 sorts an entry by."""
    return order(stored(name)), f"{number:03}"


@dataclass
class Service:
    """Lists entries as Route 53 does, so many a page."""

    entries: dict[Name, int]
    """How many entries each name has."""
    size: int
    calls: int = 0
    _sorted: list[tuple[tuple[str, str], Name]] = field(default_factory=list)

    def __post_init__(self) -> None:
        found = [(entry(name, at), name) for name, count in self.entries.items() for at in range(count)]
        self._sorted = sorted(found)

    def page(self, start: Position) -> Page[str]:
        self.calls += 1
        key = (order(stored(start.name)), *start.rest)
        first = bisect_left([at for at, _ in self._sorted], key)
        shown, left = self._sorted[first : first + self.size], self._sorted[first + self.size :]
        after = Position(left[0][1], (left[0][0][1],)) if left else None
        return Page(start, tuple((name, number) for (_, number), name in shown), after)


def ask(service: Service, wanted: set[Name]) -> Shown[str]:
    shown: Shown[str] = Shown()
    for name in in_order(wanted):
        while not shown.knows(name):
            shown.add(service.page(shown.position(name)))
    return shown


@given(st.dictionaries(owners, st.integers(1, 4)), st.sets(owners, min_size=1), st.integers(1, 6))
def test_every_wanted_name_is_known_with_all_its_entries(
    entries: dict[Name, int], wanted: set[Name], size: int
) -> None:
    shown = ask(Service(entries, size), wanted)
    assert {name: len(shown.groups.get(name, ())) for name in wanted} == {
        name: entries.get(name, 0) for name in wanted
    }
    assert shown.orderly


@given(st.sets(st.integers(0, 500)), st.sets(st.integers(0, 500), min_size=1), st.integers(1, 40))
def test_it_takes_no_more_calls_than_there_are_names_or_pages(
    entries: set[int], wanted: set[int], size: int
) -> None:
    service = Service({names.parse(f"n{number}", ZONE): 1 for number in entries}, size)
    ask(service, {names.parse(f"n{number}", ZONE) for number in wanted})
    assert service.calls <= min(len(wanted), max(1, -(-len(entries) // size)))


def test_a_listing_in_another_order_than_documented_proves_no_absence() -> None:
    shown: Shown[str] = Shown()
    first, second = names.parse("a", ZONE), names.parse("b", ZONE)
    shown.add(Page(Position(first), ((second, ""), (first, "")), None))
    assert not shown.orderly
    assert shown.knows(first)
    assert not shown.knows(names.parse("aa", ZONE))


def test_a_name_of_other_octets_is_absent_only_if_a_page_began_there() -> None:
    shown: Shown[str] = Shown()
    wildcard = names.parse("*", ZONE)
    shown.add(Page(Position(ZONE), ((ZONE, ""),), None))
    assert shown.knows(names.parse("a", ZONE))
    assert not shown.knows(wildcard)
    shown.add(Page(Position(wildcard), (), None))
    assert shown.knows(wildcard)
