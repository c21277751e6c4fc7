"""What dnspython's own reader, which shares nothing with ours, takes a zone file for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.exception
import dns.name
import dns.zone
from dns.rdatatype import RdataType

from mxsync_zonefile.content import name_of
from mxsync_zonefile.edit import Uneditable
from mxsync_zonefile.master import MAKES_RECORDS
from mxsync_zonefile.words import is_opaque

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.names import Name
    from mxsync_zonefile.content import RR, Content

    Sets = dict[tuple[Name, RdataType], tuple[int, frozenset[bytes]]]
    """By owner and type: the least TTL, and the data in canonical form."""

_NOTE = RdataType.NULL
"""The type of a record that only tells the last TTL: none that a zone file has (RFC 1035 §3.3.10)."""


def first_opinion(content: Content) -> Sets:
    """Give the records of the file itself, without those of included files or made by `$GENERATE`."""
    return {
        key: (min(record.ttl for record in own), frozenset(record.rdata.to_digestable() for record in own))
        for key, records in content.sets.items()
        if (own := [record for record in records if record.source.entry is not None])
    }


def second_opinion(content: Content) -> Sets:
    """Give the same as dnspython reads it.

    Raises Uneditable if it cannot.
    """
    text = "".join(_for_dnspython(content)).replace("\r\n", "\n")  # older versions stumble over it
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
        if rdataset.rdtype is not _NOTE
    }


def _for_dnspython(content: Content) -> Iterator[str]:
    """Give the file in words that dnspython reads as `named` reads the file.

    The form of RFC 3597 stands for data that it does not know. `$INCLUDE` and `$GENERATE` are left out,
    but for the TTLs that they leave behind.
    """
    records = {record.source.entry: record for record in content.records}
    own_owner = True
    """Whether the owner that dnspython knows is that of the lines before."""
    for index, entry in enumerate(content.entries):
        state, after, record = content.states[index], content.states[index + 1], records.get(index)
        makes = entry.directive in MAKES_RECORDS
        if makes and after.default_ttl != state.default_ttl:
            yield f"$TTL {after.default_ttl}\n"
        if makes and after.told_ttl != state.told_ttl:
            yield f"{content.zone} {after.told_ttl} TYPE{_NOTE.value} \\# 0\n"
            own_owner = False
        if record:
            yield from _record(content, record, "" if own_owner else f"{record.owner} ")
            own_owner = True
        elif not makes:
            yield content.text[entry.start : entry.end]


def _record(content: Content, record: RR, owner: str) -> Iterator[str]:
    """Give a record's entry, with this before it if it names no owner."""
    words, index = record.source.words, record.source.entry
    assert words  # noqa: S101 - it has an entry
    assert index is not None  # noqa: S101
    if is_opaque(words, record.rdata.rdtype):
        yield words.owner.text if words.owner else owner
        yield " ".join(["", *(token.text for token in (words.ttl, words.rdclass) if token), ""])
        yield f"TYPE{record.rdata.rdtype.value} {record.rdata}\n"
    else:
        entry = content.entries[index]
        yield "" if words.owner else owner
        yield content.text[entry.start : entry.end]
