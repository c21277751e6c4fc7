"""The rules that need nothing but the manifest. Pure.

Every function gives the problems it finds and stops at none of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from mxsync.diagnostic import Severity
from mxsync.names import ROOT, is_within, other_readings, parent, relative, to_labels
from mxsync.operators import recognise
from mxsync.suffixes import is_public_suffix

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from mxsync.model import MX
    from mxsync.names import Name

MAX_RECORDS = 100
"""The most records of a set that BIND and Cloud DNS take."""
SHORT_TTL, LONG_TTL = 60, 604800
"""TTLs below and above these, in seconds, are probably slips."""
RESERVED = frozenset({b"invalid", b"test", b"local", b"localhost"})
"""Top labels under which no mail host of the public can be (RFC 6761, RFC 6762)."""

_IPV4_LABELS = 4
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+")
_MAYBE_ADDRESS = re.compile(r"\s*[0-9]|[^:\[]*[:\[]")
_LIKE_ADDRESS = re.compile(r"[0-9.]+|.*[:\[\]].*")


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that something in a manifest breaks."""

    rule: str
    severity: Severity
    message: str
    help: str | None = None
    record: int | None = None
    """Which record of the set, from 0; None for the set as a whole."""
    waivable: bool = False
    """Whether an error may be waived; a warning always may."""


def check_exchange(text: str, exchange: Name, zone: Name) -> Iterator[Problem]:
    """Check one exchange, as written and as the name it stands for."""
    if address := _address(text, exchange, zone):
        yield Problem(
            "MX002",
            Severity.ERROR,
            f"the exchange {text} is an address; MX records hold host names",
            f"name the host that has the address {address}",
        )
        return
    if exchange == ROOT:
        return
    yield from _check_name(text, exchange)
    if zone != ROOT and is_within(exchange, zone):
        inner = relative(exchange, zone)
        if inner == zone[:-1] or inner.endswith(f".{zone[:-1]}"):
            yield Problem(
                "MX019",
                Severity.WARNING,
                f"the exchange {exchange} ends with the zone's name twice",
                "a trailing dot may be missing where the name was first written",
            )


def check_records(records: Sequence[MX]) -> Iterator[Problem]:
    """Check the records of a set beside one another, in the order in which they were written."""
    if len(records) > MAX_RECORDS:
        yield Problem(
            "MX024",
            Severity.ERROR,
            f"the set has {len(records)} records; {MAX_RECORDS} is the most that all servers take",
        )
    first: dict[MX, int] = {}
    better: dict[Name, int] = {}
    for record in records:
        better[record.exchange] = min(record.preference, better.get(record.exchange, record.preference))
    for at, record in enumerate(records):
        if record.exchange == ROOT:
            if record.preference:
                message = f"a null MX has preference 0, not {record.preference} (RFC 7505)"
                yield Problem("MX005", Severity.ERROR, message, "write null_mx", at)
            if len(records) > 1:
                message = "a null MX stands alone; beside it no other MX makes sense (RFC 7505)"
                yield Problem("MX006", Severity.ERROR, message, "remove it, or all the others", at)
        if record in first:
            message = f"the record {record} stands in the set twice"
            yield Problem("MX007", Severity.ERROR, message, "remove one of them", at)
        elif record.preference > better[record.exchange]:
            message = f"{record.exchange} also has preference {better[record.exchange]}, so {record.preference} never serves"
            yield Problem("MX008", Severity.WARNING, message, "remove the worse one", at)
        first.setdefault(record, at)
    yield from _check_alone(better.keys())


def check_placement(records: Sequence[MX], owner: Name) -> Iterator[Problem]:
    """Check a set against the owner that shall have it."""
    exchanges = [record.exchange for record in records if record.exchange != ROOT]
    if owner in exchanges:
        message = f"the exchange {owner} is the owner itself"
        yield Problem(
            "MX021", Severity.INFO, message, record=[record.exchange for record in records].index(owner)
        )
    if exchanges and owner != ROOT and all(is_within(exchange, owner) for exchange in exchanges):
        message = f"every exchange lies under {owner} itself: if its name servers are gone, so is its mail"
        yield Problem("MX020", Severity.INFO, message)


def check_ttl(ttl: int) -> Iterator[Problem]:
    """Check the TTL of a set, in seconds."""
    if ttl < SHORT_TTL:
        message = f"a TTL of {ttl} seconds makes nearly every mail ask anew"
        yield Problem("MX014", Severity.WARNING, message, "take 5m or more, except just before a move")
    elif ttl > LONG_TTL:
        message = f"caches keep a set with a TTL of {ttl} seconds for {ttl // 86400} days after a change"
        yield Problem("MX014", Severity.WARNING, message, "take 1w or less")


