"""Which endpoints are Google's own. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mxsync import endpoints

if TYPE_CHECKING:
    from mxsync.endpoints import Credentials

_VENDOR = re.compile(r"dns(\.[a-z0-9-]+)*\.googleapis\.com")
"""Also `dns.mtls`, regional ones, and those of Private Service Connect."""


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
