"""Changes as Cloud DNS takes them: the exact condition, within the limits."""

from __future__ import annotations

from itertools import chain, pairwise

from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.change import Change
from mxsync.model import MXSet
from mxsync.reading import Present
from mxsync_clouddns.batch import MAX_BYTES, MAX_SETS, pack, swap
from support.sets import mx_set

OWNER = names.parse("example.com")
OLD = mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net.")
NEW = mx_set(60, "0 .")
RAW = {
    "kind": "dns#resourceRecordSet",
    "name": "example.com.",
    "type": "MX",
    "ttl": 3600,
    "rrdatas": ["20 MX2.example.net.", "10 mx1.example.net."],
}


def test_an_update_deletes_the_set_as_cloud_dns_keeps_it_and_adds_the_new_one() -> None:
    deletion, addition = swap(Change(OWNER, OLD, NEW), {OWNER: Present(OLD, RAW)})
    assert deletion == RAW
    assert addition == {"name": "example.com.", "type": "MX", "ttl": 60, "rrdatas": ["0 ."]}


def test_a_creation_deletes_nothing_and_a_deletion_adds_nothing() -> None:
    assert swap(Change(OWNER, None, NEW), {})[0] is None
    assert swap(Change(OWNER, OLD, None), {})[1] is None


def test_the_condition_is_what_the_plan_saw_and_not_what_is_there_now() -> None:
    other = mx_set(60, "1 other.example.net.")
    deletion, _ = swap(Change(OWNER, OLD, None), {OWNER: Present(other, {"name": "other"})})
    assert deletion
    assert deletion["rrdatas"] == ["10 mx1.example.net.", "20 mx2.example.net."]


sizes = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=30)


@given(sizes, st.integers(1, 200))
def test_groups_hold_every_change_once_in_order_and_keep_the_limits(
    counts: list[tuple[int, int]], length: int
) -> None:
    host = ".".join(("a" * 50, "b" * 50, "c" * 50, "d" * 40))[-length:].strip(".")

    def made(count: int, ttl: int) -> MXSet | None:
        return mx_set(ttl, *(f"{at} {host}.example.net." for at in range(count))) if count else None

    changes = [
        Change(names.parse(f"n{at}", OWNER), made(before, 1), made(after, 2))
        for at, (before, after) in enumerate(counts)
        if before or after
    ]
    groups = list(pack(changes, {}))
    assert list(chain.from_iterable(groups)) == changes
    for group in groups:
        sets = [raw for change in group for raw in swap(change, {}) if raw]
        size = sum(len(text) for raw in sets for text in raw["rrdatas"])
        assert len(group) == 1 or size <= MAX_BYTES
    assert all(len(list(pack((*first, second[0]), {}))) > 1 for first, second in pairwise(groups))


def test_additions_and_deletions_are_counted_each_on_their_own() -> None:
    creations = [Change(names.parse(f"c{at}", OWNER), None, NEW) for at in range(MAX_SETS)]
    deletions = [Change(names.parse(f"d{at}", OWNER), NEW, None) for at in range(MAX_SETS)]
    assert [len(group) for group in pack(creations + deletions, {})] == [2 * MAX_SETS]
    assert [len(group) for group in pack([*creations, Change(OWNER, None, NEW)], {})] == [MAX_SETS, 1]
