"""What the record sets of a zone say of the names around an owner, and of hosts. Pure.

For providers that see sets by name and type, and not the answers of a name server. They give a function that
tells whether there is a set of this name and type, as far as they have seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync import names
from mxsync.reading import Host

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

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


def addressed(
    has: Has, kinds: Collection[str], zone: Name, owner: Name, among: Callable[[Name], int] | None
) -> bool | None:
    """Say whether an owner has an address once it has no MX set (see `Present.addressed`).

    `kinds` are the types of all sets that it has now. `among` gives how many names with sets there are at or
    below a name; it is None where not the whole zone was seen.
    """
    if _has_address(has, owner):
        return True
    if any(kind != "MX" for kind in kinds):
        return False
    if among is None:
        return None
    tops = (*above(zone, owner), zone)
    wildcards = {top: names.parse("*", top) for top in tops if names.parse("*", top) != owner}
    if not any(has(it, kind) for it in wildcards.values() for kind in (*_ADDRESS, "MX", "CNAME")):
        return False
    if among(owner) > 1:
        return False
    # The name goes with its set, and then a wildcard right below the closest name that is left answers (RFC 4592).
    wildcard = wildcards.get(next(top for top in tops if top == zone or among(top) > 1))
    if wildcard is None:
        return False
    return None if has(wildcard, "MX") or has(wildcard, "CNAME") else _has_address(has, wildcard)


def _has_address(has: Has, host: Name) -> bool:
    return any(has(host, kind) for kind in _ADDRESS)


def _under_wildcard(has: Has, zone: Name, host: Name) -> bool:
    """Whether a wildcard may answer for a host."""
    wildcards = (names.parse("*", name) for name in (*above(zone, host), zone))
    return any(_has_address(has, it) or has(it, "CNAME") for it in wildcards if it != host)
