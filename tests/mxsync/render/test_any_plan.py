"""What holds for every format, whatever a plan or a report holds."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic_sarif.model import (  # type: ignore[import-untyped]  # it has types, but no py.typed
    StaticAnalysisResultsFormatSarifVersion210JsonSchema as Log,
)

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.diagnostic import Diagnostic, Place, Severity
from mxsync.impact import impact
from mxsync.model import MX, MXSet
from mxsync.plan import Allowed, Plan, PlannedChange, Provenance, Trouble, Unmanaged
from mxsync.reading import Absent, Blocked, Present, Unreadable
from mxsync.render import github, markdown, mermaid, sarif, text
from mxsync.render.terminal import columns, wrapped
from mxsync.report import Report, Result
from support.reviewed import CHANGES, DIGEST, GUARD, HOSTILE, NOW, PLAN, PROVENANCE, REPORT
from support.sets import labels, mx_set, mx_sets

TEXTS = st.one_of(
    st.text(st.characters() | st.sampled_from("`|<>@#&%-:/\\\r\n\t\x1b\u202e "), max_size=80),
    st.sampled_from([HOSTILE, "`" * 70, "--> <!-- -->", "| a | b |", "", " "]),
    st.integers(500, 5000).map("x".__mul__),
)
NAMES = st.lists(labels, max_size=3).map(names.from_labels)
ENEMIES = st.builds(
    MXSet.of, st.integers(0, 2**32 - 1), st.sets(st.builds(MX, st.integers(0, 65535), NAMES), min_size=1)
)
SETS = st.none() | mx_sets | ENEMIES
MOVES = st.tuples(NAMES, SETS, SETS).filter(lambda move: move[1] != move[2])
PLANNED = st.builds(
    lambda provider, zone, move, cached, addressed: PlannedChange(
        provider, zone, change := Change(*move), impact(change), cached, addressed
    ),
    TEXTS,
    NAMES,
    MOVES,
    st.none() | st.integers(0, 2**31),
    st.none() | st.booleans(),
)
TROUBLES = st.lists(st.builds(Trouble, TEXTS, NAMES, st.none() | NAMES, TEXTS), max_size=3).map(tuple)
PLANS = st.builds(
    Plan,
    st.lists(PLANNED, max_size=4).map(tuple),
    st.integers(0, 10**6),
    TROUBLES,
    TROUBLES,
    st.lists(st.builds(Unmanaged, TEXTS, NAMES, NAMES, ENEMIES), max_size=2).map(tuple),
)
FINDINGS = st.builds(
    Diagnostic,
    st.sampled_from(["MX002", "deletes"]),
    st.sampled_from(Severity),
    TEXTS,
    st.none() | st.builds(Place, TEXTS, st.integers(1, 999), st.integers(1, 999)),
    st.none() | TEXTS,
    waived=st.booleans(),
)
PROVENANCES = st.builds(
    lambda found, guards, allowed, targets: Provenance(
        {}, {}, (), (*found, *guards), tuple(guards), allowed, tuple(targets)
    ),
    st.lists(FINDINGS, max_size=3),
    st.lists(FINDINGS, max_size=2),
    st.builds(Allowed, st.integers(0, 99), st.booleans()),
    st.lists(TEXTS, max_size=3),
)
READINGS = st.one_of(
    st.none(),
    st.builds(Present, ENEMIES),
    st.builds(Absent),
    st.builds(Blocked, TEXTS),
    st.builds(Unreadable, TEXTS),
)
RESULTS = st.builds(
    lambda provider, zone, owner, outcome, move, found, message, cached: Result(
        provider, zone, owner, outcome, Change(*move) if move else None, found, message, cached
    ),
    TEXTS,
    NAMES,
    st.none() | NAMES,
    st.sampled_from(Outcome),
    st.none() | MOVES,
    READINGS,
    TEXTS,
    st.none() | st.integers(0, 2**31),
)
REPORTS = st.builds(Report, st.lists(RESULTS, max_size=5).map(tuple), st.booleans())

COLOURS = re.compile("\x1b\\[(?:0|1|31|32|33)m")
NODE = re.compile(r'    (\w+)(?:\["[^"]+"\]|\(\["sender"\]\))')
EDGE = re.compile(r"    (\w+(?: & \w+)*) (?:-->|-\.->) (\w+(?: & \w+)*)")


def blocks(written: str) -> list[tuple[str, list[str]]]:
    """Read the code blocks of a comment as CommonMark does; fails if one is open at the end."""
    found: list[tuple[str, list[str]]] = []
    fence = ""
    for line in written.split("\n"):
        if fence:
            if re.fullmatch(rf" {{0,3}}`{{{len(fence)},}} *", line):
                fence = ""
            else:
                found[-1][1].append(line)
        elif opened := re.fullmatch(r"(`{3,})([a-z]+)", line):
            fence = opened[1]
            found.append((opened[2], []))
    assert not fence
    return found


def outside(written: str) -> str:
    """Give what of a comment is neither in a code block nor in a code span."""
    kept: list[str] = []
    fence = ""
    for line in written.split("\n"):
        if fence:
            fence = "" if line == fence else fence
        elif opened := re.fullmatch(r"(`{3,})[a-z]+", line):
            fence = opened[1]
        else:
            kept.append(re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", line))
    return "\n".join(kept)


def check_comment(written: str, kind: str) -> None:
    lines = written.split("\n")
    assert lines[0] == f"<!-- mxsync:{kind} -->"
    assert len(written.encode()) <= markdown.LIMIT
    assert all(line.isprintable() for line in lines)
    bare = outside("\n".join(lines[1:]))
    assert not re.search(r"[@`\[\]]|<!--|-->|::", bare)
    assert set(re.findall(r"<[^>]*>", bare)) <= {"<details>", "</details>", "<summary>", "</summary>"}
    for language, block in blocks(written):
        assert language in {"diff", "mermaid", "sh"}
        if language == "diff":
            assert all(re.match(r"@@ |[-+#] |  ", line) for line in block)
        if language == "mermaid":
            check_drawing("\n".join(block) + "\n")


def check_drawing(written: str) -> None:
    """Hold a picture against the part of Mermaid's grammar that we use: nodes first, then arrows between them."""
    lines = written.splitlines()
    assert lines[0] == "flowchart LR"
    assert [line for line in lines[1:] if not line.startswith("    ")] == [
        '  subgraph before["before"]',
        "  end",
        '  subgraph after["after"]',
        "  end",
    ]
    known: set[str] = set()
    edges = 0
    for line in lines:
        if node := NODE.fullmatch(line):
            assert node[1] not in known
            known.add(node[1])
            # Nothing but letters, digits, entities and a little punctuation stands in a label.
            label = re.sub(r"#\d+;", "", line.removeprefix(f"    {node[1]}"))
            assert re.fullmatch(r"""\(?\["[\w .,:()'…-]+"\]\)?""", label)
        elif line.startswith("    "):
            edge = EDGE.fullmatch(line)
            assert edge, line
            ends = [edge[1].split(" & "), edge[2].split(" & ")]
            assert {*ends[0], *ends[1]} <= known
            edges += len(ends[0]) * len(ends[1])
    assert edges <= 500  # what Mermaid draws at most, if nobody has set another limit
    assert len(written) <= 50_000


