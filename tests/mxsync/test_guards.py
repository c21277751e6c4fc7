"""Guards: what a plan may do only with the leave of the person who makes it."""

from __future__ import annotations

from pathlib import Path

from mxsync import live, names, policy
from mxsync.diagnostic import Diagnostic, Severity
from mxsync.memory import MemoryProvider
from mxsync.model import MXSet
from mxsync.plan import make_plan
from mxsync.state import Desired, DesiredZone, Wanted
from support.cli import mxsync
from support.sets import mx_set

ZONE = names.parse("example.com.")
OLD, LISTS, NEWS = (names.parse(name, ZONE) for name in ("old", "lists", "news"))
SET = mx_set(3600, "10 mx.example.net.")
MOVED = mx_set(3600, "10 new.example.net.")
FILE = """\
$TTL 3600
@ IN SOA ns1.example.net. host.example.net. 41 7200 900 1209600 300
@ IN NS ns1.example.net.
@ MX 10 old.example.net.
"""


def check(live_owners: list[names.Name], *, whole: bool, allowed: int = 0) -> list[Diagnostic]:
    """Check a plan for a zone in which `old` shall be absent, and the apex have a set."""
    desired = Desired((DesiredZone("a", ZONE, {ZONE: Wanted(SET), OLD: Wanted(None)}, whole),))
    provider = MemoryProvider({ZONE: dict.fromkeys([ZONE, *live_owners], SET)})
    plan = make_plan(desired, live.read(desired.requests(), {"a": provider}))
    return list(policy.check_deletes(plan, desired, allowed=allowed))


def test_a_named_absent_needs_no_leave() -> None:
    for whole in (False, True):
        assert check([OLD], whole=whole) == []


def test_a_named_absent_does_not_count_among_the_unnamed() -> None:
    (finding,) = check([OLD, LISTS], whole=True)
    assert finding.severity is Severity.ERROR
    assert finding.message == "scope: zone deletes 1 unnamed MX set (lists.example.com.); allowed are 0"
    assert finding.help == "allow just that with --allow-deletes 1, or name the owners"
    assert check([OLD, LISTS], whole=True, allowed=1) == []


def test_the_number_of_unnamed_deletions_must_be_exact() -> None:
    for allowed in (0, 1, 3):
        (finding,) = check([LISTS, NEWS], whole=True, allowed=allowed)
        assert "deletes 2 unnamed MX sets" in finding.message
        assert finding.message.endswith(f"; allowed are {allowed}")
    assert check([LISTS, NEWS], whole=True, allowed=2) == []


def test_unnamed_sets_outside_of_scope_zone_are_not_deleted() -> None:
    assert check([LISTS, NEWS], whole=False) == []


def large(
    *, moved: int, kept: int = 0, after: MXSet | None = MOVED, allowed: bool = False
) -> list[Diagnostic]:
    """Check a plan that changes some of the live sets of as many zones, at two providers."""
    zones = [names.parse(f"z{at}.test.") for at in range(moved + kept)]
    wanted = {zone: Wanted(after if at < moved else SET) for at, zone in enumerate(zones)}
    desired = Desired(
        tuple(DesiredZone(name, zone, {zone: wanted[zone]}) for zone in zones for name in ("a", "b"))
    )
    providers = {name: MemoryProvider({zone: {zone: SET} for zone in zones}) for name in ("a", "b")}
    seen = live.read(desired.requests(), providers)
    plan = make_plan(desired, seen)
    return list(policy.check_large(plan, policy.managed_live(desired, seen), allowed=allowed))


def test_a_plan_that_moves_more_than_ten_sets_and_30_percent_is_stopped() -> None:
    (finding,) = large(moved=11)
    assert (finding.rule, finding.severity) == ("large", Severity.ERROR)
    assert finding.message.startswith("the plan moves or ends the mail of 11 of 11 MX sets")
    assert "--allow-large" in str(finding.help)
    assert large(moved=11, kept=25)


def test_a_plan_is_not_large_up_to_either_bound() -> None:
    assert large(moved=10) == []
    assert large(moved=12, kept=28) == []
    assert large(moved=13, kept=28) != []


def test_a_large_plan_is_let_through_where_that_is_allowed() -> None:
    assert large(moved=50, allowed=True) == []


def test_all_ways_to_move_or_to_end_mail_count() -> None:
    assert large(moved=11, after=None)
    assert large(moved=11, after=mx_set(3600, "0 ."))


def test_changes_that_leave_mail_where_it_is_do_not_count() -> None:
    for after in (
        mx_set(60, "10 mx.example.net."),
        mx_set(3600, "20 mx.example.net."),
        mx_set(3600, "10 mx.example.net.", "20 backup.example.net."),
    ):
        assert large(moved=50, after=after) == []


def test_a_large_plan_is_shown_and_applied_only_with_the_flag_which_stands_in_the_saved_plan(
    tmp_path: Path,
) -> None:
    for at in range(11):
        (tmp_path / f"z{at}.test.zone").write_text(FILE)
    zones = ", ".join(f"z{at}.test: [10 new.example.net.]" for at in range(11))
    (tmp_path / "mxsync.yaml").write_text(
        "mxsync: 1\nproviders: {files: {type: zonefile, directory: .}}\ndefaults: {provider: files}\n"
        f"zones: {{{zones}}}\n"
    )
    shown = mxsync("plan", "-o", "plan.json", "--format", "json", cwd=tmp_path)
    assert shown.code == 0
    assert [each["rule"] for each in shown.document["findings"] if each["refuses"]] == ["large"]
    for refused in (["--yes"], ["plan.json"]):
        run = mxsync("apply", *refused, cwd=tmp_path)
        assert run.code == 3
        assert "nothing was changed: a guard refuses this plan: large: " in run.err
        assert {path.read_text() for path in tmp_path.glob("*.zone")} == {FILE}
    allowed = mxsync("plan", "--allow-large", "-o", "plan.json", "--format", "json", cwd=tmp_path).document
    assert allowed["allowed"] == {"deletes": 0, "large": True}
    assert allowed["digest"] != shown.document["digest"]
    wrong = mxsync("apply", "--allow-large", "plan.json", cwd=tmp_path)
    assert (wrong.code, "belong to plan" in wrong.err) == (64, True)
    assert mxsync("apply", "plan.json", cwd=tmp_path).code == 0
    assert FILE not in {path.read_text() for path in tmp_path.glob("*.zone")}
