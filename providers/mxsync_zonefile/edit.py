"""Changes MX sets and the serial in the text of a zone file, and leaves every other line as it is.

A record that stays keeps its line. One that is replaced is rewritten word by word in its own line; one
more becomes a new line below the set, in that line's style; one too many loses its line. Where a line
that follows took its owner or TTL from what is gone, it gets them written.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dns.rdatatype import RdataType

from mxsync_zonefile.content import mx_of
from mxsync_zonefile.line import NewRecord, begun, compose, fitted, inserted, owner_text
from mxsync_zonefile.words import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mxsync.change import Change
    from mxsync.model import MX
    from mxsync.names import Name
    from mxsync_zonefile.content import RR, Content, State

UNKNOWN = -1
"""A last TTL that is none, so that the next record names its own."""
_MX_WORDS = 2
_SERIAL = 2


class Uneditable(Exception):  # noqa: N818 - named for what is wrong
    """Something that cannot be changed safely in this file; the message says why."""


def zone_obstacle(content: Content) -> str:
    """Say why nothing in this file may be edited; nothing if it may."""
    if content.signed:
        return "the file holds DNSSEC signatures (RRSIG), which an edit would break; edit the unsigned one"
    source = content.soa.source
    if source.entry is None or source.words is None:
        return f"the serial stands in another file ({source.place}), which mxsync does not edit"
    words = source.words.data
    if words[0].text == r"\#" or not words[_SERIAL].text.isdecimal():
        return f"the SOA record at {source.place} is not written as plain words"
    return ""


def owner_obstacle(content: Content, owner: Name) -> str:
    """Say why the owner's set cannot be edited as it is written; nothing if it can."""
    for record in content.sets.get((owner, RdataType.MX), ()):
        source = record.source
        if source.words is None:
            return f"an MX record comes from the $GENERATE at {source.place}; write it out there"
        if source.entry is None:
            return f"an MX record stands in an included file ({source.place}), which mxsync does not edit"
        data = source.words.data
        if len(data) != _MX_WORDS or any(token.quoted for token in data):
            return f"the MX record at {source.place} is written in the form of RFC 3597"
    return ""


def edit(content: Content, changes: Iterable[Change], serial: int) -> str:
    """Give the file's text with these changes made and this serial in the SOA record.

    Nothing stands in the way of it (`zone_obstacle`, `owner_obstacle`), and the sets are as `before` says.
    """
    work = _Work(content)
    for change in changes:
        work.plan(change)
    return work.carry_out(serial)


