"""What is lost in the middle of a write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.provider import ZoneBatch
from mxsync.reading import Present
from mxsync_rfc2136.update import MAX_SETS
from support.relay import Fate, is_update, liar
from support.rfc2136 import apex_with, mx_set

if TYPE_CHECKING:
    from mxsync.names import Name
    from support.rfc2136 import Judge, Site, Through

WANTED = mx_set(300, "10 mx.example.net.")


def only_updates(fate: Fate) -> Judge:
    return lambda message, _: fate if is_update(message) else "pass"


@pytest.mark.parametrize(("fate", "stored"), [("lose", 1), ("close", 0), ("mute", 0)])
def test_an_update_without_an_answer_is_unknown(
    site: Site,
    zone: Name,
    through: Through,
    fate: Fate,
    stored: int,
) -> None:
    """Whether the server got it or not; and it is sent once only."""
    outcome = site.write(zone, Change(zone, None, WANTED), through(only_updates(fate)))
    assert outcome.outcome is Outcome.UNKNOWN
    assert "the update was sent, but" in outcome.message
    assert len(site.stored(zone, zone)) == stored


def test_the_sets_of_a_lost_message_are_unknown_and_those_of_the_next_one_applied(
    site: Site, zone: Name, through: Through
) -> None:
    """The sets of a zone share messages: a lost answer leaves open what became of all in it."""
    updates: list[int] = []

    def fate(message: bytes, number: int) -> Fate:
        if not is_update(message):
            return "pass"
        updates.append(number)
        return "lose" if len(updates) == 1 else "pass"

    owners = [names.parse(f"n{number}", zone) for number in range(MAX_SETS + 1)]
    batch = ZoneBatch(zone, tuple(Change(owner, None, WANTED) for owner in owners), {})
    outcomes = {one.owner: one.outcome for one in through(fate).write([batch])}
    assert [outcomes[owner] for owner in owners] == [Outcome.UNKNOWN] * MAX_SETS + [Outcome.APPLIED]
    assert len(updates) == 2
    assert all(len(site.stored(zone, owner)) == 1 for owner in (owners[0], owners[-1]))


def test_nothing_is_sent_after_the_server_fell_silent(site: Site, zone: Name, through: Through) -> None:
    updates: list[int] = []

    def fate(message: bytes, number: int) -> Fate:
        if is_update(message):
            updates.append(number)
        return "mute" if updates else "pass"

    owners = [names.parse(f"n{number}", zone) for number in range(MAX_SETS + 1)]
    batch = ZoneBatch(zone, tuple(Change(owner, None, WANTED) for owner in owners), {})
    outcomes = {one.owner: one for one in through(fate).write([batch])}
    assert {outcomes[owner].outcome for owner in owners[:-1]} == {Outcome.UNKNOWN}
    assert outcomes[owners[-1]].outcome is Outcome.FAILED
    assert outcomes[owners[-1]].message.startswith("not sent: ")
    assert len(updates) == 1
    assert site.stored(zone, owners[-1]) == []


def test_a_success_that_cannot_be_read_back_is_unknown(site: Site, zone: Name, through: Through) -> None:
    updates: list[bytes] = []

    def fate(message: bytes, _: int) -> Fate:
        if is_update(message):
            updates.append(message)
            return "pass"
        return "mute" if updates else "pass"

    outcome = site.write(zone, Change(zone, None, WANTED), through(fate))
    assert outcome.outcome is Outcome.UNKNOWN
    assert "could not be read afterwards" in outcome.message
    assert len(site.stored(zone, zone)) == 1


def test_a_change_between_the_second_reading_and_the_update_is_a_conflict(
    site: Site, zone: Name, through: Through
) -> None:
    """The condition in the message catches what the reading cannot."""
    site.edit(zone, f"update add {zone} 300 MX 10 mx.example.net.")

    def fate(message: bytes, _: int) -> Fate:
        if is_update(message):
            site.edit(zone, f"update add {zone} 300 MX 20 other.example.net.")
        return "pass"

    wanted = mx_set(300, "10 new.example.net.")
    outcome = site.write(zone, Change(zone, WANTED, wanted), through(fate))
    assert outcome.outcome is Outcome.CONFLICT
    assert outcome.found == Present(mx_set(300, "10 mx.example.net.", "20 other.example.net."))
    assert len(site.stored(zone, zone)) == 2


def test_a_set_that_comes_between_is_not_replaced_by_a_creation(
    site: Site, zone: Name, through: Through
) -> None:
    def fate(message: bytes, _: int) -> Fate:
        if is_update(message):
            site.edit(zone, f"update add {zone} 300 MX 20 other.example.net.")
        return "pass"

    outcome = site.write(zone, Change(zone, None, WANTED), through(fate))
    assert outcome.outcome is Outcome.CONFLICT
    assert outcome.found == Present(mx_set(300, "20 other.example.net."))
    assert site.stored(zone, zone) == ["300 20 other.example.net."]


def test_a_ttl_that_somebody_raises_right_after_the_update_is_no_limit_of_the_server(
    site: Site, zone: Name, through: Through
) -> None:
    """`failed` would say that nothing was changed; and the update was made, for a moment."""
    updates: list[bytes] = []

    def fate(message: bytes, _: int) -> Fate:
        if is_update(message):
            updates.append(message)
        elif len(updates) == 1:
            updates.append(message)
            site.edit(zone, f"update add {zone} 900 MX 10 mx.example.net.")
        return "pass"

    outcome = site.write(zone, Change(zone, None, WANTED), through(fate))
    assert outcome.outcome is Outcome.UNKNOWN
    assert "did somebody else change it at the same time?" in outcome.message
    assert outcome.found == Present(mx_set(900, "10 mx.example.net."))


def test_a_cname_that_comes_between_blocks_the_change(site: Site, zone: Name, through: Through) -> None:
    owner = names.parse("late", zone)

    def fate(message: bytes, _: int) -> Fate:
        if is_update(message):
            site.edit(zone, f"update add {owner} 300 CNAME elsewhere.example.net.")
        return "pass"

    outcome = site.write(zone, Change(owner, None, WANTED), through(fate))
    assert outcome.outcome is Outcome.BLOCKED
    assert "is a CNAME" in outcome.message


@pytest.mark.parametrize(
    ("condition", "outcome", "words"),
    [
        (dns.rcode.NOERROR, Outcome.FAILED, "has it a policy that drops records"),
        (dns.rcode.NXRRSET, Outcome.UNKNOWN, "is it a secondary server that passes updates on?"),
        (dns.rcode.REFUSED, Outcome.UNKNOWN, "still shows the old set"),
    ],
)
def test_a_server_that_takes_an_update_and_does_not_show_it_is_no_success(
    site: Site, condition: dns.rcode.Rcode, outcome: Outcome, words: str
) -> None:
    """A PowerDNS policy drops records that it refuses; who decides on updates says, asked by a condition."""
    show = apex_with((300, "10 mx.example.net."))
    updates: list[dns.message.Message] = []

    def answer(message: bytes) -> bytes:
        if not is_update(message):
            return show(message)
        updates.append(dns.message.from_wire(message))
        reply = dns.message.make_response(updates[-1])
        # The update is taken; the condition alone, which comes later, is answered as this test has it.
        reply.set_rcode(dns.rcode.NOERROR if updates[-1].authority else condition)
        return reply.to_wire()

    with liar(answer) as port:
        provider = site.open(port=port, tsig=None, unsigned=True, timeout=0.3)
        apex = names.parse("zone0.test.")
        found = site.write(apex, Change(apex, WANTED, mx_set(300, "10 new.example.net.")), provider)
    assert found.outcome is outcome
    assert found.final
    assert words in found.message
    assert found.found == Present(WANTED)
    assert [bool(update.authority) for update in updates] == [True, False]


def test_a_server_that_shows_the_new_set_a_little_later_is_waited_for(site: Site) -> None:
    """As with inline signing, which publishes after the update was answered."""
    wanted = mx_set(300, "10 new.example.net.")
    old, new = (apex_with((300, f"10 {host}.example.net.")) for host in ("mx", "new"))
    looks: list[bytes] = []

    def answer(message: bytes) -> bytes:
        if is_update(message):
            looks.append(message)
            return dns.message.make_response(dns.message.from_wire(message)).to_wire()
        if looks:
            looks.append(message)
        return new(message) if len(looks) > 4 else old(message)

    with liar(answer) as port:
        provider = site.open(port=port, tsig=None, unsigned=True)
        apex = names.parse("zone0.test.")
        outcome = site.write(apex, Change(apex, WANTED, wanted), provider)
    assert (outcome.outcome, outcome.found) == (Outcome.APPLIED, Present(wanted))
    assert len([message for message in looks if is_update(message)]) == 1
