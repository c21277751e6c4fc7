"""The fake as a test sees it: zones to make, faults to set, calls to count."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qsl

from support.route53 import sts, xml
from support.route53.errors import THROTTLING, Refusal
from support.route53.faults import Fate, Fault
from support.route53.names import order, stored
from support.route53.server import Answer, Server, route
from support.route53.service import Service
from support.route53.shapes import ANSWERS, Value
from support.route53.signature import Credential, Request, check, signer
from support.route53.zone import HostedZone

SECOND = 1.0


@dataclass(frozen=True, slots=True)
class Call:
    """One request that arrived, whatever came of it."""

    operation: str
    zone: str | None
    """The ID in the path: of a hosted zone, or of a change."""
    query: Mapping[str, str]
    answered: str
    """`200`, the code of the error, or the fate it met."""
    access_key: str


@dataclass(slots=True)
class Fake:
    """One account's Route 53 and STS, behind `url`."""

    service: Service = field(default_factory=Service)
    rate: float | None = None
    """How many requests a second are let through; None for no limit."""
    delay: float = 0.2
    """For how many seconds `Fate.SLOW` holds an answer back."""
    credentials: dict[str, Credential] = field(default_factory=dict)
    """Who may sign, by access key; if there is none, any signature does."""
    calls: list[Call] = field(default_factory=list)
    port: int = 0
    most: int = 0
    """How many requests were under way at once, at most."""
    _busy: int = 0
    _faults: list[Fault] = field(default_factory=list)
    _accepted: deque[float] = field(default_factory=deque)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _roles: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def counts(self) -> Counter[str]:
        """How many requests of each operation arrived since `forget_calls`, resent ones included."""
        with self._lock:
            return Counter(call.operation for call in self.calls)

    def forget_calls(self) -> None:
        with self._lock:
            self.calls.clear()

    def new_zone(
        self,
        name: str,
        *,
        private: bool = False,
        comment: str = "",
        zone_id: str | None = None,
        delegation_set: str | None = None,
    ) -> HostedZone:
        """Make a zone; its ID and name servers follow from its number, and IDs are in no useful order."""
        with self._lock:
            number = len(self.service.zones) + 1
            made = zone_id or f"Z{sha256(str(number).encode()).hexdigest()[:13].upper()}"
            servers = tuple(
                f"ns-{number % 512 + 512 * at}.awsdns-{at:02}.{top}"
                for at, top in enumerate(("com", "net", "org", "co.uk"))
            )
            zone = HostedZone(made, stored(name), private, comment, servers, delegation_set)
            self.service.zones[made] = zone
            return zone

    def put(self, zone: HostedZone, rrset: Value) -> None:
        """Store a set past the API and its checks, as `boto3` would show it."""
        with self._lock:
            zone.put(rrset)

    def remove(self, zone: HostedZone, name: str, kind: str, identifier: str = "") -> None:
        """Remove a set past the API, if it is there."""
        with self._lock:
            zone.sets.pop((order(stored(name)), kind, identifier), None)

    def look(self, zone: HostedZone, name: str, kind: str, identifier: str = "") -> Value | None:
        """Show a set past the API."""
        with self._lock:
            return deepcopy(zone.sets.get((order(stored(name)), kind, identifier)))

    def fail(
        self,
        operation: str,
        what: Fate | Refusal | Callable[[], object],
        *,
        times: int = 1,
        skip: int = 0,
        zone: HostedZone | None = None,
    ) -> Fault:
        """Let something go wrong at requests to come; see `Fault`. Of several, the first that fits strikes."""
        fault = Fault(operation, what, times, skip, zone.id if zone else None)
        with self._lock:
            self._faults.append(fault)
        return fault

    def trust(self, credential: Credential) -> None:
        """Check signatures from now on, and take this one's."""
        with self._lock:
            self.credentials[credential.access_key] = credential

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
        if request.method == "POST" and request.path == "/":
            return self._sts(request)
        operation, target = route(request)
        if operation is None:
            return Answer(404, xml.error(Refusal("UnknownOperationException", request.path), "request"))
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        with self._lock:
            fault = next((it for it in self._faults if it.strikes(operation, target)), None)
        # Outside of the lock: what a test does meanwhile may ask the fake itself.
        if fault and not isinstance(fault.what, Fate | Refusal):
            fault.what()
        with self._lock:
            status, body, answered = self._process(request, operation, target, query, fault)
            access_key = _claimed(request)
            self.calls.append(Call(operation, target, query, answered, access_key))
        return self._send(status, body, fault.what if fault else None)

    def _process(
        self,
        request: Request,
        operation: str,
        target: str | None,
        query: Mapping[str, str],
        fault: Fault | None,
    ) -> tuple[int, bytes, str]:
        what = fault.what if fault else None
        if what in {Fate.DROP_BEFORE, Fate.RESET_BEFORE, Fate.UNAVAILABLE_BEFORE}:
            return 503, b"", str(what)
        try:
            if self.credentials:
                check(request, self.credentials)
            else:
                signer(request)
            if isinstance(what, Refusal):
                raise what
            self._throttle()
            value = self._run(operation, target or "", query, request.body)
        except Refusal as refusal:
            return refusal.status, xml.error(refusal, "request"), refusal.code
        body = xml.write(f"{operation}Response", value, ANSWERS[operation])
        return 200, body, str(what) if isinstance(what, Fate) else "200"

    def _run(self, operation: str, target: str, query: Mapping[str, str], body: bytes) -> Value:
        service = self.service
        match operation:
            case "ListHostedZones":
                return service.list_hosted_zones(query)
            case "ListHostedZonesByName":
                return service.list_hosted_zones_by_name(query)
            case "GetHostedZoneCount":
                return service.get_hosted_zone_count()
            case "GetHostedZone":
                return service.get_hosted_zone(target)
            case "ListResourceRecordSets":
                return service.list_resource_record_sets(target, query)
            case "ChangeResourceRecordSets":
                return service.change_resource_record_sets(target, body)
            case _:
                return service.get_change(target)

    def _send(self, status: int, body: bytes, what: object) -> Answer:
        match what:
            case Fate.DROP_BEFORE | Fate.DROP_AFTER:
                return Answer()
            case Fate.RESET_BEFORE | Fate.RESET_AFTER:
                return Answer(reset=True)
            case Fate.UNAVAILABLE_BEFORE | Fate.UNAVAILABLE_AFTER:
                return Answer(503, b"Service Unavailable")
            case Fate.TRUNCATED:
                return Answer(status, body, cut=True)
            case Fate.SLOW:
                time.sleep(self.delay)
        return Answer(status, body)

    def _throttle(self) -> None:
        """Refuse what comes faster than `rate` ("Frequency of Route 53 API requests")."""
        if self.rate is None:
            return
        now = time.monotonic()
        while self._accepted and self._accepted[0] <= now - SECOND:
            self._accepted.popleft()
        if len(self._accepted) >= self.rate * SECOND:
            raise THROTTLING
        self._accepted.append(now)

    def _sts(self, request: Request) -> Answer:
        with self._lock:
            try:
                form = sts.parse(request.body)
                operation = form["Action"]
                if self.credentials:
                    check(request, self.credentials)
                fault = next((it for it in self._faults if it.strikes(operation, None)), None)
                if fault and isinstance(fault.what, Refusal):
                    raise fault.what
                if operation == "AssumeRole":
                    self._roles += 1
                    body, credential = sts.assume_role(form, self._roles)
                    if self.credentials:
                        self.credentials[credential.access_key] = credential
                else:
                    body = sts.caller_identity()
            except Refusal as refusal:
                self.calls.append(Call("STS", None, {}, refusal.code, _claimed(request)))
                return Answer(refusal.status, sts.error(refusal))
            self.calls.append(Call(operation, None, form, "200", _claimed(request)))
            return Answer(200, body)


@contextmanager
def running_fake() -> Iterator[Fake]:
    """Serve a new account until the block ends."""
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


def _claimed(request: Request) -> str:
    try:
        return signer(request)
    except Refusal:
        return ""
