"""Gives the entries of a zone file their meaning, as `named` does.

Where readers differ `named` (BIND 9.18) is followed, for what it serves is what counts: a `$TTL` stays in
force behind the `$INCLUDE` that holds it, and an SOA without a TTL makes its minimum the default.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, cast

import dns.exception
import dns.name
import dns.rdata
import dns.rdatatype
import dns.ttl
from dns.rdataclass import IN
from dns.rdatatype import RdataType

from mxsync import names
from mxsync.errors import InvalidName
from mxsync_zonefile import generate, master
from mxsync_zonefile.content import BESIDE_CNAME, RR, Content, Source, State, name_of
from mxsync_zonefile.master import MasterError
from mxsync_zonefile.runs import Runs
from mxsync_zonefile.words import joined, rdata_of, split

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dns.rdtypes.ANY.SOA import SOA

    from mxsync.names import Name
    from mxsync_zonefile.content import Known, Words
    from mxsync_zonefile.master import Entry, Token

MAX_DEPTH = 10
"""How deep files may include files: enough for anybody, and an end to a circle."""


class Unusable(Exception):  # noqa: N818 - named for what is wrong
    """A zone file that cannot be understood; the message says where and why."""


class File(NamedTuple):
    """A file's text, and how to call it in a message."""

    shown: str
    text: str


def interpret(zone: Name, file: File, include: Callable[[str], File], like: Content | None = None) -> Content:
    """Understand a zone file.

    `include` fetches the file that an `$INCLUDE` names; it raises Unusable, without the place. What has
    the same words as in `like` is taken from there, which costs a third of the time.

    Raises Unusable: it does not parse, has no SOA or two, a CNAME beside other data, a record without any
    TTL.
    """
    reader = _Reader(zone, include, dict(like.known) if like else {})
    entries, states = reader.read(file, State(dns.name.from_text(zone)), depth=0)
    reader.runs.end()
    content = Content(zone, file.text, entries, states, reader.records, reader.known)
    if (zone, RdataType.SOA) not in content.sets:
        raise Unusable(f"{file.shown}: it holds no SOA record of {zone}")
    for (owner, rdtype), records in content.sets.items():
        if rdtype is RdataType.CNAME and len({record.rdata for record in records}) > 1:
            raise Unusable(f"{records[-1].source.place}: {owner} has more than one CNAME record")
        if rdtype not in BESIDE_CNAME and (owner, RdataType.CNAME) in content.sets:
            kind = dns.rdatatype.to_text(rdtype)
            place = records[0].source.place
            raise Unusable(f"{place}: {owner} has a CNAME beside its {kind} record; name servers refuse that")
    return content


