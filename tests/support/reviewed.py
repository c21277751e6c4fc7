"""A plan and a report in which most of what there is occurs, also what an enemy would write."""

from __future__ import annotations

from datetime import UTC, datetime

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.diagnostic import Diagnostic, Place, Severity
from mxsync.impact import impact
from mxsync.model import MXSet
from mxsync.plan import Allowed, Plan, PlannedChange, Provenance, Trouble, Unmanaged
from mxsync.reading import Absent, Blocked, Present, Unreadable
from mxsync.report import Report, Result
from support.sets import mx_set

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
DIGEST = f"sha256:{'0123456789abcdef' * 4}"
HOSTILE = "``` --> </details> @everyone [x](https://example.com) | <b>\x1b[31m\r\n/close\n::error::no %0A \u202e done"
"""What a server might say."""

COM, ORG = names.parse("example.com."), names.parse("example.org.")
BOOKS = names.parse("bücher.example.")
OWN = mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net.")
NULL = mx_set(3600, "0 .")
OLD = mx_set(14400, "10 mail.example.com.")
ENEMY = MXSet.of(
    60,
    [
        *mx_set(60, "20 mx.bücher.example.").records,
        *mx_set(60, '10 `\\"\\;end.@everyone--\\>.<b|x>.example.').records,
    ],
)


def planned(  # noqa: PLR0917 - one for each part of a change
    provider: str,
    zone: names.Name,
    owner: str,
    before: MXSet | None,
    after: MXSet | None,
    cached_for: int | None = None,
    *,
    addressed: bool | None = None,
) -> PlannedChange:
    change = Change(names.parse(owner, zone), before, after)
    kept = before.ttl if before else cached_for
    return PlannedChange(provider, zone, change, impact(change), kept, addressed)


CHANGES = (
    planned("aws", COM, "@", OLD, OWN),
    planned("aws", COM, "news", None, OWN, 900),
    planned("aws", COM, "www", None, NULL),
    planned("aws", COM, "old", OLD, None, addressed=True),
    planned("aws", COM, "shop", OLD, None, addressed=False),
    planned("aws", COM, "quiet", OLD, NULL),
    planned("aws", COM, "loud", NULL, OWN),
    planned(
        "office",
        ORG,
        "@",
        mx_set(3600, "10 old.example.net.", "20 mx1.example.net.", "30 mx2.example.net."),
        mx_set(3600, "10 mx1.example.net.", "10 mx3.example.net.", "30 mx2.example.net."),
    ),
    planned(
        "office",
        ORG,
        "lists",
        mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net.", "20 mx3.example.net."),
        mx_set(3600, "10 mx1.example.net.", "30 mx3.example.net.", "40 mx2.example.net."),
    ),
    planned(
        "office",
        ORG,
        "numbers",
        mx_set(3600, "1 mx1.example.net.", "2 mx2.example.net."),
        mx_set(3600, "10 mx1.example.net.", "20 mx2.example.net."),
    ),
    planned("office", ORG, "later", mx_set(86400, "10 mx1.example.net."), mx_set(300, "10 mx1.example.net.")),
    planned("office", BOOKS, "*.x", mx_set(60, "10 mail.example.com."), ENEMY),
)
BLOCKED = (Trouble("aws", COM, names.parse("alias", COM), "there is a CNAME; remove it first"),)
FAILED = (
    Trouble("office", ORG, names.parse("lost", ORG), "192.0.2.53 gave no answer within 5s"),
    Trouble("office", names.parse("example.net."), None, HOSTILE, (names.parse("example.net."),)),
)
PLAN = Plan(
    CHANGES,
    40,
    BLOCKED,
    FAILED,
    (
        Unmanaged("aws", COM, names.parse("forgotten", COM), OLD),
        Unmanaged("office", ORG, names.parse("münchen", ORG), OWN),
    ),
)

GUARD = Diagnostic(
    "deletes",
    Severity.ERROR,
    "scope: zone deletes 2 unnamed MX sets (old.example.com., shop.example.com.); allowed are 1",
    help="allow just that with --allow-deletes 2, or name the owners",
)
FINDINGS = (
    Diagnostic(
        "MX008",
        Severity.WARNING,
        "mx2.example.net. stands at two preferences; the worse one never serves",
        Place("mail.yaml", 12, 9),
        "name it once",
        "example.org.",
        "lists.example.org.",
        waivable=True,
    ),
    Diagnostic(
        "MX027",
        Severity.WARNING,
        "a wildcard, on purpose",
        Place("mail.yaml", 14, 5),
        waivable=True,
        waived=True,
    ),
    Diagnostic("MX016", Severity.INFO, "one exchanger only", Place("mail.yaml", 15, 5)),
    Diagnostic("MX011", Severity.ERROR, HOSTILE, Place("a b,c:d.yaml", 3, 1), HOSTILE, "example.com."),
    GUARD,
)
PROVENANCE = Provenance(
    {"aws": {"type": "route53"}, "office": {"type": "rfc2136", "server": "192.0.2.53"}},
    {"aws": ".", "office": "."},
    (("mail.yaml", "0" * 64),),
    FINDINGS,
    (GUARD,),
    Allowed(deletes=1, large=True),
    ("example.com.", "example.org.", "*.x.xn--bcher-kva.example."),
)


def result(at: int, outcome: Outcome, message: str = "", found: object = None) -> Result:
    item = CHANGES[at]
    return Result(
        item.provider,
        item.zone,
        item.change.owner,
        outcome,
        item.change,
        found,  # type: ignore[arg-type]
        message,
        item.cached_for,
    )


TWICE = planned("office", COM, "@", OLD, OWN)
REPORT = Report(
    (
        result(0, Outcome.APPLIED, found=Present(OWN)),
        result(1, Outcome.ALREADY, found=Present(OWN)),
        result(2, Outcome.BLOCKED, found=Blocked("there is a CNAME; remove it first")),
        result(3, Outcome.CONFLICT, "somebody else has changed it", Present(ENEMY)),
        result(4, Outcome.CONFLICT, "somebody else has changed it", Absent()),
        result(5, Outcome.UNKNOWN, "the answer to the update is missing", Unreadable("no answer within 5s")),
        result(6, Outcome.SKIPPED, "the same owner at another provider is in the way"),
        result(7, Outcome.FAILED, HOSTILE),
        result(11, Outcome.APPLIED, found=Present(ENEMY)),
        Result(
            "office", COM, COM, Outcome.FAILED, TWICE.change, Present(OLD), "REFUSED: not authorised", 14400
        ),
        Result("office", names.parse("example.net."), None, Outcome.FAILED, None, None, HOSTILE),
    )
)
