"""Reads the zones that are to be imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mxsync import live
from mxsync.errors import MxsyncError
from mxsync.provider import Listing, ZoneRequest
from mxsync.reading import Absent, ZoneFailure, ZoneReading
from mxsync.state import Live

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from mxsync.names import Name
    from mxsync.provider import Provider


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a provider showed."""

    readings: tuple[ZoneReading, ...]
    failures: tuple[ZoneFailure, ...]


def list_zones(name: str, provider: Provider) -> tuple[tuple[Name, ...], tuple[ZoneFailure, ...]]:
    """Give the zones that a provider block reaches, and those of which it is not clear which is meant.

    Raises MxsyncError if it cannot list them.
    """
    if not isinstance(provider, Listing):
        raise MxsyncError(
            f"provider '{name}' cannot list its zones; name them: mxsync import {name} example.com"
        )
    zones: dict[Name, None] = {}
    failures: list[ZoneFailure] = []
    try:
        for found in provider.list_zones():
            if isinstance(found, ZoneFailure):
                failures.append(found)
            else:
                zones[found] = None
    except MxsyncError:
        raise
    # A plug-in's defect is no traceback.
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise MxsyncError(f"provider '{name}' broke off its list of zones: {reason}") from error
    return tuple(zones), tuple(failures)


def gather(
    name: str,
    provider: Provider,
    zones: Iterable[Name],
    owners: Mapping[Name, Collection[Name]],
    *,
    stopped: Callable[[], bool] = lambda: False,
) -> Gathered:
    """Read zones: these `owners`, where they are given, else every MX set."""
    requests = [
        ZoneRequest(zone, tuple(owners[zone])) if zone in owners else ZoneRequest(zone, (), every=True)
        for zone in zones
    ]
    seen = live.read({name: requests}, {name: provider}, stopped=stopped) if requests else Live({})
    results = seen.zones.values()
    return Gathered(
        tuple(each for each in results if isinstance(each, ZoneReading)),
        tuple(each for each in results if isinstance(each, ZoneFailure)),
    )


def without_set(reading: ZoneReading, owners: Collection[Name]) -> list[Name]:
    """Give the owners that were asked for and have no MX set."""
    return [owner for owner in owners if isinstance(reading.owners[owner], Absent)]
