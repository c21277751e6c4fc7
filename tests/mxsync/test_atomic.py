"""The writer for services whose batches are all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.atomic import PATIENCE, Accepted, Doubt, Group, Kind, Trouble, write
from mxsync.change import Change, ChangeOutcome, Outcome
from mxsync.model import MXSet
from mxsync.names import Name
from mxsync.provider import ZoneBatch
from mxsync.reading import Absent, Blocked, OwnerReading, Present, Unreadable
from support.sets import mx_set

ZONE = names.parse("example.com.")
BEFORE, AFTER, OTHER = (mx_set(300, f"10 {host}.example.net.") for host in ("old", "new", "other"))
OWNERS = [names.parse(f"n{number}", ZONE) for number in range(64)]


@dataclass
class Store:
    """A service in memory. Its sets have a raw form, which a deletion must match."""

    sets: dict[Name, MXSet]
    spelling: dict[Name, str] = field(default_factory=dict)
    """The raw form of each set, where it is not the usual one."""
    odd: dict[Name, OwnerReading] = field(default_factory=dict)
    """What owners show instead of their sets."""
    sent: list[Group] = field(default_factory=list)
    before_send: Callable[[Group], None] = lambda _: None
    after_send: Callable[[Group], None] = lambda _: None
    deaf: bool = False
    size: int = 100
    name = "The service"
    zone = ZONE

    def groups(self, changes: Iterable[Change], seen: Mapping[Name, Present]) -> Iterator[Group]:  # noqa: ARG002 - the protocol's signature
        changes = list(changes)
        for at in range(0, len(changes), self.size):
            yield tuple(changes[at : at + self.size])

    def form(self, group: Group, seen: Mapping[Name, Present]) -> object:
        return [(change, seen[change.owner].raw if change.owner in seen else "") for change in group]

    def send(self, group: Group, seen: Mapping[Name, Present]) -> int:
        self.sent.append(group)
        self.before_send(group)
        for change in group:
            raw = seen[change.owner].raw if change.owner in seen else ""
            if self.sets.get(change.owner) != change.before:
                raise Trouble("no such set", Kind.REFUSED)
            if change.before and raw != self.spelling.get(change.owner, ""):
                raise Trouble("no set written like that", Kind.REFUSED)
        for change in group:
            if change.after is None:
                del self.sets[change.owner]
            else:
                self.sets[change.owner] = change.after
        self.after_send(group)
        return len(self.sent)

    def read(self, owners: Iterable[Name]) -> dict[Name, OwnerReading]:
        if self.deaf:
            raise Trouble("no answer")
        return {owner: self.odd.get(owner) or self._shown(owner) for owner in owners}

    def _shown(self, owner: Name) -> OwnerReading:
        found = self.sets.get(owner)
        return Present(found, raw=self.spelling.get(owner, "")) if found else Absent(300)


def run(store: Store, *changes: Change) -> dict[Name, ChangeOutcome]:
    """Write changes; each gets one outcome."""
    seen = {owner: Present(kept, raw="") for owner, kept in store.sets.items()}
    outcomes: list[ChangeOutcome] = []
    for answer in write(store, ZoneBatch(ZONE, changes, seen)):
        outcomes += answer.outcomes if isinstance(answer, Accepted) else [answer]
    assert sorted(outcome.owner for outcome in outcomes) == sorted(change.owner for change in changes)
    assert {outcome.zone for outcome in outcomes} == {ZONE}
    return {outcome.owner: outcome for outcome in outcomes}


def updates(count: int) -> tuple[Store, list[Change]]:
    return Store(dict.fromkeys(OWNERS[:count], BEFORE)), [
        Change(owner, BEFORE, AFTER) for owner in OWNERS[:count]
    ]


def kinds(found: dict[Name, ChangeOutcome]) -> list[Outcome]:
    return [found[owner].outcome for owner in OWNERS if owner in found]


def test_changes_go_out_as_one_and_are_read_back() -> None:
    store, changes = updates(3)
    created, deleted = Change(OWNERS[3], None, AFTER), Change(OWNERS[4], BEFORE, None)
    store.sets[OWNERS[4]] = BEFORE
    found = run(store, *changes, created, deleted)
    assert kinds(found) == [Outcome.APPLIED] * 5
    assert store.sets == dict.fromkeys(OWNERS[:4], AFTER)
    assert len(store.sent) == 1


def test_a_ticket_stands_for_the_changes_that_went_out_together() -> None:
    store, changes = updates(4)
    store.size = 3
    answers = list(
        write(store, ZoneBatch(ZONE, tuple(changes), {o: Present(BEFORE, raw="") for o in OWNERS}))
    )
    assert [(each.ticket, len(each.outcomes)) for each in answers if isinstance(each, Accepted)] == [
        (1, 3),
        (2, 1),
    ]


@pytest.mark.parametrize(
    ("shown", "outcome"),
    [(None, Outcome.CONFLICT), (Blocked("a CNAME"), Outcome.BLOCKED), (Unreadable("odd"), Outcome.FAILED)],
)
def test_what_stands_in_the_way_is_set_aside_and_the_rest_is_made(
    shown: OwnerReading | None, outcome: Outcome
) -> None:
    store, changes = updates(5)
    store.sets[OWNERS[2]] = OTHER
    if shown:
        store.odd[OWNERS[2]] = shown
    found = run(store, *changes)
    applied = Outcome.APPLIED
    assert kinds(found) == [applied, applied, outcome, applied, applied]
    assert store.sets[OWNERS[2]] == OTHER
    assert [len(group) for group in store.sent] == [5, 4]


def test_a_set_that_is_kept_in_another_form_now_is_sent_in_that_form() -> None:
    store, changes = updates(2)
    store.spelling[OWNERS[1]] = "UPPER"
    assert kinds(run(store, *changes)) == [Outcome.APPLIED] * 2
    assert len(store.sent) == 2


def test_one_that_is_refused_for_no_visible_reason_is_found_by_halves() -> None:
    store, changes = updates(8)

    def refuse(group: Group) -> None:
        if OWNERS[5] in {change.owner for change in group}:
            raise Trouble("odd in a way that no reading shows", Kind.REFUSED)

    store.before_send = refuse
    found = run(store, *changes)
    assert [outcome for outcome in kinds(found) if outcome is not Outcome.APPLIED] == [Outcome.FAILED]
    assert found[OWNERS[5]].message == "odd in a way that no reading shows"


def test_what_the_credentials_may_not_change_is_found_by_halves() -> None:
    store, changes = updates(8)

    def deny(group: Group) -> None:
        if OWNERS[0] in {change.owner for change in group}:
            raise Trouble("access denied", Kind.DENIED)

    store.before_send = deny
    found = run(store, *changes)
    assert kinds(found) == [Outcome.FAILED, *[Outcome.APPLIED] * 7]
    assert store.sets[OWNERS[0]] == BEFORE


def test_where_everything_is_denied_it_is_not_tried_for_ever() -> None:
    store, changes = updates(64)

    def deny(_: Group) -> None:
        raise Trouble("access denied", Kind.DENIED)

    store.before_send = deny
    assert set(kinds(run(store, *changes))) == {Outcome.FAILED}
    assert sum(len(group) == 1 for group in store.sent) == PATIENCE
    assert len(store.sent) < 3 * PATIENCE
    assert set(store.sets.values()) == {BEFORE}


def test_a_call_that_surely_had_no_effect_is_a_failure() -> None:
    store, changes = updates(2)

    def fail(_: Group) -> None:
        raise Trouble("no connection")

    store.before_send = fail
    assert kinds(run(store, *changes)) == [Outcome.FAILED] * 2


@pytest.mark.parametrize("kind", [Kind.OTHER, Kind.DENIED])
def test_a_call_that_may_have_had_an_effect_is_unknown_and_not_sent_again(kind: Kind) -> None:
    store, changes = updates(2)

    def doubt(_: Group) -> None:
        raise Doubt("the answer was lost", kind)

    store.after_send = doubt
    assert kinds(run(store, *changes)) == [Outcome.UNKNOWN] * 2
    assert len(store.sent) == 1


def test_a_refusal_that_may_be_the_echo_of_a_success_is_a_conflict_for_the_engine() -> None:
    store, changes = updates(1)

    def echo(_: Group) -> None:
        raise Doubt("it exists already", Kind.REFUSED)

    store.after_send = echo
    found = run(store, *changes)[OWNERS[0]]
    assert (found.outcome, found.found) == (Outcome.CONFLICT, Present(AFTER, raw=""))


@pytest.mark.parametrize(("doubt", "outcome"), [(Trouble, Outcome.FAILED), (Doubt, Outcome.UNKNOWN)])
def test_a_refusal_that_cannot_be_looked_into_is_what_the_call_was(
    doubt: type[Trouble], outcome: Outcome
) -> None:
    store, changes = updates(1)

    def refuse(_: Group) -> None:
        store.deaf = True
        raise doubt("refused", Kind.REFUSED)

    store.before_send = refuse
    found = run(store, *changes)[OWNERS[0]]
    assert found.outcome is outcome
    assert found.message == "refused; reading it again did not work either: no answer"


def test_a_success_that_cannot_be_read_back_is_unknown() -> None:
    store, changes = updates(1)
    store.after_send = lambda _: setattr(store, "deaf", True)
    found = run(store, *changes)[OWNERS[0]]
    assert found.outcome is Outcome.UNKNOWN
    assert "could not be read afterwards" in found.message
    assert not found.final


@pytest.mark.parametrize(
    ("shown", "words", "final"),
    [
        (Present(BEFORE), "still shows the old set", False),
        (Present(OTHER), "somebody else", True),
        (Unreadable("odd"), "could not be read afterwards: odd", False),
        (Blocked("a CNAME"), "somebody else", True),
    ],
)
def test_a_success_that_shows_something_else_is_unknown(
    shown: OwnerReading, words: str, *, final: bool
) -> None:
    store, changes = updates(2)
    store.after_send = lambda _: store.odd.update({OWNERS[0]: shown})
    found = run(store, *changes)
    assert kinds(found) == [Outcome.UNKNOWN, Outcome.APPLIED]
    assert words in found[OWNERS[0]].message
    assert found[OWNERS[0]].final is final


@given(
    st.lists(
        st.sampled_from(["as planned", "changed", "gone", "denied", "odd"]), min_size=1, max_size=PATIENCE
    ),
    st.integers(1, 7),
)
def test_whatever_is_wrong_with_some_the_others_are_made(fates: list[str], size: int) -> None:
    """And nothing is written where something else is there."""
    store, changes = updates(len(fates))
    store.size = size
    bad: dict[Name, Kind] = {}
    for owner, fate in zip(OWNERS, fates, strict=False):
        match fate:
            case "changed":
                store.sets[owner] = OTHER
            case "gone":
                del store.sets[owner]
            case "denied":
                bad[owner] = Kind.DENIED
            case "odd":
                bad[owner] = Kind.REFUSED

    def refuse(group: Group) -> None:
        for change in group:
            if kind := bad.get(change.owner):
                raise Trouble("no", kind)

    store.before_send = refuse
    found = kinds(run(store, *changes))
    expected = {"as planned": Outcome.APPLIED, "changed": Outcome.CONFLICT, "gone": Outcome.CONFLICT}
    assert found == [expected.get(fate, Outcome.FAILED) for fate in fates]
    assert [store.sets.get(owner) for owner in OWNERS[: len(fates)]] == [
        {"as planned": AFTER, "changed": OTHER, "gone": None}.get(fate, BEFORE) for fate in fates
    ]
