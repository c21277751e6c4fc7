"""Proves what a plan and an apply need, by messages that change nothing (`mxsync doctor`).

The proof of the right to write is an UPDATE whose condition is false (`update.may_write`): a condition
alone is answered by BIND's update-policy whoever asks, and a true one would go on to the change.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from mxsync.diagnostic import Severity
from mxsync.provider import Check
from mxsync_rfc2136 import transfer, update
from mxsync_rfc2136.lines import Pace, converse
from mxsync_rfc2136.message import CONDITION_FAILED, Answer, Kind, Rcode, Trouble, Unsigned, rcode_text
from mxsync_rfc2136.refusal import no_leave, not_authorised, not_signed
from mxsync_rfc2136.server import Keys
from mxsync_rfc2136.sign import FUDGE
from mxsync_rfc2136.talk import Talk, ask, attempt, say, together
from mxsync_rfc2136.zone import authority

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mxsync.names import Name
    from mxsync.provider import ZoneRequest
    from mxsync_rfc2136.server import Server

ZONES = Pace(courses=128)
"""How many zones are looked at together."""
_DRIFT = 30
"""From how many seconds on a clock that is off is worth a word."""
_SERVER, _CLOCK, _RIGHT, _TRANSFER = "server", "clock", "right to write", "transfer"


def look_at_server(server: Server, zones: Iterable[Name], serials: dict[Name, int]) -> Iterator[Check]:
    """Ask a server for zones: whether it is there, takes the key, and has authority; and what its clock says.

    `serials` holds what the servers before it had; one with an older serial lags behind them.
    """
    drift = 0
    for zone, answer in converse(server, (_soa(zone) for zone in zones), ZONES):
        if isinstance(answer, Answer) and answer.signed_at is not None:
            drift = max(drift, answer.signed_at - round(time.time()), key=abs)
        try:
            serial = authority(server, zone, answer).serial
        except Trouble as error:
            yield Check(zone, _SERVER, Severity.ERROR, str(error))
            continue
        first = serials.setdefault(zone, serial)
        if 0 < (first - serial) % (1 << 32) < 1 << 31:  # RFC 1982 §3.2
            message = f"{server}: it lags behind: it has serial {serial}, the first server has {first}"
            yield Check(zone, _SERVER, Severity.WARNING, message)
        else:
            message = f"{server}: answers {server.keys.asking} with authority"
            yield Check(zone, _SERVER, Severity.INFO, message)
    if abs(drift) >= _DRIFT:
        way = "ahead of" if drift > 0 else "behind"
        message = f"{server}: its clock is {abs(drift)} s {way} ours; from {FUDGE} s on no signature is taken"
        yield Check(None, _CLOCK, Severity.WARNING, message)


def look_at_rights(server: Server, requests: Iterable[ZoneRequest]) -> Iterator[Check]:
    """Find out whether the key may change the MX sets of zones, owner by owner, and whether anybody may."""
    wanted = list(requests)
    for checks in converse(server, (_rights(server, request) for request in wanted), ZONES):
        yield from checks
    if server.keys.updates:
        nobody = replace(server, keys=Keys(server.keys.questions))
        zones = (request.zone for request in wanted)
        for zone, answer in converse(nobody, (_probe(zone, zone) for zone in zones), ZONES):
            if isinstance(answer, Answer) and answer.rcode in CONDITION_FAILED:
                message = (
                    f"{server}: takes updates without a signature from this address; "
                    "demand a key (BIND: update-policy; PowerDNS: TSIG-ALLOW-DNSUPDATE)"
                )
                yield Check(zone, _RIGHT, Severity.WARNING, message)


def look_at_transfer(server: Server, zone: Name) -> Check:
    """Find out whether the zone can be listed, as `scope: zone` needs it."""
    try:
        count = len(transfer.mx_owners(server, zone))
    except Trouble as error:
        return Check(zone, _TRANSFER, Severity.ERROR, str(error))
    return Check(zone, _TRANSFER, Severity.INFO, f"{server}: lists the zone; MX sets in it: {count}")


def _soa(zone: Name) -> Talk[tuple[Name, Answer | Trouble]]:
    return zone, (yield from attempt(ask(zone, Kind.SOA)))


def _probe(zone: Name, owner: Name) -> Talk[tuple[Name, Answer | Trouble]]:
    return owner, (yield from attempt(say(update.may_write(zone, owner))))


def _rights(server: Server, request: ZoneRequest) -> Talk[list[Check]]:
    zone = request.zone
    probes = yield from together(_probe(zone, owner) for owner in request.owners or (zone,))
    refused = [(owner, answer) for owner, answer in probes if not _granted(answer)]
    if not refused:
        message = f"{server}: {server.keys.updating} may change the MX sets that are managed"
        return [Check(zone, _RIGHT, Severity.INFO, message)]
    # What is alike for all owners is said once, and in the same words for every zone.
    alike = len(refused) == len(probes) and len({_kind(answer) for _, answer in refused}) == 1
    reasons = yield from together(
        _reason(server, zone, owner, answer, "its MX sets" if alike else f"the MX set of {owner}")
        for owner, answer in (refused[:1] if alike else refused)
    )
    return [Check(zone, _RIGHT, Severity.ERROR, reason) for reason in dict.fromkeys(reasons)]


def _kind(answer: Answer | Trouble) -> tuple[type, int | None]:
    return type(answer), answer.rcode if isinstance(answer, Answer | Unsigned) else None


def _granted(answer: Answer | Trouble) -> bool:
    return isinstance(answer, Answer) and answer.rcode in CONDITION_FAILED


def _reason(server: Server, zone: Name, owner: Name, answer: Answer | Trouble, what: str) -> Talk[str]:
    if isinstance(answer, Unsigned):
        return not_signed(server, "the zone", answer)
    if isinstance(answer, Trouble):
        return str(answer)
    if answer.rcode == Rcode.REFUSED:
        return f"{server}: {(yield from no_leave(server, zone, owner, what))}"
    if answer.rcode == Rcode.NOTAUTH:
        return f"{server}: {not_authorised(server, 'the zone')}"
    return (
        f"{server}: the server answers an update with {rcode_text(answer.rcode)}; is it the primary server?"
    )
