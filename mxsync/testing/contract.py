"""The tests of the provider contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.model import MX, MXSet
from mxsync.provider import ZoneBatch, ZoneRequest
from mxsync.reading import Absent, Present, ZoneFailure, ZoneReading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.change import ChangeOutcome
    from mxsync.names import Name
    from mxsync.reading import OwnerReading
    from mxsync.testing.backend import Backend


def mx_set(ttl: int, *records: str) -> MXSet:
    """Write a set as `mx_set(3600, "10 mx1.example.net.")`."""
    pairs = (record.split() for record in records)
    return MXSet.of(ttl, (MX(int(preference), names.parse(exchange)) for preference, exchange in pairs))


BEFORE = mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net.")
AFTER = mx_set(1800, "10 mx3.example.org.", "20 mx1.example.net.")

FOREIGN = {
    "another record": mx_set(3600, "10 mx1.example.net.", "20 other.example.net."),
    "another preference": mx_set(3600, "10 mx1.example.net.", "30 mx2.example.net."),
    "a record missing": mx_set(3600, "10 mx1.example.net."),
    "a record more": mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net.", "30 mx3.example.net."),
    "another TTL": mx_set(7200, "10 mx1.example.net.", "20 mx2.example.net."),
    "no set at all": None,
}
"""What somebody else may have made of BEFORE."""


def read(backend: Backend, zone: Name, *owners: Name, every: bool = False) -> ZoneReading:
    """Read one zone, which must work."""
    (result,) = backend.provider.read([ZoneRequest(zone, owners, every=every)])
    assert isinstance(result, ZoneReading), result
    return result


def read_one(backend: Backend, zone: Name, owner: Name) -> OwnerReading:
    """Read one owner through the provider."""
    return read(backend, zone, owner).owners[owner]


def seen_now(backend: Backend, zone: Name, changes: tuple[Change, ...]) -> ZoneBatch:
    """Make a batch on the ground of a fresh reading, as the engine does."""
    owners = read(backend, zone, *(change.owner for change in changes)).owners
    shown = {change.owner: owners[change.owner] for change in changes}
    present = {owner: reading for owner, reading in shown.items() if isinstance(reading, Present)}
    return ZoneBatch(zone, changes, present)


def write(backend: Backend, zone: Name, *changes: Change) -> dict[Name, ChangeOutcome]:
    """Write changes of one zone; there must be exactly one outcome for each."""
    outcomes = list(backend.provider.write(iter([seen_now(backend, zone, changes)])))
    assert sorted(outcome.owner for outcome in outcomes) == sorted(change.owner for change in changes)
    return {outcome.owner: outcome for outcome in outcomes}


def write_one(backend: Backend, zone: Name, change: Change) -> ChangeOutcome:
    """Write one change."""
    return write(backend, zone, change)[change.owner]


class ProviderContract:
    """What every provider does. Subclass it and give it a fixture `backend`."""

    @pytest.fixture
    def backend(self) -> Backend:
        """Give the backend to play with."""
        raise TypeError("a subclass of ProviderContract gives the fixture `backend`")

    @pytest.fixture
    def zone(self, backend: Backend) -> Name:
        """Give a fresh zone without MX sets."""
        return backend.new_zone()

    # Reading

    def test_a_present_set_is_read_with_its_ttl_and_records(self, backend: Backend, zone: Name) -> None:
        """It may be at the apex or below."""
        below = names.parse("lists", zone)
        backend.put(zone, zone, BEFORE)
        backend.put(zone, below, AFTER)
        owners = read(backend, zone, zone, below).owners
        assert {owner: getattr(owners[owner], "set", None) for owner in (zone, below)} == {
            zone: BEFORE,
            below: AFTER,
        }

    def test_an_owner_without_a_set_is_absent(self, backend: Backend, zone: Name) -> None:
        """Whether the name exists or not."""
        below = names.parse("lists", zone)
        owners = read(backend, zone, zone, below).owners
        assert isinstance(owners[zone], Absent)
        assert isinstance(owners[below], Absent)

    def test_several_zones_are_read_in_one_call(self, backend: Backend) -> None:
        """Each has its own result, with its own set."""
        zones = [backend.new_zone() for _ in range(3)]
        sets = {zone: mx_set(600 + at, f"10 mx{at}.example.net.") for at, zone in enumerate(zones)}
        for zone, wanted in sets.items():
            backend.put(zone, zone, wanted)
        results = list(backend.provider.read(ZoneRequest(zone, (zone,)) for zone in zones))
        found = {
            result.zone: result.owners[result.zone] for result in results if isinstance(result, ZoneReading)
        }
        assert {zone: getattr(reading, "set", None) for zone, reading in found.items()} == sets
        assert len(results) == len(zones)

    def test_a_zone_has_one_identity(self, backend: Backend, zone: Name) -> None:
        """However it is asked, and another zone has another."""
        other = backend.new_zone()
        assert read(backend, zone, zone).backend == read(backend, zone).backend
        assert read(backend, zone).backend != read(backend, other).backend

    def test_a_zone_that_is_not_there_fails_alone(self, backend: Backend, zone: Name) -> None:
        """The other zones of the call are read."""
        backend.put(zone, zone, BEFORE)
        missing = names.parse("not-there.example.")
        requests = [ZoneRequest(missing, (missing,)), ZoneRequest(zone, (zone,))]
        results = {result.zone: result for result in backend.provider.read(requests)}
        failure, reading = results[missing], results[zone]
        assert isinstance(failure, ZoneFailure)
        assert failure.message
        assert isinstance(reading, ZoneReading)
        assert getattr(reading.owners[zone], "set", None) == BEFORE

    def test_every_set_of_a_zone_is_listed_or_refused(self, backend: Backend, zone: Name) -> None:
        """A provider that cannot list says so for the zone; it never gives a part."""
        owners = [zone, names.parse("lists", zone), names.parse("a.b", zone)]
        for owner in owners:
            backend.put(zone, owner, BEFORE)
        (result,) = backend.provider.read([ZoneRequest(zone, (), every=True)])
        if isinstance(result, ZoneFailure):
            assert result.message
        else:
            assert sorted(result.owners) == sorted(owners)

    def test_a_set_of_a_hundred_records_is_read_and_written(self, backend: Backend, zone: Name) -> None:
        """The most that all providers take."""
        wanted = mx_set(300, *(f"{at} mx{at}.example.net." for at in range(100)))
        assert write_one(backend, zone, Change(zone, None, wanted)).outcome is Outcome.APPLIED
        assert backend.look(zone, zone) == wanted
        assert getattr(read_one(backend, zone, zone), "set", None) == wanted

    # Writing

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