def check_owner(text: str, owner: Name) -> Iterator[Problem]:
    """Check the name of an owner, as written and as it is."""
    labels = to_labels(owner)
    if owner.startswith("*."):
        message = (
            f"{owner} is a wildcard: it answers for every name below {parent(owner)} that does not exist"
        )
        yield Problem(
            "MX027", Severity.WARNING, message, "name the owners, unless every name shall take mail"
        )
    if "_" in owner:
        message = f"the owner {owner} has an underscore, which no mail domain can have"
        yield Problem("MX004", Severity.WARNING, message)
    if len(labels) <= 1 or labels[-1] == b"arpa":
        kind = "the root" if not labels else "a top-level domain" if len(labels) == 1 else "under .arpa"
        yield Problem("MX025", Severity.WARNING, f"the owner {owner} is {kind}, where mail has no place")
    yield from check_mapping(text, owner)


def check_mapping(text: str, name: Name) -> Iterator[Problem]:
    """Check whether other software may take a name with U-labels for another one."""
    for other in other_readings(text):
        message = f"{text} is {name} here, and other software may take it for {other}"
        yield Problem("MX023", Severity.WARNING, message, f"write {name} to be sure")


def _check_alone(exchanges: Collection[Name]) -> Iterator[Problem]:
    if len(exchanges) == 1 and ROOT not in exchanges:
        (exchange,) = exchanges
        operator = recognise(exchange)
        if not (operator and operator.pooled):
            message = (
                f"{exchange} is the only exchange: there is no backup, and its preference has no meaning"
            )
            yield Problem("MX016", Severity.INFO, message, "name a second host, if there is one", 0)


@lru_cache(maxsize=4096)  # few hosts take the mail of many domains
def _check_name(text: str, exchange: Name) -> tuple[Problem, ...]:
    """Check what is the same in all zones."""
    labels = to_labels(exchange)
    problems = [*_check_host(text, exchange, labels)]
    if "." not in text:
        message = f"the exchange {text} is taken as relative to the zone"
        problems.append(
            Problem("MX018", Severity.WARNING, message, "write the whole name, with a dot at its end")
        )
    elif not text.endswith(".") and not problems:
        problems += _check_top(text, exchange, labels[-1])
    problems += check_mapping(text, exchange)
    if (top := labels[-1]) in RESERVED:
        message = f"the exchange {exchange} lies under the reserved name {top.decode()}: no sender finds it"
        problems.append(
            Problem("MX026", Severity.WARNING, message, "name a host that exists in the public DNS")
        )
    return tuple(problems)


def _check_host(text: str, exchange: Name, labels: Sequence[bytes]) -> Iterator[Problem]:
    if not _HOST.fullmatch(exchange):
        only_underscores = _HOST.fullmatch(exchange.replace("_", "x")) is not None
        what = "it has an underscore" if only_underscores else "see RFC 1123 §2.1"
        yield Problem(
            "MX003",
            Severity.ERROR,
            f"the exchange {text!r} is no host name: {what}",
            "labels have letters, digits and hyphens, no hyphen at an end, and no blanks",
            waivable=only_underscores,
        )
    elif labels[-1].isdigit():
        message = f"the exchange {text} has a top label of digits alone; no such domain exists"
        yield Problem("MX003", Severity.WARNING, message)


def _check_top(text: str, exchange: Name, top: bytes) -> Iterator[Problem]:
    """Find names that were probably meant to be relative: `mail.lists` for `mail.lists.example.com.`."""
    if top in RESERVED or top.isdigit() or is_public_suffix(top.decode("ascii")):
        return
    yield Problem(
        "MX031",
        Severity.ERROR,
        f"the exchange {text} is taken as absolute, and there is no top-level domain {top.decode()}",
        f"write {exchange} if it is meant so, or the whole name of the host in the zone",
        waivable=True,
    )


def _address(text: str, exchange: Name, zone: Name) -> str | None:
    """Give the address that an exchange is, if it is one."""
    if not (exchange[0].isdigit() or _MAYBE_ADDRESS.match(text)):
        return None
    bare = text.strip().removesuffix(".").removeprefix("[").removesuffix("]")
    bare = bare[5:] if bare.lower().startswith("ipv6:") else bare
    candidates = [bare]
    if zone != ROOT and is_within(exchange, zone):
        inner = relative(exchange, zone)
        candidates += [inner] if inner.count(".") == _IPV4_LABELS - 1 else []
    for candidate in candidates:
        if not _LIKE_ADDRESS.fullmatch(candidate):
            continue
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return None
