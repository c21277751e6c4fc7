"""Which endpoint a block asks, and with whose credentials. Pure.

A manifest may come from a stranger: it must not carry the operator's credentials to a server of its choice.
"""

from __future__ import annotations

import ipaddress
from enum import Enum
from urllib.parse import urlsplit

from mxsync.errors import NotAllowed

_VENDOR = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonwebservices.com.cn")


class Credentials(Enum):
    """What signs the requests."""

    OWN = "own"
    """The operator's, from the chain of the SDK."""
    DUMMY = "dummy"
    """Made up, for a server on this machine."""


def host_of(url: str) -> str:
    """Give the host of an endpoint, in lower case. Raises ValueError for what is no endpoint."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it must be a URL with http or https and a host")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError("it must be a plain URL, without a user, a query or a fragment")
    _ = parts.port  # raises ValueError where it is no number
    return parts.hostname.lower()


def credentials_for(url: str | None, allowed: frozenset[str], *, block: str) -> Credentials:
    """Decide who signs for an endpoint; None is the vendor's.

    Raises NotAllowed for a host that only the person at the command line may allow.
    """
    if url is None:
        return Credentials.OWN
    host = host_of(url)
    if host in {name.lower() for name in allowed} or _is_vendors(url, host):
        return Credentials.OWN
    if _is_loopback(host):
        return Credentials.DUMMY
    raise NotAllowed(
        f"provider '{block}': its endpoint_url sends your credentials' requests to {host}; "
        f"allow that with --allow-endpoint {host} if you trust this manifest"
    )


def _is_vendors(url: str, host: str) -> bool:
    return url.lower().startswith("https:") and host.endswith(_VENDOR)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
