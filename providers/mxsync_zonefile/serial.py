"""The next serial of a zone (RFC 1982)."""

from __future__ import annotations

from datetime import date

SPACE = 2**32
"""How many serials there are."""
_HUNDRED = 100
_YEARS = range(1980, 2100)


def is_newer(serial: int, than: int) -> bool:
    """Compare two serials as name servers do (RFC 1982 §3.2)."""
    return 0 < (serial - than) % SPACE < SPACE // 2


def next_serial(serial: int, today: date) -> int:
    """Give the serial that follows: always newer, never 0.

    A serial of the form YYYYMMDDnn becomes today's first one, or the next number if it has come as far
    already (RFC 1912 §2.2). Any other is counted up. 0 is left out: some servers take it for "none".
    """
    if _is_dated(serial):
        first = int(f"{today:%Y%m%d}00")
        if is_newer(first, serial):
            return first
    return (serial + 1) % SPACE or 1


def _is_dated(serial: int) -> bool:
    year, month, day = serial // 1_000_000, serial // 10_000 % _HUNDRED, serial // _HUNDRED % _HUNDRED
    if year not in _YEARS:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
