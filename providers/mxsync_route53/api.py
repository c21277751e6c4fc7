"""The calls that mxsync makes to Route 53; nothing else in this package reaches the network."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.parsers import ResponseParserError

from mxsync.atomic import Doubt, Trouble
from mxsync.errors import InvalidName
from mxsync_route53.listing import Page, Position
from mxsync_route53.session import CONNECTIONS, Attempts, make_client
from mxsync_route53.sets import name_of
from mxsync_route53.text import from_api, to_api
from mxsync_route53.trouble import explain
from mxsync_route53.zone import HostedZone

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.session import Session
    from types_boto3_route53 import Route53Client

    from mxsync.endpoints import Credentials
    from mxsync.names import Name
    from mxsync_route53 import Route53Config
    from mxsync_route53.around import RawSet

SETS_A_PAGE = 300
"""The most record sets that ListResourceRecordSets gives at once."""
ZONES_A_PAGE = 100
"""The most zones that ListHostedZones and ListHostedZonesByName give at once."""

READINGS = 3
"""How often a question is asked whose answers are cut short."""


@dataclass(slots=True)
class Api:
    """Route 53 as one provider block reaches it; may be used by many threads. All calls raise Trouble."""

    session: Session
    config: Route53Config
    credentials: Credentials
    connections: int = CONNECTIONS
    """How many are kept open."""
    attempts: Attempts = field(default_factory=Attempts)
    _client: Route53Client | None = None
    _lock: Lock = field(default_factory=Lock)

    @property
    def where(self) -> str:
        """The endpoint, for messages."""
        return self.config.endpoint_url or (self._client.meta.endpoint_url if self._client else "AWS")

    def zones_from(self, start: Position | None) -> Page[HostedZone]:
        """List hosted zones by name, from a position on (ListHostedZonesByName)."""
        given = {"MaxItems": str(ZONES_A_PAGE)}
        if start:
            given["DNSName"] = to_api(start.name)
            given |= dict(zip(("HostedZoneId",), start.rest, strict=False))
        answer = self._call("list_hosted_zones_by_name", given)
        found = tuple((zone.name, zone) for zone in _zones(answer))
        after = None
        if _field(answer, "IsTruncated"):
            after = Position(_name(_field(answer, "NextDNSName")), (_field(answer, "NextHostedZoneId"),))
        return Page(start, found, after)

    def all_zones(self) -> list[HostedZone]:
        """List all hosted zones, in whatever order (ListHostedZones)."""
        found: list[HostedZone] = []
        given = {"MaxItems": str(ZONES_A_PAGE)}
        while True:
            answer = self._call("list_hosted_zones", given)
            found += _zones(answer)
            if not _field(answer, "IsTruncated"):
                return found
            given["Marker"] = _field(answer, "NextMarker")

    def name_servers(self, zone_id: str) -> list[str]:
        """Give the name servers of a zone; a private one has none (GetHostedZone)."""
        answer = self._call("get_hosted_zone", {"Id": zone_id}, zone_id)
        return list(answer.get("DelegationSet", {}).get("NameServers", ()))

    def sets_from(self, zone_id: str, start: Position | None) -> Page[RawSet]:
        """List the record sets of a zone, from a position on (ListResourceRecordSets)."""
        given = {"HostedZoneId": zone_id, "MaxItems": str(SETS_A_PAGE)}
        if start:
            keys = ("StartRecordType", "StartRecordIdentifier")
            given |= {"StartRecordName": to_api(start.name), **dict(zip(keys, start.rest, strict=False))}
        answer = self._call("list_resource_record_sets", given, zone_id)
        try:
            found = tuple((name_of(raw), dict(raw)) for raw in _field(answer, "ResourceRecordSets"))
        except (InvalidName, KeyError) as error:
            raise Trouble(f"Route 53: an odd record set in {zone_id}: {error}") from None
        after = None
        if _field(answer, "IsTruncated"):
            identifier = answer.get("NextRecordIdentifier")
            rest = (_field(answer, "NextRecordType"), *((identifier,) if identifier else ()))
            after = Position(_name(_field(answer, "NextRecordName")), rest)
            if after == start:
                raise Trouble(f"Route 53: the listing of {zone_id} does not go on")
        return Page(start, found, after)

    def change(self, zone_id: str, steps: list[dict[str, Any]]) -> str:
        """Send a change batch; give its id (ChangeResourceRecordSets).

        Raises Doubt where an attempt may have taken effect all the same, and a plain Trouble where
        nothing was changed, for sure.
        """
        given = {"HostedZoneId": zone_id, "ChangeBatch": {"Changes": steps}}
        answer = self._call("change_resource_record_sets", given, zone_id, writes=True)
        change: str = _field(_field(answer, "ChangeInfo", writes=True), "Id", writes=True)
        return change

    def in_sync(self, change_id: str) -> bool:
        """Whether all name servers of Route 53 have a change (GetChange)."""
        answer = self._call("get_change", {"Id": change_id})
        return bool(_field(_field(answer, "ChangeInfo"), "Status") == "INSYNC")

    def _call(
        self, method: str, given: dict[str, Any], zone_id: str | None = None, *, writes: bool = False
    ) -> dict[str, Any]:
        self.attempts.begin()
        tries = 1 if writes else READINGS
        while True:
            tries -= 1
            try:
                call: Callable[..., dict[str, Any]] = getattr(self._connected(), method)
                return call(**given)
            except ResponseParserError as error:
                # botocore neither sends again after such an answer nor counts it as an attempt.
                if not tries:
                    message, kind = explain(error, where=self.where, zone_id=zone_id)
                    raise (Doubt if writes else Trouble)(message, kind) from None
            # Not all that botocore raises is its own: credentials, settings and odd answers may raise anything.
            except Exception as error:  # noqa: BLE001 - it is one zone's trouble, and no reason to drop the others
                message, kind = explain(error, where=self.where, zone_id=zone_id)
                raise (Doubt if writes and self.attempts.doubtful else Trouble)(message, kind) from None

    def _connected(self) -> Route53Client:
        with self._lock:
            if self._client is None:
                self._client = make_client(
                    self.session, self.config, self.credentials, self.attempts, self.connections
                )
            return self._client


def _zones(answer: dict[str, Any]) -> list[HostedZone]:
    return [
        HostedZone(
            id=raw["Id"].rpartition("/")[2],
            name=_name(raw["Name"]),
            private=bool(raw.get("Config", {}).get("PrivateZone")),
            comment=str(raw.get("Config", {}).get("Comment", "")),
            sets=raw.get("ResourceRecordSetCount"),
        )
        for raw in _field(answer, "HostedZones")
    ]


def _name(text: str) -> Name:
    try:
        return from_api(text)
    except InvalidName as error:
        raise Trouble(f"Route 53: an odd name: {error}") from None


def _field(answer: dict[str, Any], key: str, *, writes: bool = False) -> Any:  # noqa: ANN401 - as botocore gives it
    """Give a part of an answer that every whole one has: without it, the answer is cut short."""
    if key not in answer:
        raise (Doubt if writes else Trouble)(f"Route 53: an answer came without {key}")
    return answer[key]
