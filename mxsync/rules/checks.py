"""The rules for MX sets that need nothing but the set itself. Pure.

The numbers are public and never change their meaning. Every function gives the problems it finds and
stops at none of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from mxsync.diagnostic import Severity
from mxsync.names import ROOT, is_within, relative, to_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mxsync.model import MX
    from mxsync.names import Name

MAX_RECORDS = 100
"""The most records of a set that BIND and Cloud DNS take."""

_IPV4_LABELS = 4
_HOST_LABEL = re.compile(rb"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that a record or set breaks."""

    rule: str
    severity: Severity
    message: str
    help: str | None = None
    record: int | None = None
    """Which record of the set, from 0; None for the set as a whole."""


def check_exchange(text: str, exchange: Name, zone: Name) -> Iterator[Problem]:
    """Check one exchange, as written and as the name it stands for."""
    if address := _address(text, exchange, zone):
        yield Problem(
            "MX002",
            Severity.ERROR,
            f"the exchange {text} is an address; MX records hold host names",
            f"name the host that has the address {address}",
        )
    elif exchange != ROOT:
        yield from _check_host(text, exchange)
    if exchange != ROOT and is_within(exchange, zone):
        inner = relative(exchange, zone)
        if zone != ROOT and (inner == zone[:-1] or inner.endswith(f".{zone[:-1]}")):
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


def _check_host(text: str, exchange: Name) -> Iterator[Problem]:
    labels = to_labels(exchange)
    if any(b"_" in label for label in labels):
        yield Problem(
            "MX003",
            Severity.ERROR,
            f"the exchange {text} is no host name: it has an underscore",
            "give the host a name of letters, digits and hyphens",
        )
    elif not all(_HOST_LABEL.fullmatch(label) for label in labels):
        yield Problem(
            "MX003",
            Severity.ERROR,
            f"the exchange {text!r} is no host name",
            "labels have letters, digits and hyphens, no hyphen at an end, and no blanks (RFC 1123)",
        )
    elif labels[-1].isdigit():
        message = f"the exchange {text} has a top label of digits alone; no such domain exists"
        yield Problem("MX003", Severity.WARNING, message)


def _address(text: str, exchange: Name, zone: Name) -> str | None:
    """Give the address that an exchange is, if it is one."""
    bare = text.strip().removesuffix(".").removeprefix("[").removesuffix("]")
    bare = bare[5:] if bare.lower().startswith("ipv6:") else bare
    candidates = [bare]
    if zone != ROOT and is_within(exchange, zone):
        inner = relative(exchange, zone)
        candidates += [inner] if inner.count(".") == _IPV4_LABELS - 1 else []
    for candidate in candidates:
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return None
