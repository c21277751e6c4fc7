"""Which endpoints are AWS's own. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync import endpoints

if TYPE_CHECKING:
    from mxsync.endpoints import Credentials

_VENDOR = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonwebservices.com.cn")


def credentials_for(url: str | None, allowed: frozenset[str], *, block: str) -> Credentials:
    """Decide who signs for an endpoint; None is the vendor's.

    Raises NotAllowed for a host that only the person at the command line may allow.
    """
    return endpoints.credentials_for(
        url, allowed, block=block, key="endpoint_url", is_vendors=lambda host: host.endswith(_VENDOR)
    )
