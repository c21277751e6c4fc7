"""The calls that mxsync makes to Cloud DNS; nothing else in this package reaches the network."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from google.auth.exceptions import GoogleAuthError

from mxsync.atomic import Doubt, Trouble
from mxsync.endpoints import Credentials
from mxsync.errors import InvalidName
from mxsync_clouddns import connection
from mxsync_clouddns.limit import Budget, budget_of
from mxsync_clouddns.retry import may_pass, patiently
from mxsync_clouddns.session import NoCredentials, fetch_token, make_client, make_credentials
from mxsync_clouddns.text import from_api
from mxsync_clouddns.trouble import CHANGE, FAILURES, Asked, explain, is_doubtful
from mxsync_clouddns.zone import managed_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from mxsync.names import Name
    from mxsync_clouddns import ClouddnsConfig
    from mxsync_clouddns.around import RawSet
    from mxsync_clouddns.connection import Client
    from mxsync_clouddns.zone import ManagedZone

T = TypeVar("T")

_LIST_ZONES = "dns.managedZones.list"
_GET_ZONE = "dns.managedZones.get"
_LIST_SETS = "dns.resourceRecordSets.list"
_GET_CHANGE = "dns.changes.get"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a listing."""

    entries: list[T]
    last: bool
    """Whether nothing follows it."""


