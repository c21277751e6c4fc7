"""The file that says how far a cutover is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.cutover.stages import SWAP, Move, Stage, Timing
from mxsync.cutover.state import State, read_state, write_state
from mxsync.errors import CutoverError
from support.sets import labels, mx_set, mx_sets

ZONE = names.parse("example.com.")
owners = st.lists(labels, max_size=2).map(lambda found: names.from_labels([*found, b"example", b"com"]))
moves = st.builds(
    Move,
    st.sampled_from(["office", "aws"]),
    st.just(ZONE),
    owners,
    st.none() | mx_sets,
    mx_sets,
    st.none() | st.integers(0, 10**6),
)
states = st.builds(
    State,
    st.builds(Timing, st.integers(0, 10**6), st.integers(0, 10**6), st.just(value=False)),
    st.lists(moves, min_size=1, max_size=4).map(tuple),
    st.sampled_from(Stage),
    st.none() | st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
STATE = State(
    Timing(300, 86400),
    (
        Move("office", ZONE, ZONE, mx_set(86400, "10 old.example.net."), mx_set(3600, "10 new.example.org.")),
        Move("office", ZONE, names.parse("lists", ZONE), None, mx_set(3600, "10 new.example.org."), 900),
    ),
    Stage.LOWERED,
    datetime(2026, 11, 29, 5, 0, 0, 250000, tzinfo=UTC),
)


@given(states)
def test_any_state_that_is_written_is_read_again(state: State) -> None:
    assert read_state(write_state(state).encode(), "cutover.yaml") == state


def test_the_file_is_one_that_people_can_read() -> None:
    assert (
        write_state(STATE)
        == """\
# How far a cutover is, written by `mxsync cutover`. Commit it beside the manifest: while the cutover is under way it
# says what these owners shall have, and `mxsync plan`, `apply` and `drift` keep to it.
cutover: 1
low_ttl: 300
soak: 86400
swap: false
stage: lowered
verified: "2026-11-29T05:00:00.250000Z"
moves:
  - provider: "office"
    zone: "example.com."
    owner: "example.com."
    old:
      ttl: 86400
      records:
        - "10 old.example.net."
    new:
      ttl: 3600
      records:
        - "10 new.example.org."
  - provider: "office"
    zone: "example.com."
    owner: "lists.example.com."
    old: null
    new:
      ttl: 3600
      records:
        - "10 new.example.org."
    negative_ttl: 900
"""
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("cutover: 1", "cutover: 2", "cutover.yaml: cutover is not what"),
        ("stage: lowered", "stage: finished", "cutover.yaml: stage is not what"),
        ("stage: lowered", "stage: both\nstage: both", "cutover.yaml:8:1"),
        ("swap: false", "swap: perhaps", "cutover.yaml: swap is not what"),
        ("2026-11-29T05:00:00.250000Z", "yesterday", "cutover.yaml is not what"),
        ("10 old.example.net.", "old.example.net.", "is no record"),
        ("10 old.example.net.", "10 OLD.example.net.", "no name in the form"),
        ("10 old.example.net.", "10 a..b.", "empty label"),
        ("low_ttl: 300", "low_ttl: -1", "cutover.yaml: low_ttl is not what"),
        ("low_ttl: 300", "low_ttl: 3000000000", "cutover.yaml: low_ttl is not what"),
        ("2026-11-29", "9999-11-29", "nothing was verified in 9999"),
        ("moves:", "moves: [", "cutover.yaml:"),
        ("soak: 86400", "soak: 1d", "cutover.yaml: soak is not what"),
        ("soak: 86400", "soak: 86400\nmore: 1", "cutover.yaml: more is not what"),
    ],
)
def test_a_file_that_was_spoilt_is_refused_with_what_to_do(old: str, new: str, message: str) -> None:
    with pytest.raises(CutoverError, match=r"cutover\.yaml") as caught:
        read_state(write_state(STATE).replace(old, new, 1).encode(), "cutover.yaml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=200))
def test_any_octets_are_refused(data: bytes) -> None:
    with pytest.raises(CutoverError):
        read_state(data, "cutover.yaml")


def test_a_swap_has_no_stage_in_which_both_take_mail() -> None:
    assert Stage.BOTH not in SWAP
    text = write_state(STATE).replace("swap: false", "swap: true").replace("lowered", "both")
    with pytest.raises(CutoverError, match="there is no stage 'both'"):
        read_state(text.encode(), "cutover.yaml")
