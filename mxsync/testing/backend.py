"""What a provider's tests give the contract suite to work on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mxsync.model import MXSet
    from mxsync.names import Name
    from mxsync.provider import Provider


class Backend(Protocol):
    """A server or store with zones to play with, seen past the provider under test."""

    @property
    def provider(self) -> Provider:
        """The provider under test; it reaches every zone that `new_zone` made."""
        ...

    def new_zone(self) -> Name:
        """Make another zone that has no MX set, and where any host name outside it may be an exchange."""
        ...

    def put(self, zone: Name, owner: Name, wanted: MXSet | None) -> None:
        """Set or remove an owner's MX set as somebody else would: not through the provider."""
        ...

    def look(self, zone: Name, owner: Name) -> MXSet | None:
        """Find out what the zone itself has at the owner, not through the provider."""
        ...
