"""What a report sums up to, and how it reads."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import click
import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.documents.plan import digest
from mxsync.reading import Absent, Present
from mxsync.render import json, text
from mxsync.report import ExitCode, Report, Result
from support.sets import mx_set

ZONE = names.parse("example.com.")
BEFORE, AFTER = mx_set(3600, "10 old.example.net."), mx_set(300, "10 new.example.net.")
CHANGE = Change(ZONE, BEFORE, AFTER)
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def report(*outcomes: Outcome, interrupted: bool = False) -> Report:
    owners = (names.parse(f"o{at}", ZONE) for at in itertools.count())
    results = [
        Result("a", ZONE, owner, outcome, Change(owner, BEFORE, AFTER))
        for owner, outcome in zip(owners, outcomes, strict=False)
    ]
    return Report(tuple(results), interrupted)


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ((), 0),
        ((Outcome.APPLIED, Outcome.ALREADY), 0),
        ((Outcome.APPLIED, Outcome.CONFLICT), 4),
        ((Outcome.CONFLICT,), 4),
        ((Outcome.CONFLICT, Outcome.SKIPPED), 4),
        ((Outcome.SKIPPED,), 4),
        ((Outcome.APPLIED, Outcome.SKIPPED), 4),
        ((Outcome.SKIPPED, Outcome.FAILED), 1),
        ((Outcome.FAILED,), 1),
        ((Outcome.BLOCKED, Outcome.CONFLICT), 1),
        ((Outcome.ALREADY, Outcome.FAILED), 1),
        ((Outcome.APPLIED, Outcome.FAILED), 5),
        ((Outcome.APPLIED, Outcome.BLOCKED, Outcome.CONFLICT), 5),
        ((Outcome.UNKNOWN,), 5),
        ((Outcome.UNKNOWN, Outcome.FAILED), 5),
    ],
)
def test_the_exit_code_sums_the_outcomes_up(outcomes: tuple[Outcome, ...], code: int) -> None:
    assert report(*outcomes).exit_code == code


@pytest.mark.parametrize(
    ("found", "code"),
    [(None, 1), (Present(BEFORE), 1), (Present(mx_set(7200, "10 new.example.net.")), 5), (Absent(), 5)],
)
def test_a_failure_that_left_another_set_is_no_failure_without_effect(
    found: Present | Absent | None, code: int
) -> None:
    """As where a server takes an update and cuts its TTL."""
    result = Result("a", ZONE, ZONE, Outcome.FAILED, CHANGE, found)
    assert Report((result,)).exit_code == code


def test_an_interrupted_run_says_so_whatever_else_happened() -> None:
    assert report(Outcome.APPLIED, Outcome.UNKNOWN, interrupted=True).exit_code is ExitCode.INTERRUPTED


def test_a_report_names_every_set_with_what_came_of_it() -> None:
    made = Report(
        (
            Result("a", ZONE, ZONE, Outcome.APPLIED, CHANGE, Present(AFTER), cached_for=3600),
            Result("b", ZONE, ZONE, Outcome.UNKNOWN, CHANGE, Absent(), "the answer was lost\x1b[2J\nreally"),
            Result("a", ZONE, names.parse("old", ZONE), Outcome.CONFLICT, CHANGE, Present(BEFORE), "changed"),
            Result("c", ZONE, None, Outcome.FAILED, None, None, "SERVFAIL"),
        )
    )
    assert click.unstyle(text.report(made, NOW)) == (
        "applied   ~ example.com. at a\n"
        "unknown   ~ example.com. at b: the answer was lost [2J really\n"
        "            there now: no MX set\n"
        "            before:    10 old.example.net. (TTL 1h)\n"
        "            wanted:    10 new.example.net. (TTL 5m)\n"
        "conflict  ~ old.example.com. at a: changed\n"
        "            there now: 10 old.example.net. (TTL 1h)\n"
        "failed    example.com. at c: SERVFAIL\n"
        "\n"
        "diverged: example.com. (zone example.com.) is not alike at all its providers now\n"
        "Result: 1 applied, 1 conflict, 1 failed, 1 unknown.\n"
        "Caches may keep the old answers until 2026-11-23 11:00:00 UTC.\n"
    )


def test_a_report_as_a_document_tells_no_set_from_nothing_seen() -> None:
    made = Report(
        (
            Result("a", ZONE, ZONE, Outcome.CONFLICT, CHANGE, Absent()),
            Result("b", ZONE, ZONE, Outcome.FAILED, CHANGE, None, "REFUSED"),
        )
    )
    import json as standard  # noqa: PLC0415 - the name belongs to the module under test

    first, second = standard.loads(json.report(made, NOW))["results"]
    assert first["found"] is None
    assert "found" not in second
    assert second["message"] == "REFUSED"


def test_a_digest_covers_everything_but_when_and_by_which_version_a_plan_was_made() -> None:
    document = {"format": "mxsync.plan/1", "created": "now", "mxsync": "0.1.0", "digest": "", "changes": []}
    assert digest(document) == digest({**document, "created": "then", "mxsync": "9", "digest": "x"})
    assert digest(document) != digest({**document, "changes": [1]})


def test_a_run_that_was_halted_before_anything_was_sent_and_not_by_a_conflict_has_failed() -> None:
    halted = replace(report(Outcome.SKIPPED, Outcome.ALREADY), halted="the journal cannot be written")
    assert halted.exit_code == 1
    assert replace(report(Outcome.SKIPPED, Outcome.CONFLICT), halted="--all-or-nothing").exit_code == 4
    assert replace(report(Outcome.SKIPPED, Outcome.APPLIED), halted="disk full").exit_code == 5
