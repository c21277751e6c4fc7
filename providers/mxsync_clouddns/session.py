"""Makes the client: credentials, and a connection that takes them nowhere else."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any

import google.auth
from google.api_core.client_info import ClientInfo
from google.auth import impersonated_credentials
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from google.cloud import dns  # type: ignore[import-untyped]
from google.oauth2 import credentials as user_credentials
from google.oauth2 import service_account

from mxsync import __version__
from mxsync.endpoints import Credentials, host_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from mxsync_clouddns import ClouddnsConfig
    from mxsync_clouddns.connection import Client

CONNECTIONS = 8
"""How many requests may be under way at once, if the run does not say it."""
MOST = 10
"""How many there are at most, whoever asks for more: the library's session keeps so many connections."""
SCOPES = ("https://www.googleapis.com/auth/ndev.clouddns.readwrite",)
"""The narrowest scope that may make changes (discovery document, "changes.create")."""
_MTLS = "https://dns.mtls.googleapis.com"
"""Where clients with a certificate ask (discovery document, `mtlsRootUrl`)."""
_UNIVERSE = "googleapis.com"
_TOKEN_HOSTS = frozenset(
    {"oauth2.googleapis.com", "oauth2.mtls.googleapis.com", "accounts.google.com", "www.googleapis.com"}
)
"""Google's own hosts that give tokens, of the files of all years."""


class NoCredentials(Exception):  # noqa: N818 - it becomes a message
    """A file that holds no credentials that mxsync takes: one line that says why."""


def make_credentials(
    config: ClouddnsConfig, who: Credentials, folder: Path, allowed: frozenset[str] = frozenset()
) -> Any:  # noqa: ANN401 - google-auth's base class is not typed
    """Find the credentials of a block; asks for no token yet.

    `allowed` are the hosts beyond Google's own that a credentials_file may lead to. May ask the machine's
    metadata server. Raises NoCredentials, and what google-auth raises.
    """
    if who is Credentials.DUMMY:
        return AnonymousCredentials()  # type: ignore[no-untyped-call]
    if config.credentials_file is not None:
        found = _of_file(folder / config.credentials_file, allowed)
    else:
        with warnings.catch_warnings():
            # It would have a person's own credentials replaced by a service account's.
            warnings.simplefilter("ignore", UserWarning)
            found = _default()
    if config.impersonate is not None:
        found = impersonated_credentials.Credentials(  # type: ignore[no-untyped-call]
            found, target_principal=config.impersonate, target_scopes=SCOPES
        )
    return found


def make_client(config: ClouddnsConfig, who: Credentials, credentials: Any) -> Client:  # noqa: ANN401 - as above
    """Make the client of a block; asks nobody."""
    made = dns.Client(
        project=config.project,
        credentials=credentials,
        client_info=ClientInfo(user_agent=f"mxsync/{__version__}"),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": config.endpoint.rstrip("/")} if config.endpoint else None,
    )
    # With GOOGLE_API_USE_MTLS_ENDPOINT=always, the library goes to this address, which it leaves unset.
    made._connection.API_BASE_MTLS_URL = config.endpoint.rstrip("/") if config.endpoint else _MTLS  # noqa: SLF001 - no other way
    session = made._http  # noqa: SLF001 - the one way to the session; made here, before threads share it
    # Cloud DNS redirects nobody; no other server shall send the token somewhere else.
    session.max_redirects = 0
    # A server on this machine gets neither a password of ~/.netrc nor a proxy in between.
    session.trust_env = who is Credentials.OWN
    return made


def fetch_token(credentials: Any) -> None:  # noqa: ANN401 - as above
    """Get a token where there is none that is good. Raises NoCredentials, and what google-auth raises."""
    if credentials.valid:
        return
    try:
        credentials.refresh(Request())
    except (TypeError, AttributeError, LookupError) as error:
        # google-auth signs with a key that it took, and cannot use.
        raise NoCredentials("the Google credentials are damaged: use another key, or log in again") from error


def _default() -> Any:  # noqa: ANN401 - as above
    """Give the application default credentials."""
    try:
        found, _ = google.auth.default(scopes=SCOPES)
    except GoogleAuthError:
        raise
    except Exception as error:
        # google-auth lets out whatever reading a damaged file raises; what it says may hold a part of the key.
        raise NoCredentials(
            "the Google credentials that were found are damaged; look at GOOGLE_APPLICATION_CREDENTIALS, "
            "or log in again with 'gcloud auth application-default login'"
        ) from error
    return found


def _of_file(path: Path, allowed: frozenset[str]) -> Any:  # noqa: ANN401 - as above
    """Read the key of a service account, or what `gcloud auth application-default login` writes.

    No other kind: a file of workload identity names files to read and servers to send them to, and a manifest
    may come from a stranger. So may the file: it leads to Google's servers only, or to hosts that are allowed.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise NoCredentials(f"cannot read credentials_file {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise NoCredentials(f"credentials_file {path} is no JSON") from error
    kind = content.get("type") if isinstance(content, dict) else None
    makers: dict[str, Callable[..., Any]] = {
        "service_account": service_account.Credentials.from_service_account_info,
        "authorized_user": user_credentials.Credentials.from_authorized_user_info,
    }
    make = makers.get(str(kind))
    if make is None:
        what = "is neither the key of a service account nor a person's credentials"
        raise NoCredentials(
            f"credentials_file {path} {what}; name other kinds in GOOGLE_APPLICATION_CREDENTIALS"
        )
    try:
        found = make(content, scopes=SCOPES)
        elsewhere = next((host for host in _leads_to(content) if host not in allowed), None)
    except Exception as error:
        # google-auth and cryptography let out whatever they stumble over; what it says may hold a part of the key.
        raise NoCredentials(f"credentials_file {path} is damaged: download it again") from error
    if elsewhere:
        raise NoCredentials(
            f"credentials_file {path} leads to {elsewhere}, not to Google; "
            f"allow that with --allow-endpoint {elsewhere} if you trust this file"
        )
    return found


def _leads_to(content: Mapping[str, Any]) -> Iterator[str]:
    """Give the hosts other than Google's to which credentials make google-auth send something."""
    token_uri = str(content.get("token_uri") or f"https://oauth2.{_UNIVERSE}/token")
    if not token_uri.startswith("https:") or host_of(token_uri) not in _TOKEN_HOSTS:
        yield host_of(token_uri)
    if (universe := str(content.get("universe_domain") or _UNIVERSE)) != _UNIVERSE:
        yield universe
