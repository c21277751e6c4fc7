"""Runs: the records that `named` collects before it adds them to the zone.

Within a run the first TTL of a type is that of all its records; a run that is added later overrules the
earlier ones. As BIND 9.18 does it:

- A run ends where the owner changes; `A` and `a` are two owners here.
- A name that an NS record of the run points to is glue. It has a run of its own, which is added first
  and does not end the one that it stands in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from dns.rdatatype import RdataType

from mxsync_zonefile.content import name_of

if TYPE_CHECKING:
    import dns.rdata
    from dns.rdtypes.ANY.NS import NS

    from mxsync.names import Name


@dataclass(slots=True, eq=False)
class Run:
    """Records that stand together."""

    spelled: str
    """The owner, in the case in which it is written."""
    added: int = -1
    """The place of the run in the order in which they are added."""
    ttls: dict[int, int] = field(default_factory=dict)
    """The TTL of every type; signatures are told apart by what they cover."""
    targets: set[Name] = field(default_factory=set)
    """Where its NS records point to."""

    def take(self, rdata: dns.rdata.Rdata, ttl: int) -> int:
        """Put a record in; give the TTL that it gets, in place of its own."""
        if rdata.rdtype is RdataType.NS:
            self.targets.add(name_of(cast("NS", rdata).target))
        return self.ttls.setdefault(rdata.extended_rdatatype(), ttl)


@dataclass(slots=True)
class Runs:
    """Says which run the next record belongs to."""

    current: Run | None = None
    glue: Run | None = None
    count: int = 0

    def of(self, owner: Name, spelled: str) -> Run:
        """Give the run of the next record, which may be the one of the record before it."""
        if self.glue:
            if self.glue.spelled == spelled:
                return self.glue
            self.add(self.glue)
            self.glue = None
        if self.current and self.current.spelled == spelled:
            return self.current
        if self.current and owner in self.current.targets:
            self.glue = Run(spelled)
            return self.glue
        if self.current:
            self.add(self.current)
        self.current = Run(spelled)
        return self.current

    def alone(self) -> Run:
        """Give a run that is added at once, for generated records."""
        run = Run("")
        self.add(run)
        return run

    def end(self) -> None:
        """End all runs: a file begins or ends here."""
        for run in (self.current, self.glue):
            if run:
                self.add(run)
        self.current = self.glue = None

    def add(self, run: Run) -> None:
        """Give a run its place in the order."""
        run.added = self.count
        self.count += 1