@given(PLANS, PROVENANCES, st.booleans())
def test_any_plan_is_a_comment_that_nothing_breaks_out_of(
    made: Plan, provenance: Provenance, explain: bool
) -> None:
    written = markdown.plan(made, provenance, digest=DIGEST, explain=explain)
    check_comment(written, "plan")
    assert f"Digest: `{DIGEST}`" in written
    assert written.count("**Refused.**") == bool(provenance.guards)
    assert ("complete: false" in written) == bool(made.failed)


@given(REPORTS)
def test_any_report_is_a_comment_that_nothing_breaks_out_of(made: Report) -> None:
    written = markdown.report(made, NOW)
    check_comment(written, "report")
    rows = [line for line in written.split("\n") if line.startswith("| ")][1:]
    assert len(rows) == len(made.results)
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)


@pytest.mark.parametrize("number", [1_000, 10_000])
@pytest.mark.parametrize("message", ["no answer within 5s", "日" * 3000, "`" * 300])
def test_a_comment_on_much_keeps_to_the_limit_and_to_what_matters(number: int, message: str) -> None:
    every = [
        replace(each, zone=names.parse(f"z{at}.example.")) for at in range(number) for each in CHANGES[:1]
    ]
    troubles = tuple(Trouble("aws", item.zone, None, message) for item in every)
    found = tuple(Diagnostic("MX008", Severity.WARNING, message, Place("m.yaml", at)) for at in range(number))
    made = Plan(tuple(every), 0, troubles, troubles, ())
    targets = tuple(f"z{at}.example." for at in range(number))
    provenance = replace(PROVENANCE, findings=(GUARD, *found), guards=(GUARD,), targets=targets)
    written = markdown.plan(made, provenance, digest=DIGEST)
    check_comment(written, "plan")
    assert f"Digest: `{DIGEST}`" in written
    assert f"{number} to update, 0 as wanted, {number} blocked, {number} not readable" in written
    assert GUARD.message in written
    assert "`z19.example.` and " in written
    shown = written.count("@@ primary")
    assert shown > 0
    assert f"… and {number - shown} more changes" in written


