"""A BIND with zones of many kinds, and providers for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset

from mxsync import names
from mxsync.model import MX, MXSet
from mxsync.provider import Context, ZoneBatch, ZoneRequest
from mxsync.reading import ZoneReading
from mxsync.registry import open_provider
from mxsync_rfc2136 import Rfc2136Config, plugin
from support.dnstools import dig, nsupdate
from support.nameserver import Key, Server, Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mxsync.change import Change, ChangeOutcome
    from mxsync.names import Name
    from mxsync.provider import Provider
    from mxsync.reading import OwnerReading, ZoneFailure
    from support.relay import Fate

    Judge = Callable[[bytes, int], Fate]
    """Says what becomes of a message on its way; see `support.relay`."""
    Through = Callable[[Judge], Provider]
    """Opens a provider that reaches the server through a relay; it waits half a second at most."""
    Lying = Callable[[Callable[[bytes], bytes]], Provider]
    """Opens a provider for a server that answers what the function says; it signs."""

POOL = 400
"""How many zones `Site.new_zone` has to give."""
NEIGHBOURS = 20
"""How many zones nobody changes: `neighbour0.test.` and so on."""
RECORDS = """\
host   A 192.0.2.10
alias  CNAME elsewhere.example.net.
hostalias CNAME host
cut    NS ns.example.net.
tree   DNAME tree.example.net.
"""
_GRANTS = "update-policy { grant mxsync zonesub MX; grant other zonesub ANY; };"
_TRANSFER = "allow-transfer { key other; };"
ZONES = (
    *(Zone(f"zone{number}.test.", RECORDS, _GRANTS, _TRANSFER) for number in range(POOL)),
    *(Zone(f"neighbour{number}.test.", RECORDS, _GRANTS, _TRANSFER) for number in range(NEIGHBOURS)),
    Zone("limited.test.", RECORDS, _GRANTS, f"{_TRANSFER} max-zone-ttl 2h;"),
    Zone("signed.test.", RECORDS, _GRANTS, f"{_TRANSFER} dnssec-policy default; inline-signing yes;"),
    Zone("lenient.test.", RECORDS, _GRANTS, f"{_TRANSFER} check-names ignore;"),
    Zone("others.test.", RECORDS, "allow-update { key other; };", _TRANSFER),
    Zone("closed.test.", RECORDS, "", "allow-query { key other; key mxsync; };"),
    Zone("hidden.test.", RECORDS, _GRANTS, "allow-query { key other; };"),
    Zone("family.test.", "child NS ns.child\nns.child A 192.0.2.53", _GRANTS, _TRANSFER),
    Zone("child.family.test.", RECORDS, _GRANTS, _TRANSFER),
)
KEYS = ("other", "mxsync", "reader")
"""`other` may do all, `mxsync` what mxsync needs, `reader` is known and may write nothing."""


def mx_set(ttl: int, *records: str) -> MXSet:
    """Write a set as `mx_set(3600, "10 mx1.example.net.")`."""
    pairs = (record.split() for record in records)
    return MXSet.of(ttl, (MX(int(preference), names.parse(exchange)) for preference, exchange in pairs))


@dataclass(frozen=True, slots=True)
class Site:
    """One server with `ZONES` and `KEYS`; the key files are in its folder."""

    server: Server
    keys: dict[str, Key]
    _numbers: Iterator[int] = field(default_factory=count)

    def open(self, context: Context | None = None, /, **settings: Any) -> Provider:
        """Open a provider block; what is not given is right, and None takes a setting away."""
        block = {
            "server": self.server.address,
            "port": self.server.port,
            "tsig": {"key_file": "mxsync.key"},
            "timeout": 5,
        } | settings
        config = Rfc2136Config.model_validate({name: it for name, it in block.items() if it is not None})
        return open_provider(plugin, config, context or Context("office", self.server.folder))

    def new_zone(self) -> Name:
        """Give a zone with `RECORDS` that nobody has touched."""
        number = next(self._numbers)
        assert number < POOL, "the pool of zones is too small"
        return names.parse(f"zone{number}.test.")

    def edit(self, zone: str, *lines: str) -> None:
        """Change a zone as somebody else, with nsupdate."""
        nsupdate(self.server, self.keys["other"], "\n".join((f"zone {zone}", *lines)))

    def stored(self, zone: str, owner: str) -> list[str]:
        """Give TTL and data of the owner's MX records as the zone holds them, by a transfer."""
        lines = [line.split(" ") for line in dig(self.server, zone, "AXFR", key=self.keys["other"]).lines]
        return [" ".join((line[1], *line[4:])) for line in lines if line[0] == owner and line[3] == "MX"]

    def ask(self, provider: Provider, zone: str, *owners: str) -> ZoneReading | ZoneFailure:
        """Read owners of one zone."""
        request = ZoneRequest(names.parse(zone), tuple(names.parse(owner) for owner in owners))
        (result,) = provider.read([request])
        assert result.zone == zone
        return result

    def read(self, zone: str, owner: str, provider: Provider | None = None) -> OwnerReading:
        """Read one owner of a zone that can be read."""
        result = self.ask(provider or self.open(), zone, owner)
        assert isinstance(result, ZoneReading), result
        return result.owners[names.parse(owner)]

    def failure(self, zone: str, provider: Provider | None = None) -> str:
        """Give the line that says why a zone cannot be read; it holds no secret."""
        result = self.ask(provider or self.open(), zone, zone)
        assert not isinstance(result, ZoneReading)
        self.check(result.message)
        return result.message

    def write(self, zone: str, change: Change, provider: Provider | None = None) -> ChangeOutcome:
        """Make one change; its message holds no secret."""
        batch = ZoneBatch(names.parse(zone), (change,), {})
        (outcome,) = (provider or self.open()).write([batch])
        assert (outcome.zone, outcome.owner) == (zone, change.owner)
        self.check(outcome.message)
        return outcome

    def check(self, message: str) -> None:
        """Make sure that a message is one line without a secret."""
        assert "\n" not in message
        assert "Traceback" not in message
        assert not [key.name for key in self.keys.values() if key.secret in message]


def apex_with(
    *records: tuple[int, str], flags: int = dns.flags.AA, authority: str = "60 IN NS ns."
) -> Callable[[bytes], bytes]:
    """Serve zone0.test. without signatures, with MX records of these TTLs and data at its apex.

    `flags` and the one record of the authority section are those of the answer with the MX records.
    """

    def answer(message: bytes) -> bytes:
        question = dns.message.from_wire(message)
        reply = dns.message.make_response(question)
        if question.question[0].rdtype == dns.rdatatype.SOA:
            reply.flags |= dns.flags.AA
            reply.answer.append(dns.rrset.from_text("zone0.test.", 60, "IN", "SOA", "ns. host. 1 2 3 4 5"))
        else:
            reply.flags |= flags
            reply.answer += [
                dns.rrset.from_text("zone0.test.", ttl, "IN", "MX", data) for ttl, data in records
            ]
            ttl, *rest = authority.split(" ", 3)
            reply.authority.append(dns.rrset.from_text("zone0.test.", int(ttl), *rest))
        return reply.to_wire()

    return answer