@dataclass(slots=True)
class _Work:
    content: Content
    wanted: dict[int, tuple[int, MX]] = field(default_factory=dict)
    """TTL and data of the records that stay in their entries."""
    gone: set[int] = field(default_factory=set)
    """The entries to remove."""
    added: defaultdict[int, list[NewRecord]] = field(default_factory=lambda: defaultdict(list))
    """New lines, by the entry that they follow."""
    patches: list[tuple[int, int, str]] = field(default_factory=list)
    """From, to, and what stands there instead."""
    last_of: dict[Name, RR] = field(init=False)
    """The last record of every owner in the file itself."""
    model: RR = field(init=False)
    """The record whose line is the model for an owner that is new: the last MX record, else the last one."""

    def __post_init__(self) -> None:
        own = [record for record in self.content.records if record.source.entry is not None]
        self.last_of = {record.owner: record for record in own}
        mx = (record for record in reversed(own) if record.rdata.rdtype is RdataType.MX)
        self.model = next(mx, own[-1])

    def plan(self, change: Change) -> None:
        """Decide which entry gets which record."""
        held = self.content.sets.get((change.owner, RdataType.MX), [])
        records = change.after.records if change.after else ()
        ttl = change.after.ttl if change.after else 0
        assigned = assign([mx_of(record.rdata) for record in held], records)
        last = None
        for record, mx in zip(held, assigned, strict=True):
            entry = _entry(record)
            if mx is None:
                self.gone.add(entry)
            else:
                self.wanted[entry] = ttl, mx
                last = record
        more = sorted(set(records).difference(mx for mx in assigned if mx))
        if more:
            follows, like = (_entry(last), last) if last else self.place_for(change.owner)
            self.added[follows] += [NewRecord(change.owner, ttl, mx, like) for mx in more]

    def place_for(self, owner: Name) -> tuple[int, RR]:
        """Find where the first MX record of an owner goes, and which record's line to take as a model."""
        if owner in self.last_of:
            return _entry(self.last_of[owner]), self.last_of[owner]
        return len(self.content.entries) - 1, self.model

    def carry_out(self, serial: int) -> str:
        """Go through the file, keep track of what each line takes from those before it, and patch."""
        content = self.content
        by_entry = {_entry(record): record for record in content.records if record.source.entry is not None}
        state = content.states[0]
        end = "\r\n" if "\r\n" in content.text else "\n"
        for index, entry in enumerate(content.entries):
            record = by_entry.get(index)
            if index in self.gone:
                self.patches.append((entry.start, entry.end, ""))
            elif record:
                state = self.patch(record, state)
            else:
                state = self.directive(index, state)
            unended = index not in self.gone and not content.text.endswith("\n", entry.start, entry.end)
            # What belongs to the owner of this entry comes first: it may leave the owner out.
            for new in sorted(self.added[index], key=lambda new: new.owner != new.like.owner):
                line, ttl = compose(content, new, state)
                self.patches.append((entry.end, entry.end, f"{end if unended else ''}{line}{end}"))
                state, unended = state._replace(owner=new.owner).behind(ttl, new.ttl), False
        words = content.soa.source.words
        assert words  # noqa: S101 - there is no obstacle
        token = words.data[_SERIAL]
        self.patches.append((token.start, token.end, str(serial)))
        return _spliced(content.text, self.patches)

    def patch(self, record: RR, state: State) -> State:
        """Rewrite a record's entry where it must be; give what is settled behind it then."""
        words = record.source.words
        assert words  # noqa: S101 - it has an entry
        index = _entry(record)
        ttl, mx = self.wanted.get(index, (record.ttl, None))
        owner, written = "", None
        if words.owner is None and state.owner != record.owner:
            owner = owner_text(self.content, record, state.origin)
        if words.ttl:
            written = ttl
            if ttl != record.ttl:
                self.patches.append(fitted(self.content, words.ttl, str(ttl)))
        elif self.needs_ttl(index, ttl, state):
            written = ttl
            if owner:
                owner += f" {ttl}"
            else:
                at = (words.rdclass or words.rdtype).start
                self.patches.append(inserted(self.content, at, str(ttl)))
        if owner:
            self.patches.append(begun(self.content, self.content.entries[index], owner))
        if mx:
            held = mx_of(record.rdata)
            preference, exchange = words.data
            if mx.preference != held.preference:
                self.patches.append(fitted(self.content, preference, str(mx.preference)))
            if mx.exchange != held.exchange:
                self.patches.append(fitted(self.content, exchange, mx.exchange))
        served = ttl if mx else record.run.ttls.get(record.rdata.extended_rdatatype())
        return self.moved(index, state, record.owner).behind(written, served)

    def directive(self, index: int, state: State) -> State:
        """Rewrite what is no record where it must be; give what is settled behind it then."""
        entry, held = self.content.entries[index], self.content.states[index]
        moved = self.moved(index, state, state.owner)
        match entry.directive:
            case "$GENERATE":
                # Behind the range and the owner it has the words of a record.
                _, _, _, *rest = entry.tokens
                words, written, _ = split(rest)
                ttl = held.ttl if written is None else written
                assert ttl is not None  # noqa: S101 - it was read
                if written is None and self.needs_ttl(index, ttl, state):
                    written = ttl
                    at = (words.rdclass or words.rdtype).start
                    self.patches.append(inserted(self.content, at, str(ttl)))
                return moved.behind(written, ttl)
            case "$INCLUDE":
                after = self.content.states[index + 1]
                return moved._replace(
                    last_ttl=_left_behind(held.last_ttl, after.last_ttl, state.last_ttl),
                    told_ttl=_left_behind(held.told_ttl, after.told_ttl, state.told_ttl),
                )
            case _:
                return moved

    def moved(self, index: int, state: State, owner: Name | None) -> State:
        """Give what was settled behind an entry, with this owner and the last TTL of `state`."""
        after = self.content.states[index + 1]
        return after._replace(owner=owner, last_ttl=state.last_ttl, told_ttl=state.told_ttl)

    def needs_ttl(self, index: int, ttl: int, state: State) -> bool:
        """Say whether an entry that names no TTL must name it now."""
        held = self.content.states[index]
        if held.ttl is None:
            return False  # an SOA record, which gives it to itself
        return state.ttl != ttl or (held.surely_gives(ttl) and not state.surely_gives(ttl))


def assign(held: Sequence[MX], wanted: Sequence[MX]) -> list[MX | None]:
    """Give every record that is held the wanted one that takes its place, or None.

    Those that stay keep theirs; the others go to the same exchange, else to the same preference, else in
    their order.
    """
    result: list[MX | None] = [None] * len(held)
    left = list(wanted)
    for alike in (
        lambda old, new: old == new,
        lambda old, new: old.exchange == new.exchange,
        lambda old, new: old.preference == new.preference,
        lambda _old, _new: True,
    ):
        for at, old in enumerate(held):
            if result[at] is None and (new := next((new for new in left if alike(old, new)), None)):
                result[at] = new
                left.remove(new)
    return result


def _left_behind(before: int | None, after: int | None, now: int | None) -> int | None:
    """Give the last TTL behind an included file, where there is another one before it now."""
    # Whether the file has written the same TTL once more is not known.
    return after if after != before or now == before else UNKNOWN


def _entry(record: RR) -> int:
    assert record.source.entry is not None  # noqa: S101 - the caller has looked
    return record.source.entry


def _spliced(text: str, patches: Iterable[tuple[int, int, str]]) -> str:
    parts: list[str] = []
    done = 0
    for start, end, replacement in sorted(patches, key=lambda patch: patch[0]):
        parts += text[done:start], replacement
        done = end
    return "".join([*parts, text[done:]])
