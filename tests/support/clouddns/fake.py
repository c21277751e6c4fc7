"""The fake as a test sees it: zones to make, faults to set, calls to count."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from support.clouddns import oauth
from support.clouddns.check import unfit
from support.clouddns.discovery import Method, route
from support.clouddns.errors import TOO_MANY_REQUESTS, Refusal
from support.clouddns.faults import NOT_DONE, Fate, Fault
from support.clouddns.intake import checked, read
from support.clouddns.names import order, stored
from support.clouddns.oauth import Issuer
from support.clouddns.server import Answer, Request, Server
from support.clouddns.service import Service
from support.clouddns.values import Rrset
from support.clouddns.zone import Zone

_PAGE = b"<!DOCTYPE html><title>Error %d (Server Error)!!1</title>"


@dataclass(frozen=True, slots=True)
class Call:
    """One request that arrived, whatever came of it."""

    method: str
    """Such as `changes.create`, or `token` and `generateAccessToken`; empty for a path that is unknown."""
    zone: str | None
    """The managed zone in its path, as the client named it."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: Any
    answered: str
    """`200`, the reason of the refusal, or the fate it met."""


@dataclass(slots=True)
class Fake:
    """One project's Cloud DNS, behind `url`."""

    service: Service = field(default_factory=Service)
    limit: tuple[int, float] | None = None
    """How many requests are let through in how many seconds; None for no limit."""
    delay: float = 0.2
    """For how many seconds `Fate.SLOW` holds an answer back."""
    elsewhere: str = ""
    """The address of the server that `Fate.REDIRECT` leads to."""
    issuer: Issuer = field(default_factory=Issuer)
    """Gives tokens, and says which are good."""
    calls: list[Call] = field(default_factory=list)
    port: int = 0
    most: int = 0
    """How many requests were under way at once, at most."""
    _busy: int = 0
    _faults: list[Fault] = field(default_factory=list)
    _accepted: deque[float] = field(default_factory=deque)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def counts(self) -> Counter[str]:
        """How many requests of each method arrived since `forget_calls`, resent ones included."""
        with self._lock:
            return Counter(call.method for call in self.calls)

    def forget_calls(self) -> None:
        with self._lock:
            self.calls.clear()

    def new_zone(self, dns_name: str, *, name: str = "", private: bool = False, **resource: Any) -> Zone:
        """Make a zone; unless told, its name follows from its DNS name, and its number is in no useful order.

        `resource` is what the API shows of it besides, such as `peeringConfig` or `description`.
        """
        with self._lock:
            apex, made = stored(dns_name.rstrip(".") + "."), len(self.service.zones) + 1
            assert apex is not None, dns_name
            plain = "".join(char if char.isalnum() else "-" for char in apex.strip("."))
            name = name or (plain if plain not in self.service.zones else f"{plain}-{made}")
            letter = "abcde"[made % 5]
            servers = [f"ns-cloud-{letter}{number}.googledomains.com." for number in range(1, 5)]
            shown = {
                "description": "",
                "visibility": "private" if private else "public",
                "nameServers": ["ns-gcp-private.googledomains.com."] if private else servers,
                **({"privateVisibilityConfig": _visible(self.service.project)} if private else {}),
            }
            zone = Zone(name, apex, made * 7919 % 10007 + 10**15, {**shown, **resource})
            self.service.zones[name] = zone
            return zone

    def put(self, zone: Zone, rrset: Rrset) -> None:
        """Store a set past the API and its checks, in the form of the API."""
        with self._lock:
            zone.put(rrset)

    def remove(self, zone: Zone, name: str, kind: str) -> None:
        """Remove a set past the API, if it is there."""
        with self._lock:
            zone.sets.pop((order(stored(name) or name), kind), None)

    def look(self, zone: Zone, name: str, kind: str) -> Rrset | None:
        """Show a set past the API."""
        with self._lock:
            return deepcopy(zone.sets.get((order(stored(name) or name), kind)))

    def fail(
        self,
        method: str,
        what: Fate | Refusal | Callable[[], object],
        *,
        times: int = 1,
        skip: int = 0,
        zone: Zone | None = None,
    ) -> Fault:
        """Let something go wrong at requests to come; see `Fault`. Of several, the first that fits strikes."""
        fault = Fault(method, what, times, skip, zone.name if zone else None)
        with self._lock:
            self._faults.append(fault)
        return fault

    def trust(self, token: str) -> None:
        """Refuse from now on who has no bearer token that is trusted, and take this one."""
        with self._lock:
            self.issuer.tokens.add(token)

    def new_account(self, email: str) -> dict[str, str]:
        """Make a service account, and trust its token; give what stands in its key file."""
        with self._lock:
            self.issuer.new_account(email)
        return oauth.key_file(email, self.service.project, self.url)

    def answer(self, request: Request) -> Answer:
        """Answer a request, and note it."""
        with self._lock:
            self._busy += 1
            self.most = max(self.most, self._busy)
        try:
            return self._answer(request)
        finally:
            with self._lock:
                self._busy -= 1

    def _answer(self, request: Request) -> Answer:
        found = route(request.verb, request.path)
        path: Mapping[str, str] = found[1] if found else {}
        work = found and (found[0].name, lambda: self._run(request, *found))
        name, answering = work or self.issuer.work(request) or ("", None)
        if answering is None:
            self._note("", path, request, "404")
            return Answer(404, _PAGE % 404, "text/html; charset=UTF-8")
        with self._lock:
            fault = next((it for it in self._faults if it.strikes(name, path.get("managedZone"))), None)
        what = fault.what if fault else None
        # Outside of the lock: what a test does meanwhile may ask the fake itself.
        if what and not isinstance(what, Fate | Refusal):
            what()
        with self._lock:
            status, value, answered = _outcome(answering, what)
            self._note(name, path, request, answered)
        if what is Fate.REDIRECT:
            return Answer(307, location=f"{self.elsewhere}{request.path}?{request.query}")
        return self._send(status, json.dumps(value).encode(), what)

    def _note(self, method: str, path: Mapping[str, str], request: Request, answered: str) -> None:
        body = read(request.body)
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        with self._lock:
            self.calls.append(Call(method, path.get("managedZone"), query, request.headers, body, answered))

    def _run(self, request: Request, method: Method, path: Mapping[str, str]) -> Any:
        """Carry out a method of the API, and hold the answer against the document."""
        self.issuer.authorize(request.headers.get("authorization"))
        self._throttle()
        query, body = checked(request, method)
        value = self.service.run(method.name, path, query, body)
        problems = list(unfit(value, method.response or {}, method.name))
        assert not problems, problems
        return value

    def _throttle(self) -> None:
        """Refuse what comes faster than `limit`."""
        if self.limit is None:
            return
        most, seconds = self.limit
        now = time.monotonic()
        while self._accepted and self._accepted[0] <= now - seconds:
            self._accepted.popleft()
        if len(self._accepted) >= most:
            raise TOO_MANY_REQUESTS
        self._accepted.append(now)

    def _send(self, status: int, body: bytes, what: object) -> Answer:
        match what:
            case Fate.DROP_BEFORE | Fate.DROP_AFTER:
                return Answer()
            case Fate.RESET_BEFORE | Fate.RESET_AFTER:
                return Answer(reset=True)
            case Fate.UNAVAILABLE_BEFORE | Fate.UNAVAILABLE_AFTER:
                return Answer(503, _PAGE % 503, "text/html; charset=UTF-8")
            case Fate.TRUNCATED:
                return Answer(status, body, cut=True)
            case Fate.HALF_JSON:
                return Answer(status, body[: len(body) // 2])
            case Fate.SLOW:
                time.sleep(self.delay)
        return Answer(status, body)


def _outcome(answering: Callable[[], Any], what: object) -> tuple[int, Any, str]:
    """Give status, JSON, and what is noted of a request."""
    if what in NOT_DONE:
        return HTTPStatus.SERVICE_UNAVAILABLE.value, None, str(what)
    try:
        if isinstance(what, Refusal):
            raise what
        value = answering()
    except Refusal as refused:
        return refused.status, refused.as_json(), str(what) if isinstance(what, Fate) else refused.reason
    return HTTPStatus.OK.value, value, str(what) if isinstance(what, Fate) else "200"


@contextmanager
def running_fake() -> Iterator[Fake]:
    """Serve a new project until the block ends."""
    fake = Fake()
    server = Server(fake.answer)
    fake.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert not server.defects, server.defects


def _visible(project: str) -> dict[str, Any]:
    url = f"https://www.googleapis.com/compute/v1/projects/{project}/global/networks/default"
    network = {"kind": "dns#managedZonePrivateVisibilityConfigNetwork", "networkUrl": url}
    return {"kind": "dns#managedZonePrivateVisibilityConfig", "networks": [network]}
