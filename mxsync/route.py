"""What a sender does with mail for a domain, from what resolvers answer (RFC 5321 §5.1). Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from mxsync import names
from mxsync.names import ROOT
from mxsync.rules.addresses import trap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mxsync.answers import Alias, HostAnswer
    from mxsync.model import MXSet
    from mxsync.names import Name

MAX_ABOVE = 5
"""How many names above a domain are asked for a wildcard."""


class Way(StrEnum):
    """Where mail for a domain goes."""

    MX = "mx"
    """To the hosts of its MX set."""
    NULL = "null"
    """Nowhere: the domain says that it takes no mail (RFC 7505)."""
    IMPLICIT = "implicit"
    """To the domain's own addresses, for it has no MX set."""
    NONE = "none"
    """Nowhere: it has neither an MX set nor an address."""
    MISSING = "missing"
    """Nowhere: the domain does not exist."""
    UNKNOWN = "unknown"
    """Nobody could say now: senders keep the mail, and try again."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What resolvers answered to the question for the MX set of a domain."""

    set: MXSet | None = None
    """The set, with what is left of its TTL."""
    alias: Alias | None = None
    exists: bool = True
    negative_ttl: int | None = None
    """Without a set: for how many seconds that may still be kept."""
    wildcard: Name | None = None
    """The wildcard that the set is made up from."""
    certain: bool = True
    """Whether a signature shows the wildcard; else it only has the same set."""
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """A host on the way."""

    host: Name
    preference: int
    answer: HostAnswer

    @property
    def usable(self) -> bool:
        """Whether a sender can try it."""
        return bool(self.answer.addresses)


@dataclass(frozen=True, slots=True)
class Route:
    """The way of mail for a domain."""

    domain: Name
    way: Way
    mail: Mail
    tiers: tuple[tuple[Stop, ...], ...] = ()
    """What is tried, in order; those of a tier are of equal preference, and share the mail."""
    notes: tuple[str, ...] = ()
    """What is odd on the way, each in one line."""

    @property
    def known(self) -> bool:
        """Whether all of it could be found out."""
        stops = (stop for tier in self.tiers for stop in tier)
        return self.way is not Way.UNKNOWN and not any(stop.answer.unknown for stop in stops)

    @property
    def deliverable(self) -> bool:
        """Whether there is a host that a sender can try."""
        return any(stop.usable for tier in self.tiers for stop in tier)


def wildcards(domain: Name) -> list[Name]:
    """Give the wildcards that might answer for a domain, the nearest first."""
    found: list[Name] = []
    while domain != ROOT and len(found) < MAX_ABOVE:
        wildcard = names.from_labels((b"*", *names.to_labels(names.parent(domain))))
        domain = names.parent(domain)
        if domain != ROOT:
            found.append(wildcard)
    return found


def hosts(domain: Name, mail: Mail) -> list[Name]:
    """Give the hosts whose addresses a sender needs."""
    if mail.unknown or not mail.exists or (mail.set and mail.set.is_null):
        return []
    if mail.set is None:
        return [mail.alias.target if mail.alias else domain]
    return [record.exchange for record in mail.set.records if record.exchange != ROOT]


def make_route(domain: Name, mail: Mail, answers: Mapping[Name, HostAnswer]) -> Route:
    """Say what a sender does; `answers` are those about `hosts`."""
    tiers = _tiers(domain, mail, answers)
    way = _way(mail, tiers)
    if way is Way.NONE:
        tiers = ()
    return Route(domain, way, mail, tiers, tuple(_notes(domain, mail, tiers)))


def _way(mail: Mail, tiers: Sequence[Sequence[Stop]]) -> Way:
    if mail.unknown:
        return Way.UNKNOWN
    if not mail.exists:
        return Way.MISSING
    if mail.set:
        return Way.NULL if mail.set.is_null else Way.MX
    own = tiers[0][0]
    if own.usable:
        return Way.IMPLICIT
    return Way.UNKNOWN if own.answer.unknown else Way.NONE


def _tiers(domain: Name, mail: Mail, answers: Mapping[Name, HostAnswer]) -> tuple[tuple[Stop, ...], ...]:
    wanted = hosts(domain, mail)
    if mail.set is None:
        return tuple((Stop(host, 0, answers[host]),) for host in wanted)
    best: dict[Name, int] = {}
    for record in mail.set.records:
        best.setdefault(record.exchange, record.preference)
    tiers = (
        tuple(Stop(host, best[host], answers[host]) for host in sorted(tier) if host in wanted)
        for tier in mail.set.tiers
    )
    return tuple(tier for tier in tiers if tier)


def _notes(domain: Name, mail: Mail, tiers: Sequence[Sequence[Stop]]) -> Iterator[str]:
    stops = [stop for tier in tiers for stop in tier]
    if mail.alias:
        yield (
            f"{domain} is an alias ({mail.alias.kind}) of {mail.alias.target}: senders take the answer for that "
            "name (RFC 5321 §5.1)"
        )
    if mail.wildcard:
        said = "the set is made up from" if mail.certain else "the set may be made up: the same one is at"
        yield f"{said} the wildcard {mail.wildcard} (RFC 4592)"
    if mail.set and not mail.set.is_null and any(record.exchange == ROOT for record in mail.set.records):
        yield "a null MX stands beside others, which means nothing: what senders make of it differs (RFC 7505 §3)"
    for stop in stops:
        yield from _about(stop)
    kinds: dict[str, dict[str, None]] = defaultdict(dict)
    for address in (address for stop in stops for address in stop.answer.addresses):
        if kind := trap(address):
            kinds[kind.name][str(address)] = None
    for what, addresses in kinds.items():
        yield f"no mail from the Internet arrives at {', '.join(addresses)} ({what})"
    if stops and not any(stop.usable or stop.answer.unknown for stop in stops):
        yield "no host has an address: senders find nowhere to go, and mail bounces"


def _about(stop: Stop) -> Iterator[str]:
    host, answer = stop.host, stop.answer
    if answer.alias:
        yield (
            f"{host} is no host but an alias ({answer.alias.kind}) of {answer.alias.target}; "
            "not every sender follows it (RFC 2181 §10.3)"
        )
    if answer.unknown:
        yield f"{host} could {'only in part' if stop.usable else 'not'} be looked up: {answer.unknown}"
    elif answer.missing:
        yield f"{host} does not exist: senders pass it over"
    elif not stop.usable:
        yield f"{host} has no address: senders pass it over"
