"""Which hosted zone is meant by a name. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mxsync.names import Name

_COMMENT = 60
"""How much of a zone's comment is shown, in characters."""


@dataclass(frozen=True, slots=True)
class HostedZone:
    """A hosted zone of the account."""

    id: str
    name: Name
    private: bool | None = None
    """Whether it answers in VPCs only; None where the manifest gives the id, and nobody has asked."""
    comment: str = ""
    sets: int | None = None
    """How many record sets it has, where that is known."""


def candidates(found: Sequence[HostedZone], *, private: bool | None) -> list[HostedZone]:
    """Give the zones of one name that may be meant.

    Where nothing is said, that is the public one; but beside a private one, nobody can be sure.
    """
    meant = [zone for zone in found if zone.private is bool(private)]
    return list(found) if private is None and meant else meant


def no_zone(name: Name, found: Sequence[HostedZone], *, private: bool | None) -> str:
    """Say that none of the zones of a name is meant."""
    if not found:
        return f"Route 53: there is no hosted zone {name} in this account"
    kind, other = ("private", "public") if private else ("public", "private")
    what_to_do = "leave 'private' out" if private else "say 'private: true'"
    return (
        f"Route 53: there is no {kind} hosted zone {name}, but a {other} one; {what_to_do} if that is meant"
    )


def ambiguous(name: Name, found: Sequence[HostedZone], name_servers: Mapping[str, Sequence[str]]) -> str:
    """Say that several zones have the same name, and how to tell them apart."""
    listed = "; ".join(_described(zone, name_servers.get(zone.id, ())) for zone in found)
    kinds = {zone.private for zone in found}
    either = "'private: true' or 'private: false', or " if len(kinds) > 1 else ""
    return (
        f"Route 53: there are {len(found)} hosted zones {name}: {listed}; choose one with {either}"
        f"'zone_ids: {{{name.removesuffix('.')}: {found[0].id}}}' in the provider block"
    )


def _described(zone: HostedZone, name_servers: Sequence[str]) -> str:
    kind = "private" if zone.private else "public"
    comment = " ".join(zone.comment.split())
    quoted = f" '{comment[:_COMMENT]}'" if comment else ""
    served = f" at {', '.join(name_servers)}" if name_servers else ""
    return f"{kind} {zone.id}{quoted}{served}"