def test_guards_have_room_before_all_else() -> None:
    guards = tuple(
        Diagnostic("MX012", Severity.ERROR, f"the exchange mx{at}.example. has no address")
        for at in range(500)
    )
    provenance = replace(PROVENANCE, findings=guards, guards=guards)
    written = markdown.plan(PLAN, provenance, digest=DIGEST)
    check_comment(written, "plan")
    assert written.count("`the exchange mx") == 500


def test_a_report_on_much_shows_the_unhappy_ones() -> None:
    many = replace(REPORT, results=REPORT.results[:1] * 30_000 + REPORT.results)
    written = markdown.report(many, NOW)
    check_comment(written, "report")
    unhappy = [each for each in REPORT.results if each.outcome not in {Outcome.APPLIED, Outcome.ALREADY}]
    rows = [line for line in written.split("\n") if line.startswith("| ")][1:]
    assert len(rows) < 30_000
    assert [row.split(" ")[1] for row in rows[: len(unhappy) + 1]] == [
        *sorted(
            (str(each.outcome) for each in unhappy),
            key=["unknown", "failed", "conflict", "blocked", "skipped"].index,
        ),
        "applied",
    ]
    assert f"… and {len(many.results) - len(rows)} more." in written


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("mail-prod", "<!-- mxsync:plan:mail-prod -->"),
        ("a b", "<!-- mxsync:plan:a%20b -->"),
        ("--> @x\n<b>", "<!-- mxsync:plan:--%3E%20%40x%20%3Cb%3E -->"),
        (None, "<!-- mxsync:plan -->"),
    ],
)
def test_a_mark_holds_its_key_and_ends_where_it_should(key: str | None, line: str) -> None:
    assert markdown.marker("plan", key) == line


@given(SETS, SETS)
@example(
    mx_set(60, *(f"{at % 40} h{at}.example." for at in range(400))),
    mx_set(60, *(f"{at % 40} h{at}.example." for at in range(400))),
)
def test_any_sets_are_a_picture(before: MXSet | None, after: MXSet | None) -> None:
    check_drawing(mermaid.flowchart(before, after))


def test_hosts_of_equal_preference_stand_beside_each_other_in_a_picture() -> None:
    drawn = mermaid.flowchart(
        None, mx_set(60, "10 a.example.", "10 b.example.", "20 c.example.", "30 a.example.")
    )
    assert "    after_sender --> after_0_0 & after_0_1\n" in drawn
    assert "    after_0_0 & after_0_1 -.-> after_1_0\n" in drawn
    assert drawn.count("a.example.") == 1
    assert "the owner's own address" in drawn


