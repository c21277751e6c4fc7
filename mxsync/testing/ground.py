"""What all tests of the contract stand on: sets to write, and short ways to read and write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.model import MX, MXSet
from mxsync.provider import ZoneBatch, ZoneRequest
from mxsync.reading import Present, ZoneReading

if TYPE_CHECKING:
    from mxsync.change import Change, ChangeOutcome
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


class Ground:
    """The fixtures of the contract; `backend` is given by its user."""

    @pytest.fixture
    def backend(self) -> Backend:
        """Give the backend to play with."""
        raise TypeError("a subclass of ProviderContract gives the fixture `backend`")

    @pytest.fixture
    def zone(self, backend: Backend) -> Name:
        """Give a fresh zone without MX sets."""
        return backend.new_zone()
