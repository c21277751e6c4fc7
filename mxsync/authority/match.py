"""Whether a zone is delegated to the providers that a manifest names for it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mxsync.authority.servers import Delegation
    from mxsync.names import Name


def is_delegated(delegation: Delegation, own: Delegation) -> bool | None:
    """Say whether some of a provider's own servers are among those that the zone is delegated to.

    By their names, or by their addresses, for they may have names of the customer's. None where either is not known.
    """
    if delegation.trouble or not own.at_apex:
        return None
    return bool(_common(delegation, own))


def mismatches(delegation: Delegation, own: Mapping[str, Delegation]) -> Iterator[str]:
    """Say where a delegation and the providers, by the names of their blocks, do not fit, each in one line."""
    named = delegation.at_parent or delegation.at_apex
    ours = {provider: is_delegated(delegation, servers) for provider, servers in own.items()}
    for provider, delegated in ours.items():
        if delegated is False:
            yield (
                f"it is not delegated to provider '{provider}' ({', '.join(own[provider].at_apex)}), "
                f"but to {', '.join(named)}"
            )
    if not own or None in ours.values() or not any(ours.values()):
        return
    known = {name for servers in own.values() for name in _common(delegation, servers)}
    if foreign := [name for name in named if name not in known]:
        yield f"it is also delegated to {', '.join(foreign)}, which no provider of the manifest has for it"


def _common(delegation: Delegation, own: Delegation) -> set[Name]:
    """Give the names in the delegation that are the provider's."""
    addresses = {server.at for server in own.servers}
    same = {str(server.name) for server in delegation.servers if server.at in addresses}
    return {name for name in delegation.names if name in own.at_apex or name in same}
