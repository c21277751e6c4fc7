"""The contract of `write`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.model import MXSet
from mxsync.provider import ZoneBatch
from mxsync.reading import Absent
from mxsync.testing.ground import AFTER, BEFORE, FOREIGN, Ground, mx_set, read_one, seen_now, write, write_one

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.names import Name
    from mxsync.testing.backend import Backend


class WriteContract(Ground):
    """What every provider does when it writes, and when it must not."""

    def test_a_set_is_created(self, backend: Backend, zone: Name) -> None:
        """Also at a name that did not exist."""
        owner = names.parse("new.name", zone)
        for change in (Change(zone, None, AFTER), Change(owner, None, BEFORE)):
            assert write_one(backend, zone, change).outcome is Outcome.APPLIED
            assert backend.look(zone, change.owner) == change.after

    def test_a_set_is_updated(self, backend: Backend, zone: Name) -> None:
        """Records and TTL together."""
        backend.put(zone, zone, BEFORE)
        assert write_one(backend, zone, Change(zone, BEFORE, AFTER)).outcome is Outcome.APPLIED
        assert backend.look(zone, zone) == AFTER

    def test_a_set_is_deleted(self, backend: Backend, zone: Name) -> None:
        """It is absent afterwards."""
        backend.put(zone, zone, BEFORE)
        assert write_one(backend, zone, Change(zone, BEFORE, None)).outcome is Outcome.APPLIED
        assert backend.look(zone, zone) is None
        assert isinstance(read_one(backend, zone, zone), Absent)

    @pytest.mark.parametrize("ttl", [60, 86400])
    def test_the_ttl_alone_is_changed(self, backend: Backend, zone: Name, ttl: int) -> None:
        """Down and up."""
        backend.put(zone, zone, BEFORE)
        wanted = MXSet.of(ttl, BEFORE.records)
        assert write_one(backend, zone, Change(zone, BEFORE, wanted)).outcome is Outcome.APPLIED
        assert backend.look(zone, zone) == wanted

    def test_preferences_alone_are_changed(self, backend: Backend, zone: Name) -> None:
        """The same hosts, in another order."""
        wanted = mx_set(3600, "20 mx1.example.net.", "10 mx2.example.net.")
        backend.put(zone, zone, BEFORE)
        assert write_one(backend, zone, Change(zone, BEFORE, wanted)).outcome is Outcome.APPLIED
        assert backend.look(zone, zone) == wanted

    def test_a_null_mx_is_written_and_read(self, backend: Backend, zone: Name) -> None:
        """RFC 7505."""
        null = mx_set(3600, "0 .")
        backend.put(zone, zone, BEFORE)
        assert write_one(backend, zone, Change(zone, BEFORE, null)).outcome is Outcome.APPLIED
        assert backend.look(zone, zone) == null
        assert write_one(backend, zone, Change(zone, null, AFTER)).outcome is Outcome.APPLIED
        assert backend.look(zone, zone) == AFTER

    def test_a_wildcard_owner_is_written_and_read(self, backend: Backend, zone: Name) -> None:
        """It is an owner like any other."""
        owner = names.parse("*", zone)
        assert write_one(backend, zone, Change(owner, None, BEFORE)).outcome is Outcome.APPLIED
        assert backend.look(zone, owner) == BEFORE
        assert write_one(backend, zone, Change(owner, BEFORE, AFTER)).outcome is Outcome.APPLIED
        assert write_one(backend, zone, Change(owner, AFTER, None)).outcome is Outcome.APPLIED
        assert backend.look(zone, owner) is None

    def test_a_wildcards_answer_is_no_set_of_the_owner(self, backend: Backend, zone: Name) -> None:
        """Absent is read, a set can be created beside it and deleted again."""
        owner = names.parse("lists", zone)
        backend.put(zone, names.parse("*", zone), BEFORE)
        assert isinstance(read_one(backend, zone, owner), Absent)
        assert write_one(backend, zone, Change(owner, None, AFTER)).outcome is Outcome.APPLIED
        assert backend.look(zone, owner) == AFTER
        assert write_one(backend, zone, Change(owner, AFTER, None)).outcome is Outcome.APPLIED
        assert backend.look(zone, owner) is None

    def test_a_set_that_equals_the_wildcards_is_still_the_owners(self, backend: Backend, zone: Name) -> None:
        """It can be read, and deleted."""
        owner = names.parse("lists", zone)
        backend.put(zone, names.parse("*", zone), BEFORE)
        backend.put(zone, owner, BEFORE)
        assert getattr(read_one(backend, zone, owner), "set", None) == BEFORE
        assert write_one(backend, zone, Change(owner, BEFORE, None)).outcome is Outcome.APPLIED
        assert backend.look(zone, owner) is None

    def test_names_that_differ_only_in_case_are_the_same(self, backend: Backend, zone: Name) -> None:
        """However the names were written by somebody else."""
        upper = mx_set(3600, "10 MX1.Example.NET", "20 mx2.EXAMPLE.net.")
        assert upper == BEFORE
        backend.put(zone, names.parse("LISTS", zone), upper)
        owner = names.parse("lists", zone)
        assert getattr(read_one(backend, zone, owner), "set", None) == BEFORE
        assert write_one(backend, zone, Change(owner, BEFORE, None)).outcome is Outcome.APPLIED

    def test_the_change_of_one_owner_leaves_the_others(self, backend: Backend, zone: Name) -> None:
        """Every other set stays as it is."""
        other = names.parse("lists", zone)
        backend.put(zone, zone, BEFORE)
        backend.put(zone, other, BEFORE)
        assert write_one(backend, zone, Change(zone, BEFORE, AFTER)).outcome is Outcome.APPLIED
        assert backend.look(zone, other) == BEFORE

    def test_one_batch_creates_updates_and_deletes(self, backend: Backend, zone: Name) -> None:
        """Each change has its own outcome."""
        new, old = names.parse("new", zone), names.parse("old", zone)
        backend.put(zone, zone, BEFORE)
        backend.put(zone, old, BEFORE)
        changes = (Change(zone, BEFORE, AFTER), Change(new, None, AFTER), Change(old, BEFORE, None))
        outcomes = write(backend, zone, *changes)
        assert {answer.outcome for answer in outcomes.values()} == {Outcome.APPLIED}
        assert [backend.look(zone, owner) for owner in (zone, new, old)] == [AFTER, AFTER, None]

    def test_several_zones_are_written_in_one_call(self, backend: Backend) -> None:
        """Each has its own outcome."""
        zones = [backend.new_zone() for _ in range(3)]
        batches = [seen_now(backend, zone, (Change(zone, None, AFTER),)) for zone in zones]
        outcomes = list(backend.provider.write(iter(batches)))
        assert sorted(answer.zone for answer in outcomes) == sorted(zones)
        assert all(answer.outcome is Outcome.APPLIED for answer in outcomes)
        assert all(backend.look(zone, zone) == AFTER for zone in zones)

    def test_a_set_of_a_hundred_records_is_read_and_written(self, backend: Backend, zone: Name) -> None:
        """The most that all providers take."""
        wanted = mx_set(300, *(f"{at} mx{at}.example.net." for at in range(100)))
        assert write_one(backend, zone, Change(zone, None, wanted)).outcome is Outcome.APPLIED
        assert backend.look(zone, zone) == wanted
        assert getattr(read_one(backend, zone, zone), "set", None) == wanted

    # Refusing

    @pytest.mark.parametrize(
        "wanted", [AFTER, MXSet.of(60, BEFORE.records), None], ids=["set", "ttl", "delete"]
    )
    @pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN)
    def test_a_set_that_is_not_what_it_was_stays(
        self, backend: Backend, zone: Name, foreign: MXSet | None, wanted: MXSet | None
    ) -> None:
        """Whoever changed it, and whatever was wanted: conflict, and nothing is written."""
        backend.put(zone, zone, foreign)
        assert write_one(backend, zone, Change(zone, BEFORE, wanted)).outcome is Outcome.CONFLICT
        assert backend.look(zone, zone) == foreign

    @pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN)
    def test_a_set_that_changes_after_the_reading_stays(
        self, backend: Backend, zone: Name, foreign: MXSet | None
    ) -> None:
        """The reading that the batch carries is no leave to overwrite what came after it."""
        backend.put(zone, zone, BEFORE)
        batch = seen_now(backend, zone, (Change(zone, BEFORE, AFTER),))
        backend.put(zone, zone, foreign)
        (answer,) = backend.provider.write(iter([batch]))
        assert answer.outcome is Outcome.CONFLICT
        assert backend.look(zone, zone) == foreign

    def test_a_set_that_is_suddenly_there_stays(self, backend: Backend, zone: Name) -> None:
        """A creation never replaces."""
        batch = seen_now(backend, zone, (Change(zone, None, AFTER),))
        backend.put(zone, zone, BEFORE)
        (answer,) = backend.provider.write(iter([batch]))
        assert answer.outcome is Outcome.CONFLICT
        assert backend.look(zone, zone) == BEFORE

    def test_a_conflict_does_not_stop_its_neighbours(self, backend: Backend, zone: Name) -> None:
        """In the same zone and the same batch."""
        others = [names.parse(f"n{at}", zone) for at in range(3)]
        backend.put(zone, others[1], FOREIGN["another record"])
        changes = [
            Change(others[0], None, AFTER),
            Change(others[1], BEFORE, AFTER),
            Change(others[2], None, AFTER),
        ]
        outcomes = write(backend, zone, *changes)
        applied, conflict = Outcome.APPLIED, Outcome.CONFLICT
        assert [outcomes[owner].outcome for owner in others] == [applied, conflict, applied]
        assert [backend.look(zone, owner) for owner in others] == [AFTER, FOREIGN["another record"], AFTER]

    def test_a_zone_that_cannot_be_written_does_not_stop_others(self, backend: Backend, zone: Name) -> None:
        """Its changes fail, one by one."""
        missing = names.parse("not-there.example.")
        below = names.parse("lists", missing)
        changes = (Change(missing, None, AFTER), Change(below, None, AFTER))
        batches = [ZoneBatch(missing, changes, {}), seen_now(backend, zone, (Change(zone, None, AFTER),))]
        outcomes = {(answer.zone, answer.owner): answer for answer in backend.provider.write(iter(batches))}
        assert outcomes[missing, missing].outcome is Outcome.FAILED
        assert outcomes[missing, below].outcome is Outcome.FAILED
        assert outcomes[missing, missing].message
        assert outcomes[zone, zone].outcome is Outcome.APPLIED

    def test_a_batch_that_is_not_given_is_not_written(self, backend: Backend) -> None:
        """Nothing is sent before it is taken from the iterator, nor after the iterator has ended."""
        first, second = backend.new_zone(), backend.new_zone()
        batches = {zone: seen_now(backend, zone, (Change(zone, None, AFTER),)) for zone in (first, second)}

        def given() -> Iterator[ZoneBatch]:
            yield batches[first]

        outcomes = list(backend.provider.write(given()))
        assert [answer.zone for answer in outcomes] == [first]
        assert backend.look(second, second) is None
