"""What a zone file says about an owner, and what is said of a file that cannot be used."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from mxsync import names
from mxsync.provider import ZoneRequest
from mxsync.reading import Absent, Blocked, Present, Unreadable, ZoneFailure, ZoneReading
from mxsync_zonefile import store
from support.sets import mx_set
from support.zonefiles import HEAD, ZONE, provider_of, read, reading, refusal, zone_file

if TYPE_CHECKING:
    from pathlib import Path

    from mxsync.names import Name

LISTS = names.parse("lists", ZONE)


def owner(name: str) -> Name:
    return names.parse(name, ZONE)


@pytest.mark.parametrize(("ttl", "minimum", "negative"), [(3600, 300, 300), (60, 300, 60)])
def test_the_negative_ttl_is_the_lesser_of_the_soa_ttl_and_minimum(
    tmp_path: Path, ttl: int, minimum: int, negative: int
) -> None:
    zone_file(tmp_path, head=f"@ {ttl} IN SOA ns1.example.net. host 1 2 3 4 {minimum}\n")
    assert reading(tmp_path) == Absent(negative)


def test_every_mx_set_of_the_zone_is_reported(tmp_path: Path) -> None:
    zone_file(tmp_path, "@ MX 10 mx1.example.net.\nlists 60 MX 0 .\n* MX 1 a\nwww A 192.0.2.1\n")
    result = read(tmp_path, owner("www"))
    assert isinstance(result, ZoneReading)
    assert set(result.owners) == {ZONE, LISTS, owner("*"), owner("www")}
    assert result.owners[LISTS] == Present(mx_set(60, "0 ."))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("alias", "a CNAME stands at the owner"),
        ("sub", "at or below the zone cut sub.example.com."),
        ("a.b.sub", "at or below the zone cut sub.example.com."),
        ("x.tree", "below the DNAME at tree.example.com."),
    ],
)
def test_an_owner_that_can_serve_no_mx_set_is_blocked(tmp_path: Path, name: str, reason: str) -> None:
    zone_file(tmp_path, "alias CNAME www\nsub NS ns1.example.net.\ntree DNAME example.net.\n")
    found = reading(tmp_path, owner(name))
    assert isinstance(found, Blocked)
    assert reason in found.reason


def test_an_mx_set_below_a_zone_cut_is_blocked_and_not_present(tmp_path: Path) -> None:
    zone_file(tmp_path, "sub NS ns1.example.net.\nsub MX 10 mx1.example.net.\n")
    assert isinstance(reading(tmp_path, owner("sub")), Blocked)


def test_the_owner_of_a_dname_may_have_an_mx_set(tmp_path: Path) -> None:
    zone_file(tmp_path, "tree DNAME example.net.\ntree MX 10 mx1.example.net.\n")
    assert reading(tmp_path, owner("tree")) == Present(mx_set(3600, "10 mx1.example.net."), addressed=False)


def test_a_zone_with_a_journal_is_blocked_whole_with_the_way_out(tmp_path: Path) -> None:
    path = zone_file(tmp_path, "@ MX 10 mx1.example.net.\n")
    path.with_name("example.com.zone.jnl").touch()
    for name in (ZONE, LISTS):
        found = reading(tmp_path, name)
        assert isinstance(found, Blocked)
        assert "use type: rfc2136" in found.reason


def test_the_journal_of_a_linked_file_counts(tmp_path: Path) -> None:
    path = zone_file(tmp_path)
    real = path.rename(tmp_path / "real")
    path.symlink_to(real)
    real.with_name("real.jnl").touch()
    assert isinstance(reading(tmp_path), Blocked)


def test_an_owner_outside_of_the_zone_is_not_read(tmp_path: Path) -> None:
    zone_file(tmp_path)
    assert isinstance(reading(tmp_path, names.parse("example.org.")), Unreadable)


def test_a_set_in_an_included_file_and_one_that_is_generated_are_read(tmp_path: Path) -> None:
    zone_file(
        tmp_path, '$INCLUDE "parts/mail.inc" lists\n$GENERATE 1-2 gen$ 60 MX "${9,3,d} mx$.example.net."\n'
    )
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "mail.inc").write_text("@ 5m MX 10 mx1.example.net.\n")
    included, generated = reading(tmp_path, LISTS), reading(tmp_path, owner("gen2"))
    assert isinstance(included, Present)
    assert isinstance(generated, Present)
    assert included.set == mx_set(300, "10 mx1.example.net.")
    assert "stands in an included file" in included.fixed
    assert generated.set == mx_set(60, "11 mx2.example.net.")
    assert "comes from the $GENERATE" in generated.fixed


def test_records_outside_of_the_zone_are_passed_over_as_name_servers_do(tmp_path: Path) -> None:
    zone_file(tmp_path, "www.example.net. 5m A 192.0.2.1\n 5m MX 1 a.example.net.\n@ MX 10 mx.example.net.\n")
    result = read(tmp_path, ZONE)
    assert isinstance(result, ZoneReading)
    assert result.owners == {ZONE: Present(mx_set(3600, "10 mx.example.net."), addressed=False)}


def test_two_links_to_one_file_are_one_backend(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    path = zone_file(tmp_path / "one")
    (tmp_path / "two" / "example.com.zone").symlink_to(path)
    one, two = read(tmp_path / "one", ZONE), read(tmp_path / "two", ZONE)
    assert isinstance(one, ZoneReading)
    assert isinstance(two, ZoneReading)
    assert one.backend == two.backend


def test_the_root_zone_has_a_file_too(tmp_path: Path) -> None:
    (tmp_path / "root.zone").write_text(
        "@ 60 SOA ns1.example.net. host.example.net. 1 2 3 4 5\ntest. MX 1 a.\n"
    )
    (result,) = provider_of(tmp_path).read([ZoneRequest(names.ROOT, ())])
    assert isinstance(result, ZoneReading)
    assert result.owners == {"test.": Present(mx_set(60, "1 a."), addressed=False)}


@pytest.mark.parametrize(
    "zone", ["a/b.example.", "\\.\\..example.", "0/25.2.0.192.in-addr.arpa.", "-x.test.", "*.test."]
)
def test_a_zone_name_never_leads_out_of_the_folder(tmp_path: Path, zone: str) -> None:
    (result,) = provider_of(tmp_path).read([ZoneRequest(names.parse(zone), ())])
    assert isinstance(result, ZoneFailure)
    assert "a file name takes only" in result.message


# Files that cannot be used


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("a MX ten b\n", ":4: expecting an integer"),
        ("a MX 10\n", ":4: "),
        ("a MX 10 b c\n", ":4: "),
        ("a MX 70000 b\n", ":4: 70000 is not an unsigned 16-bit integer"),
        ("\n\na A 192.0.2.256\n", ":6: "),
        ("a WHAT 1\n", ":4: WHAT is no record type that mxsync knows; write it as TYPEnnn (RFC 3597)"),
        ("a AXFR 1\n", ":4: AXFR is no record type"),
        ("a MINFO\n", ":4: "),
        ("a TYPE14 a b\n", ":4: "),
        ("a IN\n", ":4: the record has no type"),
        ("a CH TXT x\n", ":4: the record is of class CH, not IN"),
        ("a.. A 192.0.2.1\n", ":4: "),
        ('"a" A 192.0.2.1\n', ":4: a quoted string stands where a name is wanted"),
        ("$TTL soon\n", ":4: "),
        ("$TTL\n", ":4: $TTL has too many or too few words"),
        ("$UNICODE 2008\n", ":4: $UNICODE is no directive"),
        ("@ SOA ns host 2 2 3 4 5\n", ":4: a second SOA record; the first is at "),
        ("sub SOA ns host 2 2 3 4 5\n", ":4: an SOA record stands at sub.example.com., not at the apex"),
        ("a CNAME b\na MX 10 c\n", ":5: a.example.com. has a CNAME beside its MX record"),
        ("a CNAME b\na CNAME c\n", ":5: a.example.com. has more than one CNAME record"),
        ("$GENERATE 1-x a$ A 192.0.2.1\n", ":4: $GENERATE wants a range"),
        ("$GENERATE 1-2000000000 a$ A 192.0.2.1\n", ":4: $GENERATE makes more than 65536 records"),
        ("$GENERATE 1-2 a$ MX 10 b\n", ":4: $GENERATE wants one word of data"),
        ("$INCLUDE nothing.inc\n", "nothing.inc: there is no such file"),
        ("a TXT (\n\n", ":4: a parenthesis is not closed"),
        ("b\u00fccher MX 10 mx1.example.net.\n", ":4: letters beyond ASCII stand outside of comments"),
    ],
)
def test_a_file_that_does_not_parse_is_refused_with_its_line(tmp_path: Path, body: str, message: str) -> None:
    path = zone_file(tmp_path, body)
    said = refusal(tmp_path)
    assert said.startswith(str(path))
    assert message in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ": it holds no SOA record of example.com."),
        ("$TTL 60\n@ NS ns1.example.net.\n", ": it holds no SOA record of example.com."),
        (
            "$TTL 60\n IN SOA a. b. 1 2 3 4 5\n",
            ":2: the line begins with a blank, and no owner stands before it",
        ),
        ("@ NS a.\n@ 60 SOA a. b. 1 2 3 4 5\n", ":1: the record has no TTL, and no $TTL stands before it"),
    ],
)
def test_a_file_that_is_no_zone_is_refused(tmp_path: Path, text: str, message: str) -> None:
    zone_file(tmp_path, head=text)
    assert message in refusal(tmp_path)


def test_an_included_file_is_not_quoted_in_a_message(tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("root:hunter2:0:0\n")
    zone_file(tmp_path, "$INCLUDE passwords\n")
    said = refusal(tmp_path)
    assert "passwords:1: " in said
    assert "hunter2" not in said


def test_files_that_include_each_other_come_to_an_end(tmp_path: Path) -> None:
    zone_file(tmp_path, "$INCLUDE loop.inc\n")
    (tmp_path / "loop.inc").write_text("$INCLUDE loop.inc\n")
    assert "loop.inc:1: " in refusal(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path}/example.com.zone: there is no such file"


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "example.com.zone").mkdir()
    assert refusal(tmp_path).endswith("it is a folder")


def test_a_fifo_in_place_of_the_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "example.com.zone")
    assert refusal(tmp_path).endswith("it is no regular file")


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "example.com.zone").symlink_to(tmp_path / "example.com.zone")
    assert "cannot open it" in refusal(tmp_path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = zone_file(tmp_path)
    os.truncate(path, store.MAX_SIZE + 1)
    assert refusal(tmp_path).endswith("it is larger than 64 MiB, the most that mxsync reads")


def test_a_name_too_long_for_a_file_is_refused(tmp_path: Path) -> None:
    zone = names.parse(".".join(["a" * 63] * 3 + ["a" * 61]))
    (result,) = provider_of(tmp_path).read([ZoneRequest(zone, ())])
    assert isinstance(result, ZoneFailure)
    assert "cannot open it" in result.message


def test_an_include_with_a_name_too_long_for_a_file_is_refused(tmp_path: Path) -> None:
    zone_file(tmp_path, f"$INCLUDE {'a' * 300}\n")
    assert "cannot open it" in refusal(tmp_path)


def test_the_head_of_these_tests_is_a_zone(tmp_path: Path) -> None:
    zone_file(tmp_path, head=HEAD)
    assert isinstance(reading(tmp_path), Absent)


@pytest.mark.parametrize(
    ("name", "ttl"),
    [
        ("new", 600),
        ("deep.new", 600),
        ("there", None),
        ("empty", None),
        ("new.empty", None),
        ("new.sub", 900),
        ("sub", None),
    ],
)
def test_an_owner_that_a_wildcard_answers_for_is_absent_and_known_as_such(
    tmp_path: Path, name: str, ttl: int | None
) -> None:
    """The closest name that is there decides, one without records too (RFC 4592 §3.3.1)."""
    zone_file(
        tmp_path,
        "* 600 MX 10 mx1.example.net.\n*.sub 900 MX 10 mx2.example.net.\n"
        "there A 192.0.2.1\nbelow.empty A 192.0.2.2\n",
    )
    expected = Absent(300) if ttl is None else Absent(ttl, wildcard=True)
    assert reading(tmp_path, owner(name)) == expected
    assert isinstance(reading(tmp_path, owner("*")), Present)


@pytest.mark.parametrize(
    ("records", "addressed"),
    [
        ("old A 192.0.2.1", True),
        ("old AAAA 2001:db8::1", True),
        ("old TXT text", False),
        ("", False),
        ("$GENERATE 1-2 $.net A 192.0.2.$\n$GENERATE 3-3 old A 192.0.2.$", True),
        ("$INCLUDE more.zone", True),
        ("* A 192.0.2.1", True),
        ("* A 192.0.2.1\nold TXT text", False),
        ("* A 192.0.2.1\nbelow.old A 192.0.2.1", False),
        ("* MX 10 mx2.example.net.", None),
        ("* CNAME elsewhere.example.net.", None),
        ("www A 192.0.2.1", False),
    ],
)
def test_an_owner_has_an_address_of_its_own_or_gets_a_wildcards_once_its_set_is_gone(
    tmp_path: Path, records: str, addressed: bool | None
) -> None:
    (tmp_path / "more.zone").write_text("old A 192.0.2.1\n")
    zone_file(tmp_path, f"old MX 10 mx1.example.net.\n{records}\n")
    assert reading(tmp_path, owner("old")) == Present(
        mx_set(3600, "10 mx1.example.net."), addressed=addressed
    )
