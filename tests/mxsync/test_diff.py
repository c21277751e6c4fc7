"""What differs between wanted and seen, and what a change means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.diff import diff
from mxsync.impact import Impact, effect, impact
from mxsync.memory import MemoryProvider
from mxsync.model import MXSet
from mxsync.names import Name
from mxsync.provider import ZoneBatch, ZoneRequest
from mxsync.reading import Absent, Blocked, OwnerReading, Present, Unreadable, ZoneReading
from mxsync.state import DesiredZone, Wanted
from support.sets import mx_set, mx_sets, names_below

ZONE = names.parse("example.com.")
SETS = st.dictionaries(names_below(ZONE), mx_sets)
WANTED = st.dictionaries(names_below(ZONE), st.none() | mx_sets)


def read(provider: MemoryProvider, desired: DesiredZone) -> ZoneReading:
    (reading,) = provider.read([ZoneRequest(ZONE, tuple(desired.owners), every=desired.whole)])
    assert isinstance(reading, ZoneReading)
    return reading


@given(live=SETS, wanted=WANTED, whole=st.booleans())
def test_applying_the_difference_gives_what_is_wanted_and_leaves_no_difference(
    live: dict[Name, MXSet], wanted: dict[Name, MXSet | None], whole: bool
) -> None:
    desired = DesiredZone("memory", ZONE, {owner: Wanted(made) for owner, made in wanted.items()}, whole)
    provider = MemoryProvider({ZONE: dict(live)})
    changes = diff(desired, read(provider, desired).owners).changes
    outcomes = list(provider.write([ZoneBatch(ZONE, changes, {})]))
    assert [answer.outcome for answer in outcomes] == [Outcome.APPLIED] * len(changes)
    after = provider.zones[ZONE]
    assert {owner: after.get(owner) for owner in wanted} == wanted
    untouched = {} if whole else {owner: made for owner, made in live.items() if owner not in wanted}
    assert {owner: made for owner, made in after.items() if owner not in wanted} == untouched
    assert diff(desired, read(provider, desired).owners).changes == ()


def test_sets_that_are_not_named_are_reported_and_stay() -> None:
    kept = mx_set(60, "10 mx.example.net.")
    found = diff(DesiredZone("memory", ZONE, {}), {ZONE: Present(kept)})
    assert found.unmanaged == {ZONE: kept}
    assert found.changes == ()


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("reading", [Blocked("a CNAME"), Unreadable("SERVFAIL")])
def test_an_owner_that_is_blocked_or_unreadable_is_never_changed(whole: bool, reading: OwnerReading) -> None:
    desired = DesiredZone("memory", ZONE, {ZONE: Wanted(mx_set(60, "10 mx.example.net."))}, whole)
    found = diff(desired, {ZONE: reading})
    assert found.changes == ()
    assert {**found.blocked, **found.unreadable}.keys() == {ZONE}


def test_a_set_that_cannot_be_changed_is_blocked_unless_it_is_as_wanted() -> None:
    there, other = mx_set(60, "10 mx.example.net."), mx_set(60, "20 mx.example.net.")
    fixed = Present(there, fixed="it is generated")
    as_wanted = diff(DesiredZone("memory", ZONE, {ZONE: Wanted(there)}), {ZONE: fixed})
    assert (as_wanted.unchanged, as_wanted.blocked) == ((ZONE,), {})
    for after in (other, None):
        found = diff(DesiredZone("memory", ZONE, {ZONE: Wanted(after)}), {ZONE: fixed})
        assert (found.changes, found.blocked) == ((), {ZONE: "it is generated"})
    found = diff(DesiredZone("memory", ZONE, {ZONE: Wanted(other)}), {ZONE: Absent(fixed="it is signed")})
    assert found.blocked == {ZONE: "it is signed"}


def test_an_owner_without_a_reading_is_unreadable_and_not_absent() -> None:
    desired = DesiredZone("memory", ZONE, {ZONE: Wanted(mx_set(60, "10 mx.example.net."))})
    assert diff(desired, {}).unreadable.keys() == {ZONE}


def test_absent_where_absent_is_wanted_is_no_change() -> None:
    found = diff(DesiredZone("memory", ZONE, {ZONE: Wanted(None)}), {ZONE: Absent()})
    assert (found.changes, found.unchanged) == ((), (ZONE,))


A, AB = mx_set(60, "10 a.test."), mx_set(60, "10 a.test.", "20 b.test.")
NULL = mx_set(60, "0 .")


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, A, Impact.CREATE),
        (None, NULL, Impact.CREATE),
        (A, None, Impact.DELETE),
        (A, mx_set(61, "10 a.test."), Impact.TTL),
        (A, mx_set(60, "99 a.test."), Impact.RENUMBER),
        (AB, mx_set(30, "1 a.test.", "900 b.test."), Impact.RENUMBER),
        (A, AB, Impact.BACKUP),
        (AB, mx_set(60, "10 a.test.", "20 c.test."), Impact.BACKUP),
        (AB, mx_set(60, "20 a.test.", "10 b.test."), Impact.PRIMARY),
        (AB, mx_set(60, "10 a.test.", "10 b.test."), Impact.PRIMARY),
        (A, NULL, Impact.TO_NULL),
        (NULL, A, Impact.FROM_NULL),
    ],
)
def test_a_change_is_classified_by_what_it_does_to_mail(
    before: MXSet | None, after: MXSet | None, kind: Impact
) -> None:
    change = Change(ZONE, before, after)
    assert impact(change) is kind
    assert effect(change)


@given(before=st.none() | mx_sets, after=st.none() | mx_sets)
def test_every_change_has_an_impact_and_an_effect(before: MXSet | None, after: MXSet | None) -> None:
    if before != after:
        change = Change(ZONE, before, after)
        assert impact(change) in Impact
        assert effect(change)


@pytest.mark.parametrize(
    ("addressed", "words"),
    [
        (True, "to the owner's own address from then on; write null_mx if it shall take none"),
        (False, "mail bounces"),
        (None, "own address, if it has one; without one, mail bounces"),
    ],
)
def test_a_deletion_says_whether_mail_goes_to_the_owners_address(addressed: bool | None, words: str) -> None:
    assert words in effect(Change(ZONE, A, None), addressed=addressed)


def test_a_change_from_a_set_to_itself_does_not_exist() -> None:
    with pytest.raises(ValueError, match="no change"):
        Change(ZONE, A, A)
