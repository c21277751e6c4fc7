"""Every authoritative server is held against the manifest: a real primary with a secondary that lags."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from mxsync import names
from mxsync.authority.servers import Kind, Role
from mxsync.documents.schema import schema_of
from mxsync.lookup.resolvers import Resolver
from mxsync.model import MXSet
from mxsync.names import Name
from mxsync.report import ExitCode
from mxsync.state import Desired, DesiredZone, Wanted
from mxsync.verify import Verification, by_zone, delegated, rounds, verify
from mxsync.verify.findings import check_delegations
from support.cli import mxsync
from support.sets import mx_set
from support.tree import ZONE, Tree, running_tree

EXAMPLE = names.parse(ZONE)
OLD = mx_set(3600, "10 old.example.net.")
NEW = mx_set(300, "10 new.example.net.", "20 mx2.example.net.")
RECORDS = """\
@ 3600 MX 10 old.example.net.
lists 3600 MX 10 old.example.net.
*.w 60 MX 10 w.example.net.
alias CNAME @
sub NS ns.example.net.
"""
CHANGE = f"""\
update delete {ZONE} MX
update add {ZONE} 300 MX 10 new.example.net.
update add {ZONE} 300 MX 20 mx2.example.net.
"""


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    with running_tree(tmp_path, RECORDS) as made:
        yield made


def wanted(
    owners: Mapping[str, MXSet | None], *, by_order: bool = False, zone: Name = EXAMPLE
) -> DesiredZone:
    sets = {names.parse(owner, zone): Wanted(each) for owner, each in owners.items()}
    return DesiredZone("office", zone, sets, by_order=by_order)


def check(tree: Tree, zone: DesiredZone, *also: Resolver) -> Verification:
    return verify([zone], delegated(resolvers=tree.resolvers, also=also))


def test_what_every_server_answers_is_verified(tree: Tree) -> None:
    zone = wanted(
        {"@": OLD, "*.w": mx_set(60, "10 w.example.net."), "nowhere": None, "x.w": None, "alias": None}
    )
    made = check(tree, zone)
    assert made.verified
    assert (made.exit_code, made.trouble) == (ExitCode.DONE, "")
    assert {len(owner.right) for owner in made.zones[0].owners} == {2}


def test_a_secondary_that_lags_is_named_with_what_it_has(tree: Tree) -> None:
    tree.change(CHANGE)
    made = check(tree, wanted({"@": NEW, "lists": OLD}))
    apex, lists = made.zones[0].owners
    (lag,) = apex.wrong
    assert (lag.server.name, lag.kind, lag.summary) == (
        "ns2.example.test.",
        Kind.SET,
        "10 old.example.net. (TTL 3600 s)",
    )
    assert [told.server.name for told in apex.right] == ["ns1.example.test."]
    assert (apex.verified, lists.verified, made.exit_code) == (False, True, ExitCode.UNVERIFIED)
    assert made.trouble == (
        f"ns2.example.test. ({tree.secondary.address}) answers 10 old.example.net. (TTL 3600 s) for example.test."
    )
    assert [finding.message for finding in check_delegations(made)] == [
        "example.test.: its servers answer differently for @"
    ]


def test_it_waits_for_a_secondary_and_asks_again_only_what_is_not_right_yet(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "PAUSES", (0.01,))
    tree.change(CHANGE)
    heard: list[tuple[int, int]] = []
    asked: list[int] = []

    def progress(right: int, total: int, _: float) -> None:
        heard.append((right, total))
        asked.append(len(tree.primary.asked))
        if len(heard) == 2:
            tree.catch_up()

    zone = wanted({"@": NEW, "lists": OLD})
    made = verify([zone], delegated(resolvers=tree.resolvers), wait=60, progress=progress)
    assert made.verified
    assert heard == [(1, 2), (1, 2)]
    assert asked == [len(tree.primary.asked)] * 2
    apex, lists = made.zones[0].owners
    assert apex.seen_wrong is not None
    assert apex.seen_wrong < made.at
    assert lists.seen_wrong is None


def test_it_waits_no_longer_than_it_may(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "PAUSES", (0.01,))
    pauses: list[float] = []
    zone = wanted({"@": NEW})
    asking = delegated(resolvers=tree.resolvers)
    assert not verify([zone], asking, wait=0.2, progress=lambda *told: pauses.append(told[2])).verified
    assert pauses
    assert not verify([zone], asking, wait=0, progress=lambda *_: pauses.clear()).verified
    assert pauses


def test_a_signal_ends_the_waiting(tree: Tree) -> None:
    came: list[bool] = []
    made = verify(
        [wanted({"@": NEW})],
        delegated(resolvers=tree.resolvers),
        wait=3600,
        progress=lambda *_: came.append(True),
        stopped=lambda: bool(came),
    )
    assert made.exit_code is ExitCode.INTERRUPTED


@pytest.mark.parametrize(
    ("owner", "desired", "kind"),
    [
        ("@", MXSet.of(300, OLD.records), Kind.SET),
        ("@", None, Kind.SET),
        ("nowhere", OLD, Kind.NONE),
        ("alias", OLD, Kind.ALIAS),
        ("x.sub", OLD, Kind.CUT),
    ],
)
def test_another_answer_is_wrong_also_if_only_the_ttl_is_another(
    tree: Tree, owner: str, desired: MXSet | None, kind: Kind
) -> None:
    made = check(tree, wanted({owner: desired}))
    assert [told.kind for told in made.zones[0].owners[0].wrong] == [kind, kind]


def test_other_numbers_in_the_same_order_are_right_where_the_zone_says_so(tree: Tree) -> None:
    renumbered = mx_set(3600, "5 old.example.net.")
    assert check(tree, wanted({"@": renumbered}, by_order=True)).verified
    assert not check(tree, wanted({"@": renumbered})).verified


def test_a_resolver_may_have_less_of_the_ttl_and_not_another_set(tree: Tree) -> None:
    (resolver,) = tree.resolvers
    zone = wanted({"@": OLD, "x.w": None})
    assert check(tree, zone, resolver).verified
    tree.change(CHANGE)
    tree.catch_up()
    made = check(tree, wanted({"@": NEW}), resolver)
    (kept,) = made.zones[0].owners[0].wrong
    assert (kept.server.role, kept.kind) == (Role.RESOLVER, Kind.SET)
    assert made.zones[0].owners[0].served
    assert not made.verified
    assert list(check_delegations(made)) == []


def test_a_lame_server_and_a_silent_one_are_not_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mxsync.authority.desk.PATIENCE", (0.1, 0.1))
    # The parent's server has no authority for the child.
    delegation = "example NS ns1.example\nexample NS ns\nns1.example A {primary}\n"
    apex = "@ NS ns1\n@ NS ns.test.\nns1 A {primary}\n"
    with running_tree(tmp_path, RECORDS, delegation=delegation, apex=apex) as tree:
        made = check(tree, wanted({"@": OLD}))
        (lame,) = made.zones[0].owners[0].wrong
        assert (lame.server.name, lame.kind) == ("ns.test.", Kind.LAME)
        (finding,) = check_delegations(made)
        assert finding.message == (
            f"example.test.: ns.test. ({tree.parent.address}) is lame: "
            "it has no authority for the zone, and refers to others"
        )
        tree.primary.silent = True
        made = check(tree, wanted({"@": OLD}))
        assert {told.kind for told in made.zones[0].owners[0].wrong} == {Kind.LAME, Kind.UNREACHABLE}


def test_a_zone_that_is_not_delegated_is_not_verified(tree: Tree) -> None:
    zone = names.parse("other.test.")
    made = check(tree, wanted({"@": OLD}, zone=zone))
    assert (made.verified, made.zones[0].owners) == (False, ())
    assert made.trouble == "other.test.: it is not delegated: test. names no servers for it; ask for it there"


def test_a_zone_is_not_verified_while_a_server_of_it_cannot_be_looked_up(tmp_path: Path) -> None:
    # The resolver refuses to look up anything but the tree.
    apex = "@ NS ns1\n@ NS ns2\n@ NS ns.example.net.\nns1 A {primary}\nns2 A {secondary}\n"
    with running_tree(tmp_path, RECORDS, apex=apex) as tree:
        made = check(tree, wanted({"@": OLD}))
        resolver = tree.resolvers[0]
    assert made.zones[0].owners[0].verified, "what was asked is right"
    assert made.exit_code is ExitCode.UNVERIFIED
    assert made.trouble == (
        "example.test.: the addresses of its name server ns.example.net. could not be looked up: "
        f"{resolver}: REFUSED"
    )


def test_a_zone_at_two_providers_is_one_zone_for_who_asks() -> None:
    one = wanted({"@": OLD})
    other = DesiredZone("aws", EXAMPLE, {EXAMPLE: Wanted(OLD), names.parse("a", EXAMPLE): Wanted(None)})
    (zone,) = by_zone(Desired((one, other)))
    assert (zone.provider, list(zone.owners)) == ("office", [EXAMPLE, "a.example.test."])


MANIFEST = "{example.test: {mx: {'@': {ttl: 5m, records: [10 new.example.net., 20 mx2.example.net.]}, gone: absent}}}"


def test_the_command_says_which_server_is_not_right_and_exits_with_6(tree: Tree) -> None:
    tree.write_manifest(MANIFEST)
    tree.change(CHANGE)
    run = mxsync("verify", *tree.options, cwd=tree.folder)
    assert run.code == 6
    # The resolver has asked one of the two.
    lines = [line for line in run.out.splitlines() if "resolver" not in line]
    assert lines == [
        "example.test.  (2 name servers)",
        "  wrong  @: 10 new.example.net., 20 mx2.example.net. (TTL 5m) is wanted",
        f"         ns2.example.test. ({tree.secondary.address}): 10 old.example.net. (TTL 1h)",
        "  right  gone: no MX set",
        "",
        "Not verified: 1 of 2 MX sets as wanted everywhere.",
        (
            "Until when caches keep older sets of 1 owner is not known: "
            "the journal has no change of them, or the negative TTL is not known."
        ),
    ]
    assert "warning MXL09: example.test.: its servers answer differently for @" in run.err
    tree.catch_up()
    run = mxsync("verify", "--target", "gone.example.test", *tree.options, cwd=tree.folder)
    assert run.code == 0
    assert "Verified: 1 of 1 MX set as wanted everywhere.\n" in run.out


def test_the_document_fits_its_schema_whatever_came(tree: Tree) -> None:
    tree.write_manifest(
        "{example.test: {mx: {'@': [10 old.example.net.], lists: absent}}, other.test: [10 mx.example.net.]}"
    )
    run = mxsync("verify", "--format", "json", *tree.options, cwd=tree.folder)
    assert run.code == 6
    jsonschema.validate(run.document, schema_of("verify"))
    first, second = run.document["zones"]
    assert (first["verified"], first["parent"], second["delegated_to"]) == (False, "test.", [])
    assert run.document["summary"] == {"owners": 3, "verified": 1}
    assert json.dumps(run.document).count('"right": false') == 3


def test_markdown_shows_what_is_wrong_as_a_table(tree: Tree) -> None:
    tree.write_manifest("{example.test: {mx: {lists: null_mx}}}")
    run = mxsync("verify", "--format", "markdown", *tree.options, cwd=tree.folder)
    assert run.out.startswith("<!-- mxsync:verify -->\n### mxsync verify\n\nNot verified: 0 of 1 MX set")
    row = f"| `lists.example.test.` | `0 . (TTL 1h)` | `ns1.example.test. ({tree.primary.address})` | `10 old.example.net. (TTL 1h)` |"
    assert row in run.out


def test_after_an_apply_it_says_from_when_on_no_cache_holds_the_old_set(tree: Tree) -> None:
    tree.write_manifest(MANIFEST)
    assert mxsync("apply", "--yes", cwd=tree.folder).code == 0
    tree.catch_up()
    done = mxsync("history", "--format", "json", cwd=tree.folder).document["runs"][0]
    run = mxsync("verify", "--window", "10m", "--format", "json", *tree.options, cwd=tree.folder)
    assert run.code == 0
    apex, gone = run.document["zones"][0]["owners"]
    assert gone["clean_at"] is None
    started, ended, clean = map(datetime.fromisoformat, (done["started"], done["ended"], apex["clean_at"]))
    assert started.replace(microsecond=0) <= clean - timedelta(hours=1) <= ended
    (late,) = run.document["findings"]
    assert (late["rule"], late["owner"]) == ("MXL15", ZONE)
    assert mxsync("verify", "--window", "1d", *tree.options, cwd=tree.folder).err == ""


def test_progress_goes_to_stderr_and_not_if_quiet(tree: Tree) -> None:
    tree.write_manifest("{example.test: {mx: {lists: null_mx}}}")
    run = mxsync("verify", "--wait", "1s", *tree.options, cwd=tree.folder)
    assert "mxsync: 0 of 1 as wanted; asking again in 1 s\n" in run.err
    assert "asking again" not in mxsync("verify", "--wait", "1", "-q", *tree.options, cwd=tree.folder).err
    assert mxsync("verify", "--wait", "soon", cwd=tree.folder).code == 64
