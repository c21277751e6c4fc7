"""Finds out what an owner has, from the answers of an authoritative server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mxsync import names
from mxsync.errors import InvalidSet
from mxsync.model import MX, MXSet
from mxsync.reading import Absent, Blocked, Present, Unreadable
from mxsync_rfc2136 import wildcard
from mxsync_rfc2136.address import falls_back
from mxsync_rfc2136.message import A_ANSWER, Kind, Trouble, rcode_text
from mxsync_rfc2136.talk import Talk, ask

if TYPE_CHECKING:
    from mxsync.names import Name
    from mxsync.reading import OwnerReading
    from mxsync_rfc2136.message import Answer, Record
    from mxsync_rfc2136.server import Server


def read_owner(  # noqa: PLR0913 - the last three for one caller each
    server: Server,
    zone: Name,
    owner: Name,
    *,
    known: bool = False,
    delay: float = 0,
    address: Talk[bool | None] | None = None,
) -> Talk[OwnerReading]:
    """Read one owner of a zone, after a delay in seconds. Raises nothing.

    `Present` and `Absent` prove that the server has authority for a zone of just this name; `known` says
    that there is no need to, for it was proved before. Where there is a set, `address` finds out whether the
    owner has an address of its own too.
    """
    try:
        return (yield from _read(server, zone, owner, known=known, delay=delay, address=address))
    except Trouble as error:
        return Unreadable(str(error))


def _read(  # noqa: PLR0913 - as above
    server: Server, zone: Name, owner: Name, *, known: bool, delay: float, address: Talk[bool | None] | None
) -> Talk[OwnerReading]:
    if not names.is_within(owner, zone):
        return Blocked(f"{owner} lies outside of {zone}")
    answer = yield from ask(owner, Kind.MX, delay=delay)
    if answer.rcode not in A_ANSWER:
        return Unreadable(f"{server}: the server answers {rcode_text(answer.rcode)} for {owner} MX")
    if answer.truncated:
        return Unreadable(f"{server}: the server cut the answer for {owner} MX short")
    for record in answer.answer:
        if record.kind == Kind.DNAME:
            return Blocked(
                f"{record.name} is a DNAME: nothing below it is served from this zone", rule="MXL10"
            )
    alias = answer.records(owner, Kind.CNAME)
    found = alias or answer.records(owner, Kind.MX)
    if not found:
        return _nothing(server, zone, owner, answer)
    if not answer.authoritative:
        return Unreadable(
            f"{server}: the answer for {owner} MX is not authoritative: it may come from a cache"
        )
    sure = alias or (known and owner == zone)
    if not sure and (serving := (yield from _serving(server, owner, answer))) != zone:
        return Blocked(f"{owner} lies in the zone {serving} there, not in {zone}", rule="MXL10")
    return (yield from _something(server, zone, owner, found, address))


def _something(
    server: Server, zone: Name, owner: Name, found: list[Record], address: Talk[bool | None] | None
) -> Talk[OwnerReading]:
    """Read records, which a wildcard may have made up."""
    wildcards = yield from wildcard.above(zone, owner, found[0].kind)
    made_up = yield from wildcard.made_up(zone, owner, found, wildcards)
    if made_up:
        # Caches keep what the wildcard says, for its own time.
        return Absent(found[0].ttl, wildcard=True)
    reading = _own(server, owner, found, sure=made_up is False)
    if address is None or not isinstance(reading, Present):
        return reading
    return replace(reading, addressed=falls_back((yield from address), wildcards))


def _own(server: Server, owner: Name, found: list[Record], *, sure: bool) -> OwnerReading:
    """Read records that no wildcard made up, if that is sure."""
    if not sure:
        return Blocked(
            f"a wildcard has the same records as {owner}, and the server does not let this key find out "
            "whether the owner has any of its own; give the key leave to update",
            rule="MXL20",
        )
    if found[0].kind == Kind.CNAME:
        return Blocked(
            f"{owner} is a CNAME: an MX set cannot stand beside it (RFC 2181 §10.1)",
            vacant=True,
            rule="MXL07",
        )
    odd = f"{server}: the server gives an odd set for {owner} MX"
    ttls = {record.ttl for record in found}
    if len(ttls) > 1:
        return Unreadable(f"{odd}: records of different TTLs (RFC 2181 §5.2)")
    try:
        return Present(MXSet.of(ttls.pop(), (record.data for record in found if isinstance(record.data, MX))))
    except InvalidSet as error:
        return Unreadable(f"{odd}: {error}")


def _nothing(server: Server, zone: Name, owner: Name, answer: Answer) -> OwnerReading:
    """Read an answer without records: no set, or not the business of this zone."""
    if answer.soa is None and not answer.authoritative:
        for record in answer.authority:
            if record.kind == Kind.NS:
                return Blocked(
                    f"{record.name} is delegated: an MX set of {owner} in {zone} would never be served",
                    rule="MXL10",
                )
    if answer.soa is None or not answer.authoritative:
        return Unreadable(f"{server}: the server gives neither records nor a reason for {owner} MX")
    record, soa = answer.soa
    if record.name != zone:
        return Blocked(f"{owner} lies in the zone {record.name} there, not in {zone}", rule="MXL10")
    # RFC 2308 §5.
    return Absent(min(record.ttl, soa.minimum))


def _serving(server: Server, owner: Name, answer: Answer) -> Talk[Name]:
    """Find out which zone of the server an answer came from; a child zone may be served beside it."""
    for record in answer.authority:
        if record.kind == Kind.NS:
            return record.name
    answer = yield from ask(owner, Kind.SOA)
    if answer.records(owner, Kind.SOA):
        return owner
    if answer.soa is None:
        raise Trouble(f"{server}: the server does not say which zone {owner} lies in")
    return answer.soa[0].name