@given(PLANS, PROVENANCES, st.none() | st.integers(-1, 200), st.booleans())
def test_any_plan_as_text_is_printable_lines(
    made: Plan, provenance: Provenance, width: int | None, explain: bool
) -> None:
    check_printable(text.plan(made, provenance, digest=DIGEST, width=width, explain=explain))


@given(REPORTS, st.none() | st.integers(-1, 200))
def test_any_report_as_text_is_printable_lines(made: Report, width: int | None) -> None:
    check_printable(text.report(made, NOW, width=width))


def check_printable(written: str) -> None:
    assert written.endswith("\n")
    assert all(line.isprintable() for line in COLOURS.sub("", written).split("\n"))


@given(PLANS, PROVENANCES, REPORTS, st.integers(-1, 200))
def test_line_breaks_and_indents_are_all_that_a_width_adds(
    made: Plan, provenance: Provenance, report: Report, width: int
) -> None:
    whole = text.plan(made, provenance, explain=True) + text.report(report, NOW)
    broken = text.plan(made, provenance, explain=True, width=width) + text.report(report, NOW, width=width)
    assert COLOURS.sub("", broken).split() == COLOURS.sub("", whole).split()


@given(
    st.lists(st.text("ab日\u0301", min_size=1, max_size=12) | st.integers(0, 99).map(str)),
    st.integers(20, 60),
)
def test_a_line_is_no_longer_than_the_terminal_is_wide(words: list[str], width: int) -> None:
    lines = wrapped(" ".join(words), width, start="  ~ ", hang=6).split("\n")
    assert all(columns(line) <= width for line in lines if len(re.sub(r"\d+ ", "", line).split()) > 2)
    assert "\n".join(lines).split() == ["~", *words]


@pytest.mark.parametrize("width", range(20, 100))
def test_records_are_never_broken(width: int) -> None:
    written = text.report(REPORT, NOW, width=width)
    assert "10 mail.example.com." in written
    assert "20 mx.xn--bcher-kva.example." in written


@given(PLANS, PROVENANCES, REPORTS)
def test_any_plan_and_report_are_few_workflow_commands(
    made: Plan, provenance: Provenance, report: Report
) -> None:
    for written in (github.plan(made, provenance, digest=DIGEST), github.report(report, NOW)):
        lines = written.split("\n")
        assert lines.pop() == ""
        assert all(re.fullmatch(r"::(error|warning|notice) [^:\r]+::[^\r]*", line) for line in lines)
    assert DIGEST in github.plan(made, provenance, digest=DIGEST)


@pytest.mark.parametrize("number", [7, 10, 11, 500])
def test_of_each_kind_there_are_as_many_annotations_as_github_shows(number: int) -> None:
    made = Plan((), 0, (Trouble("a", CHANGES[0].zone, None, "no"),) * number, (), ())
    lines = github.plan(made, Provenance({}, {}, (), ()), digest=DIGEST).splitlines()
    errors = [line for line in lines if line.startswith("::error")]
    assert len(errors) == min(number, 10)
    assert ("more error" in errors[-1]) == (number > 10)
    if number > 10:
        assert f"… and {number - 9} more errors" in errors[-1]
    assert lines[-1].startswith("::notice")


@given(PLANS, PROVENANCES, REPORTS)
def test_any_plan_and_report_are_valid_sarif(made: Plan, provenance: Provenance, report: Report) -> None:
    for written in (sarif.plan(made, provenance, digest=DIGEST), sarif.report(report, NOW)):
        Log.model_validate_json(written)
        (run,) = json.loads(written)["runs"]
        kinds = [each["id"] for each in run["tool"]["driver"]["notifications"]]
        for each in run["invocations"][0]["toolExecutionNotifications"]:
            assert kinds[each["descriptor"]["index"]] == each["descriptor"]["id"]
