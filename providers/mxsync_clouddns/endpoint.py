"""Which endpoints are Google's own. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mxsync import endpoints

if TYPE_CHECKING:
    from mxsync.endpoints import Credentials

_VENDOR = re.compile(r"dns(\.mtls|\.[a-z0-9-]+\.rep|-[a-z0-9]+\.p)?\.googleapis\.com")
"""Also the one for clients with a certificate, regional ones, and those of Private Service Connect ("About accessing
Google APIs through endpoints"). Not all below googleapis.com: `dns.storage.googleapis.com` is somebody's bucket."""


def credentials_for(url: str | None, allowed: frozenset[str], *, block: str) -> Credentials:
    """Decide whose token an endpoint gets; None is the vendor's.

    Raises NotAllowed for a host that only the person at the command line may allow.
    """
    return endpoints.credentials_for(
        url,
        allowed,
        block=block,
        key="endpoint",
        is_vendors=lambda host: _VENDOR.fullmatch(host) is not None,
    )
