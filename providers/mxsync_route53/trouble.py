"""What went wrong with a call, in words and in what it means for a write. Pure, but for botocore's names."""

from __future__ import annotations

from json import JSONDecodeError
from typing import TYPE_CHECKING

from botocore import exceptions as aws

from mxsync.atomic import Kind

if TYPE_CHECKING:
    from typing import Any

SHOWN = 300
"""How much of a message of AWS is repeated, in characters."""

_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorizedException"}
_SIGNATURE = ("SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature")
_REFUSED = {"InvalidChangeBatch", "InvalidInput"}

_WORDS: dict[str, str] = {
    **dict.fromkeys(
        ("ExpiredToken", "ExpiredTokenException", "RequestExpired"),
        "the AWS session has expired; log in again",
    ),
    **dict.fromkeys(
        ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"),
        "AWS does not know the access key; check the profile, and the region if it is another partition",
    ),
    **dict.fromkeys(_SIGNATURE, "AWS refuses the signature: the secret key is wrong, or the clock here is"),
    **dict.fromkeys(
        ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"),
        "the account's requests were throttled for too long, for other programs share its five a second; "
        "try again later, or with a lower requests_per_second",
    ),
    "PriorRequestNotComplete": "it was busy with an earlier change of the zone for too long; try again",
}
"""What to say for a code of AWS, whose own words are often less clear."""

NOT_SENT = (
    aws.EndpointConnectionError,
    aws.ConnectTimeoutError,
    aws.ProxyConnectionError,
    aws.NoCredentialsError,
    aws.PartialCredentialsError,
    aws.CredentialRetrievalError,
    aws.TokenRetrievalError,
    aws.UnauthorizedSSOTokenError,
    aws.SSOTokenLoadError,
    aws.ParamValidationError,
)
"""After these, nothing was sent. SSLError is none of them: a connection may break after the request, too."""
_NO_TOKEN = (
    aws.PartialCredentialsError,
    aws.TokenRetrievalError,
    aws.UnauthorizedSSOTokenError,
    RuntimeError,  # raised where credentials were fetched anew and are still expired
)


def explain(error: Exception, *, where: str, zone_id: str | None = None) -> tuple[str, Kind]:
    """Put the failure of a call into words; `where` is the endpoint that was asked."""
    if isinstance(error, aws.ClientError):
        return _refusal(error, where, zone_id)
    text = _without_credentials(error) or _on_the_way(error, where)
    return f"Route 53: {text}", Kind.OTHER


def _without_credentials(error: Exception) -> str | None:
    """Say why nobody could sign; None for other trouble. botocore knows errors of its own for half of it."""
    match error:
        case aws.NoCredentialsError():
            return "there are no AWS credentials; name a profile in the provider block, or set AWS_PROFILE"
        case OSError() if error.filename:
            return f"the AWS configuration names '{error.filename}', which does not work: {error.strerror}"
        case aws.CredentialRetrievalError():
            # What a command for credentials says may hold them.
            said = f"{error.kwargs.get('provider')} gives none"
        case aws.SSOTokenLoadError():
            said = f"{_line(str(error))}; log in with aws sso login"
        case JSONDecodeError():
            said = "what the credential_process of the profile wrote is no JSON"
        case EOFError():
            said = "the profile wants a code (mfa_serial), and there is no terminal to ask on"
        case _ if isinstance(error, _NO_TOKEN):
            said = _line(str(error))
        case _:
            return None
    return f"the AWS credentials cannot be had: {said}"


def _on_the_way(error: Exception, where: str) -> str:
    match error:
        case aws.EndpointConnectionError() | aws.ConnectTimeoutError() | aws.ProxyConnectionError():
            return f"no connection to {where}; check the network, region and endpoint_url"
        case aws.SSLError():
            return f"no secure connection to {where}: {_line(str(error))}"
        case aws.ReadTimeoutError() | aws.ConnectionClosedError():
            return f"{where} broke off without an answer"
        case _ if "Parser" in type(error).__name__:
            return f"what {where} answered is no answer of Route 53, or is cut short"
    return f"{_line(str(error))} ({type(error).__name__})"


def _refusal(error: aws.ClientError, where: str, zone_id: str | None) -> tuple[str, Kind]:
    details: dict[str, Any] = dict(error.response.get("Error", {}))
    code, said = str(details.get("Code", "")), _line(str(details.get("Message", "")))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _DENIED:
        need = f"access denied; the credentials need route53:{error.operation_name}"
        what = "the role may not be assumed" if error.operation_name == "AssumeRole" else need
        return f"Route 53: {what}: {said}", Kind.DENIED
    if code in _REFUSED and error.operation_name == "ChangeResourceRecordSets":
        return f"Route 53: the change is refused: {said}", Kind.REFUSED
    if code == "NoSuchHostedZone":
        text = f"there is no hosted zone {zone_id} in this account"
    elif code in _SIGNATURE and "region" in said:
        text = "the endpoint wants another region; leave 'region' and 'endpoint_url' out, or set them alike"
    elif status >= 500:  # noqa: PLR2004 - HTTP
        text = f"it has trouble of its own ({status}{'' if code == str(status) else f' {code}'}); try again"
    elif code.isdecimal() or not code:
        # Without an error of the API in its body, botocore takes the status for one.
        text = (
            f"{where} answered {code or status}, which Route 53 does not; check the network and endpoint_url"
        )
    else:
        text = _WORDS.get(code) or f"{code}: {said}"
    return f"Route 53: {text}", Kind.OTHER


def _line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
