"""Waves: how an apply is cut into parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.apply.waves import Share, parse_waves, waves_of
from mxsync.change import Change
from mxsync.impact import impact
from mxsync.plan import PlannedChange
from support.sets import mx_set

BEFORE, AFTER = mx_set(300, "10 old.example.net."), mx_set(300, "10 new.example.net.")


def changes(number: int, *providers: str) -> list[PlannedChange]:
    found = []
    for at in range(number):
        zone = names.parse(f"zone{at}.test.")
        change = Change(zone, BEFORE, AFTER)
        found += [PlannedChange(provider, zone, change, impact(change), None) for provider in providers]
    return found


def sizes(number: int, text: str) -> list[int]:
    return [len(wave) for wave in waves_of(changes(number, "a"), parse_waves(text))]


@pytest.mark.parametrize(
    ("number", "text", "expected"),
    [
        (200, "1,10%,100%", [1, 19, 180]),
        (5, "1,10%,100%", [1, 4]),
        (1, "1,10%,100%", [1]),
        (0, "1,10%,100%", []),
        (15, "10%,100%", [2, 13]),
        (4, "10,100%", [4]),
        (100, " 5 , 50% , 100% ", [5, 45, 50]),
        (7, "100%", [7]),
    ],
)
def test_each_share_says_how_much_is_done_at_the_end_of_its_wave(
    number: int, text: str, expected: list[int]
) -> None:
    assert sizes(number, text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "neither a number"),
        ("0,100%", "neither a number"),
        ("1,,100%", "neither a number"),
        ("101%", "neither a number"),
        ("1.5,100%", "neither a number"),
        ("-1,100%", "neither a number"),
        ("x,100%", "neither a number"),
        ("1,10", "the last wave must be 100%"),
        ("50%", "the last wave must be 100%"),
        ("10,5,100%", "does not come to more"),
        ("50%,50%,100%", "does not come to more"),
        ("100%,100%", "does not come to more"),
        ("10%,5,100%", "numbers come first"),
    ],
)
def test_shares_that_make_no_sense_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_waves(text)


@given(
    st.integers(0, 60),
    st.lists(st.builds(Share, st.integers(1, 100), st.booleans()), max_size=5),
    st.sampled_from([("a",), ("a", "b")]),
)
def test_every_owner_is_in_just_one_wave_in_the_order_of_the_plan(
    number: int, shares: list[Share], providers: tuple[str, ...]
) -> None:
    made = changes(number, *providers)
    waves = waves_of(made, shares)
    assert all(waves)
    order = list(dict.fromkeys((item.zone, item.change.owner) for item in made))
    start = 0
    for wave in waves:
        assert wave == set(order[start : start + len(wave)])
        start += len(wave)
    assert start == len(order)
