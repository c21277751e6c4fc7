"""Examines providers: whether a plan and an apply of these zones can work, without changing anything."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mxsync import live
from mxsync.diagnostic import Severity
from mxsync.plan import reached_twice
from mxsync.provider import Check, Examining, in_threads
from mxsync.reading import Absent, Present, ZoneFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mxsync.provider import Provider, ZoneRequest


def examine(
    requests: Mapping[str, Sequence[ZoneRequest]],
    providers: Mapping[str, Provider],
    *,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[str, list[Check]]:
    """Have every provider look at what it needs; give what each has found, by its name.

    `requests` and `providers` go by the name of the provider block. Once `stopped` says so, the rest is
    left out.
    """
    found: dict[str, list[Check]] = {name: [] for name in providers}

    def look(name: str) -> Iterator[tuple[str, Check]]:
        for check in _look(providers[name], requests.get(name, ())):
            yield name, check
            if stopped():
                return

    for name, check in in_threads(look, providers, workers=max(len(providers), 1)):
        found[name].append(check)
    for name, check in _shared(requests, providers, stopped):
        found[name].append(check)
    return found


def _shared(
    requests: Mapping[str, Sequence[ZoneRequest]],
    providers: Mapping[str, Provider],
    stopped: Callable[[], bool],
) -> Iterator[tuple[str, Check]]:
    """Find what no provider can see by itself: that two blocks lead to one zone."""
    users = Counter(request.zone for some in requests.values() for request in some)
    several = {name: [it for it in some if users[it.zone] > 1] for name, some in requests.items()}
    seen = live.read({name: some for name, some in several.items() if some}, providers, stopped=stopped)
    for (name, zone), reason in reached_twice(seen):
        yield name, Check(zone, "zone", Severity.ERROR, reason)


def _look(provider: Provider, requests: Sequence[ZoneRequest]) -> Iterator[Check]:
    try:
        yield from (
            provider.examine(requests) if isinstance(provider, Examining) else _read(provider, requests)
        )
    # A plug-in's defect must not hide what the others have found.
    except Exception as error:  # noqa: BLE001
        yield Check(
            None, "provider", Severity.ERROR, f"the provider broke off: {type(error).__name__}: {error}"
        )


def _read(provider: Provider, requests: Sequence[ZoneRequest]) -> Iterator[Check]:
    """Do what can be done with every provider: read."""
    for result in provider.read(requests):
        if isinstance(result, ZoneFailure):
            yield Check(result.zone, "zone", Severity.ERROR, result.message)
            continue
        fixed = {
            reading.fixed
            for reading in result.owners.values()
            if isinstance(reading, Present | Absent) and reading.fixed
        }
        yield from (
            Check(result.zone, "right to write", Severity.WARNING, reason) for reason in sorted(fixed)
        )
        yield Check(result.zone, "zone", Severity.INFO, "can be read")
