"""The provider contract: how the core reads and writes MX sets, whatever serves them.

A provider is a plug-in: an entry point of the group `mxsync.providers` names a `Plugin`. What it must
do is tested by `mxsync.testing`, which any distribution can run against its own provider.

- Both verbs take many zones at once, so that a provider can pipeline, and give results as they
  arrive, in any order. One zone's trouble is that zone's result, never an exception.
- Data that is partial, truncated or late is an error (`ZoneFailure`, `Unreadable`), never `Absent`.
- Every write is a compare-and-swap and atomic per MX set: nobody ever sees an owner between `before`
  and `after`. A provider that answers `applied` has seen `after` by reading.
- A change that cannot be made never stops its neighbours.
- Readings and outcomes may be asked for by one thread while another one writes to another provider;
  one provider object is never used by two threads at once by the core.
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    from pydantic import BaseModel

    from mxsync.change import Change, ChangeOutcome
    from mxsync.diagnostic import Severity
    from mxsync.names import Name
    from mxsync.reading import Present, ZoneFailure, ZoneReading

T = TypeVar("T")
R = TypeVar("R")

ATTENTION = 0.1
"""For how many seconds at most `in_threads` waits before Python may handle a signal."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Facts about a provider that do not depend on its configuration; `mxsync providers` shows them."""

    condition: Literal["exact", "ttl-by-second-read"]
    """Whether the condition of a write covers the TTL, or a second read just before it has to."""
    lists_zone: bool
    """Whether it can say which MX sets a zone has besides those asked for."""


@dataclass(frozen=True, slots=True)
class ZoneRequest:
    """A question about one zone."""

    zone: Name
    owners: tuple[Name, ...]
    """The owners to report on; each of them gets a reading."""
    hosts: tuple[Name, ...] = ()
    """Hosts in this zone that shall be exchanges; a provider says of them what it sees at no extra cost."""
    every: bool = False
    """Also report every other MX set of the zone. A provider that cannot answers `ZoneFailure`."""
    vacated: frozenset[Name] = frozenset()
    """Owners that shall have no set: of those, a provider that can find out says whether they have an address
    (`Present.addressed`). The same goes for owners that only `every` brings to light."""


@dataclass(frozen=True, slots=True)
class ZoneBatch:
    """Changes of one zone. To take one from the iterator is the permission to send it."""

    zone: Name
    changes: tuple[Change, ...]
    """At most one for an owner."""
    seen: Mapping[Name, Present]
    """What a reading of a moment ago showed at the owners of these changes, where it showed a set."""


class Provider(Protocol):
    """Reads and writes the MX sets of the zones that one provider block reaches."""

    def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneReading | ZoneFailure]:
        """Read zones; exactly one result for each request, as they arrive."""
        ...

    def write(self, batches: Iterable[ZoneBatch]) -> Iterator[ChangeOutcome]:
        """Make changes; exactly one outcome for each change of each batch taken, as they arrive."""
        ...


@dataclass(frozen=True, slots=True)
class Check:
    """Something that a provider has found out about itself, for `mxsync doctor`."""

    zone: Name | None
    """None for what holds for all zones."""
    about: str
    """What was looked at, in a word or two: `server 192.0.2.53:53`, `right to write`."""
    severity: Severity
    """`INFO` for what is in order."""
    message: str
    """What was found, in one line; with what to do if it is not in order."""


@runtime_checkable
class Examining(Protocol):
    """A provider that can prove more than a reading does, by messages that change nothing."""

    def examine(self, requests: Iterable[ZoneRequest]) -> Iterator[Check]:
        """Look at all that a plan and an apply of these zones need. Raises nothing."""
        ...


@runtime_checkable
class Listing(Protocol):
    """A provider that can say which zones it reaches, for `mxsync import --all`."""

    def list_zones(self) -> Iterator[Name | ZoneFailure]:
        """Give every zone that a read would find, once, in any order; a failure where it is not clear which is meant.

        Raises MxsyncError if the zones cannot be listed, or not to the end.
        """
        ...


@dataclass(frozen=True, slots=True)
class ZoneServers:
    """The name servers that a provider has for a zone."""

    zone: Name
    servers: tuple[tuple[str, int], ...]
    """Where each can be asked without a key: a host's name or an address, and a port. None of them if the zone is
    a private one, or nobody but a key's holder gets answers: the provider is read then."""
    names: tuple[Name, ...] | None = None
    """What the zone is to be delegated to; None where the zone itself says so, in its NS records."""


@runtime_checkable
class Serving(Protocol):
    """A provider that knows which name servers answer for its zones, for `mxsync verify` and `compare`."""

    def name_servers(self, zones: Iterable[Name]) -> Iterator[ZoneServers | ZoneFailure]:
        """Give the name servers of zones; exactly one result for each, as they arrive. Raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a provider block may use besides its own settings."""

    name: str
    """The name of the block in the manifest, for messages."""
    base: Path
    """The folder of the manifest file that holds the block: relative paths start there."""
    allow_exec: bool = False
    """Whether the person at the command line lets this run start commands that a manifest names."""
    allow_endpoints: frozenset[str] = frozenset()
    """Hosts beyond the vendor's own that the person at the command line lets a block's `endpoint` lead to."""
    writing: bool = False
    """Whether the run may come to a write: what a write needs is then checked when opening."""
    stopping: Callable[[], bool] = lambda: False
    """Whether the run has been told to end: a provider then waits for nothing that it need not wait for."""
    parallel: int | None = None
    """How many connections or threads at most the block uses at once, 1 or more; whoever makes the context sees
    to that. None leaves it to the provider. A provider may use fewer, where a server cannot stand as many."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """What an entry point of `mxsync.providers` names.

    Importing it must be cheap: `open` is the place to import an SDK or a protocol library.
    """

    name: str
    """The word after `type:` in a manifest, which is also the name of the entry point."""
    summary: str
    """What it is for, in one line."""
    config: type[BaseModel]
    """The model of its manifest block, without `type`; forbids unknown keys."""
    capabilities: Capabilities
    open: Callable[[Any, Context], Provider]
    """Makes a provider of a validated block. Raises MxsyncError with what to do; asks no server."""
    needs: tuple[str, ...] = ()
    """Modules that `open` imports and that are not among mxsync's own dependencies."""
    extra: str | None = field(default=None)
    """The extra that installs them, for `pip install 'mxsync[extra]'`."""


def in_threads(work: Callable[[T], Iterable[R]], items: Iterable[T], *, workers: int) -> Iterator[R]:
    """Run `work` on many items, `workers` at a time, and give the results as they arrive.

    For providers that think in one zone at a time. An item is taken only when a thread is free for
    it, so that taking a batch stays the permission to send it. Whoever stops listening waits for the
    work in flight, and no more is started.
    """
    remaining = iter(items)
    with ThreadPoolExecutor(workers) as pool:

        def start(count: int) -> set[Future[list[R]]]:
            return {pool.submit(lambda item=item: list(work(item))) for item in islice(remaining, count)}  # type: ignore[misc]

        running = start(workers)
        while running:
            # A signal that comes just before an endless wait begins would be noticed only after it.
            done, running = wait(running, timeout=ATTENTION, return_when=FIRST_COMPLETED)
            for future in done:
                yield from future.result()
            running |= start(len(done))
