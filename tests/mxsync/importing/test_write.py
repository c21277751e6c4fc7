"""What an imported manifest looks like."""

from __future__ import annotations

from datetime import date

import pytest

from mxsync import names, operators
from mxsync.importing.fold import Known, NamedSet, fold
from mxsync.importing.found import sort_out
from mxsync.importing.write import duration, scalar, set_lines, whole, zone_lines
from mxsync.manifest.document import plain, read_document
from mxsync.model import MXSet
from mxsync.reading import Blocked, OwnerReading, Present, Unreadable, ZoneReading
from support.sets import mx_set

UNTIL = date(2027, 1, 1)
OWN = mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net.")
GOOGLE = mx_set(3600, "1 smtp.google.com.")


def found(zone: str, **owners: MXSet | OwnerReading) -> ZoneReading:
    """Make a reading; `apex` and `any` stand for `@` and `*`."""
    apex = names.parse(zone)
    keys = {"apex": "@", "any": "*"}
    readings = {
        names.parse(keys.get(owner, owner), apex): Present(each) if isinstance(each, MXSet) else each
        for owner, each in owners.items()
    }
    return ZoneReading(apex, zone, readings)


KNOWN = Known(300)


def written(*readings: ZoneReading, known: Known = KNOWN, provider: str | None = None) -> str:
    folded = fold(map(sort_out, readings), known)
    sets = ["sets:", *set_lines(folded.new)] if folded.new else []
    return "\n".join([*sets, *zone_lines(folded.zones, folded, UNTIL, provider=provider)])


def test_a_set_that_two_owners_have_gets_the_name_of_its_first_hosts_domain() -> None:
    text = written(found("example.com", apex=OWN), found("example.org", apex=OWN))
    assert text == (
        "sets:\nexample.net:\n  ttl: 1h\n  records:\n    - 10 mx1.example.net.\n    - 20 mx2.example.net.\n"
        "example.com: example.net\nexample.org: example.net"
    )


def test_a_set_that_one_owner_has_stands_there() -> None:
    assert written(found("example.com", apex=MXSet.of(300, OWN.records))) == (
        "example.com: [10 mx1.example.net., 20 mx2.example.net.]"
    )


def test_the_set_of_a_known_operator_is_called_by_its_name() -> None:
    assert written(found("example.com", apex=GOOGLE)) == (
        "sets:\ngoogle-workspace: builtin:google-workspace\nexample.com: {set: google-workspace, ttl: 1h}"
    )


def test_every_operators_set_is_known() -> None:
    for operator in operators.load().values():
        if operator.records:
            assert f"builtin:{operator.name}" in written(
                found("example.com", apex=MXSet.of(300, operator.records))
            )


def test_hosts_of_a_known_operator_are_called_theirs_where_each_customer_has_others() -> None:
    own = mx_set(300, "0 example-com.mail.protection.outlook.com.")
    shared = mx_set(300, "0 example-org.mail.protection.outlook.com.")
    mixed = mx_set(300, "0 example-net.mail.protection.outlook.com.", "10 mx1.example.net.")
    text = written(found("example.com", apex=own, a=shared, b=shared, c=mixed))
    title = operators.load()["microsoft-365"].title
    assert f"outlook.com:  # {title}\n  - 0 example-org" in text
    assert f'"@": [0 example-com.mail.protection.outlook.com.]  # {title}' in text
    assert "c: [0 example-net.mail.protection.outlook.com., 10 mx1.example.net.]" in text.splitlines()[-1]
    assert "#" not in text.splitlines()[-1]


def test_names_that_are_taken_get_a_number() -> None:
    other = mx_set(300, "10 mx3.example.net.")
    text = written(
        found("example.com", apex=OWN, a=OWN, b=other, c=other),
        known=Known(3600, {}, frozenset({"example.net", "google-workspace"})),
    )
    assert [line for line in text.splitlines() if line.startswith("example.net")] == [
        "example.net-2:",
        "example.net-3:",
    ]


def test_a_host_without_a_domain_gives_a_number_only() -> None:
    assert "set-1:" in written(found("example.com", apex=mx_set(1, "10 smtp."), a=mx_set(1, "10 smtp.")))


def test_a_named_set_of_the_manifest_is_used_again() -> None:
    known = Known(300, {OWN.records: NamedSet("own", OWN.records, 3600)}, frozenset({"own"}))
    short = MXSet.of(60, OWN.records)
    assert written(found("example.com", apex=OWN, lists=short), known=known) == (
        'example.com:\n  mx:\n    "@": own\n    lists: {set: own, ttl: 1m}'
    )


def test_a_null_mx_is_called_so() -> None:
    assert written(found("example.com", apex=mx_set(300, "0 ."))) == "example.com: null_mx"
    assert written(found("example.com", apex=mx_set(60, "0 ."))) == "example.com: {set: null_mx, ttl: 1m}"


