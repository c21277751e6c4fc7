"""The rules about new exchangers: on made up answers, and on those of a real unbound before a real BIND."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync import names
from mxsync.answers import Address, Alias, HostAnswer, Reply
from mxsync.diagnostic import Diagnostic, Place, Severity, has_errors
from mxsync.lookup.ask import look_up
from mxsync.lookup.resolvers import Resolver
from mxsync.manifest.load import load_manifest
from mxsync.manifest.resolve import resolve
from mxsync.model import MX, MXSet
from mxsync.names import Name
from mxsync.plan import Plan, make_plan
from mxsync.reading import Absent, Present, ZoneReading
from mxsync.rules.exchangers import check_exchangers, new_exchanges
from mxsync.state import Desired, DesiredZone, Live, Wanted
from support.named import running_named
from support.nameserver import LOOPBACK, Server, Zone
from support.sets import mx_set, mx_sets
from support.unbound import running_unbound

ZONE = names.parse("example.com.")
HOST = names.parse("mx1.example.net.")
# Those of IANA's own web server stand for addresses that everybody can reach; nothing is sent there.
V4, V6 = "192.0.43.8", "2001:500:88:200::8"
GOOD = HostAnswer(Reply((ip_address(V4),)), Reply((ip_address(V6),)))
GONE = HostAnswer(Reply(exists=False), Reply(exists=False))


def reply(*addresses: str, alias: str | None = None, exists: bool = True, unknown: str = "") -> Reply:
    found = Alias(names.parse(alias)) if alias else None
    return Reply(tuple(map(ip_address, addresses)), found, exists, unknown)


def zone(
    owners: Mapping[str, MXSet | None], *, provider: str = "here", waived: frozenset[tuple[str, Name | None]] = frozenset()
) -> DesiredZone:  # fmt: skip
    wanted = {
        names.parse(owner, ZONE): Wanted(made, Place("m.yaml", number)) for number, (owner, made) in enumerate(owners.items(), 1)
    }  # fmt: skip
    return DesiredZone(provider, ZONE, wanted, waived=waived)


def seen(
    desired: Desired, before: Mapping[str, MXSet] | None = None, *, private: frozenset[str] = frozenset()
) -> Live:
    sets = {names.parse(owner, ZONE): Present(made) for owner, made in (before or {}).items()}
    return Live(
        {
            (each.provider, each.zone): ZoneReading(
                each.zone,
                each.provider,
                {owner: sets.get(owner, Absent()) for owner in each.owners},
                private=each.provider in private,
            )
            for each in desired.zones
        }
    )


def check(
    answer: HostAnswer, *zones: DesiredZone, strict: bool = False, private: frozenset[str] = frozenset()
) -> list[Diagnostic]:
    desired = Desired(zones or (zone({"@": mx_set(3600, f"10 {HOST}")}),))
    live = seen(desired, private=private)
    plan = make_plan(desired, live)
    assert new_exchanges(plan) == (HOST,)
    return list(check_exchangers(plan, desired, live, {HOST: answer}, strict=strict))


def planned(before: MXSet | None, after: MXSet | None) -> Plan:
    desired = Desired((zone({"@": after}),))
    return make_plan(desired, seen(desired, {"@": before} if before else {}))


@given(st.none() | mx_sets, st.none() | mx_sets)
def test_the_new_hosts_are_those_that_a_change_adds_each_once(
    before: MXSet | None, after: MXSet | None
) -> None:
    found = new_exchanges(planned(before, after))
    hosts = [{record.exchange for record in made.records} if made else set() for made in (before, after)]
    assert set(found) == hosts[1] - hosts[0] - {names.ROOT}
    assert len(found) == len(set(found))


def test_a_host_that_only_moves_in_the_order_is_not_new() -> None:
    before, after = (
        mx_set(3600, f"10 {HOST}", "20 mx2.example.net."),
        mx_set(60, "5 mx2.example.net.", f"10 {HOST}"),
    )
    assert new_exchanges(planned(before, after)) == ()
    assert new_exchanges(planned(after, mx_set(3600, "0 ."))) == ()


def test_a_good_host_is_not_spoken_of() -> None:
    assert check(GOOD) == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (GONE, [("MXL01", Severity.ERROR, "does not exist (NXDOMAIN)")]),
        (HostAnswer(Reply(), Reply()), [("MXL02", Severity.ERROR, "has no address (neither A nor AAAA)")]),
        (HostAnswer(Reply(), Reply(exists=False)), [("MXL02", Severity.ERROR, "has no address")]),
        (
            HostAnswer(reply(V4, alias="a.test."), reply(V6, alias="a.test.")),
            [("MXL03", Severity.ERROR, "is no host but an alias (CNAME) of a.test.")],
        ),
        (
            HostAnswer(reply(alias="a.test.", exists=False), reply(alias="a.test.", exists=False)),
            [("MXL03", Severity.ERROR, "of a.test."), ("MXL01", Severity.ERROR, "leads to a.test., which does not exist")],
        ),
        (
            HostAnswer(reply(alias="a.test."), reply(alias="a.test.")),
            [("MXL03", Severity.ERROR, "of a.test."), ("MXL02", Severity.ERROR, "leads to a.test., which has no address")],
        ),
        (HostAnswer(Reply(), reply(V6)), [("MXL04", Severity.WARNING, "has no IPv4 address (A)")]),
        (HostAnswer(reply(V4), Reply()), [("MXL04", Severity.INFO, "has no IPv6 address (AAAA)")]),
        (HostAnswer(reply(V4), Reply(exists=False)), [("MXL04", Severity.INFO, "has no IPv6 address (AAAA)")]),
        (
            HostAnswer(reply("127.0.0.1", V4), reply("fe80::1")),
            [("MXL05", Severity.ERROR, "where no mail arrives: 127.0.0.1 (loopback), fe80::1 (link-local); for")],
        ),
        (
            HostAnswer(reply(*(f"10.0.0.{number}" for number in range(5))), reply(V6)),
            [("MXL05", Severity.ERROR, "10.0.0.0 (private), 10.0.0.1 (private), 10.0.0.2 (private) and 2 more; for")],
        ),
        (HostAnswer.unknown_for("SERVFAIL"), [("MXL06", Severity.WARNING, "could not be looked up: SERVFAIL")]),
        (
            HostAnswer(reply(V4), reply(unknown="SERVFAIL")),
            [("MXL06", Severity.WARNING, "could only in part be looked up: AAAA: SERVFAIL")],
        ),
        (HostAnswer(Reply(), reply(unknown="SERVFAIL")), [("MXL06", Severity.WARNING, "AAAA: SERVFAIL")]),
        (HostAnswer(reply(exists=False), reply(unknown="x")), [("MXL06", Severity.WARNING, "could not be")]),
        (
            HostAnswer(reply("10.0.0.1"), reply(unknown="SERVFAIL")),
            [("MXL06", Severity.WARNING, "in part"), ("MXL05", Severity.ERROR, "10.0.0.1 (private)")],
        ),
    ],
)  # fmt: skip
def test_each_fault_has_its_rule(answer: HostAnswer, expected: list[tuple[str, Severity, str]]) -> None:
    found = check(answer)
    assert [(each.rule, each.severity) for each in found] == [each[:2] for each in expected]
    for each, (_, severity, words) in zip(found, expected, strict=True):
        assert words in each.message
        assert each.message.startswith(f"the new exchange {HOST} ")
        assert each.message.endswith("; for example.com.")
        assert (each.place, each.zone, each.owner) == (Place("m.yaml", 1), ZONE, ZONE)
        assert each.help
        assert each.waivable == (severity is not Severity.INFO)


def test_what_is_unknown_is_an_error_only_where_that_is_wanted() -> None:
    unknown = HostAnswer.unknown_for("SERVFAIL")
    assert not has_errors(check(unknown))
    assert has_errors(check(unknown, strict=True))
    # What is known is judged as it is.
    assert check(GOOD, strict=True) == []
    assert check(GONE, strict=True) == check(GONE)


def test_a_host_that_nobody_asked_about_is_unknown() -> None:
    desired = Desired((zone({"@": mx_set(3600, f"10 {HOST}")}),))
    live = seen(desired)
    (found,) = check_exchangers(make_plan(desired, live), desired, live, {})
    assert found.rule == "MXL06"


@pytest.mark.parametrize(
    ("number", "shown"), [(1, "a0"), (4, "a0, a1, a2, a3"), (5, "a0, a1, a2 and 2 more")]
)
def test_a_host_of_many_owners_is_one_finding(number: int, shown: str) -> None:
    owners = {f"a{index}": mx_set(3600, f"10 {HOST}") for index in range(number)}
    (found,) = check(GONE, zone(owners))
    assert found.message.replace(f".{ZONE}", "").endswith(f"; for {shown}")
    assert (found.place, found.owner) == (Place("m.yaml", 1), f"a0.{ZONE}")


def test_an_owner_at_two_providers_is_named_once() -> None:
    owners = {"@": mx_set(3600, f"10 {HOST}")}
    (found,) = check(GONE, zone(owners), zone(owners, provider="there"))
    assert found.message.endswith("; for example.com.")


@pytest.mark.parametrize("owner", [names.parse("a", ZONE), None])
@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        ("MXL01", GONE),
        ("MXL02", HostAnswer(Reply(), Reply())),
        ("MXL03", HostAnswer(reply(V4, alias="a.test."), reply(V6))),
        ("MXL04", HostAnswer(Reply(), reply(V6))),
        ("MXL05", HostAnswer(reply("10.0.0.1"), reply(V6))),
        ("MXL06", HostAnswer.unknown_for("SERVFAIL")),
    ],
)
def test_a_waiver_of_an_owner_or_a_zone_counts(rule: str, answer: HostAnswer, owner: Name | None) -> None:
    owners = {"a": mx_set(3600, f"10 {HOST}")}
    (found,) = check(answer, zone(owners, waived=frozenset({(rule, owner)})), strict=True)
    assert (found.rule, found.waived) == (rule, True)
    assert not has_errors([found])


def test_a_waiver_counts_for_its_owner_and_its_rule_alone() -> None:
    owners = {owner: mx_set(3600, f"10 {HOST}") for owner in ("a", "b", "c")}
    waived = frozenset({("MXL01", names.parse("a", ZONE)), ("MXL02", None)})
    found = check(GONE, zone(owners, waived=waived))
    assert [(each.waived, each.owner, each.message.partition("; ")[2]) for each in found] == [
        (False, "b.example.com.", "for b.example.com., c.example.com."),
        (True, "a.example.com.", "for a.example.com."),
    ]
    assert has_errors(found)


def test_a_private_address_passes_in_a_private_zone_and_no_other() -> None:
    owners = {"@": mx_set(3600, f"10 {HOST}")}
    inside = HostAnswer(reply("10.0.0.1"), reply("fd00::1"))
    both = (zone(owners), zone(owners, provider="vpc"))
    assert check(inside, both[1], private=frozenset({"vpc"})) == []
    (found,) = check(inside, *both, private=frozenset({"vpc"}))
    assert found.rule == "MXL05"
    (found,) = check(HostAnswer(reply("127.0.0.1"), reply(V6)), both[1], private=frozenset({"vpc"}))
    assert "127.0.0.1 (loopback)" in found.message


def test_a_waiver_in_a_manifest_is_taken_and_never_said_to_match_nothing(tmp_path: Path) -> None:
    waivers = [f"{{rule: MXL0{number}, reason: new, until: 2027-01-01}}" for number in range(1, 7)]
    (tmp_path / "m.yaml").write_text(
        "mxsync: 1\nproviders: {files: {type: zonefile, directory: zones}}\ndefaults: {provider: files}\n"
        f"zones:\n  example.com:\n    mx: {{'@': [10 {HOST}, 20 mx2.example.net.]}}\n    waive: [{', '.join(waivers)}]\n"
    )
    desired, findings = resolve(load_manifest([tmp_path / "m.yaml"]), date(2026, 11, 23))
    assert findings == ()
    assert desired.zones[0].waived == {(f"MXL0{number}", None) for number in range(1, 7)}


_addresses: st.SearchStrategy[Address] = st.ip_addresses()
_replies = st.builds(
    Reply,
    st.lists(_addresses, max_size=3).map(tuple),
    st.none() | st.just(Alias(names.parse("a.test."))),
    st.booleans(),
    st.sampled_from(["", "SERVFAIL"]),
)


@given(st.builds(HostAnswer, _replies, _replies), st.booleans())
def test_any_answer_is_judged_and_what_is_unknown_is_never_said_not_to_exist(
    answer: HostAnswer, strict: bool
) -> None:
    rules = [each.rule for each in check(answer, strict=strict)]
    assert len(rules) == len(set(rules))
    assert ("MXL06" in rules) == bool(answer.unknown)
    if answer.unknown:
        assert not {"MXL01", "MXL02", "MXL04"} & set(rules)


RECORDS = f"""\
good A {V4}
good AAAA {V6}
text TXT nothing
below.nonterminal A {V4}
alias CNAME good
dangling CNAME nowhere
old DNAME new
mx.new A {V4}
mx.new AAAA {V6}
four A {V4}
six AAAA {V6}
loopback A 127.0.0.1
inside A 10.0.0.25
mapped AAAA ::ffff:{V4}
"""


@pytest.fixture(scope="module")
def resolver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("named")
    with (
        running_named(folder, [Zone("example.net.", RECORDS)]) as authority,
        running_unbound(folder / "unbound", dict.fromkeys(["example.net.", "lame.test."], authority.port)) as server,
    ):  # fmt: skip
        yield server


@pytest.mark.parametrize(
    ("host", "rules"),
    [
        ("good", []),
        ("nowhere", ["error MXL01"]),
        ("text", ["error MXL02"]),
        ("nonterminal", ["error MXL02"]),
        ("alias", ["error MXL03"]),
        ("dangling", ["error MXL03", "error MXL01"]),
        ("mx.old", ["error MXL03"]),
        ("six", ["warning MXL04"]),
        ("four", ["info MXL04"]),
        ("loopback", ["info MXL04", "error MXL05"]),
        ("inside", ["info MXL04", "error MXL05"]),
        ("mapped", ["warning MXL04", "error MXL05"]),
        ("mx.lame.test.", ["warning MXL06"]),
        ("mx.example.org.", ["warning MXL06"]),
    ],
)
def test_a_real_resolver_shows_which_hosts_are_fit(resolver: Server, host: str, rules: list[str]) -> None:
    name = names.parse(host, names.parse("example.net."))
    desired = Desired((zone({"@": MXSet.of(3600, [MX(10, name)])}),))
    live = seen(desired)
    plan = make_plan(desired, live)
    answers = look_up(new_exchanges(plan), resolvers=[Resolver(LOOPBACK, resolver.port)])
    found = check_exchangers(plan, desired, live, answers)
    assert [f"{each.severity} {each.rule}" for each in found] == rules
