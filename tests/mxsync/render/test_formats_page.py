"""The page on formats shows what is really written."""

from __future__ import annotations

import re

import click
import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.diagnostic import Diagnostic, Place, Severity
from mxsync.impact import impact
from mxsync.plan import Plan, PlannedChange, Provenance, Trouble
from mxsync.reading import Present
from mxsync.render import github, markdown, text
from mxsync.report import Report, Result
from support.distributions import REPOSITORY
from support.reviewed import NOW
from support.sets import mx_set

PAGE = (REPOSITORY / "docs/formats.md").read_text("utf-8")
DIGEST = f"sha256:{'5d41402abc4b2a76' * 4}"
ZONE = names.parse("example.com.")
MOVE = Change(
    ZONE,
    mx_set(14400, "10 old.example.net.", "20 mail.example.com."),
    mx_set(3600, "10 mail.example.com.", "20 mx3.example.net."),
)
PLAN = Plan(
    (PlannedChange("aws", ZONE, MOVE, impact(MOVE), 14400),),
    40,
    (Trouble("aws", ZONE, names.parse("alias", ZONE), "there is a CNAME; remove it first"),),
    (),
    (),
)
PROVENANCE = Provenance(
    {},
    {},
    (),
    (
        Diagnostic(
            "MX018", Severity.WARNING, "'mail' was taken as mail.example.com.", Place("mail.yaml", 7, 12)
        ),
    ),
)
REPORT = Report(
    (
        Result(
            "aws",
            ZONE,
            ZONE,
            Outcome.CONFLICT,
            MOVE,
            Present(mx_set(60, "10 new.example.net.")),
            "somebody else has changed it",
        ),
        Result("aws", ZONE, names.parse("news", ZONE), Outcome.APPLIED, MOVE, cached_for=14400),
    )
)
WRITTEN = {
    "text": click.unstyle(text.plan(PLAN, width=80, digest=DIGEST, explain=True)),
    "narrow": click.unstyle(text.plan(PLAN, width=40)),
    "markdown": markdown.plan(PLAN, PROVENANCE, digest=DIGEST, key="mail-prod"),
    "markdown of a report": markdown.report(REPORT, NOW),
    "github": github.plan(PLAN, PROVENANCE, digest=DIGEST),
}


@pytest.mark.parametrize("what", WRITTEN)
def test_the_page_on_formats_shows_what_is_written(what: str) -> None:
    match = re.search(rf"<!-- {what} -->\n(`{{3,}})\w+\n(.*?)^\1\n", PAGE, re.DOTALL | re.MULTILINE)
    assert match
    assert match[2] == WRITTEN[what]
