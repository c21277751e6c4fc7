"""What the record sets of a zone say of the names around an owner, and of hosts. Pure.

For providers that see sets by name and type, and not the answers of a name server. They give a function that
tells whether there is a set of this name and type, as far as they have seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync import names
from mxsync.reading import Host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mxsync.names import Name

    Has = Callable[[Name, str], bool]

_ADDRESS = ("A", "AAAA", "ALIAS")


def above(zone: Name, owner: Name) -> list[Name]:
    """Give the names between an owner and its zone, where a delegation would cut the owner off."""
    found: list[Name] = []
    if names.is_within(owner, zone) and owner != zone:
        while (owner := names.parent(owner)) != zone:
            found.append(owner)
    return found


def delegation(has: Has, zone: Name, owner: Name) -> Name | None:
    """Find the delegation at or above an owner."""
    if owner == zone:
        return None
    return next((name for name in (owner, *above(zone, owner)) if has(name, "NS")), None)


def unfit_hosts(has: Has, zone: Name, hosts: Iterable[Name], *, whole: bool) -> dict[Name, Host]:
    """Give those of the hosts that cannot take mail; that one has no address shows only in a `whole` zone."""
    found: dict[Name, Host] = {}
    for host in hosts:
        if not names.is_within(host, zone) or delegation(has, zone, host):
            continue
        if has(host, "CNAME"):
            found[host] = Host.ALIAS
        elif whole and not _has_address(has, host) and not _under_wildcard(has, zone, host):
            found[host] = Host.NO_ADDRESS
    return found


def _has_address(has: Has, host: Name) -> bool:
    return any(has(host, kind) for kind in _ADDRESS)


def _under_wildcard(has: Has, zone: Name, host: Name) -> bool:
    """Whether a wildcard may answer for a host."""
    wildcards = (names.parse("*", name) for name in (*above(zone, host), zone))
    return any(_has_address(has, it) or has(it, "CNAME") for it in wildcards if it != host)
