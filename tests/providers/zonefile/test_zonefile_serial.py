"""The next serial."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mxsync_zonefile.serial import is_newer, next_serial

serials = st.integers(0, 2**32 - 1)
dates = st.dates(date(1990, 1, 1), date(2099, 12, 31))


@given(serials, dates)
@example(2**32 - 1, date(2026, 11, 23))
@example(2**31 - 1, date(2026, 11, 23))
def test_the_next_serial_is_newer_and_never_zero(serial: int, today: date) -> None:
    following = next_serial(serial, today)
    assert is_newer(following, serial)
    assert 0 < following < 2**32


@given(dates, st.integers(0, 99), dates)
def test_a_dated_serial_never_goes_back_and_comes_to_today(day: date, number: int, today: date) -> None:
    serial = int(f"{day:%Y%m%d}{number:02}")
    following = next_serial(serial, today)
    assert following == (int(f"{today:%Y%m%d}00") if day < today else serial + 1)


@pytest.mark.parametrize(
    ("serial", "following"),
    [
        (41, 42),
        (2026112200, 2026112300),
        (2026112300, 2026112301),
        (2026112399, 2026112400),
        (2026120100, 2026120101),
        (2026133200, 2026133201),
        (1764000000, 1764000001),
        (4294967295, 1),
    ],
    ids=["number", "yesterday", "today", "full day", "future", "no date", "Unix time", "round the corner"],
)
def test_the_form_of_the_serial_is_kept(serial: int, following: int) -> None:
    assert next_serial(serial, date(2026, 11, 23)) == following


@given(serials, serials)
def test_of_two_serials_at_most_one_is_newer(one: int, other: int) -> None:
    assert not (is_newer(one, other) and is_newer(other, one))
