"""The helper for providers that think in one zone at a time: to take an item is the permission to send it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice
from threading import Barrier

import pytest

from mxsync.provider import in_threads


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_an_item_is_taken_only_when_a_thread_is_free_for_it(workers: int) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(20):
            taken.append(number)
            yield number

    received = 0
    for _ in in_threads(lambda number: [number], items(), workers=workers):
        received += 1
        assert len(taken) < received + workers
    assert received == len(taken) == 20


def test_who_stops_listening_takes_no_more() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in count():
            taken.append(number)
            yield number

    results = in_threads(lambda number: [number], items(), workers=2)
    assert isinstance(next(results), int)
    results.close()  # type: ignore[attr-defined]  # it is a generator, which its type does not say
    assert taken == [0, 1]


def test_as_many_items_as_there_are_workers_are_in_work_at_once() -> None:
    together = Barrier(3)
    results = in_threads(lambda number: [(number, together.wait(30))], range(6), workers=3)
    assert sorted(number for number, _ in results) == list(range(6))


def test_an_item_may_have_any_number_of_results() -> None:
    assert sorted(in_threads(range, range(4), workers=2)) == [0, 0, 0, 1, 1, 2]
    assert list(islice(in_threads(range, [], workers=2), 1)) == []
