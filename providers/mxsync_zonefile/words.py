"""Tells the words of a record apart: owner, TTL, class, type and data (RFC 1035 §5.1)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.ttl
from dns.rdataclass import IN, RdataClass
from dns.rdatatype import RdataType

from mxsync_zonefile.content import Words
from mxsync_zonefile.master import MasterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mxsync_zonefile.master import Token

GENERIC = r"\#"
"""What the data of any type may begin with (RFC 3597 §5)."""
_UNNAMED = {"EID": 31, "NIMLOC": 32, "SINK": 40, "RKEY": 57, "TALINK": 58, "DOA": 259}
"""Types that `named` knows and dnspython does not."""


class Split(NamedTuple):
    """The words of a record, and what the first ones mean."""

    words: Words
    ttl: int | None
    rdtype: RdataType


def split(tokens: Sequence[Token], owner: Token | None = None) -> Split:
    """Tell TTL, class, type and data apart: TTL and class may be missing and come in any order.

    Raises MasterError: no type, none that is known, or another class than IN.
    """
    rest = list(tokens)
    ttl_token = class_token = ttl = None
    while rest:
        token = rest[0]
        if ttl is None and (ttl := _ttl_of(token)) is not None:
            ttl_token = rest.pop(0)
        elif class_token is None and _is_class(token):
            class_token = rest.pop(0)
        else:
            break
    if not rest:
        raise MasterError((owner or tokens[-1]).start, "the record has no type")
    rdtype = _type_of(rest[0])
    return Split(Words(owner, ttl_token, class_token, rest[0], tuple(rest[1:])), ttl, rdtype)


def rdata_of(rdtype: RdataType, words: Words, text: str, origin: dns.name.Name) -> dns.rdata.Rdata:
    """Understand the data of a record, which is `text`.

    What dnspython cannot read, as of some types that hardly anybody uses, is kept as words.

    Raises DNSException.
    """
    if is_opaque(words, rdtype):
        return dns.rdata.GenericRdata(IN, rdtype, text.encode("iso-8859-1"))
    return dns.rdata.from_text(IN, rdtype, text, origin, relativize=False)


def is_opaque(words: Words, rdtype: RdataType) -> bool:
    """Say whether the data is in the form of a type that dnspython cannot read."""
    return (
        dns.rdata.get_rdata_class(IN, rdtype)  # type: ignore[no-untyped-call]
        is dns.rdata.GenericRdata
        and not words.rdtype.text.upper().startswith("TYPE")
        and words.data != ()
        and words.data[0].text != GENERIC
    )


def joined(tokens: Sequence[Token]) -> str:
    """Put words one after the other, with a blank where the file has something between two of them.

    Without one they may be one value, as in `alpn="h2,h3"` (RFC 9460 §2.1).
    """
    parts: list[str] = []
    end = tokens[0].start if tokens else 0
    for token in tokens:
        if token.start > end:
            parts.append(" ")
        parts.append(token.text)
        end = token.end
    return "".join(parts)


def _ttl_of(token: Token) -> int | None:
    return _ttl(token.text) if "0" <= token.text[0] <= "9" else None


@lru_cache
def _ttl(text: str) -> int | None:
    try:
        return dns.ttl.from_text(text)
    except dns.ttl.BadTTL:
        return None


def _is_class(token: Token) -> bool:
    rdclass = _class(token.text)
    if rdclass not in {IN, None}:
        raise MasterError(token.start, f"the record is of class {token.text}, not IN")
    return rdclass is not None


@lru_cache
def _class(text: str) -> RdataClass | None:
    try:
        return dns.rdataclass.from_text(text)
    except (dns.exception.DNSException, ValueError):
        return None


def _type_of(token: Token) -> RdataType:
    rdtype = _type(token.text)
    if rdtype is RdataType.NONE or dns.rdatatype.is_metatype(rdtype):
        message = f"{token.text} is no record type that mxsync knows; write it as TYPEnnn (RFC 3597)"
        raise MasterError(token.start, message)
    return rdtype


@lru_cache
def _type(text: str) -> RdataType:
    try:
        return RdataType.make(_UNNAMED.get(text.upper(), text))
    except (dns.exception.DNSException, ValueError):
        return RdataType.NONE
