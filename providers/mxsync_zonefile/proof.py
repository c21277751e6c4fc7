"""Proves that an edited zone file says what it shall, and nothing else that is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rdatatype
from dns.rdatatype import RdataType

from mxsync_zonefile.content import mx_of
from mxsync_zonefile.edit import Uneditable
from mxsync_zonefile.opinion import first_opinion, second_opinion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from mxsync.change import Change
    from mxsync.names import Name
    from mxsync_zonefile.content import RR, Content

_SAID = 3
"""So many fields of a record say what it is: owner, TTL and data. The others say where it stands."""


def prove(old: Content, new: Content, changes: Iterable[Change], serial: int) -> None:
    """Compare what the file said and what it says now.

    Everything but the MX sets of the changes and the serial must be equal, record by record and in the
    same order, and dnspython's own reader, which shares nothing with ours, must agree.

    Raises Uneditable.
    """
    wanted = {change.owner: change.after for change in changes}
    _keep_odd_ttls(old, new, wanted.keys())
    _keep_others(old, new, wanted.keys())
    for owner, after in wanted.items():
        records = new.sets.get((owner, RdataType.MX), [])
        ttl = after.ttl if after else None
        found = sorted((mx_of(record.rdata), record.ttl) for record in records)
        if found != [(mx, ttl) for mx in (after.records if after else ())]:
            raise Uneditable(f"the edit would not give {owner} the wanted set; nothing was written")
    if new.serial != serial:
        raise Uneditable("the edit would not give the zone its new serial; nothing was written")
    _agree(old, new)


def _keep_others(old: Content, new: Content, owners: AbstractSet[Name]) -> None:
    before, after = list(_others(old, owners)), list(_others(new, owners))
    for was, now in zip(before, after, strict=False):
        included = was.source.entry is None  # an edit keeps those that a $GENERATE of the file itself makes
        if included and was.ttl != now.ttl and (was.owner, was.rdata) == (now.owner, now.rdata):
            raise Uneditable(
                f"the edit would change the TTL of the record at {was.source.place}, which names none; write"
                " it there, or begin the zone's file with a $TTL"
            )
    if [record[:_SAID] for record in before] != [record[:_SAID] for record in after]:
        raise Uneditable("the edit would change more than the MX set and the serial; nothing was written")


def _others(content: Content, owners: AbstractSet[Name]) -> Iterator[RR]:
    for record in content.records:
        if record.rdata.rdtype is RdataType.SOA:
            yield record._replace(rdata=record.rdata.replace(serial=0))
        elif record.rdata.rdtype is not RdataType.MX or record.owner not in owners:
            yield record


def _keep_odd_ttls(old: Content, new: Content, owners: AbstractSet[Name]) -> None:
    """Refuse what changes which TTL counts of an RRset that names several (`Content.ttl`).

    A line that goes may join two places of it, and the TTLs of its lines are not ours to change.
    """
    for key, records in old.sets.items():
        owner, rdtype = key
        if (rdtype is RdataType.MX and owner in owners) or len({record.ttl for record in records}) == 1:
            continue
        if key in new.sets and new.ttl(*key) != old.ttl(*key):
            raise Uneditable(
                f"the {_kind(key)} records of {owner} have several TTLs, and the edit would change which one"
                " counts; give them one TTL first"
            )


def _agree(old: Content, new: Content) -> None:
    ours, theirs = first_opinion(new), second_opinion(new)
    for key in ours.keys() | theirs.keys():
        mine, other = ours.get(key), theirs.get(key)
        if mine is None or other is None or mine[1] != other[1]:
            raise Uneditable(_disagreement(key))
    apart = [key for key in ours if ours[key] != theirs[key]]
    if apart:
        # Readers differ in some inherited TTLs: only where they agreed before they must agree now.
        ours, theirs = first_opinion(old), second_opinion(old)
        for key in apart:
            if key not in ours or (ours[key] == theirs.get(key) and _is_sure(old, key)):
                raise Uneditable(_disagreement(key))


def _is_sure(content: Content, key: tuple[Name, RdataType]) -> bool:
    """Say whether all readers see the same TTLs, and do not just agree about the least one."""
    return all(
        words.ttl is not None or content.states[entry].surely_gives(record.ttl)
        for record in content.sets[key]
        if (words := record.source.words) and (entry := record.source.entry) is not None
    )


def _disagreement(key: tuple[Name, RdataType]) -> str:
    return (
        f"two ways to read the file do not agree about the {_kind(key)} records of {key[0]}; edit it by hand"
    )


def _kind(key: tuple[Name, RdataType]) -> str:
    return dns.rdatatype.to_text(key[1])
