"""Where bearer tokens come from: OAuth for the key file of a service account, and impersonation.

Sources: "Using OAuth 2.0 for server to server applications" (the JWT of a service account is exchanged
for a token) and the REST reference of IAM Credentials, `generateAccessToken`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt
from google.auth.exceptions import GoogleAuthError

from support.clouddns.errors import CREDENTIALS_MISSING, INVALID_CREDENTIALS, Problem, Refusal
from support.clouddns.server import Request

TOKEN_PATH = "/token"
IMPERSONATE_PATH = re.compile(r"/v1/projects/-/serviceAccounts/([^/:]+):generateAccessToken")
AUDIENCE = "https://oauth2.googleapis.com/token"
"""What google-auth writes into every JWT, wherever it sends it."""
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
HOUR = timedelta(hours=1)

NOT_ALLOWED = Refusal(
    Problem(
        403,
        "forbidden",
        "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
    ),
    word="PERMISSION_DENIED",
)


class Denied(Refusal):
    """A refusal in the form of OAuth (RFC 6749 §5.2)."""

    def __init__(self, message: str) -> None:
        super().__init__(Problem(400, "invalid_grant", message))

    def as_json(self) -> dict[str, Any]:
        return {"error": self.reason, "error_description": self.problems[0].message}


@dataclass(slots=True)
class Issuer:
    """Gives tokens; not safe for threads."""

    tokens: set[str] = field(default_factory=set)
    """All bearer tokens that are good; if there is none, everybody may ask."""
    accounts: set[str] = field(default_factory=set)
    """Service accounts, by their mail address, that get a token for their key and may be impersonated."""

    def new_account(self, email: str) -> None:
        self.accounts.add(email)
        self.tokens.add(token_of(email))

    def authorize(self, header: str | None) -> None:
        """Refuse who does not have a good token."""
        if self.tokens and header is None:
            raise CREDENTIALS_MISSING
        if self.tokens and header not in {f"Bearer {token}" for token in self.tokens}:
            raise INVALID_CREDENTIALS

    def work(self, request: Request) -> tuple[str, Callable[[], Any]] | None:
        """Give the name of what is asked here, and what answers it; None where it is another's."""
        if request.path == TOKEN_PATH:
            return "token", lambda: self._exchange(request.body)
        if found := IMPERSONATE_PATH.fullmatch(request.path):
            return "generateAccessToken", lambda: self._impersonate(found[1], request)
        return None

    def _exchange(self, body: bytes) -> Any:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if form.get("grant_type") != GRANT:
            raise Denied("Invalid grant_type")
        try:
            claims = jwt.decode(form["assertion"], certs=keys().public, audience=AUDIENCE)  # type: ignore[no-untyped-call]
        except (ValueError, GoogleAuthError) as error:
            raise Denied(f"Invalid JWT: {error}") from None
        if claims["iss"] not in self.accounts:
            raise Denied("Invalid grant: account not found")
        seconds = int(HOUR.total_seconds())
        return {"access_token": token_of(claims["iss"]), "expires_in": seconds, "token_type": "Bearer"}

    def _impersonate(self, email: str, request: Request) -> Any:
        self.authorize(request.headers.get("authorization"))
        if email not in self.accounts:
            raise NOT_ALLOWED
        until = datetime.now(UTC) + HOUR
        return {"accessToken": token_of(email), "expireTime": f"{until:%Y-%m-%dT%H:%M:%SZ}"}


def token_of(email: str) -> str:
    """Give the token that an account gets: tests look for it where it must not be."""
    return f"token-of-{email}"


def key_file(email: str, project: str, url: str) -> dict[str, str]:
    """Give the content of the key file of a service account that gets its tokens at `url`."""
    return {
        "type": "service_account",
        "project_id": project,
        "private_key_id": "0123456789abcdef0123456789abcdef01234567",
        "private_key": keys().private,
        "client_email": email,
        "client_id": "123456789012345678901",
        "token_uri": url + TOKEN_PATH,
    }


@dataclass(frozen=True, slots=True)
class Keys:
    """The two halves of a key, as PEM."""

    private: str
    public: str


@cache
def keys() -> Keys:
    """Make a key, once: it takes long."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = made.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Keys(private.decode(), public.decode())
