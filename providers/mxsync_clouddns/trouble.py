"""What went wrong with a call, in words and in what it means for a write. Pure, but for the libraries' names."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests
import urllib3.exceptions
from google.api_core.exceptions import GoogleAPICallError
from google.auth import exceptions as auth

from mxsync.atomic import Kind
from mxsync.endpoints import host_of
from mxsync_clouddns.session import NoCredentials

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANGE = "dns.changes.create"
"""What the credentials need for a change."""
SHOWN = 300
"""How much of a message of Google's is repeated, in characters."""

FAILURES = (
    GoogleAPICallError,
    requests.RequestException,
    auth.GoogleAuthError,
    NoCredentials,
    OSError,
    # What the libraries raise over an answer that is no answer of Cloud DNS.
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
)
"""All that a call may raise."""

_THROTTLED = {"rateLimitExceeded", "userRateLimitExceeded"}
_NOT_CONNECTED = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
_PASSING = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
_ODD = (requests.exceptions.ContentDecodingError, ValueError, TypeError, AttributeError, LookupError)
_REFUSED = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.PRECONDITION_FAILED,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call was about, for its messages."""

    where: str
    """The endpoint."""
    project: str
    permission: str
    """What the credentials need for it."""
    zone: str | None = None
    impersonate: str | None = None


def is_throttled(error: Exception) -> bool:
    """Whether a request was not looked at because there were too many."""
    if not isinstance(error, GoogleAPICallError):
        return False
    return error.code == HTTPStatus.TOO_MANY_REQUESTS or (
        error.code == HTTPStatus.FORBIDDEN and _problem(error).get("reason") in _THROTTLED
    )


def is_not_sent(error: Exception) -> bool:
    """Whether there was no connection, or no token, to send a request with; later there may be."""
    if isinstance(error, auth.TransportError):
        return True
    if isinstance(error, auth.RefreshError):
        return bool(error.retryable)
    cause = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else None
    return isinstance(error, requests.exceptions.ProxyError) or isinstance(
        getattr(cause, "reason", None), _NOT_CONNECTED
    )


def is_passing(error: Exception) -> bool:
    """Whether a question that met this may be asked again."""
    if isinstance(error, GoogleAPICallError):
        return _status(error) >= HTTPStatus.INTERNAL_SERVER_ERROR or error.code == HTTPStatus.REQUEST_TIMEOUT
    if isinstance(error, requests.exceptions.SSLError):
        return False
    # Half of an answer is no JSON.
    return isinstance(error, (*_PASSING, requests.exceptions.ContentDecodingError, requests.JSONDecodeError))


def is_doubtful(error: Exception) -> bool:
    """Whether a write that met this may have taken effect."""
    if isinstance(error, GoogleAPICallError):
        return _status(error) >= HTTPStatus.INTERNAL_SERVER_ERROR or error.code == HTTPStatus.REQUEST_TIMEOUT
    # Tokens are fetched before a request, and again after it was refused for the old one.
    return not isinstance(error, auth.GoogleAuthError | NoCredentials) and not is_not_sent(error)


def explain(error: Exception, asked: Asked) -> tuple[str, Kind]:
    """Put the failure of a call into words."""
    match error:
        case GoogleAPICallError():
            return _refusal(error, asked)
        case NoCredentials():
            text = str(error)
        case auth.GoogleAuthError():
            text = _no_token(error, asked)
        case requests.exceptions.SSLError():
            text = f"no secure connection to {asked.where}: {_line(str(error))}"
        case requests.TooManyRedirects():
            text = f"{asked.where} leads elsewhere, and is not followed; check the endpoint"
        case _ if is_not_sent(error):
            text = f"no connection to {asked.where}; check the network and the endpoint"
        case requests.Timeout() | requests.ConnectionError() | requests.exceptions.ChunkedEncodingError():
            text = f"{asked.where} broke off without an answer"
        case _ if isinstance(error, _ODD):
            text = f"what {asked.where} answered is no answer of Cloud DNS, or is cut short"
        case _:
            text = f"{_line(str(error))} ({type(error).__name__})"
    return f"Cloud DNS: {text}", Kind.OTHER


def _no_token(error: auth.GoogleAuthError, asked: Asked) -> str:
    """Say why there is no token. Only the first words of the error: what follows may hold one."""
    said = _line(str(error.args[0])) if error.args else ""
    match error:
        case auth.InvalidOperation() if "://" in asked.where:
            return (
                f"{asked.where} wants credentials, and a server on this machine gets none; "
                f"allow that with --allow-endpoint {host_of(asked.where)}"
            )
        case auth.DefaultCredentialsError():
            why = "" if said.startswith("Your default credentials were not found") else f" ({said})"
            return (
                f"there are no Google credentials{why}; run 'gcloud auth application-default login', "
                "or name a credentials_file in the provider block"
            )
        case auth.TransportError():
            return "no connection to where tokens come from; check the network"
        case _ if "impersonated" in said:
            who = asked.impersonate or "the service account"
            return f"the credentials may not act as {who}; they need the role Service Account Token Creator on it"
        case auth.RefreshError():
            return (
                f"the Google credentials have expired or were withdrawn{f' ({said})' if said else ''}; "
                "log in again with 'gcloud auth application-default login', or use another key"
            )
    return f"the Google credentials cannot be used: {said}"


def _refusal(error: GoogleAPICallError, asked: Asked) -> tuple[str, Kind]:
    problem = _problem(error)
    reason, said = str(problem.get("reason", "")), _line(str(problem.get("message", "")))
    status, kind = _status(error), Kind.OTHER
    if is_throttled(error):
        text = (
            "requests were refused for too long, for there are too many in a minute; "
            "try again later, or with a lower requests_per_minute"
        )
    elif status == HTTPStatus.UNAUTHORIZED:
        text = "the credentials are not taken, or have expired; log in again, or use another key"
    elif status == HTTPStatus.FORBIDDEN:
        text, kind = _denial(reason, said, error, asked)
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        text = f"it has trouble of its own ({' '.join((str(status), reason)).strip()}); try again"
    elif asked.zone is None and status == HTTPStatus.NOT_FOUND:
        text = f"there is no project {asked.project}, or the credentials may not see it"
    elif asked.permission == CHANGE and status in _REFUSED:
        text, kind = f"the change is refused: {said or status}", Kind.REFUSED
    elif status == HTTPStatus.NOT_FOUND:
        text = f"there is no managed zone '{asked.zone}' in project {asked.project}"
    else:
        text = f"{reason or status}: {said}" if said else f"it answers {status}"
    return f"Cloud DNS: {text}", kind


def _denial(reason: str, said: str, error: GoogleAPICallError, asked: Asked) -> tuple[str, Kind]:
    words = {reason, *(str(each.get("reason")) for each in error.details if isinstance(each, dict))}
    if reason == "quotaExceeded":
        return f"it would be more than a quota allows: {said}", Kind.DENIED
    if "CONSUMER_INVALID" in words:
        return f"there is no project {asked.project}, or the credentials may not see it", Kind.OTHER
    if words & {"accessNotConfigured", "SERVICE_DISABLED"}:
        return _not_enabled(error, asked), Kind.OTHER
    if words & {"inactiveBillingState", "billingNotEnabled", "BILLING_DISABLED"}:
        return f"project {asked.project} has no active billing account", Kind.OTHER
    if words & {"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}:
        return "the credentials lack a scope: they need ndev.clouddns.readwrite or cloud-platform", Kind.OTHER
    also = " and dns.resourceRecordSets.create, update, delete" if asked.permission == CHANGE else ""
    need = f"the credentials need {asked.permission}{also} in project {asked.project}"
    return f"access denied; {need}{f' ({said})' if said and said != 'Forbidden' else ''}", Kind.OTHER


def _not_enabled(error: GoogleAPICallError, asked: Asked) -> str:
    """Say where the API is not enabled; that need not be the project of the zones, but of the credentials."""
    details = (each.get("metadata") for each in error.details if isinstance(each, dict))
    consumers = (str(each.get("consumer", "")) for each in details if isinstance(each, dict))
    project = next(filter(None, consumers), asked.project).removeprefix("projects/")
    enable = f"gcloud services enable dns.googleapis.com --project {project}"
    text = f"the Cloud DNS API is not enabled in project {project}: {enable}"
    if project == asked.project:
        return text
    return f"{text}; or, if it only pays for these credentials: gcloud auth application-default set-quota-project"


def _status(error: GoogleAPICallError) -> int:
    return int(error.code or 0)


def _problem(error: GoogleAPICallError) -> Mapping[str, Any]:
    """Give the first problem of an error answer; its text, for it repeats URLs, is not used."""
    return next((each for each in error.errors if isinstance(each, dict)), {})


def _line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
