"""What the provider makes of refusals, and of successes that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.model import MXSet
from mxsync.provider import ZoneBatch
from mxsync.reading import Absent, Blocked, Present
from support.dnstools import dig
from support.rfc2136 import mx_set

if TYPE_CHECKING:
    from mxsync.names import Name
    from support.rfc2136 import Site

WANTED = mx_set(300, "10 mx1.example.net.", "20 mx2.example.net.")


def create(owner: str, wanted: MXSet = WANTED) -> Change:
    return Change(names.parse(owner), None, wanted)


def serial(site: Site, zone: str) -> str:
    return dig(site.server, zone, "SOA").rdata[0].split(" ")[2]


def test_an_update_shows_what_it_found_afterwards(site: Site, zone: Name) -> None:
    outcome = site.write(zone, create(zone))
    assert (outcome.outcome, outcome.found) == (Outcome.APPLIED, Present(WANTED))
    outcome = site.write(zone, Change(zone, WANTED, None))
    assert (outcome.outcome, outcome.found) == (Outcome.APPLIED, Absent(300))


def test_one_change_is_one_version_of_the_zone(site: Site, zone: Name) -> None:
    """Nobody sees a state in between, whether records or TTL change."""
    before = int(serial(site, zone))
    site.write(zone, create(zone))
    site.write(zone, Change(zone, WANTED, mx_set(600, "5 mx3.example.net.")))
    assert int(serial(site, zone)) == before + 2


@pytest.mark.parametrize(
    ("owner", "reason"),
    [("alias", "is a CNAME"), ("cut", "is delegated"), ("a.cut", "is delegated"), ("a.tree", "is a DNAME")],
)
def test_a_blocked_owner_is_not_written(site: Site, zone: Name, owner: str, reason: str) -> None:
    before = serial(site, zone)
    outcome = site.write(zone, create(f"{owner}.{zone}"))
    assert outcome.outcome is Outcome.BLOCKED
    assert reason in outcome.message
    assert isinstance(outcome.found, Blocked)
    assert serial(site, zone) == before


def test_a_conflict_shows_what_was_found(site: Site, zone: Name) -> None:
    site.edit(zone, f"update add {zone} 300 MX 5 other.example.net.")
    outcome = site.write(zone, create(zone))
    assert outcome.outcome is Outcome.CONFLICT
    assert outcome.found == Present(mx_set(300, "5 other.example.net."))


def test_a_key_without_a_grant_is_refused(site: Site, zone: Name) -> None:
    outcome = site.write(zone, create(zone), site.open(tsig={"key_file": "reader.key"}))
    assert outcome.outcome is Outcome.FAILED
    assert "the TSIG key reader. may not change the MX set" in outcome.message
    assert site.stored(zone, zone) == []


def test_a_zone_that_takes_no_updates_refuses(site: Site) -> None:
    outcome = site.write("closed.test.", create("closed.test."))
    assert outcome.outcome is Outcome.FAILED
    assert "may not change" in outcome.message


def test_an_unsigned_update_is_refused(site: Site, zone: Name) -> None:
    outcome = site.write(zone, create(zone), site.open(tsig=None, unsigned=True))
    assert outcome.outcome is Outcome.FAILED
    assert "a sender without a TSIG key may not change" in outcome.message


def test_an_exchange_in_the_zone_without_an_address_is_named(site: Site, zone: Name) -> None:
    site.edit(zone, f"update add six.{zone} 300 AAAA 2001:db8::10")
    wanted = mx_set(300, "5 mx.example.net.", f"10 host.{zone}", f"15 six.{zone}", f"20 nobody.{zone}")
    outcome = site.write(zone, create(zone, wanted))
    assert outcome.outcome is Outcome.FAILED
    assert f"the exchange nobody.{zone} has no address" in outcome.message
    assert site.stored(zone, zone) == []


def test_an_exchange_in_the_zone_that_is_a_cname_is_named(site: Site, zone: Name) -> None:
    outcome = site.write(zone, create(zone, mx_set(300, f"10 hostalias.{zone}")))
    assert outcome.outcome is Outcome.FAILED
    assert f"the exchange hostalias.{zone} is a CNAME" in outcome.message


def test_a_refused_change_does_not_stop_its_neighbours(site: Site, zone: Name) -> None:
    good, bad = names.parse("good", zone), names.parse("bad", zone)
    changes = (create(bad, mx_set(300, f"10 nobody.{zone}")), create(good))
    outcomes = {one.owner: one.outcome for one in site.open().write([ZoneBatch(zone, changes, {})])}
    assert outcomes == {bad: Outcome.FAILED, good: Outcome.APPLIED}


def test_more_records_than_the_server_takes_are_counted(site: Site, zone: Name) -> None:
    wanted = mx_set(300, *(f"{number} mx{number}.example.net." for number in range(101)))
    outcome = site.write(zone, create(zone, wanted))
    assert outcome.outcome is Outcome.FAILED
    assert "101 records are too many" in outcome.message
    assert site.stored(zone, zone) == []


def test_more_records_than_a_message_holds_are_not_sent(site: Site, zone: Name) -> None:
    wanted = mx_set(300, *(f"{number} {'m' * 60}{number}.example.net." for number in range(1000)))
    outcome = site.write(zone, create(zone, wanted))
    assert outcome.outcome is Outcome.FAILED
    assert outcome.message.startswith("not sent: ")


@pytest.mark.parametrize("ttl", [2**31, 2**32 - 1])
def test_a_ttl_that_no_cache_takes_is_not_sent(site: Site, zone: Name, ttl: int) -> None:
    outcome = site.write(zone, create(zone, MXSet.of(ttl, WANTED.records)))
    assert outcome.outcome is Outcome.FAILED
    assert f"TTL {ttl} is above 2147483647" in outcome.message
    assert site.stored(zone, zone) == []


def test_the_greatest_ttl_is_written(site: Site, zone: Name) -> None:
    wanted = MXSet.of(2**31 - 1, WANTED.records)
    assert site.write(zone, create(zone, wanted)).outcome is Outcome.APPLIED
    assert site.stored(zone, zone)[0].startswith("2147483647 ")


def test_a_ttl_that_the_server_lowers_is_no_success(site: Site) -> None:
    """BIND answers NOERROR and keeps its `max-zone-ttl` of two hours."""
    outcome = site.write("limited.test.", create("limited.test.", MXSet.of(86400, WANTED.records)))
    assert outcome.outcome is Outcome.FAILED
    assert outcome.final, "a second try would do no better"
    assert "keeps the TTL at 7200 instead of 86400: it has a limit (BIND: max-zone-ttl)" in outcome.message
    assert outcome.found == Present(MXSet.of(7200, WANTED.records))


def test_a_signed_zone_shows_the_set_in_the_end(site: Site) -> None:
    """Inline signing publishes a little later than the update is answered."""
    owner = names.parse("mail.signed.test.")
    assert site.write("signed.test.", create(owner)).outcome is Outcome.APPLIED
    wanted = mx_set(600, "10 mx3.example.net.")
    assert site.write("signed.test.", Change(owner, WANTED, wanted)).outcome is Outcome.APPLIED
    assert dig(site.server, owner).ttl == 600
    assert site.write("signed.test.", Change(owner, wanted, None)).outcome is Outcome.APPLIED


def test_an_owner_below_a_wildcard_cname_gets_its_set(site: Site, zone: Name) -> None:
    site.edit(zone, f"update add *.{zone} 300 CNAME elsewhere.example.net.")
    assert site.write(zone, create(f"new.{zone}")).outcome is Outcome.APPLIED
    assert site.stored(zone, f"new.{zone}") == ["300 10 mx1.example.net.", "300 20 mx2.example.net."]


def test_a_broken_set_can_be_repaired(site: Site, zone: Name) -> None:
    """What rules refuse may be live: a null MX beside another one, an address, one host twice."""
    broken = mx_set(300, "0 .", "10 192.0.2.1.", "20 mx.example.net.", "30 mx.example.net.")
    site.edit(zone, *(f"update add {zone} 300 MX {record}" for record in broken.records))
    assert site.write(zone, Change(zone, broken, WANTED)).outcome is Outcome.APPLIED
    assert site.stored(zone, zone) == ["300 10 mx1.example.net.", "300 20 mx2.example.net."]


def test_names_with_odd_octets_are_written(site: Site) -> None:
    owner = names.parse(r"w\.x\032y.lenient.test.")
    wanted = mx_set(300, r"10 m\.x\064.example.net.")
    assert site.write("lenient.test.", create(owner, wanted)).outcome is Outcome.APPLIED
    assert site.read("lenient.test.", owner) == Present(wanted)
    assert site.write("lenient.test.", Change(owner, wanted, WANTED)).outcome is Outcome.APPLIED


def test_an_owner_outside_of_the_zone_is_not_written(site: Site, zone: Name) -> None:
    assert site.write(zone, create("example.org.")).outcome is Outcome.BLOCKED


def test_a_zone_that_cannot_be_read_is_not_written(site: Site) -> None:
    outcome = site.write("hidden.test.", create("hidden.test."))
    assert outcome.outcome is Outcome.FAILED
    assert outcome.message.startswith("not sent: ")
