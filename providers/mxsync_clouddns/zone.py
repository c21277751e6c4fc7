"""Which managed zone is meant by a name. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mxsync_clouddns.text import from_api

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mxsync.names import Name

_DESCRIPTION = 60
"""How much of a zone's description is shown, in characters."""
_SPECIAL = {
    "peeringConfig": "a peering zone: another network answers for it",
    "forwardingConfig": "a forwarding zone: other name servers answer for it",
    "serviceDirectoryConfig": "backed by Service Directory, which answers for it",
}
"""What the keys of a zone say that has no record sets of its own."""


@dataclass(frozen=True, slots=True)
class ManagedZone:
    """A managed zone of the project."""

    id: str
    """Its number, which Cloud DNS gives; its name where there is none."""
    name: str
    dns_name: Name
    private: bool
    """Whether it answers in VPC networks only."""
    special: str = ""
    """Why it has no record sets to manage, if it has none."""
    description: str = ""
    name_servers: tuple[Name, ...] = ()
    """What it is to be delegated to, sorted; none for a private zone."""

    @property
    def visibility(self) -> str:
        """In the words of the API."""
        return "private" if self.private else "public"


def managed_zone(raw: Mapping[str, Any]) -> ManagedZone:
    """Read a zone as the API gives it. Raises InvalidName, KeyError or AttributeError for an odd one."""
    private = raw.get("visibility", "public").lower() != "public"
    # A private zone has some too, which nobody can ask.
    servers = () if private else raw.get("nameServers", ())
    return ManagedZone(
        id=str(raw.get("id", raw["name"])),
        name=str(raw["name"]),
        dns_name=from_api(raw["dnsName"]),
        private=private,
        special=next((why for key, why in _SPECIAL.items() if key in raw), ""),
        description=str(raw.get("description", "")),
        name_servers=tuple(sorted(map(from_api, servers))),
    )


def choose(
    name: Name, found: Sequence[ManagedZone], *, private: bool | None, project: str
) -> tuple[ManagedZone | None, str]:
    """Give the zone that is meant by a name, or why none is.

    Where nothing is said, that is the public one; but beside a private one, nobody can be sure.
    """
    meant = [zone for zone in found if zone.private is bool(private)]
    if private is None and meant:
        meant = list(found)
    if len(meant) == 1:
        return usable(meant[0])
    return None, _ambiguous(name, meant) if meant else _none(name, found, private=private, project=project)


def usable(zone: ManagedZone) -> tuple[ManagedZone | None, str]:
    """Give the zone, or why no MX set can be managed in it."""
    if zone.special:
        return None, f"Cloud DNS: managed zone '{zone.name}' ({zone.dns_name}) is {zone.special}"
    return zone, ""


def chosen(name: Name, zone: ManagedZone) -> tuple[ManagedZone | None, str]:
    """Give the zone that managed_zones names, or why it cannot be meant."""
    if zone.dns_name != name:
        return None, (
            f"Cloud DNS: managed zone '{zone.name}', which managed_zones names for {name}, is that of {zone.dns_name}"
        )
    return usable(zone)


def _none(name: Name, found: Sequence[ManagedZone], *, private: bool | None, project: str) -> str:
    if not found:
        return f"Cloud DNS: there is no managed zone {name} in project {project}"
    kind, other = ("private", "public") if private else ("public", "private")
    return (
        f"Cloud DNS: there is no {kind} managed zone {name} in project {project}, but a {other} one; "
        f"say 'visibility: {other}' if that is meant"
    )


def _ambiguous(name: Name, found: Sequence[ManagedZone]) -> str:
    listed = "; ".join(_described(zone) for zone in found)
    either = "'visibility', or " if len({zone.private for zone in found}) > 1 else ""
    return (
        f"Cloud DNS: there are {len(found)} managed zones {name}: {listed}; choose one with {either}"
        f"'managed_zones: {{{name.removesuffix('.')}: {found[0].name}}}' in the provider block"
    )


def _described(zone: ManagedZone) -> str:
    text = " ".join(zone.description.split())
    quoted = f' "{text[:_DESCRIPTION]}"' if text else ""
    return f"'{zone.name}' ({zone.visibility}){quoted}"
