"""What a zone file says: its records, each with the words that wrote it, and what an owner has."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

from dns.rdatatype import RdataType

from mxsync import names, surroundings
from mxsync.model import MX, MXSet
from mxsync.reading import Absent, Blocked, Present

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import dns.name
    import dns.rdata
    import dns.rdtypes.ANY.MX
    from dns.rdtypes.ANY.SOA import SOA

    from mxsync.names import Name
    from mxsync.reading import OwnerReading
    from mxsync_zonefile.master import Entry, Token
    from mxsync_zonefile.runs import Run

    Known = dict[tuple[str, str, str], dns.rdata.Rdata]
    """Data by the words of its type and of itself, and by the origin."""

BESIDE_CNAME = frozenset({RdataType.CNAME, RdataType.RRSIG, RdataType.NSEC, RdataType.KEY, RdataType.SIG})
"""What may stand at the owner of a CNAME (RFC 2181 §10.1, RFC 4034 §3 and §4)."""


class State(NamedTuple):
    """What the text before an entry has settled for it."""

    origin: dns.name.Name
    owner: Name | None = None
    """The owner of an entry that names none."""
    spelled: str = ""
    """That owner, in the case in which it is written."""
    default_ttl: int | None = None
    """From `$TTL` (RFC 2308 §4), or the minimum of an SOA record that names no TTL."""
    last_ttl: int | None = None
    """The last TTL that was written: that of a record without one where there is no `$TTL` (RFC 1035 §5.1)."""
    told_ttl: int | None = None
    """The same for other readers: they keep one that `named` overrules, and see none outside of the zone."""
    from_soa: bool = False
    """Whether the default comes from the SOA record; readers other than `named` may prefer `told_ttl`."""

    @property
    def ttl(self) -> int | None:
        """The TTL of a record that names none, in seconds."""
        return self.last_ttl if self.default_ttl is None else self.default_ttl

    def surely_gives(self, ttl: int) -> bool:
        """Whether a record that names no TTL has this one, whoever reads the file."""
        if self.ttl != ttl or self.told_ttl == ttl:
            return self.ttl == ttl
        return self.default_ttl is not None and (not self.from_soa or self.told_ttl is None)

    def behind(self, written: int | None, served: int | None) -> State:
        """Give what is settled behind a record that names the one TTL, or none, and is served with the other.

        One outside of the zone is served with none.
        """
        last = self.last_ttl if written is None else written
        if served is not None and self.default_ttl is None:
            # Where it overrules a TTL with that of the run, `named` forgets the one that was written.
            last = served
        told = self.told_ttl if written is None or served is None else written
        return self._replace(last_ttl=last, told_ttl=told)


class Words(NamedTuple):
    """The words of a record's entry."""

    owner: Token | None
    ttl: Token | None
    rdclass: Token | None
    rdtype: Token
    data: tuple[Token, ...]


class Source(NamedTuple):
    """Where a record comes from."""

    place: str
    """File and line, for messages."""
    entry: int | None
    """Which entry of the zone's own file writes it, alone; None if it was included or generated."""
    words: Words | None


class RR(NamedTuple):
    """A record."""

    owner: Name
    ttl: int
    """As written; the RRset's TTL may be another one, see `Content.ttl`."""
    rdata: dns.rdata.Rdata
    run: Run
    """What stands together with it."""
    source: Source