def test_what_cannot_be_imported_is_a_comment_at_its_place() -> None:
    text = written(
        found(
            "example.com",
            apex=MXSet.of(300, OWN.records),
            alias=Blocked("it is a CNAME\n  zones: {}"),
            gone=Unreadable("timed out"),
            null=mx_set(300, "0 .", "10 mx1.example.net."),
            whole=mx_set(300, "10 192.0.2.1."),
            zero=mx_set(2**31, "10 mx1.example.net."),
        )
    )
    assert text == (
        "example.com:\n"
        "  mx:\n"
        '    "@": [10 mx1.example.net., 20 mx2.example.net.]\n'
        "    # alias (not imported): it is a CNAME   zones: {}\n"
        "    # gone (not imported): timed out\n"
        "    # null (not imported): MX006: a null MX stands alone; beside it no other MX makes sense (RFC 7505); "
        "it has 0 ., 10 mx1.example.net. (TTL 5m)\n"
        "    # whole (not imported): MX002: the exchange 192.0.2.1. is an address; MX records hold host names; "
        "it has 10 192.0.2.1. (TTL 5m)\n"
        "    # zero (not imported): MX013: the TTL is above 2147483647 seconds; "
        "it has 10 mx1.example.net. (TTL 24855d3h14m8s)"
    )


def test_a_zone_of_which_nothing_is_imported_is_comments_alone() -> None:
    assert written(found("example.com", alias=Blocked("it is a CNAME"))) == (
        "# example.com: nothing was imported\n#   alias (not imported): it is a CNAME"
    )


def test_a_set_that_cannot_be_changed_is_imported_with_the_reason() -> None:
    reading = found("example.com", apex=Present(MXSet.of(300, OWN.records), fixed="it is a routing policy"))
    assert '    # it cannot be changed here: it is a routing policy\n    "@": [10' in written(reading)


def test_what_may_be_waived_is_waived_for_its_owner_until_a_day() -> None:
    assert written(found("example.com", apex=mx_set(300, "10 mail_1.example.net."))) == (
        'example.com:\n  mx:\n    "@": [10 mail_1.example.net.]\n  waive:\n'
        '    - {rule: MX003, owner: "@", reason: imported as it was, until: 2027-01-01}'
    )


def test_international_names_are_shown_beside_their_a_labels() -> None:
    text = written(found("bücher.example", apex=GOOGLE, straße=GOOGLE), known=Known(3600))
    assert "xn--bcher-kva.example:  # bücher.example\n" in text
    assert "xn--strae-oqa: google-workspace  # straße" in text


def test_a_provider_that_is_not_the_default_is_named() -> None:
    assert written(found("example.com", apex=GOOGLE), known=Known(3600), provider="no").endswith(
        'example.com:\n  provider: "no"\n  mx:\n    "@": google-workspace'
    )


def test_many_records_stand_in_a_line_each() -> None:
    many = mx_set(60, *(f"{at} mx{at}.example.net." for at in range(8)))
    lines = written(found("example.com", apex=many)).splitlines()
    assert lines[:4] == ["example.com:", "  ttl: 1m", "  records:", "    - 0 mx0.example.net."]


def test_a_manifest_on_its_own_has_the_block_and_the_most_common_ttl() -> None:
    block = {
        "type": "rfc2136",
        "tsig": {"secret": {"env": "1e5"}},
        "names": ["0o7", "010", "a: b"],
        "port": 53,
    }
    folded = fold([sort_out(found("example.com", apex=OWN, a=GOOGLE, b=mx_set(60, "0 .")))])
    text = "\n".join(whole(folded, UNTIL, provider=("office", block), schema="mxsync.schema.json"))
    data = plain(read_document(text.encode(), "new"))
    assert text.startswith(
        "# yaml-language-server: $schema=mxsync.schema.json\nmxsync: 1\n\nproviders:\n  office:\n"
    )
    assert isinstance(data, dict)
    assert data["providers"] == {"office": block}
    assert data["defaults"] == {"provider": "office", "ttl": "1h"}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0"),
        (59, "59"),
        (60, "1m"),
        (90, "90"),
        (5400, "90m"),
        (86400, "1d"),
        (604800, "1w"),
        (2**31 - 1, "2147483647"),
    ],
)
def test_a_ttl_is_written_in_its_largest_whole_unit(seconds: int, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    "text", ["@", "*", "no", "010", "1", "null", "~", "a'b", 'a"b', r"a\.b", "a#b", "=", "12:30", "a"]
)
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    assert plain(read_document(f"{scalar(text)}: [{scalar(text)}]".encode(), "f")) == {text: [text]}
