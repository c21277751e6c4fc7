"""Whether an owner that is to have no MX set has an address, and what it costs to find out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import dns.message
import dns.rdatatype
import pytest

from mxsync import names
from mxsync.provider import ZoneRequest
from mxsync.reading import Absent, Present, ZoneReading
from support.relay import FAULTS
from support.rfc2136 import Site, mx_set

if TYPE_CHECKING:
    from mxsync.names import Name
    from mxsync.provider import Provider
    from mxsync.reading import OwnerReading
    from support.relay import Fate
    from support.rfc2136 import Through

SET = mx_set(300, "10 mx.example.net.")


def read(provider: Provider, zone: Name, *owners: str, vacated: tuple[str, ...] = ()) -> list[OwnerReading]:
    """Read owners of a zone, relative to it; those that are to be vacated first."""
    asked = tuple(names.parse(owner, zone) for owner in (*vacated, *owners))
    (result,) = provider.read([ZoneRequest(zone, asked, vacated=frozenset(asked[: len(vacated)]))])
    assert isinstance(result, ZoneReading), result
    return [result.owners[owner] for owner in asked]


def asked_about(message: bytes) -> tuple[str, str]:
    """Give the name and type of a question."""
    (question,) = dns.message.from_wire(message, keyring=False).question
    return question.name.to_text(), dns.rdatatype.to_text(question.rdtype)


def test_two_questions_more_are_asked_about_a_set_that_is_to_go_and_about_nothing_else(
    site: Site, zone: Name, through: Through
) -> None:
    site.edit(
        zone, *(f"update add {owner}{zone} 300 MX 10 mx.example.net." for owner in ("", "old.", "lists."))
    )
    asked: Counter[tuple[str, str]] = Counter()

    def note(message: bytes, _: int) -> Fate:
        asked[asked_about(message)] += 1
        return "pass"

    read(through(note), zone, "@", "old", "lists", "new")
    before = asked.copy()
    read(through(note), zone, "lists", vacated=("@", "old", "new"))
    more = asked - before - before
    assert more == Counter((owner, kind) for owner in (zone, f"old.{zone}") for kind in ("A", "AAAA"))
    assert asked.total() == 2 * before.total() + more.total()


@pytest.mark.parametrize(
    ("record", "addressed"),
    [
        ("old 300 A 192.0.2.1", True),
        ("old 300 AAAA 2001:db8::1", True),
        ("old 300 TXT text", False),
        ("* 300 A 192.0.2.1", None),
        ("* 300 MX 10 mx2.example.net.", None),
    ],
)
@pytest.mark.parametrize("every", [False, True])
def test_an_address_shows_in_answers_and_in_a_transfer(
    site: Site, zone: Name, record: str, addressed: bool | None, every: bool
) -> None:
    """Under a wildcard it hangs on what else the owner has, which no question shows."""
    owner, _, rest = record.partition(" ")
    site.edit(zone, f"update add old.{zone} 300 MX 10 mx.example.net.", f"update add {owner}.{zone} {rest}")
    old = names.parse("old", zone)
    # Unnamed in a zone that is managed whole, and named.
    request = (
        ZoneRequest(zone, (), every=True) if every else ZoneRequest(zone, (old,), vacated=frozenset({old}))
    )
    (result,) = site.open(tsig={"key_file": "other.key"}).read([request])
    assert isinstance(result, ZoneReading)
    assert result.owners[old] == Present(SET, addressed=addressed)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", ["A", "AAAA"])
def test_trouble_with_an_address_costs_no_set(
    site: Site, zone: Name, through: Through, fault: Fate, kind: str
) -> None:
    site.edit(zone, *(f"update add {owner}.{zone} 300 MX 10 mx.example.net." for owner in ("old", "lists")))
    provider = through(lambda message, _: fault if asked_about(message) == (f"old.{zone}", kind) else "pass")
    old, lists, new = read(provider, zone, "lists", "new", vacated=("old",))
    assert isinstance(old, Present)
    assert old.set == SET
    assert old.addressed is not True
    assert (lists, new) == (Present(SET), Absent(300))


@pytest.mark.parametrize("fault", ["mute", "swallow", "refuse", "forge"])
def test_an_address_that_shows_counts_whatever_becomes_of_the_other_question(
    site: Site, zone: Name, through: Through, fault: Fate
) -> None:
    site.edit(
        zone, f"update add old.{zone} 300 MX 10 mx.example.net.", f"update add old.{zone} 300 A 192.0.2.1"
    )
    provider = through(lambda message, _: fault if asked_about(message)[1] == "AAAA" else "pass")
    assert read(provider, zone, vacated=("old",)) == [Present(SET, addressed=True)]
    provider = through(lambda message, _: fault if asked_about(message)[1] == "A" else "pass")
    assert read(provider, zone, vacated=("old",)) == [Present(SET, addressed=None)]
