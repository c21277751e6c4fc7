"""What a provider saw: at an owner, and in a zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mxsync.model import MXSet
    from mxsync.names import Name


@dataclass(frozen=True, slots=True)
class Present:
    """The owner has an MX set of its own."""

    set: MXSet
    raw: object = None
    """The provider's own form of the set, for the condition of a write. It never enters a plan."""
    fixed: str = ""
    """Why the set cannot be changed here, in one line, where the provider knows that it cannot."""
    addressed: bool | None = None
    """Whether the owner would have an address (A or AAAA) if it had no set, to which mail would go then
    (RFC 5321 §5.1). One that a wildcard would give it counts. None where the provider does not know, or a
    wildcard would answer with an MX set or a CNAME."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The owner has no MX set of its own. A wildcard's answer for it counts as absent (RFC 4592)."""

    negative_ttl: int | None = None
    """For how many seconds caches keep that answer (RFC 2308 §5), where the provider knows it."""
    fixed: str = ""
    """Why no set can be made here, in one line, where the provider knows that none can."""
    wildcard: bool = False
    """Whether a wildcard answers for the owner; `negative_ttl` is then the TTL of that answer (MXL20)."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """The owner is in a state in which mxsync must not write an MX set."""

    reason: str
    """Why, in one line, with what to do."""
    vacant: bool = False
    """Whether there surely is no MX set, as beside a CNAME: who wants none has what is wanted."""
    rule: str | None = None
    """The public number of the rule that says so, such as MXL07 for a CNAME."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What the owner has could not be found out, while the rest of the zone could."""

    message: str


OwnerReading = Present | Absent | Blocked | Unreadable


class Host(StrEnum):
    """Why a host of the zone cannot take mail."""

    ALIAS = "alias"
    """It is a CNAME (RFC 2181 §10.3)."""
    NO_ADDRESS = "no address"
    """It has neither A nor AAAA (RFC 5321 §5.1)."""


@dataclass(frozen=True, slots=True)
class ZoneReading:
    """What a zone showed, complete for every owner that was asked for."""

    zone: Name
    backend: str
    """Which zone of which server or file this is: equal for two provider blocks that reach the same."""
    owners: Mapping[Name, OwnerReading]
    """At least the owners asked for; more sets of the zone where the provider can tell cheaply."""
    hosts: Mapping[Name, Host] = field(default_factory=dict)
    """Of the hosts asked about, those that cannot take mail; a provider that cannot tell names none."""
    private: bool = False
    """Whether the provider knows that only a private network sees the zone: its hosts may have private
    addresses."""


@dataclass(frozen=True, slots=True)
class ZoneFailure:
    """A zone that could not be read, or not wholly: nothing is known of it."""

    zone: Name
    message: str
    """Why, in one line, with what to do."""


def set_of(reading: OwnerReading | None) -> MXSet | None:
    """Give the set that a reading shows, None where it shows none."""
    return reading.set if isinstance(reading, Present) else None
