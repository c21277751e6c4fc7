"""Which endpoint a provider block asks, and with whose credentials: for providers of a vendor's API. Pure.

A manifest may come from a stranger: it must not carry the operator's credentials to a server of its choice.
"""

from __future__ import annotations

import ipaddress
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mxsync.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Callable


class Credentials(Enum):
    """Who asks."""

    OWN = "own"
    """The operator, with what the SDK finds."""
    DUMMY = "dummy"
    """Nobody: made up credentials or none, for a server on this machine."""


def host_of(url: str) -> str:
    """Give the host of an endpoint, in lower case. Raises ValueError for what is no endpoint."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it must be a URL with http or https and a host")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError("it must be a plain URL, without a user, a query or a fragment")
    _ = parts.port  # raises ValueError where it is no number
    return parts.hostname.lower()


def credentials_for(
    url: str | None, allowed: frozenset[str], *, block: str, key: str, is_vendors: Callable[[str], bool]
) -> Credentials:
    """Decide who asks at an endpoint; None is the vendor's.

    `block` and its `key` that holds the endpoint are for the message; `is_vendors` knows the vendor's hosts.
    Raises NotAllowed for a host that only the person at the command line may allow.
    """
    if url is None:
        return Credentials.OWN
    host = host_of(url)
    vendors = url.lower().startswith("https:") and is_vendors(host)
    if vendors or host in {name.lower() for name in allowed}:
        return Credentials.OWN
    if _is_loopback(host):
        return Credentials.DUMMY
    raise NotAllowed(
        f"provider '{block}': its {key} sends your credentials' requests to {host}; "
        f"allow that with --allow-endpoint {host} if you trust this manifest"
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
