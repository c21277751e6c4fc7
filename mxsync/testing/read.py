"""The contract of `read`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync import names
from mxsync.provider import Listing, ZoneRequest
from mxsync.reading import Absent, Present, ZoneFailure, ZoneReading
from mxsync.testing.ground import AFTER, BEFORE, Ground, mx_set, read

if TYPE_CHECKING:
    from mxsync.names import Name
    from mxsync.testing.backend import Backend


class ReadContract(Ground):
    """What every provider does when it reads."""

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

    def test_an_owner_that_is_to_have_no_set_is_read_like_any_other(
        self, backend: Backend, zone: Name
    ) -> None:
        """What is said of its address is true: it has none, and none is made of what could not be found out."""
        held, bare = names.parse("old", zone), names.parse("nothing", zone)
        backend.put(zone, held, BEFORE)
        request = ZoneRequest(zone, (held, bare), vacated=frozenset({held, bare}))
        (reading,) = backend.provider.read([request])
        assert isinstance(reading, ZoneReading)
        found = reading.owners[held]
        assert isinstance(found, Present)
        assert found.set == BEFORE
        assert found.addressed is not True
        assert isinstance(reading.owners[bare], Absent)

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

    def test_its_zones_are_listed_if_it_can(self, backend: Backend) -> None:
        """Each once, with all that a read would find."""
        zones = {backend.new_zone() for _ in range(3)}
        if isinstance(backend.provider, Listing):
            listed = [each for each in backend.provider.list_zones() if not isinstance(each, ZoneFailure)]
            assert zones <= set(listed)
            assert len(listed) == len(set(listed))

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
