"""Deletions of sets that nobody named: only with the leave of the person who applies the plan."""

from __future__ import annotations

from mxsync import live, names, policy
from mxsync.diagnostic import Diagnostic, Severity
from mxsync.memory import MemoryProvider
from mxsync.plan import make_plan
from mxsync.state import Desired, DesiredZone, Wanted
from support.sets import mx_set

ZONE = names.parse("example.com.")
OLD, LISTS, NEWS = (names.parse(name, ZONE) for name in ("old", "lists", "news"))
SET = mx_set(3600, "10 mx.example.net.")


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
