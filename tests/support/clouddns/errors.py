"""How Cloud DNS says no.

The reasons are those of "Error messages" in the documents of Cloud DNS; the words, the HTTP status and
the form of the JSON are those that public reports of the real service show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a request."""

    status: int
    reason: str
    message: str
    domain: str = "global"


class Refusal(Exception):  # noqa: N818 - what the service does with a request
    """An error answer. Its first problem gives the status and the message of the whole."""

    def __init__(
        self, first: Problem, *others: Problem, word: str = "", details: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        super().__init__(f"{first.status} {first.reason}: {first.message}")
        self.problems = (first, *others)
        self.word = word
        """The name of the code in `google.rpc.Code`, where the service says it."""
        self.details = tuple(details)

    @property
    def status(self) -> int:
        return self.problems[0].status

    @property
    def reason(self) -> str:
        return self.problems[0].reason

    def as_json(self) -> dict[str, Any]:
        """Write it as the service does."""
        errors = [
            {"message": problem.message, "domain": problem.domain, "reason": problem.reason}
            for problem in self.problems
        ]
        error: dict[str, Any] = {
            "code": self.status,
            "message": self.problems[0].message,
            "errors": errors,
        }
        if self.word:
            error["status"] = self.word
        if self.details:
            error["details"] = list(self.details)
        return {"error": error}


def named(it: object) -> str:
    """Name a refusal, or what else may go wrong, in a test's id."""
    return f"{it.status} {it.reason}" if isinstance(it, Refusal) else str(it)


def refusal(status: int, reason: str, message: str, *, domain: str = "global", word: str = "") -> Refusal:
    """Make a refusal of one problem."""
    return Refusal(Problem(status, reason, message, domain), word=word)


def invalid(what: str, value: object) -> Problem:
    """Say that a value cannot be, whatever the zone has: reason `invalid`, in the documents `invalidValue`."""
    return Problem(400, "invalid", f"Invalid value for '{what}': '{value}'")


def missing(what: str) -> Problem:
    return Problem(400, "required", f"The '{what}' parameter is required but was missing.")


def not_found(what: str, name: str) -> Problem:
    return Problem(404, "notFound", f"The '{what}' resource named '{name}' does not exist.")


def over_quota(what: str, most: int) -> Problem:
    return Problem(403, "quotaExceeded", f"The change would exceed quota '{what}' of {most}.")


def _info(reason: str, **metadata: str) -> dict[str, Any]:
    """Give the detail `google.rpc.ErrorInfo`."""
    kind = "type.googleapis.com/google.rpc.ErrorInfo"
    service = {"service": "dns.googleapis.com", **metadata}
    return {"@type": kind, "reason": reason, "domain": "googleapis.com", "metadata": service}


_WANTED = "Expected OAuth 2 access token, login cookie or other valid authentication credential."
CREDENTIALS_MISSING = Refusal(
    Problem(401, "required", f"Request is missing required authentication credential. {_WANTED}"),
    word="UNAUTHENTICATED",
    details=[_info("CREDENTIALS_MISSING")],
)
INVALID_CREDENTIALS = Refusal(
    Problem(401, "authError", f"Request had invalid authentication credentials. {_WANTED}"),
    word="UNAUTHENTICATED",
    details=[_info("ACCESS_TOKEN_EXPIRED")],
)
FORBIDDEN = refusal(403, "forbidden", "Forbidden")
SERVICE_DISABLED = Refusal(
    Problem(
        403,
        "accessNotConfigured",
        "Cloud DNS API has not been used in project 123456789012 before or it is disabled. Enable it by "
        "visiting https://console.developers.google.com/apis/api/dns.googleapis.com/overview then retry.",
        "usageLimits",
    ),
    word="PERMISSION_DENIED",
    details=[_info("SERVICE_DISABLED", consumer="projects/123456789012")],
)
INACTIVE_BILLING = refusal(
    403,
    "inactiveBillingState",
    "Project mail-prod cannot accept requests while in an inactive billing state.",
)
RATE_LIMIT = Refusal(
    Problem(
        403,
        "rateLimitExceeded",
        "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of service "
        "'dns.googleapis.com' for consumer 'project_number:123456789012'.",
        "usageLimits",
    ),
    details=[_info("RATE_LIMIT_EXCEEDED", consumer="projects/123456789012")],
)
QUOTA_EXCEEDED = refusal(403, "quotaExceeded", "The change would exceed quota 'rrsetsPerManagedZone'.")
TOO_MANY_REQUESTS = refusal(
    429,
    "rateLimitExceeded",
    "Resource has been exhausted (e.g. check quota).",
    word="RESOURCE_EXHAUSTED",
)
INTERNAL_ERROR = refusal(500, "internalError", "Internal Error")
BACKEND_ERROR = refusal(503, "backendError", "The service is currently unavailable.", word="UNAVAILABLE")
