"""MX sets as values."""

from __future__ import annotations

import pytest

from mxsync.errors import InvalidSet
from mxsync.model import MX, MXSet
from mxsync.names import ROOT, Name
from support.sets import mx_set

HOST = Name("mx.example.net.")


def test_the_order_in_which_records_are_given_makes_no_difference() -> None:
    assert mx_set(60, "20 b.test.", "10 c.test.", "10 a.test.") == mx_set(
        60, "10 a.test.", "10 c.test.", "20 b.test."
    )


@pytest.mark.parametrize(
    ("ttl", "records", "why"),
    [
        (60, [], "at least one"),
        (60, [MX(1, HOST), MX(1, HOST)], "twice"),
        (60, [MX(65536, HOST)], "preference"),
        (60, [MX(-1, HOST)], "preference"),
        (-1, [MX(1, HOST)], "TTL"),
        (2**32, [MX(1, HOST)], "TTL"),
    ],
)
def test_what_dns_cannot_serve_is_no_set(ttl: int, records: list[MX], why: str) -> None:
    with pytest.raises(InvalidSet, match=why):
        MXSet.of(ttl, records)


def test_a_set_that_should_not_be_but_can_be_served_is_a_set() -> None:
    broken = MXSet.of(2**32 - 1, [MX(0, ROOT), MX(10, HOST), MX(20, HOST)])
    assert not broken.is_null
    assert len(broken.records) == 3


def test_tiers_are_the_exchanges_of_equal_preference_in_order() -> None:
    made = mx_set(60, "10 a.test.", "10 b.test.", "50 c.test.")
    assert made.tiers == (frozenset({"a.test.", "b.test."}), frozenset({"c.test."}))


def test_an_exchange_at_two_preferences_serves_at_the_better_one() -> None:
    assert mx_set(60, "10 a.test.", "20 b.test.", "30 a.test.").tiers == (
        frozenset({"a.test."}),
        frozenset({"b.test."}),
    )


def test_the_root_alone_is_a_null_mx() -> None:
    assert mx_set(60, "0 .").is_null
    assert not mx_set(60, "10 mx.example.net.").is_null
