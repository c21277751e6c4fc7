"""What is read: a reading or a failure for each zone that was asked for, and for no other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mxsync import live, names
from mxsync.memory import MemoryProvider
from mxsync.provider import ZoneRequest
from mxsync.reading import ZoneFailure, ZoneReading

ASKED, OTHER, SILENT = (names.parse(f"{name}.test.") for name in ("asked", "other", "silent"))


class Chatty(MemoryProvider):
    """Answers a question for one zone twice, passes over another one, and speaks of one nobody asked for."""

    def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
        list(requests)
        yield ZoneReading(OTHER, "unasked", {})
        yield ZoneReading(ASKED, "first", {})
        yield ZoneFailure(ASKED, "a second answer")


def test_answers_that_nobody_asked_for_and_second_answers_are_passed_over() -> None:
    requests = {"a": [ZoneRequest(ASKED, (ASKED,)), ZoneRequest(SILENT, (SILENT,))]}
    assert live.read(requests, {"a": Chatty()}).zones == {
        ("a", ASKED): ZoneReading(ASKED, "first", {}),
        ("a", SILENT): ZoneFailure(SILENT, "the provider gave no answer for it"),
    }


def test_zones_that_a_stop_kept_from_being_read_say_so() -> None:
    provider = MemoryProvider({ASKED: {}})
    seen = live.read({"a": [ZoneRequest(ASKED, (ASKED,))]}, {"a": provider}, stopped=lambda: True)
    assert seen.zones == {("a", ASKED): ZoneFailure(ASKED, "interrupted before it was read")}


class Planner(MemoryProvider):
    """Takes all questions before it answers the first."""

    def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
        for request in list(requests):
            self.zones.pop(request.zone)
            yield ZoneReading(request.zone, "", {})


def test_a_stop_reaches_a_provider_that_takes_all_questions_first() -> None:
    provider = Planner({ASKED: {}, OTHER: {}, SILENT: {}})
    requests = {"a": [ZoneRequest(zone, ()) for zone in (ASKED, OTHER, SILENT)]}
    live.read(requests, {"a": provider}, stopped=lambda: ASKED not in provider.zones)
    assert sorted(provider.zones) == [OTHER, SILENT]


def test_without_questions_nobody_is_asked() -> None:
    assert live.read({}, {}).zones == {}
