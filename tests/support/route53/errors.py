"""How Route 53 says no."""

from __future__ import annotations

from collections.abc import Sequence


class Refusal(Exception):  # noqa: N818 - what the service does with a request
    """An error answer: API Reference, "Errors" of each action and "Common errors"."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def invalid_batch(messages: Sequence[str]) -> Refusal:
    """Refuse a change batch; clients show several messages in brackets."""
    return Refusal("InvalidChangeBatch", f"[{', '.join(messages)}]")


def no_such_zone(zone: str) -> Refusal:
    return Refusal("NoSuchHostedZone", f"No hosted zone found with ID: {zone}", 404)


THROTTLING = Refusal("Throttling", "Rate exceeded")
"""Developer Guide, "Quotas", "Frequency of Route 53 API requests": the two answers below."""
PRIOR_REQUEST = Refusal(
    "PriorRequestNotComplete",
    "The request was rejected because Route 53 was still processing a prior request.",
)
ACCESS_DENIED = Refusal(
    "AccessDenied",
    "User: arn:aws:iam::123456789012:user/mail is not authorized to perform this action",
    403,
)
"""API Reference, "Common errors", for this and those below."""
EXPIRED_TOKEN = Refusal("ExpiredToken", "The security token included in the request is expired", 403)
INVALID_TOKEN = Refusal("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
WRONG_SIGNATURE = Refusal(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method.",
    403,
)
UNSIGNED = Refusal("MissingAuthenticationToken", "Missing Authentication Token", 403)