@dataclass(slots=True)
class _Reader:
    """Collects the records of a file and of those that it includes."""

    zone: Name
    include: Callable[[str], File]
    known: Known
    records: list[RR] = field(default_factory=list)
    runs: Runs = field(default_factory=Runs)
    soa: str = ""
    owners: dict[str, tuple[Name, str]] = field(default_factory=dict)
    """By its word, an owner and how it is spelled, as long as the origin is `origin`."""
    origin: dns.name.Name | None = None
    suffix: str = ""
    """The text of that origin as it is spelled, with a dot before it."""

    def read(self, file: File, state: State, depth: int) -> tuple[Sequence[Entry], list[State]]:
        """Read a file; give its entries, and the states around them."""
        states = [state]
        line = 1
        try:
            entries = master.entries(file.text)
            for index, entry in enumerate(entries):
                line = entry.line
                place = f"{file.shown}:{line}"
                if entry.directive:
                    state = self.directive(place, entry, state, depth)
                elif entry.tokens:
                    state = self.record(entry, state, place, None if depth else index)
                states.append(state)
        except (MasterError, InvalidName, dns.exception.DNSException) as error:
            if isinstance(error, MasterError):
                line = master.line_of(file.text, error.at)
            reason = str(error) or type(error).__name__
            if depth:
                # Its words are not shown: an `$INCLUDE` may name any file of the machine.
                reason = "the included file does not parse there, or does not fit into the zone"
            raise Unusable(f"{file.shown}:{line}: {reason}") from None
        return entries, states

    def record(self, entry: Entry, state: State, place: str, index: int | None) -> State:
        """Read a record."""
        first, *rest = entry.tokens
        made = split(entry.tokens if entry.indented else rest, None if entry.indented else first)
        words, ttl, rdtype = made
        start = first.start
        owner, spelled = self.name(words.owner, state.origin) if words.owner else (state.owner, state.spelled)
        if owner is None:
            raise MasterError(start, "the line begins with a blank, and no owner stands before it")
        if rdtype is RdataType.SOA:
            if owner != self.zone:
                raise MasterError(start, f"an SOA record stands at {owner}, not at the apex {self.zone}")
            if self.soa:
                raise MasterError(start, f"a second SOA record; the first is at {self.soa}")
            self.soa = place
        rdata = self.rdata(rdtype, words, state.origin)
        default, from_soa = state.default_ttl, state.from_soa
        if ttl is None and state.ttl is None and rdtype is RdataType.SOA:
            default, from_soa = cast("SOA", rdata).minimum, True
        effective = next((known for known in (ttl, default, state.last_ttl) if known is not None), None)
        if effective is None:
            raise MasterError(start, "the record has no TTL, and no $TTL stands before it")
        run = self.runs.of(owner, spelled)
        # A record outside of the zone is skipped before its TTL could count.
        served = run.take(rdata, effective) if names.is_within(owner, self.zone) else None
        self.records.append(RR(owner, effective, rdata, run, Source(place, index, words)))
        here = State(state.origin, owner, spelled, default, state.last_ttl, state.told_ttl, from_soa)
        return here.behind(ttl, served)

    def directive(self, place: str, entry: Entry, state: State, depth: int) -> State:
        """Carry out a directive (RFC 1035 §5.1, RFC 2308 §4, BIND's `$GENERATE`)."""
        command, *words = entry.tokens
        match entry.directive, words:
            case "$ORIGIN", [name]:
                return state._replace(origin=self.dns_name(name, state.origin))
            case "$TTL", [ttl]:
                return state._replace(default_ttl=dns.ttl.from_text(ttl.text), from_soa=False)
            case "$INCLUDE", [path]:
                return self.included(place, path, state, state.origin, depth)
            case "$INCLUDE", [path, name]:
                origin = self.dns_name(name, state.origin)
                return self.included(place, path, state, origin, depth)
            case "$GENERATE", [_, _, _, _, *_]:
                return self.generated(place, entry, state)
            case ("$ORIGIN" | "$TTL" | "$INCLUDE" | "$GENERATE") as known, _:
                raise MasterError(command.start, f"{known} has too many or too few words behind it")
            case _:
                raise MasterError(command.start, f"{command.text} is no directive that mxsync knows")

    def included(self, place: str, path: Token, state: State, origin: dns.name.Name, depth: int) -> State:
        """Read another file in place; the origin and the owner are as before afterwards."""
        if depth == MAX_DEPTH:
            raise MasterError(path.start, f"files include files more than {MAX_DEPTH} deep")
        name = re.sub(r"\\(.)", r"\1", path.text.strip('"') if path.quoted else path.text)
        try:
            inner = self.include(name)
        except Unusable as error:
            raise Unusable(f"{place}: {error}") from None
        self.runs.end()
        _, states = self.read(inner, state._replace(origin=origin, owner=None), depth + 1)
        self.runs.end()
        return states[-1]._replace(origin=state.origin, owner=state.owner, spelled=state.spelled)

    def generated(self, place: str, entry: Entry, state: State) -> State:
        """Make the records of a `$GENERATE` line: range, owner, [TTL], [class], type, data."""
        command, span, lhs, *rest = entry.tokens
        made = split(rest)
        if len(made.words.data) != 1 or lhs.quoted:
            raise MasterError(command.start, "$GENERATE wants one word of data; quote it if it has blanks")
        ttl = state.ttl if made.ttl is None else made.ttl
        if ttl is None:
            raise MasterError(command.start, "the records have no TTL, and no $TTL stands before them")
        source, run = Source(place, None, None), self.runs.alone()
        rhs = made.words.data[0].text.strip('"')
        try:
            span_of = generate.numbers(span.text)
        except ValueError as error:
            raise MasterError(span.start, str(error)) from None
        for number in span_of:
            owner = name_of(dns.name.from_text(generate.fill(lhs.text, number), state.origin))
            text = generate.fill(rhs, number)
            rdata = dns.rdata.from_text(IN, made.rdtype, text, state.origin, relativize=False)
            self.records.append(RR(owner, ttl, rdata, run, source))
        return state.behind(made.ttl, ttl)

    def dns_name(self, token: Token, origin: dns.name.Name) -> dns.name.Name:
        """Read a name."""
        if token.quoted:
            raise MasterError(token.start, "a quoted string stands where a name is wanted")
        return dns.name.from_text(token.text, origin)

    def rdata(self, rdtype: RdataType, words: Words, origin: dns.name.Name) -> dns.rdata.Rdata:
        """Read the data of a record; many records have the same."""
        self.turn_to(origin)
        text = joined(words.data)
        key = words.rdtype.text, text, self.suffix
        if key not in self.known:
            self.known[key] = rdata_of(rdtype, words, text, origin)
        return self.known[key]

    def name(self, token: Token, origin: dns.name.Name) -> tuple[Name, str]:
        """Read an owner, and how it is spelled; many records have the same."""
        self.turn_to(origin)
        text = token.text
        if text not in self.owners:
            if "\\" in text or text[0] in '"@.':
                name = self.dns_name(token, origin)
                self.owners[text] = name_of(name), name.to_text()
            else:
                # Ten times as fast, which counts in a zone of many names.
                spelled = text if text[-1] == "." else text + self.suffix
                self.owners[text] = names.parse(spelled), spelled
        return self.owners[text]

    def turn_to(self, origin: dns.name.Name) -> None:
        """Forget what was known for another origin."""
        if origin is not self.origin:
            self.owners, self.origin = {}, origin
            self.suffix = "." if origin == dns.name.root else f".{origin.to_text()}"
