"""Proves that an edited zone file says what it shall, and nothing else that is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.exception
import dns.name
import dns.rdatatype
import dns.zone
from dns.rdatatype import RdataType

from mxsync_zonefile.content import mx_of, name_of
from mxsync_zonefile.edit import Uneditable
from mxsync_zonefile.master import MAKES_RECORDS
from mxsync_zonefile.words import is_opaque

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from dns.rdata import Rdata

    from mxsync.change import Change
    from mxsync.names import Name
    from mxsync_zonefile.content import Content

    Sets = dict[tuple[Name, RdataType], tuple[int, frozenset[bytes]]]
    """By owner and type: the least TTL, and the data in canonical form."""


def prove(old: Content, new: Content, changes: Iterable[Change], serial: int) -> None:
    """Compare what the file said and what it says now.

    Everything but the MX sets of the changes and the serial must be equal, record by record and in the
    same order, and dnspython's own reader, which shares nothing with ours, must agree.

    Raises Uneditable.
    """
    wanted = {change.owner: change.after for change in changes}
    same = list(_others(old, wanted.keys())) == list(_others(new, wanted.keys()))
    if not same or _odd_ttls(old, wanted.keys()) != _odd_ttls(new, wanted.keys()):
        raise Uneditable("the edit would change more than the MX set and the serial; nothing was written")
    for owner, after in wanted.items():
        records = new.sets.get((owner, RdataType.MX), [])
        ttl = after.ttl if after else None
        found = sorted((mx_of(record.rdata), record.ttl) for record in records)
        if found != [(mx, ttl) for mx in (after.records if after else ())]:
            raise Uneditable(f"the edit would not give {owner} the wanted set; nothing was written")
    if new.serial != serial:
        raise Uneditable("the edit would not give the zone its new serial; nothing was written")
    _agree(old, new)


def _others(content: Content, owners: AbstractSet[Name]) -> Iterator[tuple[Name, int, Rdata]]:
    for owner, ttl, rdata, *_ in content.records:
        if rdata.rdtype is RdataType.SOA:
            yield owner, ttl, rdata.replace(serial=0)
        elif rdata.rdtype is not RdataType.MX or owner not in owners:
            yield owner, ttl, rdata


def _odd_ttls(content: Content, owners: AbstractSet[Name]) -> dict[tuple[Name, RdataType], int]:
    """Give the TTLs of RRsets with more than one: which counts depends on what stands between them."""
    return {
        (owner, rdtype): content.ttl(owner, rdtype)
        for (owner, rdtype), records in content.sets.items()
        if len({record.ttl for record in records}) > 1 and not (rdtype is RdataType.MX and owner in owners)
    }


def _agree(old: Content, new: Content) -> None:
    ours, theirs = _sets(new), _second_opinion(new)
    for key in ours.keys() | theirs.keys():
        mine, other = ours.get(key), theirs.get(key)
        if mine is None or other is None or mine[1] != other[1]:
            raise Uneditable(_disagreement(key))
    apart = [key for key in ours if ours[key] != theirs[key]]
    if apart:
        # Readers differ in some inherited TTLs: only where they agreed before they must agree now.
        ours, theirs = _sets(old), _second_opinion(old)
        for key in apart:
            if key not in ours or ours[key] == theirs.get(key):
                raise Uneditable(_disagreement(key))


def _disagreement(key: tuple[Name, RdataType]) -> str:
    owner, rdtype = key
    kind = dns.rdatatype.to_text(rdtype)
    return f"two ways to read the file do not agree about the {kind} records of {owner}; edit it by hand"


def _sets(content: Content) -> Sets:
    """Give the records of the file itself, without those of included files or made by `$GENERATE`."""
    return {
        key: (min(record.ttl for record in own), frozenset(record.rdata.to_digestable() for record in own))
        for key, records in content.sets.items()
        if (own := [record for record in records if record.source.entry is not None])
    }


def _second_opinion(content: Content) -> Sets:
    text = "".join(_for_dnspython(content))
    try:
        zone = dns.zone.from_text(
            text, dns.name.from_text(content.zone), relativize=False, check_origin=False
        )
    except dns.exception.DNSException as error:
        raise Uneditable(f"dnspython cannot read the file: {error}; edit it by hand") from None
    return {
        (name_of(name), rdataset.rdtype): (
            rdataset.ttl,
            frozenset(rdata.to_digestable() for rdata in rdataset),
        )
        for name, rdataset in zone.iterate_rdatasets()
    }


def _for_dnspython(content: Content) -> Iterator[str]:
    """Give the file without what dnspython cannot read, and with the form of RFC 3597 in its place."""
    opaque = {
        record.source.entry: (words, record.rdata)
        for record in content.records
        if (words := record.source.words) and is_opaque(words, record.rdata.rdtype)
    }
    for index, entry in enumerate(content.entries):
        if index in opaque:
            words, rdata = opaque[index]
            first = words.owner.text if words.owner else ""
            yield " ".join([first, *(token.text for token in (words.ttl, words.rdclass) if token), ""])
            yield f"TYPE{rdata.rdtype.value} {rdata}\n"
        elif entry.directive not in MAKES_RECORDS:
            yield content.text[entry.start : entry.end]
