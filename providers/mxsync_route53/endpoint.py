"""Which endpoints are AWS's own. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mxsync import endpoints

if TYPE_CHECKING:
    from mxsync.endpoints import Credentials

# The very hosts of Route 53, as botocore's rules for endpoints have them. Others below amazonaws.com are no
# sign of trust: there anybody may run a function, a bucket or a machine.
_VENDOR = re.compile(
    r"route53(-fips)?(\.us-gov|\.global)?"
    r"\.(amazonaws\.(com|com\.cn|eu)|api\.aws|api\.amazonwebservices\.(com\.cn|eu))"
)


def credentials_for(url: str | None, allowed: frozenset[str], *, block: str) -> Credentials:
    """Decide who signs for an endpoint; None is the vendor's.

    Raises NotAllowed for a host that only the person at the command line may allow.
    """
    return endpoints.credentials_for(
        url, allowed, block=block, key="endpoint_url", is_vendors=lambda host: bool(_VENDOR.fullmatch(host))
    )
