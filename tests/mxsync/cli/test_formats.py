"""Every command that shows a plan or a report writes every format, and nothing else beside it on stdout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.cli import mxsync, on_terminal

FILE = """\
$TTL 3600
@ IN SOA ns1.example.net. host.example.net. 41 7200 900 1209600 300
@ IN NS ns1.example.net.
@ MX 10 old.example.net.
"""
BEGINNINGS = {
    "text": "example.com. at files\n",
    "json": '{\n  "format": "mxsync.plan/1"',
    "markdown": "<!-- mxsync:plan -->\n",
    "github": "::notice title=mxsync plan::",
    "sarif": '{\n  "$schema": ',
}
REPORTS = {**BEGINNINGS, "json": '{\n  "format": "mxsync.report/1"', "markdown": "<!-- mxsync:report -->\n"}
REPORTS["github"] = "::notice title=mxsync apply::"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "example.com.zone").write_text(FILE)
    (tmp_path / "mxsync.yaml").write_text(
        "mxsync: 1\nproviders: {files: {type: zonefile, directory: .}}\ndefaults: {provider: files}\n"
        "zones: {example.com: [10 mx1.example.net., 20 mx2.example.net.]}\n"
    )
    return tmp_path


@pytest.mark.parametrize("form", BEGINNINGS)
@pytest.mark.parametrize("command", [["plan"], ["drift"], ["show", "plan.json"]])
def test_a_plan_is_written_in_every_format(folder: Path, command: list[str], form: str) -> None:
    assert mxsync("plan", "-o", "plan.json", cwd=folder).code == 0
    run = mxsync(*command, "--format", form, cwd=folder)
    assert run.code == (2 if command == ["drift"] else 0)
    assert run.out.startswith(BEGINNINGS[form])
    if form in {"json", "sarif"}:
        json.loads(run.out)


@pytest.mark.parametrize("form", BEGINNINGS)
def test_a_report_is_written_in_every_format_and_the_plan_beside_it(folder: Path, form: str) -> None:
    run = mxsync("apply", "--yes", "--format", form, cwd=folder)
    assert run.code == 0
    assert run.out.startswith(REPORTS[form])
    if form != "text":
        assert "+ 10 mx1.example.net." in run.err
        assert "+ 10 mx1.example.net." not in run.out
    back = mxsync("rollback", "--yes", "--format", form, cwd=folder)
    assert back.code == 0
    assert back.out.startswith(REPORTS[form])
    assert (
        "MX    10 old" in (folder / "example.com.zone").read_text()
        or "MX 10 old" in (folder / "example.com.zone").read_text()
    )


def test_comments_on_one_pull_request_are_told_apart_by_a_key(folder: Path) -> None:
    run = mxsync("plan", "--format", "markdown", "--comment-key", "mail", cwd=folder)
    assert run.out.startswith("<!-- mxsync:plan:mail -->\n")


def test_changes_are_explained_in_words_where_asked(folder: Path) -> None:
    run = mxsync("plan", "--explain", cwd=folder)
    assert "      * mx1.example.net. is new, at preference 10" in run.out
    assert "      * old.example.net. is gone" in run.out
    assert "is new" not in mxsync("plan", cwd=folder).out


def test_a_saved_plan_shows_its_digest_and_one_that_is_not_saved_none(folder: Path) -> None:
    saved = mxsync("plan", "-o", "plan.json", cwd=folder)
    digest = json.loads((folder / "plan.json").read_text())["digest"]
    assert f"\nDigest: {digest}\n" in saved.out
    assert f"\nDigest: {digest}\n" in mxsync("show", "plan.json", cwd=folder).out
    assert "Digest" not in mxsync("plan", cwd=folder).out


def test_a_terminal_gets_colours_and_lines_that_fit(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    _, shown = on_terminal("apply", cwd=folder, answer="no", columns=50)
    assert "\x1b[33m~ @\x1b[0m" in shown
    assert max(len(line) for line in shown.replace("\x1b[", "").splitlines()) < 70
    monkeypatch.setenv("NO_COLOR", "1")
    _, plain = on_terminal("apply", cwd=folder, answer="no", columns=50)
    assert "\x1b[" not in plain


def test_a_log_for_machines_is_one_object_a_line(folder: Path) -> None:
    run = mxsync("apply", "--yes", "--log-format", "json", "--format", "json", cwd=folder)
    assert run.code == 0
    events = [json.loads(line) for line in run.err.splitlines() if line.startswith("{")]
    heard = [(each["event"], each["owner"], each.get("outcome")) for each in events if "event" in each]
    assert heard == [("intent", "example.com.", None), ("result", "example.com.", "applied")]
    assert {"time", "level", "logger", "message"} <= events[0].keys()


def many(folder: Path, zones: int) -> None:
    for at in range(zones):
        (folder / f"z{at}.test.zone").write_text(FILE)
    listed = "\n".join(f"  z{at}.test: [10 mx1.example.net., 20 mx2.example.net.]" for at in range(zones))
    (folder / "mxsync.yaml").write_text(
        "mxsync: 1\nproviders: {files: {type: zonefile, directory: .}}\ndefaults: {provider: files}\n"
        f"zones:\n{listed}\n"
    )


def test_a_bar_shows_on_a_terminal_how_far_an_apply_is_unless_told_to_be_quiet(folder: Path) -> None:
    many(folder, 30)
    code, shown = on_terminal("apply", "--allow-large", cwd=folder, answer="yes")
    assert code == 0
    assert "Applying" in shown
    assert "30/30" in shown
    many(folder, 30)
    code, shown = on_terminal("apply", "-q", "--allow-large", cwd=folder, answer="yes")
    assert code == 0
    assert "Applying" not in shown


def test_a_pipe_gets_no_bar(folder: Path) -> None:
    many(folder, 30)
    run = mxsync("apply", "--yes", "--allow-large", cwd=folder)
    assert run.code == 0
    assert "Applying" not in run.out + run.err


@pytest.mark.parametrize(
    ("waves", "message"), [("10%", "the last wave must be 100%"), ("x", "'x' is neither a number of owners")]
)
def test_waves_that_make_no_sense_are_wrong_usage(folder: Path, waves: str, message: str) -> None:
    run = mxsync("apply", "--yes", "--waves", waves, cwd=folder)
    assert run.code == 64
    assert message in run.err
    assert (folder / "example.com.zone").read_text() == FILE


def test_waves_are_applied_one_after_the_other(folder: Path) -> None:
    many(folder, 12)
    options = ["--yes", "--allow-large", "--waves", "2,50%,100%", "--log-format", "json"]
    run = mxsync("apply", *options, cwd=folder)
    assert run.code == 0
    heard = [json.loads(line) for line in run.err.splitlines() if line.startswith('{"time"')]
    order = [(each["event"], each["zone"]) for each in heard if "event" in each]
    zones = [f"z{at}.test." for at in range(12)]
    for begin, end in ((0, 2), (2, 6), (6, 12)):
        wave = order[2 * begin : 2 * end]
        assert {zone for event, zone in wave if event == "intent"} == set(zones[begin:end])
        assert {zone for event, zone in wave if event == "result"} == set(zones[begin:end])
