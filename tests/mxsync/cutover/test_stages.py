"""Which set each owner has in each stage of a cutover, and how long a stage lasts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.cutover.stages import Move, Stage, Timing, following, obstacle, set_in, stages, wait_after
from mxsync.model import MXSet
from support.sets import mx_set, mx_sets

ZONE = names.parse("example.com.")
OLD = mx_set(86400, "10 old1.example.net.", "20 old2.example.net.")
NEW = mx_set(3600, "10 mx1.example.org.", "10 mx2.example.org.", "30 mx3.example.org.")
SLOW = Timing(low_ttl=300, soak=7200)
SWAP = Timing(low_ttl=300, soak=7200, swap=True)
timings = st.builds(Timing, st.integers(0, 3600), st.integers(0, 10**6), st.booleans())


def move(old: MXSet | None = OLD, new: MXSet = NEW, negative_ttl: int | None = None) -> Move:
    return Move("office", ZONE, ZONE, old, new, negative_ttl)


def sets(made: Move, timing: Timing) -> list[MXSet | None]:
    return [set_in(made, stage, timing) for stage in stages(timing)]


def test_new_hosts_come_first_with_the_old_ones_behind_them_and_then_alone() -> None:
    assert sets(move(), SLOW) == [
        OLD,
        mx_set(300, "10 old1.example.net.", "20 old2.example.net."),
        mx_set(
            300,
            "10 mx1.example.org.",
            "10 mx2.example.org.",
            "30 mx3.example.org.",
            "40 old1.example.net.",
            "50 old2.example.net.",
        ),
        mx_set(300, "10 mx1.example.org.", "10 mx2.example.org.", "30 mx3.example.org."),
        NEW,
    ]


def test_a_swap_has_no_time_in_which_both_take_mail() -> None:
    assert sets(move(), SWAP) == [
        OLD,
        mx_set(300, "10 old1.example.net.", "20 old2.example.net."),
        mx_set(300, "10 mx1.example.org.", "10 mx2.example.org.", "30 mx3.example.org."),
        NEW,
    ]


def test_a_host_that_stays_keeps_its_new_place() -> None:
    old = mx_set(3600, "10 mx1.example.org.", "20 old.example.net.")
    assert set_in(move(old), Stage.BOTH, SLOW) == mx_set(
        300, "10 mx1.example.org.", "10 mx2.example.org.", "30 mx3.example.org.", "40 old.example.net."
    )


def test_where_no_preference_is_left_behind_the_new_hosts_all_are_numbered_anew() -> None:
    new = mx_set(3600, "7 mx1.example.org.", "65535 mx2.example.org.")
    assert set_in(move(new=new), Stage.BOTH, SLOW) == mx_set(
        300, "10 mx1.example.org.", "20 mx2.example.org.", "30 old1.example.net.", "40 old2.example.net."
    )


@pytest.mark.parametrize("old", [None, mx_set(3600, "0 .")])
def test_an_owner_without_mail_has_nothing_to_put_behind(old: MXSet | None) -> None:
    assert set_in(move(old), Stage.BOTH, SLOW) == MXSet(300, NEW.records)


def test_a_ttl_that_is_low_already_is_not_raised() -> None:
    made = move(mx_set(60, "10 old.example.net."), mx_set(120, "10 new.example.org."))
    assert [found and found.ttl for found in sets(made, SLOW)] == [60, 60, 120, 120, 120]


@given(mx_sets, mx_sets.filter(lambda new: not new.is_null), timings)
def test_in_no_stage_is_an_owner_without_a_host_or_an_old_host_before_a_new_one(
    old: MXSet, new: MXSet, timing: Timing
) -> None:
    made = move(old, new)
    for stage in stages(timing):
        found = set_in(made, stage, timing)
        assert found is not None
        assert MXSet.of(found.ttl, found.records) == found
        assert found.ttl <= max(old.ttl, new.ttl)
    both = set_in(made, Stage.BOTH, timing)
    assert both is not None
    kept = [tier - new_hosts for tier in old.tiers for new_hosts in [frozenset().union(*new.tiers)]]
    expected = [*new.tiers, *(tier for tier in kept if tier and not old.is_null)]
    assert list(both.tiers) == expected


def test_a_stage_lasts_until_caches_have_let_go_of_what_was_served_before_it() -> None:
    moves = [move(), move(mx_set(172800, "10 old.example.net.")), move(None, negative_ttl=900)]
    assert wait_after(Stage.PLANNED, moves, SLOW) == 0
    assert wait_after(Stage.LOWERED, moves, SLOW) == 172800
    assert wait_after(Stage.LOWERED, moves[2:], SLOW) == 0
    assert wait_after(Stage.BOTH, moves, SLOW) == 7200
    assert wait_after(Stage.SWITCHED, moves, SLOW) == 300
    assert wait_after(Stage.SWITCHED, moves, SWAP) == 7200
    assert wait_after(Stage.BOTH, moves[:2], Timing(300, 0)) == 300
    assert wait_after(Stage.BOTH, moves, Timing(300, 0)) == 900
    assert wait_after(Stage.SWITCHED, moves, Timing(300, 0, swap=True)) == 900
    assert wait_after(Stage.DONE, moves, SLOW) == 0


@pytest.mark.parametrize("timing", [SLOW, SWAP])
def test_each_stage_is_followed_by_the_next_one_until_it_is_done(timing: Timing) -> None:
    seen = [Stage.PLANNED]
    while more := following(seen[-1], timing):
        seen.append(more)
    assert tuple(seen) == stages(timing)
    assert following(Stage.ABORTED, timing) is None


def test_what_is_no_move_is_refused() -> None:
    assert "takes no mail" in obstacle(move(new=mx_set(3600, "0 .")), SLOW).replace("shall take", "takes")
    many = mx_set(3600, *(f"{at} h{at}.example.org." for at in range(99)))
    assert "use --swap" in obstacle(move(new=many), SLOW)
    assert obstacle(move(new=many), SWAP) == ""
    assert obstacle(move(), SLOW) == ""