@dataclass(frozen=True, slots=True)
class Content:
    """A zone file that was understood."""

    zone: Name
    text: str
    entries: Sequence[Entry]
    states: Sequence[State]
    """What is settled before each entry, and after the last one."""
    records: Sequence[RR]
    known: Known = field(repr=False)
    sets: dict[tuple[Name, RdataType], list[RR]] = field(init=False, repr=False)
    """The records by owner and type; those that lie outside of the zone are not served and left out."""
    kinds: dict[Name, set[str]] = field(init=False, repr=False)
    """The types of these records by owner."""
    there: Counter[Name] = field(init=False, repr=False)
    """How many names with records there are at or below each name; empty where there is no wildcard."""

    def __post_init__(self) -> None:
        sets: dict[tuple[Name, RdataType], list[RR]] = defaultdict(list)
        for record in self.records:
            if not names.is_within(record.owner, self.zone):
                continue
            sets[record.owner, record.rdata.rdtype].append(record)
        object.__setattr__(self, "sets", dict(sets))
        kinds: dict[Name, set[str]] = defaultdict(set)
        for owner, rdtype in sets:
            kinds[owner].add(rdtype.name)
        object.__setattr__(self, "kinds", dict(kinds))
        wild = any(owner.startswith("*.") for owner in kinds)
        object.__setattr__(self, "there", _with_those_above(self.zone, kinds) if wild else Counter())

    @property
    def soa(self) -> RR:
        """The zone's SOA record."""
        return self.sets[self.zone, RdataType.SOA][0]

    @property
    def negative_ttl(self) -> int:
        """For how many seconds caches keep that something is not there (RFC 2308 §5)."""
        return min(self.soa.ttl, cast("SOA", self.soa.rdata).minimum)

    @property
    def serial(self) -> int:
        """The zone's serial (RFC 1982)."""
        return cast("SOA", self.soa.rdata).serial

    @property
    def signed(self) -> bool:
        """Whether it holds DNSSEC signatures, which an edit would break."""
        return any(rdtype is RdataType.RRSIG for _, rdtype in self.sets)

    def ttl(self, owner: Name, rdtype: RdataType) -> int:
        """Give the TTL that `named` serves the RRset with, where the file names more than one.

        It is the first one of the records that stand together; if the owner comes back further down,
        the last such place decides (tried on BIND 9.18; see `Run`).
        """
        records = self.sets[owner, rdtype]
        last = max(record.run.added for record in records)
        return next(record.ttl for record in records if record.run.added == last)

    def mx_owners(self) -> Iterator[Name]:
        """List the owners that have MX records."""
        return (owner for owner, rdtype in self.sets if rdtype is RdataType.MX)

    def mx_set(self, owner: Name) -> MXSet | None:
        """Give the MX set that is written at an owner, whether or not it would be served."""
        records = self.sets.get((owner, RdataType.MX))
        if not records:
            return None
        return MXSet.of(self.ttl(owner, RdataType.MX), {mx_of(record.rdata) for record in records})

    def reading(self, owner: Name) -> OwnerReading:
        """Say what an owner has."""
        if (owner, RdataType.CNAME) in self.sets:
            reason = "a CNAME stands at the owner, so it can have no MX set (RFC 1034 §3.6.2)"
            return Blocked(reason, vacant=True, rule="MX010")
        above = owner
        while above != self.zone:
            if (above, RdataType.NS) in self.sets:
                reason = f"it lies at or below the zone cut {above}, so an MX set here is never served"
                return Blocked(reason, rule="MXL10")
            above = names.parent(above)
            if (above, RdataType.DNAME) in self.sets:
                reason = f"it lies below the DNAME at {above}, so an MX set here is never served"
                return Blocked(reason, rule="MXL10")
        if found := self.mx_set(owner):
            return Present(found, addressed=self._addressed(owner))
        wildcard = self._wildcard(owner)
        return Absent(wildcard.ttl, wildcard=True) if wildcard else Absent(self.negative_ttl)

    def _addressed(self, owner: Name) -> bool | None:
        def has(name: Name, kind: str) -> bool:
            return kind in self.kinds.get(name, ())

        return surroundings.addressed(has, self.kinds[owner], self.zone, owner, self.there.__getitem__)

    def _wildcard(self, owner: Name) -> MXSet | None:
        """Give the MX set that a wildcard answers with for a name that is not there (RFC 4592 §3.3.1)."""
        if not self.there:
            return None
        above = owner
        while not self.there[above]:
            above = names.parent(above)
        return None if above == owner else self.mx_set(names.parse("*", above))


def _with_those_above(zone: Name, owners: Iterable[Name]) -> Counter[Name]:
    there: Counter[Name] = Counter()
    for owner in owners:
        there.update((owner, *surroundings.above(zone, owner), zone))
    return there


def mx_of(rdata: dns.rdata.Rdata) -> MX:
    """Give an MX record's data as a value."""
    record = cast("dns.rdtypes.ANY.MX.MX", rdata)
    return MX(record.preference, name_of(record.exchange))


def name_of(name: dns.name.Name) -> Name:
    """Give dnspython's absolute name as one of ours."""
    return names.from_labels(name.labels[:-1])
