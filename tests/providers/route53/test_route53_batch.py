"""Change batches: the exact condition, within the limits."""

from __future__ import annotations

from itertools import chain, pairwise

from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.change import Change
from mxsync.model import MXSet
from mxsync.reading import Present
from mxsync_route53.batch import MAX_CHARACTERS, MAX_RECORDS, pack, swap
from support.sets import mx_set

OWNER = names.parse("example.com")
OLD = mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net.")
NEW = mx_set(60, "0 .")
RAW = {
    "Name": "example.com.",
    "Type": "MX",
    "TTL": 3600,
    "ResourceRecords": [{"Value": "20 MX2.example.net"}, {"Value": "10 mx1.example.net"}],
}


def test_an_update_deletes_the_set_as_route_53_keeps_it_and_creates_the_new_one() -> None:
    deletion, creation = swap(Change(OWNER, OLD, NEW), {OWNER: Present(OLD, RAW)})
    assert deletion == {"Action": "DELETE", "ResourceRecordSet": RAW}
    assert creation["Action"] == "CREATE"
    assert creation["ResourceRecordSet"] == {
        "Name": "example.com.",
        "Type": "MX",
        "TTL": 60,
        "ResourceRecords": [{"Value": "0 ."}],
    }


def test_a_creation_deletes_nothing_and_a_deletion_creates_nothing() -> None:
    assert [step["Action"] for step in swap(Change(OWNER, None, NEW), {})] == ["CREATE"]
    assert [step["Action"] for step in swap(Change(OWNER, OLD, None), {})] == ["DELETE"]


def test_the_condition_is_what_the_plan_saw_and_not_what_is_there_now() -> None:
    other = mx_set(60, "1 other.example.net.")
    (deletion,) = swap(Change(OWNER, OLD, None), {OWNER: Present(other, {"Name": "other"})})
    values = {record["Value"] for record in deletion["ResourceRecordSet"]["ResourceRecords"]}
    assert values == {"10 mx1.example.net.", "20 mx2.example.net."}


sizes = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=30)


@given(sizes, st.integers(1, 200))
def test_batches_hold_every_change_once_in_order_and_keep_the_limits(
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
        steps = [step for change in group for step in swap(change, {})]
        values = [one["Value"] for step in steps for one in step["ResourceRecordSet"]["ResourceRecords"]]
        assert len(group) == 1 or (len(values) <= MAX_RECORDS and sum(map(len, values)) <= MAX_CHARACTERS)
    assert all(not _fit((*first, second[0])) for first, second in pairwise(groups))


def _fit(changes: tuple[Change, ...]) -> bool:
    return len(list(pack(changes, {}))) == 1
