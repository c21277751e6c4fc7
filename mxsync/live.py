"""Reads what the providers have now."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mxsync.provider import in_threads
from mxsync.reading import ZoneFailure
from mxsync.state import Live

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mxsync.names import Name
    from mxsync.provider import Provider, ZoneRequest
    from mxsync.reading import ZoneReading


def read(
    requests: Mapping[str, Iterable[ZoneRequest]],
    providers: Mapping[str, Provider],
    *,
    stopped: Callable[[], bool] = lambda: False,
) -> Live:
    """Ask all providers at once; every zone asked for gets a reading or a failure.

    `requests` and `providers` go by the name of the provider block. Once `stopped` says so, no more
    zones are asked for.
    """
    if not requests:
        return Live({})

    def ask(name: str) -> Iterator[tuple[tuple[str, Name], ZoneReading | ZoneFailure]]:
        for result in _read_one(providers[name], list(requests[name]), stopped):
            yield (name, result.zone), result

    return Live(dict(in_threads(ask, requests, workers=len(requests))))


def _read_one(
    provider: Provider, requests: list[ZoneRequest], stopped: Callable[[], bool]
) -> Iterator[ZoneReading | ZoneFailure]:
    def permitted() -> Iterator[ZoneRequest]:
        for request in requests:
            if stopped():
                return
            yield request

    missing = Counter(request.zone for request in requests)
    reason = "the provider gave no answer for it"
    try:
        for result in provider.read(permitted()):
            if missing[result.zone]:
                missing[result.zone] -= 1
                yield result
            # For a provider that takes all questions first, to plan its calls.
            if stopped():
                break
    # A plug-in's defect must cost no more than its own zones.
    except Exception as error:  # noqa: BLE001
        reason = f"the provider broke off: {type(error).__name__}: {error}"
    if stopped():
        reason = "interrupted before it was read"
    for zone in missing.elements():
        yield ZoneFailure(zone, reason)
