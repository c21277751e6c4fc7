"""UPDATE messages made by hand are, to dnspython, what was meant."""

from __future__ import annotations

from itertools import pairwise

import dns.message
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.update
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.change import Change
from mxsync.model import MX, MXSet
from mxsync.names import Name
from mxsync_rfc2136 import update
from mxsync_rfc2136.message import Kind, Message, Soa
from support.wire import any_names, calm, changes, in_dns, rdata, soas

Line = tuple[Name, str, str, int, str | None]
"""Owner, class, type, TTL and data of one line of a message."""

short = any_names.filter(lambda name: len(names.to_labels(name)) <= 3 and len(name) < 100)


def parsed(message: Message) -> dns.update.UpdateMessage:
    assert message.update
    found = dns.message.from_wire(message.wire, one_rr_per_rrset=True)
    assert isinstance(found, dns.update.UpdateMessage)
    assert found.id == 0
    assert found.to_wire(max_size=65535) is not None
    [zone] = found.zone
    assert (zone.name, zone.rdtype, zone.rdclass) == (
        in_dns(message.name),
        dns.rdatatype.SOA,
        dns.rdataclass.IN,
    )
    assert not found.additional
    return found


def lines(section: list[dns.rrset.RRset]) -> list[Line]:
    return [
        (
            names.from_labels(it.name.labels[:-1]),
            dns.rdataclass.to_text(it.deleting if it.deleting is not None else it.rdclass),
            dns.rdatatype.to_text(it.rdtype),
            it.ttl,
            it[0].to_text() if len(it) else None,
        )
        for it in section
    ]


def data(record: MX | Soa, kind: int) -> str:
    return rdata(record, kind).to_text()


def mx_lines(owner: Name, wanted: MXSet, ttl: int) -> list[Line]:
    return [(owner, "IN", "MX", ttl, data(record, Kind.MX)) for record in wanted.records]


def conditions(change: Change) -> list[Line]:
    if change.before is None:
        return [(change.owner, "NONE", "MX", 0, None)]
    return mx_lines(change.owner, change.before, 0)


@calm
@given(short, st.data(), st.none() | soas)
def test_a_swap_demands_the_old_sets_and_no_cname_and_puts_the_new_ones(
    zone: Name, draw: st.DataObject, soa: Soa | None
) -> None:
    wanted = draw.draw(st.lists(changes(zone), min_size=1, max_size=4, unique_by=lambda change: change.owner))
    message = parsed(update.swap(zone, wanted, soa))
    demanded: list[Line] = [(zone, "IN", "SOA", 0, data(soa, Kind.SOA))] if soa else []
    done: list[Line] = []
    for change in wanted:
        demanded += [(change.owner, "NONE", "CNAME", 0, None), *conditions(change)]
        done.append((change.owner, "ANY", "MX", 0, None))
        if change.after:
            done += mx_lines(change.owner, change.after, change.after.ttl)
    assert lines(message.prerequisite) == demanded
    assert lines(message.update) == done


@calm
@given(short, st.data())
def test_to_ask_whether_a_set_is_as_before_changes_nothing(zone: Name, draw: st.DataObject) -> None:
    change = draw.draw(changes(zone))
    message = parsed(update.holds(zone, change))
    assert lines(message.prerequisite) == conditions(change)
    assert lines(message.update) == []


@calm
@given(short, st.data(), st.sampled_from([Kind.MX, Kind.CNAME]))
def test_to_ask_whether_a_set_exists_changes_nothing(zone: Name, draw: st.DataObject, kind: Kind) -> None:
    owner = draw.draw(changes(zone)).owner
    message = parsed(update.exists(zone, owner, kind))
    assert lines(message.prerequisite) == [(owner, "ANY", kind.name, 0, None)]
    assert lines(message.update) == []


@calm
@given(short, st.data())
def test_to_ask_for_the_right_to_write_cannot_change_anything(zone: Name, draw: st.DataObject) -> None:
    """Its condition is false in every zone, and what it would delete is nowhere."""
    owner = draw.draw(changes(zone)).owner
    message = parsed(update.may_write(zone, owner))
    assert lines(message.prerequisite) == [(zone, "NONE", "SOA", 0, None)]
    assert lines(message.update) == [(owner, "NONE", "MX", 0, "0 mxsync-probe.invalid.")]


@calm
@given(short, st.data(), st.integers(1, 400))
def test_sets_are_shared_out_whole_in_order_and_to_messages_that_servers_take(
    zone: Name, draw: st.DataObject, count: int
) -> None:
    some = draw.draw(st.lists(changes(zone), min_size=1, max_size=5))
    wanted = [some[number % len(some)] for number in range(count)]
    chunks = list(update.in_messages(zone, wanted))
    assert [change for chunk in chunks for change in chunk] == wanted
    for chunk in chunks:
        assert 1 <= len(chunk) <= update.MAX_SETS
        assert len(chunk) == 1 or len(update.swap(zone, chunk).wire) <= update.MAX_SIZE
    # No more messages than need be: each is full, but for the last.
    for chunk, following in pairwise(chunks):
        more = sum(len(update.swap(zone, [change]).wire) for change in (*chunk, following[0]))
        assert len(chunk) == update.MAX_SETS or more > update.MAX_SIZE
