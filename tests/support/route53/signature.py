"""Who signed a request: Signature Version 4 (IAM User Guide, "Create a signed AWS API request")."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from support.route53.errors import EXPIRED_TOKEN, INVALID_TOKEN, UNSIGNED, WRONG_SIGNATURE, Refusal

REGION = "us-east-1"
"""Route 53 is signed for this region (General Reference, "Amazon Route 53 endpoints and quotas")."""
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?"
    r"SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Credential:
    """What a client signs with."""

    access_key: str
    secret_key: str
    token: str | None = None
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came over the wire; header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


def signer(request: Request) -> str:
    """Give the access key that a request claims; refuse one without a signature."""
    return _parts(request)[0]


def check(request: Request, known: Mapping[str, Credential]) -> None:
    """Refuse a request that none of the known credentials has signed."""
    access_key, day, region, service, names, signature = _parts(request)
    credential = known.get(access_key)
    if credential is None or credential.token != request.headers.get("x-amz-security-token"):
        raise INVALID_TOKEN
    if service == "route53" and region != REGION:
        raise Refusal(
            WRONG_SIGNATURE.code, f"Credential should be scoped to a valid region, not '{region}'.", 403
        )
    signed = names.split(";")
    canonical = "\n".join(
        (
            request.method,
            quote(request.path, safe="/~"),
            "&".join(sorted(filter(None, request.query.split("&")))),
            *(f"{name}:{' '.join(request.headers.get(name, '').split())}" for name in signed),
            "",
            names,
            hashlib.sha256(request.body).hexdigest(),
        )
    )
    scope = f"{day}/{region}/{service}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{request.headers.get('x-amz-date', '')}\n{scope}\n{digest}"
    key = f"AWS4{credential.secret_key}".encode()
    for part in (day, region, service, "aws4_request", text):
        key = hmac.digest(key, part.encode(), "sha256")
    if not hmac.compare_digest(key.hex(), signature):
        raise WRONG_SIGNATURE
    if credential.expired:
        raise EXPIRED_TOKEN


def _parts(request: Request) -> tuple[str, ...]:
    found = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if found is None:
        raise UNSIGNED
    return found.groups()
