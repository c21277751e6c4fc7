"""What the record sets of a zone say of the addresses of an owner that loses its MX set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.surroundings import addressed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mxsync.names import Name

    Kinds = Mapping[Name, frozenset[str]]

ZONE = names.parse("example.com.")
TEXTS = ("@", "*", "a", "*.a", "b.a", "*.b.a", "c.b.a", "d.c.b.a", "other")


def owner(text: str) -> Name:
    return names.parse(text, ZONE)


def looked_at(kinds: Kinds, name: Name, *, whole: bool) -> bool | None:
    def among(above: Name) -> int:
        return sum(names.is_within(each, above) for each in kinds)

    def has(each: Name, kind: str) -> bool:
        return kind in kinds.get(each, ())

    return addressed(has, kinds[name], ZONE, name, among if whole else None)


def answered(kinds: Kinds, name: Name) -> frozenset[str]:
    """Give the types with which a server answers for a name (RFC 1034 §4.3.2, RFC 4592 §3.3.1)."""
    there = {each: types for each, types in kinds.items() if types}

    def exists(each: Name) -> bool:
        return each == ZONE or any(names.is_within(below, each) for below in there)

    if exists(name):
        return there.get(name, frozenset())
    closest = names.parent(name)
    while not exists(closest):
        closest = names.parent(closest)
    return there.get(names.parse("*", closest), frozenset())


def truth(kinds: Kinds, name: Name) -> bool | None:
    """Ask that server once the MX set is gone."""
    types = answered({**kinds, name: kinds[name] - {"MX"}}, name)
    return None if types & {"MX", "CNAME"} else bool(types & {"A", "AAAA"})


types = st.frozensets(st.sampled_from(["A", "AAAA", "MX", "TXT"]), min_size=1) | st.just(frozenset({"CNAME"}))
zones = st.dictionaries(st.sampled_from(TEXTS).map(owner), types)


@given(kinds=zones, text=st.sampled_from(TEXTS), beside=st.frozensets(st.sampled_from(["A", "AAAA", "TXT"])))
def test_what_is_said_is_what_a_server_answers_once_the_set_is_gone(
    kinds: Kinds, text: str, beside: frozenset[str]
) -> None:
    name = owner(text)
    zone = {ZONE: frozenset({"SOA", "NS"}), **kinds}
    zone[name] = beside | {"MX"} | ({"SOA", "NS"} if name == ZONE else set())
    assert looked_at(zone, name, whole=True) == truth(zone, name)


@given(kinds=zones, text=st.sampled_from(TEXTS), beside=st.frozensets(st.sampled_from(["A", "AAAA", "TXT"])))
def test_of_a_part_of_a_zone_nothing_is_said_that_the_rest_could_make_wrong(
    kinds: Kinds, text: str, beside: frozenset[str]
) -> None:
    name = owner(text)
    part = {name: beside | {"MX"} | ({"SOA", "NS"} if name == ZONE else frozenset())}
    zone = {ZONE: frozenset({"SOA", "NS"}), **kinds, **part}
    assert looked_at(part, name, whole=False) in {None, truth(zone, name)}


@pytest.mark.parametrize(
    ("beside", "whole", "found"), [("A", False, True), ("TXT", False, False), ("", False, None)]
)
def test_a_part_of_a_zone_is_enough_where_the_owner_has_other_sets(
    beside: str, whole: bool, found: bool | None
) -> None:
    kinds = {owner("a"): frozenset({"MX", beside} - {""})}
    assert looked_at(kinds, owner("a"), whole=whole) is found
