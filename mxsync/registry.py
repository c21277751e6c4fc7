"""Which providers are installed, and how one is opened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib import metadata
from typing import TYPE_CHECKING, Any

from mxsync.change import ChangeOutcome, Outcome
from mxsync.errors import MxsyncError, NotAllowed, ProviderError
from mxsync.provider import Context, Plugin
from mxsync.reading import ZoneFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pydantic import BaseModel

    from mxsync.names import Name
    from mxsync.provider import Provider, ZoneBatch, ZoneRequest

GROUP = "mxsync.providers"
"""The group of entry points under which a distribution offers its providers."""

_SHOWN = 60
"""How much of a name that nobody offers a message repeats, in characters."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider that some distribution offers; nothing of it is imported yet."""

    name: str
    distribution: Callable[[], str]
    """Reads who offers it: that takes longer than to find the offer, and only messages say it."""
    entry: metadata.EntryPoint


def offers() -> tuple[Offer, ...]:
    """List all providers of all installed distributions, by name; a name may stand there twice."""
    found = [
        Offer(entry.name, partial(_distribution, entry), entry)
        for entry in metadata.entry_points(group=GROUP)
    ]
    return tuple(sorted(found, key=lambda offer: (offer.name, offer.entry.value)))


def _distribution(entry: metadata.EntryPoint) -> str:
    return entry.dist.name if entry.dist else "an unnamed distribution"


def load(name: str, candidates: Iterable[Offer] | None = None) -> Plugin:
    """Import the plug-in of this name.

    Raises ProviderError: not installed, offered by two distributions, or broken.
    """
    available = tuple(offers() if candidates is None else candidates)
    found = [offer for offer in available if offer.name == name]
    if not found:
        names = ", ".join(sorted({offer.name for offer in available})) or "none"
        raise ProviderError(f"there is no provider type '{name[:_SHOWN]}'; installed are: {names}")
    if len(found) > 1:
        names = " and ".join(sorted(offer.distribution() for offer in found))
        raise ProviderError(f"provider type '{name}' is offered by {names}; uninstall all but one")
    offer = found[0]
    try:
        plugin = offer.entry.load()
    # A broken plug-in may raise anything while it is imported.
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise ProviderError(
            f"provider type '{name}' of {offer.distribution()} cannot be loaded: {reason}"
        ) from error
    if not isinstance(plugin, Plugin) or plugin.name != name:
        what = "is no mxsync.provider.Plugin of that name"
        raise ProviderError(f"provider type '{name}' of {offer.distribution()} {what}")
    return plugin


@dataclass(frozen=True, slots=True)
class Block:
    """A provider block, validated by its plug-in's model."""

    name: str
    plugin: Plugin
    config: BaseModel
    settings: dict[str, Any]
    """The block as it was written, with references in place of secrets."""
    base: Path
    """The folder that its relative paths start from."""


@dataclass(frozen=True, slots=True)
class Grants:
    """What only the person who starts a run can give it, and no manifest or plan."""

    allow_exec: bool = False
    """Whether commands may be started that a manifest names."""
    allow_endpoints: frozenset[str] = frozenset()
    """Hosts beyond the vendors' own that may get requests with the person's credentials."""
    parallel: int | None = None
    """How many connections or threads at most each block may use at once; at least 1."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Stands for a provider that cannot be opened: all its zones fail, with the reason."""

    reason: str

    def read(self, requests: Iterable[ZoneRequest]) -> Iterator[ZoneFailure]:
        """Fail for every zone."""
        return (ZoneFailure(request.zone, self.reason) for request in requests)

    def list_zones(self) -> Iterator[Name]:
        """Raise ProviderError: there are none to be seen."""
        raise ProviderError(self.reason)

    def write(self, batches: Iterable[ZoneBatch]) -> Iterator[ChangeOutcome]:
        """Fail for every change."""
        for batch in batches:
            for change in batch.changes:
                yield ChangeOutcome(batch.zone, change.owner, Outcome.FAILED, self.reason)


def open_blocks(
    blocks: Iterable[Block], grants: Grants, *, writing: bool, stopping: Callable[[], bool] = lambda: False
) -> dict[str, Provider]:
    """Open provider blocks, by name; one that cannot be opened says so wherever it is asked.

    Raises NotAllowed for what `grants` do not cover.
    """
    providers: dict[str, Provider] = {}
    for block in blocks:
        context = Context(
            block.name,
            block.base,
            allow_exec=grants.allow_exec,
            allow_endpoints=grants.allow_endpoints,
            writing=writing,
            stopping=stopping,
            parallel=grants.parallel,
        )
        try:
            providers[block.name] = open_provider(block.plugin, block.config, context)
        except NotAllowed:
            raise
        except MxsyncError as error:
            providers[block.name] = Unavailable(str(error))
    return providers


def open_provider(plugin: Plugin, config: Any, context: Context) -> Provider:  # noqa: ANN401 - the plug-in's own model
    """Open a provider block.

    Raises ProviderError where its SDK is missing or the plug-in breaks, and whatever MxsyncError it raises.
    """
    try:
        return plugin.open(config, context)
    except MxsyncError:
        raise
    # A broken plug-in may raise anything.
    except Exception as error:
        missing = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
        if missing in plugin.needs:
            what = f"'mxsync[{plugin.extra}]'" if plugin.extra else missing
            raise ProviderError(f"provider '{plugin.name}' needs {missing}: pip install {what}") from error
        reason = f"{type(error).__name__}: {error}"
        raise ProviderError(
            f"provider '{context.name}' ({plugin.name}) cannot be opened: {reason}"
        ) from error