@dataclass(slots=True)
class Api:
    """Cloud DNS as one provider block reaches it; may be used by many threads. All calls raise Trouble."""

    config: ClouddnsConfig
    who: Credentials
    folder: Path
    """Where the path of a credentials_file starts."""
    allowed: frozenset[str] = frozenset()
    """The hosts beyond Google's own that a credentials_file may lead to, in lower case."""
    budget: Budget = field(init=False)
    _client: Client | None = None
    _credentials: Any = None
    _no_credentials: Exception | None = None
    """Why there are no credentials, and will be none in this run."""
    _gave_up: bool = False
    """Whether a call was given up after many attempts, and none has been answered since."""
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        user = self.config.impersonate or str(self.config.credentials_file or "default")
        if self.who is Credentials.DUMMY:
            user = f"nobody at {self.config.endpoint}"
        self.budget = budget_of(user, self.config.requests_per_minute)

    @property
    def server(self) -> str:
        """Tell servers apart that may give the same numbers to other zones."""
        return self.config.endpoint or "" if self.who is Credentials.DUMMY else "google"

    def zones(self, name: Name | None = None) -> Iterator[Page[ManagedZone]]:
        """List managed zones page by page; those of one DNS name, if it is given (managedZones.list)."""
        query = {"dnsName": str(name)} if name else {}
        asked = self._asked(_LIST_ZONES)
        for page in self._pages("managedZones", query, "managedZones", asked):
            # A zone with a name that is none is not the one that anybody looks for.
            yield Page([_zone(raw) for raw in page.entries if _is_named(raw)], page.last)

    def zone(self, name: str) -> ManagedZone:
        """Give the managed zone of this name (managedZones.get)."""
        asked = self._asked(_GET_ZONE, name)
        return _zone(self._ask(connection.zone_path(name), {}, asked))

    def sets(self, zone: str, name: Name | None = None) -> Iterator[Page[tuple[Name, RawSet]]]:
        """List record sets page by page; those of one name, if it is given (resourceRecordSets.list)."""
        query = {"name": str(name)} if name else {}
        asked = self._asked(_LIST_SETS, zone)
        for page in self._pages(connection.zone_path(zone, "/rrsets"), query, "rrsets", asked):
            named = [_named(raw, zone) for raw in page.entries]
            yield Page([each for each in named if each and name in (None, each[0])], page.last)

    def change(self, zone: str, additions: Iterable[RawSet], deletions: Iterable[RawSet]) -> tuple[str, bool]:
        """Send a change; give its id, and whether it is done already (changes.create).

        Raises Doubt where it may have taken effect all the same, and a plain Trouble where nothing was
        changed, for sure.
        """
        given = list(additions), list(deletions)
        change_id, status = self._call(
            lambda client: connection.change(client, zone, *given), self._asked(CHANGE, zone), writes=True
        )
        if not change_id or not status:
            raise Doubt("Cloud DNS: an answer to a change came without its id or status")
        return change_id, status == "done"

    def is_done(self, zone: str, change_id: str) -> bool:
        """Whether Cloud DNS says that a change is done (changes.get)."""
        asked = self._asked(_GET_CHANGE, zone)
        status: str | None = self._call(lambda client: connection.status(client, zone, change_id), asked)
        return status == "done"

    def _pages(self, path: str, query: dict[str, str], key: str, asked: Asked) -> Iterator[Page[Any]]:
        """Ask page after page; a page may be empty and yet be followed by others."""
        token, tokens = "", set[str]()
        while True:
            answer = self._ask(path, query | ({"pageToken": token} if token else {}), asked)
            # An empty list may be left out; an answer that has nothing at all is none.
            found = answer.get(key, [] if "kind" in answer else None)
            if not isinstance(found, list):
                raise Trouble(f"Cloud DNS: an answer came without {key}")
            token = str(answer.get("nextPageToken") or "")
            yield Page(found, not token)
            if not token:
                return
            if token in tokens:
                raise Trouble(f"Cloud DNS: the listing of {key} does not go on")
            tokens.add(token)

    def _ask(self, path: str, query: dict[str, str], asked: Asked) -> dict[str, Any]:
        answer = self._call(lambda client: connection.ask(client, path, query), asked)
        if not isinstance(answer, dict):
            raise Trouble(f"Cloud DNS: what {asked.where} answered is no answer of Cloud DNS")
        return answer

    def _call(self, call: Callable[[Client], Any], asked: Asked, *, writes: bool = False) -> Any:  # noqa: ANN401 - whatever is asked for
        def once() -> Any:  # noqa: ANN401 - as above
            client = self._connected()
            self.budget.wait()
            return call(client)

        try:
            answer = patiently(once, writes=writes, hurried=self._gave_up)
        except FAILURES as error:
            self._gave_up |= may_pass(error, writes=writes)
            message, kind = explain(error, asked)
            raise (Doubt if writes and is_doubtful(error) else Trouble)(message, kind) from None
        self._gave_up = False
        return answer

    def _connected(self) -> Client:
        """Give the client with a token that is good; only one thread at a time fetches one.

        Credentials that were not found are not looked for again: off Google's machines, that takes seconds.
        """
        with self._lock:
            if self._no_credentials is not None:
                raise self._no_credentials.with_traceback(None)
            if self._client is None:
                try:
                    self._credentials = make_credentials(self.config, self.who, self.folder, self.allowed)
                except (GoogleAuthError, NoCredentials) as error:
                    self._no_credentials = error
                    raise
                self._client = make_client(self.config, self.who, self._credentials)
            fetch_token(self._credentials)
            return self._client

    def _asked(self, permission: str, zone: str | None = None) -> Asked:
        where = self.config.endpoint or "dns.googleapis.com"
        return Asked(where, self.config.project, permission, zone, self.config.impersonate)


def _is_named(raw: Any) -> bool:  # noqa: ANN401 - as the JSON gives it
    """Whether a managed zone has a DNS name; one that has the field not at all is odd otherwise."""
    try:
        from_api(raw["dnsName"])
    except InvalidName:
        return False
    except (LookupError, AttributeError, TypeError):
        return True
    return True


def _zone(raw: Any) -> ManagedZone:  # noqa: ANN401 - as the JSON gives it
    try:
        return managed_zone(raw)
    except (InvalidName, LookupError, AttributeError, TypeError) as error:
        raise Trouble(f"Cloud DNS: an odd managed zone: {error}") from None


def _named(raw: Any, zone: str) -> tuple[Name, RawSet] | None:  # noqa: ANN401 - as the JSON gives it
    """Give a record set with its name; None for an odd one of no concern to MX sets."""
    try:
        return from_api(raw["name"]), {**raw, "type": str(raw["type"])}
    except (InvalidName, LookupError, AttributeError, TypeError) as error:
        if isinstance(raw, dict) and raw.get("type") not in {"MX", None}:
            return None
        raise Trouble(f"Cloud DNS: an odd record set in managed zone '{zone}': {error}") from None
