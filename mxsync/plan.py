"""The plan: every change that would be made, as data. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mxsync.diff import diff
from mxsync.impact import effect, impact
from mxsync.reading import Absent, Present, ZoneFailure, ZoneReading, set_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mxsync.change import Change
    from mxsync.diagnostic import Diagnostic
    from mxsync.impact import Impact
    from mxsync.model import MXSet
    from mxsync.names import Name
    from mxsync.reading import OwnerReading
    from mxsync.state import Desired, Live


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A change at one provider, with what it means."""

    provider: str
    zone: Name
    change: Change
    impact: Impact
    cached_for: int | None
    """For how many seconds caches may keep the old answer: the old TTL, or the negative TTL
    (RFC 2308 §5) where there was no set and the provider knows it."""
    addressed: bool | None = None
    """Whether the owner has an address, to which mail goes once there is no set (RFC 5321 §5.1); None where
    that is not known."""

    @property
    def effect(self) -> str:
        """What happens to mail, in one sentence."""
        return effect(self.change, addressed=self.addressed)


@dataclass(frozen=True, slots=True)
class Trouble:
    """An owner, or with owner None a whole zone, that is not as wanted and cannot be planned."""

    provider: str
    zone: Name
    owner: Name | None
    reason: str
    owners: tuple[Name, ...] = ()
    """Of a whole zone: the owners in it that the manifest manages."""


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """An MX set that is there, is not named in the manifest, and stays."""

    provider: str
    zone: Name
    owner: Name
    set: MXSet


@dataclass(frozen=True, slots=True)
class Companion:
    """A set that is as wanted, at an owner that another provider is to be changed for."""

    provider: str
    zone: Name
    owner: Name
    set: MXSet | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, and what is known not to be possible. The only input of an apply."""

    changes: tuple[PlannedChange, ...]
    unchanged: int
    """How many managed sets are as wanted."""
    blocked: tuple[Trouble, ...]
    """Owners in a state in which no MX set may be written."""
    failed: tuple[Trouble, ...]
    """Owners and zones that could not be read."""
    unmanaged: tuple[Unmanaged, ...]
    companions: tuple[Companion, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything that the manifest manages could be read."""
        return not self.failed


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the person who made a plan has allowed in it."""

    deletes: int = 0
    """How many unnamed sets `scope: zone` may delete."""
    large: bool = False
    """Whether the plan may change where much of the mail goes, or end it."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a plan was made of, and what was allowed when it was made."""

    providers: Mapping[str, Mapping[str, Any]]
    """The provider blocks as they were written, with references in place of secrets."""
    folders: Mapping[str, str]
    """By provider block, the folder that its relative paths start from; itself relative to the working
    folder, or absolute where the manifest was given so."""
    manifests: tuple[tuple[str, str], ...]
    """Path and SHA-256 of each manifest file."""
    findings: tuple[Diagnostic, ...]
    """All that was found, `guards` included."""
    guards: tuple[Diagnostic, ...] = ()
    """Those of the findings that forbid to apply the plan."""
    allowed: Allowed = Allowed()
    targets: tuple[str, ...] = ()
    """The zones and owners that the plan was limited to, in text; empty: to nothing."""
    undoes: str | None = None
    """The run of the journal that the plan takes back."""


def make_plan(desired: Desired, live: Live) -> Plan:
    """Compare everything wanted with everything seen, in the order of the manifest."""
    changes: list[PlannedChange] = []
    unchanged = 0
    blocked: list[Trouble] = []
    failed: list[Trouble] = []
    unmanaged: list[Unmanaged] = []
    alike: list[Companion] = []
    shared = dict(reached_twice(live))
    for wanted in desired.zones:
        provider, zone = wanted.provider, wanted.zone
        reading = live.zones.get((provider, zone)) or ZoneFailure(zone, "the provider gave no answer for it")
        if (provider, zone) in shared:
            reading = ZoneFailure(zone, shared[provider, zone])
        if isinstance(reading, ZoneFailure):
            failed.append(Trouble(provider, zone, None, reading.message, tuple(wanted.owners)))
            continue
        found = diff(wanted, reading.owners)
        changes += [
            planned(provider, zone, change, reading.owners.get(change.owner)) for change in found.changes
        ]
        unchanged += len(found.unchanged)
        alike += [
            Companion(provider, zone, owner, set_of(reading.owners.get(owner))) for owner in found.unchanged
        ]
        blocked += [Trouble(provider, zone, owner, reason) for owner, reason in found.blocked.items()]
        failed += [Trouble(provider, zone, owner, reason) for owner, reason in found.unreadable.items()]
        unmanaged += [Unmanaged(provider, zone, owner, kept) for owner, kept in found.unmanaged.items()]
    changed = {(item.zone, item.change.owner) for item in changes}
    companions = tuple(each for each in alike if (each.zone, each.owner) in changed)
    return Plan(tuple(changes), unchanged, tuple(blocked), tuple(failed), tuple(unmanaged), companions)


def planned(provider: str, zone: Name, change: Change, seen: OwnerReading | None) -> PlannedChange:
    """Say what a change means, by what was seen at its owner."""
    negative = seen.negative_ttl if isinstance(seen, Absent) else None
    cached_for = change.before.ttl if change.before else negative
    addressed = seen.addressed if isinstance(seen, Present) else None
    return PlannedChange(provider, zone, change, impact(change), cached_for, addressed)


def reached_twice(live: Live) -> Iterator[tuple[tuple[str, Name], str]]:
    """Find the zones that two provider blocks reach: their changes would fight."""
    users: dict[tuple[str, Name], list[str]] = defaultdict(list)
    for (provider, zone), reading in live.zones.items():
        if isinstance(reading, ZoneReading):
            users[reading.backend, zone].append(provider)
    for (backend, zone), providers in users.items():
        if len(providers) > 1:
            names = " and ".join(f"'{provider}'" for provider in sorted(providers))
            for provider in providers:
                yield (
                    (provider, zone),
                    f"providers {names} reach the same zone ({backend}); name one of them for it",
                )
