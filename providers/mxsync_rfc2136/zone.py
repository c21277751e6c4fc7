"""Makes sure of the zone: that the server has authority for one of just this name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync_rfc2136 import update
from mxsync_rfc2136.message import A_ANSWER, Kind, Rcode, Record, Soa, Trouble, Unsigned, rcode_text
from mxsync_rfc2136.talk import Talk, ask, attempt, say

if TYPE_CHECKING:
    from mxsync.names import Name
    from mxsync_rfc2136.message import Answer
    from mxsync_rfc2136.server import Server


def check_zone(server: Server, zone: Name) -> Talk[Soa]:
    """Find the zone's SOA record. Raises Trouble, with what is wrong and what to do."""
    return authority(server, zone, (yield from attempt(ask(zone, Kind.SOA))))


def shows_another_soa(server: Server, zone: Name) -> Talk[bool]:
    """Say whether conditions are compared with another SOA record than the one that is shown.

    BIND's inline signing keeps two zones: the signed one is shown, the other one updated. Raises Trouble.
    """
    shown = yield from check_zone(server, zone)
    answer = yield from say(update.unchanged(zone, shown))
    return answer.rcode == Rcode.NXRRSET and (yield from check_zone(server, zone)) == shown


def authority(server: Server, zone: Name, answer: Answer | Trouble) -> Soa:
    """Give the SOA record in the answer to a question for it. Raises Trouble like `check_zone`."""
    if isinstance(answer, Unsigned) and answer.rcode == Rcode.REFUSED:
        # Knot signs nothing about zones that it does not have; to a wrong key all servers say NOTAUTH.
        raise Trouble(
            f"{server}: the server answered REFUSED without a signature for {zone}: is it served there, and does "
            f"the server know {server.keys.asking}, with the same secret and the same time?"
        )
    if isinstance(answer, Trouble):
        raise answer
    match answer.rcode:
        case Rcode.REFUSED:
            raise Trouble(
                f"{server}: the server refuses to answer for {zone} (REFUSED): not served to {server.keys.asking}"
            )
        case Rcode.SERVFAIL:
            raise Trouble(f"{server}: the server has trouble with {zone} (SERVFAIL); see its log")
        case rcode if rcode not in A_ANSWER:
            raise Trouble(f"{server}: the server answers {rcode_text(rcode)} for {zone}; is it served there?")
    match answer.records(zone, Kind.SOA):
        case [Record(data=Soa() as soa)]:
            if not answer.authoritative:
                raise Trouble(f"{server}: the server has no authority for {zone}; name its primary server")
            return soa
    if answer.authoritative and answer.soa:
        above, _ = answer.soa
        raise Trouble(
            f"{server}: {zone} is no zone of its own there; it lies in {above.name}, take that as the zone"
        )
    raise Trouble(
        f"{server}: the server does not serve {zone}; is it a resolver? name the zone's primary server"
    )
