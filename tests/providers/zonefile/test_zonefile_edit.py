"""The edit, for any zone file and any wanted sets."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import dns.rdatatype
import pytest
from dns.rdatatype import RdataType
from hypothesis import given, settings
from hypothesis import strategies as st

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.model import MX, MXSet
from mxsync.reading import Present
from mxsync_zonefile.content import RR, Content
from mxsync_zonefile.edit import Uneditable, assign, edit, owner_obstacle
from mxsync_zonefile.interpret import File, Unusable, interpret
from mxsync_zonefile.proof import prove
from support.sets import mx_set
from support.zonefiles import (
    ZONE,
    compiled,
    in_bind,
    provider_of,
    reading,
    write,
    write_one,
    zone_file,
)

OWNERS = ["@", "a", "b", "*", "x.a", "example.com."]
SPELLED = [*OWNERS, "A", "B", "X.a", "Example.com.", "a.example.com.", "a.example.net.", "Example.net."]
"""Owners in a file: also in other letters, and some outside of the zone."""
TTLS = ["", "60 ", "1h ", "7200 "]
CLASSES = ["", "IN "]
EXCHANGES = ["mx1", "mx2.example.net.", "mx3.example.org.", ".", "MX1.Example.com."]
ENDS = ["\n", " ; comment\n", "\r\n", " (\n)\n"]
INCLUDED = {
    "plain.inc": "q A 192.0.2.1\na TXT x\n",
    "ttl.inc": "q 7200 A 192.0.2.1\nq TXT x\n",
    "default.inc": "$TTL 60\n",
}
"""Files that a file may include."""

owners = st.sampled_from(SPELLED)
mx_data = st.builds("MX {} {}".format, st.integers(0, 3), st.sampled_from(EXCHANGES))
other_data = st.sampled_from(
    [
        *("A 192.0.2.1", "A 192.0.2.2", 'TXT "MX 10 x" ( "y"\n "z" )', "TYPE65280 \\# 1 00"),
        *("NS a.example.com.", "NS B.example.com.", "NS ns.", 'HTTPS 1 . alpn="h2,h3"', "MB host"),
    ]
)
records = st.builds(
    "{}{}{}{}{}".format,
    st.one_of(owners.map("{} ".format), st.just("    "), st.just("\t")),
    st.sampled_from(TTLS),
    st.sampled_from(CLASSES),
    st.one_of(mx_data, mx_data, other_data),
    st.sampled_from(ENDS),
)
others = st.sampled_from(
    [
        "\n",
        "; a comment\n",
        "$TTL 300\n",
        "$TTL 1d\n",
        "$ORIGIN a.example.com.\n",
        "$ORIGIN example.com.\n",
        "$ORIGIN com.\n",
        "$ORIGIN Example.com.\n",
        '$GENERATE 1-2 a 60 MX "$ mx$"\n',
        "$GENERATE 1-2 b$ IN A 192.0.2.$\n",
        "$GENERATE 1-2 a.example.net. 7200 A 192.0.2.$\n",
        *(f"$INCLUDE {name}\n" for name in INCLUDED),
    ]
)
soa = st.sampled_from(
    [
        "@ SOA ns. host. 7 1 1 1 900\n",
        "@ 60 IN SOA ns. host. (\n2026112301 ; serial\n1 1 1 1 )\n",
        "@ SOA ns. host. 0 1 1 1 5 \n",
    ]
)
bodies = st.lists(st.one_of(records, records, records, others), max_size=15).map("".join)
sets = st.builds(
    MXSet.of,
    st.sampled_from([60, 300, 3600, 86400]),
    st.sets(
        st.builds(MX, st.integers(0, 3), st.sampled_from([names.parse(text, ZONE) for text in EXCHANGES])),
        min_size=1,
        max_size=4,
    ),
)
wanted_sets = st.dictionaries(
    st.sampled_from([*(names.parse(text, ZONE) for text in OWNERS), names.parse("new", ZONE)]),
    st.none() | sets,
)


def understand(text: str) -> Content:
    return interpret(ZONE, File("example.com.zone", text), lambda name: File(name, INCLUDED[name]))


@given(st.sampled_from(["", "$TTL 3600\n"]), soa, bodies, wanted_sets, st.booleans())
def test_any_file_is_edited_into_any_sets_and_into_nothing_else(
    head: str, soa: str, body: str, wanted: dict[names.Name, MXSet | None], cut: bool
) -> None:
    text = (head + soa + body).removesuffix("\n" if cut else "")
    try:
        content = understand(text)
    except Unusable:
        return
    changes = [
        Change(owner, content.mx_set(owner), after)
        for owner, after in wanted.items()
        if content.mx_set(owner) != after and not owner_obstacle(content, owner)
    ]
    wanted = {change.owner: change.after for change in changes}
    result = understand(edit(content, changes, 99))
    try:
        prove(content, result, changes, 99)
    except Uneditable as error:
        refusal = str(error)
    else:
        refusal = ""
    # The two layouts that docs/zonefile.md names; the user is told how to mend them.
    if "give them one TTL first" in refusal:
        assert another_of_several_ttls_would_count(content, result, changes)
        return
    if "write it there, or begin the zone's file with a $TTL" in refusal:
        assert an_included_ttl_would_change(content, result, changes)
        return
    assert not refusal
    assert {owner: result.mx_set(owner) for owner in wanted} == wanted
    untouched = set(content.mx_owners()) - set(wanted)
    assert {owner: result.mx_set(owner) for owner in untouched} == {
        owner: content.mx_set(owner) for owner in untouched
    }
    assert [record.ttl for record in others_in(result, changes)] == [
        record.ttl for record in others_in(content, changes)
    ]


def another_of_several_ttls_would_count(content: Content, result: Content, changes: list[Change]) -> bool:
    """Say whether an RRset that is not to be changed, with several TTLs, would be served with another one."""
    return any(
        len({record.ttl for record in records}) > 1 and result.ttl(*key) != content.ttl(*key)
        for key, records in content.sets.items()
        if key not in {(change.owner, RdataType.MX) for change in changes}
    )


def an_included_ttl_would_change(content: Content, result: Content, changes: list[Change]) -> bool:
    """Say whether a record of an included file, which names no TTL, would inherit another one."""
    pairs = zip(others_in(content, changes), others_in(result, changes), strict=True)
    return any(was.ttl != now.ttl and was.source.place.startswith(tuple(INCLUDED)) for was, now in pairs)


def others_in(content: Content, changes: list[Change]) -> list[RR]:
    changed = {change.owner for change in changes}
    return [
        record
        for record in content.records
        if record.rdata.rdtype is not RdataType.MX or record.owner not in changed
    ]


def test_an_edit_that_would_change_which_of_two_ttls_counts_is_refused() -> None:
    """`named` takes the last place's TTL of a set in two places, and the first one's of a set in one."""
    body = "a 900 MX 0 mx\n@ MX 1 mx\na 60 MX 1 mx\n"
    content = understand("$TTL 900\n@ SOA ns. host. 7 1 1 1 900\n" + body)
    changes = [Change(ZONE, mx_set(900, "1 mx.example.com."), None)]
    with pytest.raises(Uneditable, match=r"the MX records of a\.example\.com\. have several TTLs"):
        prove(content, understand(edit(content, changes, 8)), changes, 8)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(["", "$TTL 3600\n"]), soa, bodies, wanted_sets)
def test_any_file_is_read_as_bind_reads_it_before_and_after_an_edit(
    head: str, soa: str, body: str, wanted: dict[names.Name, MXSet | None]
) -> None:
    try:
        # `named` wants an address for every name server in the zone.
        content = understand(
            f"{head}{soa}@ NS ns.\n{body}a.example.com. A 192.0.2.1\nb.example.com. A 192.0.2.1\n"
        )
    except Unusable:
        return
    changes = [
        Change(owner, content.mx_set(owner), after)
        for owner, after in wanted.items()
        if content.mx_set(owner) != after and not owner_obstacle(content, owner)
    ]
    try:
        before = in_bind_from(content)
    except subprocess.CalledProcessError:
        return  # `named` would not load it, as with an NS record at a wildcard
    assert ttls_in(content) == {key: ttl for key, (ttl, _) in before.items()}
    assert mx_sets_in(content) == {key: held for key, held in before.items() if key[1] == "MX"}
    result = understand(edit(content, changes, 99))
    after = in_bind_from(result)
    assert ttls_in(result) == {key: ttl for key, (ttl, _) in after.items()}
    with contextlib.suppress(Uneditable):
        prove(content, result, changes, 99)
        changed = {change.owner: change.after for change in changes}
        kept = {key: held for key, held in before.items() if key[1] != "MX" or key[0] not in changed}
        assert after == kept | {(owner, "MX"): in_bind(held) for owner, held in changed.items() if held}


def ttls_in(content: Content) -> dict[tuple[str, str], int]:
    return {
        (owner, dns.rdatatype.to_text(rdtype)): content.ttl(owner, rdtype) for owner, rdtype in content.sets
    }


def mx_sets_in(content: Content) -> dict[tuple[str, str], tuple[int, frozenset[str]]]:
    return {
        (owner, "MX"): in_bind(found) for owner in content.mx_owners() if (found := content.mx_set(owner))
    }


def in_bind_from(content: Content) -> dict[tuple[str, str], tuple[int, frozenset[str]]]:
    with TemporaryDirectory() as folder:
        (Path(folder) / "example.com.zone").write_text(content.text, "ascii", newline="")
        for name, text in INCLUDED.items():
            (Path(folder) / name).write_text(text)
        return compiled(Path(folder))


@pytest.mark.parametrize(
    "body",
    [
        "q 1h A 192.0.2.5\nA 60 MX 5 m1.example.net.\na.example.com. 1h MX 10 m1.example.net.\n A 192.0.2.3\n",
        "a.example.net. 60 MX 1 x\na.example.net. 1h MX 2 x\na MX 5 m1.example.net.\n A 192.0.2.3\n",
    ],
    ids=["letters of two cases", "outside of the zone"],
)
def test_a_ttl_that_comes_from_the_line_before_stays_what_bind_makes_of_it(tmp_path: Path, body: str) -> None:
    head = "@ 1h SOA ns1.example.net. h.example.net. 1 2 3 4 5\n@ NS ns1.example.net.\n"
    path = zone_file(tmp_path, body, head)
    before = compiled(tmp_path)
    owner = names.parse("a", ZONE)
    wanted = mx_set(3600, "10 n.example.net.")
    found = reading(tmp_path, owner)
    assert isinstance(found, Present)
    assert (owner, "A") in before
    assert in_bind(found.set) == before[owner, "MX"]
    answer = write_one(provider_of(tmp_path), found.set, wanted, owner)
    assert answer.outcome is Outcome.APPLIED, path.read_text()
    assert compiled(tmp_path) == before | {(owner, "MX"): in_bind(wanted)}


@given(soa, bodies)
def test_an_edit_of_nothing_changes_the_serial_alone(soa: str, body: str) -> None:
    try:
        content = understand(soa + body)
    except Unusable:
        return
    serial = str(content.serial)
    at = content.text.index(f" {serial} ") if "(" not in soa else content.text.index(serial) - 1
    assert edit(content, [], 99) == f"{content.text[: at + 1]}99{content.text[at + 1 + len(serial) :]}"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        # The TTL of the last line is the SOA's minimum for `named`, and the last one written for others.
        (
            "@ SOA ns. host. 7 1 1 1 900\n@ MX 0 mx\n\n  A 192.0.2.1\n",
            "@ SOA ns. host. 8 1 1 1 900\n@ 60 MX 0 mx\n\n  900 A 192.0.2.1\n",
        ),
        # The $GENERATE writes the TTL of the last line, for `named` and for dnspython.
        (
            '@ 900 SOA ns. host. 7 1 1 1 1\n@ MX 0 mx\n$GENERATE 1-2 a 900 MX "$ mx"\n@ A 192.0.2.1\n',
            '@ 900 SOA ns. host. 8 1 1 1 1\n@ 60 MX 0 mx\n$GENERATE 1-2 a 900 MX "$ mx"\n@ A 192.0.2.1\n',
        ),
        # The $GENERATE takes its TTL from the line before it.
        (
            "@ 900 SOA ns. host. 7 1 1 1 1\n@ MX 0 mx\n$GENERATE 1-2 a$ IN A 192.0.2.$\n@ A 192.0.2.1\n",
            "@ 900 SOA ns. host. 8 1 1 1 1\n@ 60 MX 0 mx\n$GENERATE 1-2 a$ 900 IN A 192.0.2.$\n@ A 192.0.2.1\n",
        ),
        # The included file may have written the TTL of the last line, or may not.
        (
            "@ 7200 SOA ns. host. 7 1 1 1 1\n@ 900 MX 0 mx\n$INCLUDE ttl.inc\n@ A 192.0.2.1\n",
            "@ 7200 SOA ns. host. 8 1 1 1 1\n@ 60 MX 0 mx\n$INCLUDE ttl.inc\n@ A 192.0.2.1\n",
        ),
        (
            "$TTL 900\n@ SOA ns. host. 7 1 1 1 1\n@ MX 0 mx\n$INCLUDE default.inc\n@ A 192.0.2.1\n",
            "$TTL 900\n@ SOA ns. host. 8 1 1 1 1\n@ 60 MX 0 mx\n$INCLUDE default.inc\n@ A 192.0.2.1\n",
        ),
        # `named` remembers the TTL of a line outside of the zone, and dnspython passes over it.
        (
            "@ 7200 SOA ns. host. 7 1 1 1 1\n@ 900 MX 0 mx\nx.test. 900 A 192.0.2.1\n@ A 192.0.2.1\n",
            "@ 7200 SOA ns. host. 8 1 1 1 1\n@ 60 MX 0 mx\nx.test. 900 A 192.0.2.1\n@ 900 A 192.0.2.1\n",
        ),
        # Of two TTLs of a set `named` remembers the one that counts, and dnspython the one written last.
        (
            "@ 900 SOA ns. host. 7 1 1 1 1\n@ MX 0 mx\n@ TXT x\n@ 60 TXT y\n\t\tA 192.0.2.1\n",
            "@ 900 SOA ns. host. 8 1 1 1 1\n@ 60 MX 0 mx\n@ 900 TXT x\n@ 60 TXT y\n\t\tA 192.0.2.1\n",
        ),
    ],
)
def test_a_line_keeps_its_ttl_for_every_reader(text: str, wanted: str) -> None:
    content = understand(text)
    changes = [Change(ZONE, mx_set(900, "0 mx.example.com."), mx_set(60, "0 mx.example.com."))]
    result = understand(edit(content, changes, 8))
    assert result.text == wanted
    prove(content, result, changes, 8)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("     A 192.0.2.1", "a 60 A 192.0.2.1"),
        ("    A 192.0.2.1", "a 60    A 192.0.2.1"),
        ("\tIN A 192.0.2.1", "a 60\tIN A 192.0.2.1"),
        ("        IN A 192.0.2.1", "a 60    IN A 192.0.2.1"),
        (" 90     A 192.0.2.1", "a 90     A 192.0.2.1"),
    ],
)
def test_a_line_that_took_owner_and_ttl_from_one_that_goes_gets_both(line: str, wanted: str) -> None:
    content = understand(f"@ 60 SOA ns. host. 7 1 1 1 1\n@ MX 0 mx\na MX 0 mx\n{line}\n")
    owner, held = names.parse("a", ZONE), mx_set(60, "0 mx.example.com.")
    changes = [Change(ZONE, held, mx_set(300, "0 mx.example.com.")), Change(owner, held, None)]
    result = understand(edit(content, changes, 8))
    assert result.text == f"@ 60 SOA ns. host. 8 1 1 1 1\n@ 300 MX 0 mx\n{wanted}\n"
    prove(content, result, changes, 8)


def test_a_record_goes_to_the_line_of_its_exchange_then_of_its_preference() -> None:
    held = mx_set(1, "10 a.", "20 b.", "30 c.", "40 d.").records
    wanted = mx_set(1, "5 c.", "10 x.", "40 d.", "50 y.").records
    assert [str(record) for record in assign(held, wanted)] == ["10 x.", "50 y.", "5 c.", "40 d."]
    assert assign(held, wanted[:1]) == [None, None, wanted[0], None]


def test_what_stands_in_columns_stays_in_its_columns(tmp_path: Path) -> None:
    path = zone_file(
        tmp_path,
        "@      14400    IN  MX    10 mail               ; all mail\n"
        "       14400    IN  MX    5  mx.example.net.    ; first\n"
        "lists           IN  MX    10 mail               ; no TTL here\n"
        "                IN  TXT   none\n"
        "www             IN  A     192.0.2.1\n"
        "                IN  AAAA  2001:db8::1\n",
    )
    lists, www, new = (names.parse(text, ZONE) for text in ("lists", "www", "new"))
    before = mx_set(14400, "10 mail.example.com.", "5 mx.example.net.")
    wanted = mx_set(60, "10 mx1.example.net.", "5 mx.example.net.")
    outcomes = write(
        provider_of(tmp_path),
        Change(ZONE, before, wanted),
        Change(lists, mx_set(3600, "10 mail.example.com."), mx_set(300, "100 mail.example.com.")),
        Change(new, None, mx_set(3600, "10 mx1.example.net.")),
        Change(www, None, mx_set(3600, "0 .")),
    )
    assert {answer.outcome for answer in outcomes} == {Outcome.APPLIED}
    assert path.read_text().splitlines()[3:] == [
        "@      60       IN  MX    10 mx1.example.net.   ; all mail",
        "       60       IN  MX    5  mx.example.net.    ; first",
        "lists       300 IN  MX    100 mail               ; no TTL here",
        "                IN  TXT   none",
        "www             IN  A     192.0.2.1",
        "                IN  AAAA  2001:db8::1",
        "                IN  MX    0 .",
        "new             IN  MX    10 mx1.example.net.",
    ]


def test_a_change_that_cannot_be_proven_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owners = [names.parse(f"n{at}", ZONE) for at in range(64)]
    path = zone_file(tmp_path, "".join(f"{owner} MX 10 a.example.net.\n" for owner in owners))
    proofs = 0

    def doubt(old: Content, new: Content, changes: Iterable[Change], serial: int) -> None:
        nonlocal proofs
        proofs += 1
        prove(old, new, changes, serial)
        if any(change.owner == owners[20] for change in changes):
            raise Uneditable("not proven")

    monkeypatch.setattr("mxsync_zonefile.write.prove", doubt)
    before, after = mx_set(3600, "10 a.example.net."), mx_set(3600, "10 b.example.net.")
    outcomes = write(provider_of(tmp_path), *(Change(owner, before, after) for owner in owners))
    assert [answer.owner for answer in outcomes if answer.outcome is not Outcome.APPLIED] == [owners[20]]
    assert (outcomes[20].outcome, outcomes[20].message) == (Outcome.BLOCKED, "not proven")
    assert path.read_text().count("MX 10 b.example.net.") == 63
    assert proofs < 20  # a proof reads the whole file


def test_records_outside_of_the_zone_stay_in_the_file(tmp_path: Path) -> None:
    path = zone_file(
        tmp_path, "@ MX 10 a.example.net.\nwww.example.net. 5m A 192.0.2.1\n  AAAA 2001:db8::1\n"
    )
    before, after = mx_set(3600, "10 a.example.net."), mx_set(60, "10 b.example.net.")
    assert write(provider_of(tmp_path), Change(ZONE, before, after))[0].outcome is Outcome.APPLIED
    assert path.read_text().endswith(
        "@ 60 MX 10 b.example.net.\nwww.example.net. 5m A 192.0.2.1\n  AAAA 2001:db8::1\n"
    )
