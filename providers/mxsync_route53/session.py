"""Makes the client: credentials, pace, retries."""

from __future__ import annotations

from functools import partial
from threading import local
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.session import Session

from mxsync import __version__
from mxsync.endpoints import Credentials
from mxsync_route53.limit import pace_of
from mxsync_route53.trouble import NOT_SENT

if TYPE_CHECKING:
    from types_boto3_route53 import Route53Client

    from mxsync_route53 import Route53Config
    from mxsync_route53.limit import Pace

CONNECTIONS = 8
"""How many requests may be under way at once, if the run does not say it."""
ATTEMPTS = 8
"""How often botocore sends a request at most; where it is throttled, that takes half a minute or so."""
_DUMMY = "mxsync"
_REGION = "us-east-1"
"""The region that Route 53 is signed for; a profile of another partition names its own."""
_SERVER_ERROR = 500


class Attempts(local):
    """Whether some attempt of this thread's last call may have taken effect without our knowing."""

    _doubtful: bool = False
    _open: bool = False
    """Whether an attempt was sent of whose end botocore has not told yet."""

    @property
    def doubtful(self) -> bool:
        """Whether something was sent without an answer that says what came of it."""
        return self._doubtful or self._open

    def begin(self, **_: object) -> None:
        """Forget the call before."""
        self._doubtful = self._open = False

    def sent(self, **_: object) -> None:
        """Take down that an attempt is on its way; what breaks off now says nothing of its fate."""
        self._open = True

    def note(self, response: tuple[Any, Any] | None, caught_exception: Exception | None, **_: object) -> None:
        """Take one attempt in; botocore calls this after each of them that it could make sense of."""
        self._open = False
        if caught_exception is not None:
            self._doubtful |= not isinstance(caught_exception, NOT_SENT)
        elif response is not None:
            self._doubtful |= response[0].status_code >= _SERVER_ERROR


def make_session(config: Route53Config) -> Session:
    """Open the SDK's session of a block. Raises botocore's ProfileNotFound; asks no server."""
    core = Session(profile=config.profile)
    core.get_scoped_config()  # raises if there is no such profile
    return core


def make_client(
    core: Session, config: Route53Config, credentials: Credentials, attempts: Attempts, connections: int
) -> Route53Client:
    """Make the client of a block. May ask where credentials come from; raises what botocore raises."""
    dummy = credentials is Credentials.DUMMY
    fixed: dict[str, Any] = {"endpoint_url": config.endpoint_url} if config.endpoint_url else {}
    settings: dict[str, Any] = {"proxies": {}} if dummy else {}
    if dummy:
        fixed |= {"aws_access_key_id": _DUMMY, "aws_secret_access_key": _DUMMY, "aws_session_token": None}
        account = f"at {config.endpoint_url}"
    else:
        if config.role_arn:
            core = _assuming(core, config)
        account = _account(core, config)
    client: Route53Client = boto3.Session(botocore_session=core).client(
        "route53",
        region_name=config.region or core.get_config_variable("region") or _REGION,
        config=Config(
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            max_pool_connections=connections,
            connect_timeout=10,
            read_timeout=30,
            user_agent_extra=f"mxsync/{__version__}",
            **settings,
        ),
        **fixed,
    )
    _watch(client, pace_of(account, config.requests_per_second), attempts)
    return client


def _watch(client: Route53Client, pace: Pace, attempts: Attempts) -> None:
    events = client.meta.events
    # Before each attempt, those that botocore makes by itself too.
    events.register("before-send.route-53", lambda **_: pace.wait())
    events.register_last("before-send.route-53", attempts.sent)
    events.register("before-call.route-53", attempts.begin)
    events.register_first("needs-retry.route-53", attempts.note)


class _Assumed(CredentialProvider):
    """Credentials of a role, fetched when first needed, and again before they expire."""

    METHOD = "mxsync-assume-role"
    CANONICAL_NAME = "mxsync-assume-role"

    def __init__(self, fetcher: AssumeRoleCredentialFetcher) -> None:
        super().__init__()
        self._fetcher = fetcher

    def load(self) -> DeferredRefreshableCredentials:
        return DeferredRefreshableCredentials(self._fetcher.fetch_credentials, self.METHOD)


def _assuming(core: Session, config: Route53Config) -> Session:
    """Make a session with the credentials of the role; those of `core` assume it."""
    source = core.get_credentials()
    if source is None or config.role_arn is None:
        return core
    region = config.region or core.get_config_variable("region") or _REGION
    extra = {"RoleSessionName": "mxsync"} | ({"ExternalId": config.external_id} if config.external_id else {})
    fetcher = AssumeRoleCredentialFetcher(
        partial(core.create_client, region_name=region), source, config.role_arn, extra
    )
    assuming = Session(profile=config.profile)
    assuming.register_component("credential_provider", CredentialResolver([_Assumed(fetcher)]))
    return assuming


def _account(core: Session, config: Route53Config) -> str:
    """Say whose five requests a second these are, without asking Route 53: by account, else by key."""
    if config.role_arn:
        return config.role_arn.split(":")[4]
    found = core.get_credentials()
    if found is None:
        return "no credentials"
    return str(getattr(found, "account_id", None) or found.get_frozen_credentials().access_key)
