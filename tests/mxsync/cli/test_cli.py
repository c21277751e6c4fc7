"""The command line on zone files: what it prints, and its exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.cli import mxsync, on_terminal

ZONE = """\
$TTL 1h
@  SOA ns hostmaster 7 7200 900 1209600 300
@  NS  ns
ns A   192.0.2.1
"""
HEAD = """\
mxsync: 1
providers:
  files: {type: zonefile, directory: zones}
defaults: {provider: files, ttl: 1h}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A manifest that wants a change in one zone and nothing in another."""
    (tmp_path / "zones").mkdir()
    (tmp_path / "zones/example.com.zone").write_text(
        f"{ZONE}@ MX 10 old.example.net. ; old\nlists MX 5 a.example.net.\n"
    )
    (tmp_path / "zones/example.org.zone").write_text(f"{ZONE}@ MX 10 mx.example.net.\n")
    (tmp_path / "mxsync.yaml").write_text(
        f"{HEAD}zones: {{example.com: [10 mx.example.net.], example.org: [10 mx.example.net.]}}\n"
    )
    return tmp_path


def zone(folder: Path, name: str = "example.com") -> str:
    return (folder / f"zones/{name}.zone").read_text()


def test_version_and_completion_load_neither_pydantic_nor_dnspython(tmp_path: Path) -> None:
    for arguments, environment in ((["--version"], {}), ([], {"_MXSYNC_COMPLETE": "bash_complete"})):
        code = (
            "import sys\nfrom mxsync.cli import main\n"
            "try:\n    main(sys.argv[1:])\nexcept SystemExit: pass\n"
            "print(sorted({'pydantic', 'dns', 'yaml', 'idna', 'asyncio'} & set(sys.modules)))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            env={**os.environ, **environment, "COMP_WORDS": "mxsync ", "COMP_CWORD": "1"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines()[-1] == "[]"
        assert len(done.stdout.splitlines()) > 1


def test_completion_offers_the_commands(tmp_path: Path) -> None:
    run = mxsync(cwd=tmp_path, _MXSYNC_COMPLETE="bash_complete", COMP_WORDS="mxsync p", COMP_CWORD="1")
    assert run.out.split() == ["plain,plan", "plain,providers"]


@pytest.mark.parametrize(
    "arguments",
    [["bogus"], ["plan", "--bogus"], ["plan", "--format", "xml"], ["apply", "--allow-deletes", "-1"]],
)
def test_wrong_usage_is_64_with_a_message(tmp_path: Path, arguments: list[str]) -> None:
    run = mxsync(*arguments, cwd=tmp_path)
    assert run.code == 64
    assert "Error: " in run.err


def test_validate_says_what_it_has_seen(folder: Path) -> None:
    run = mxsync("validate", cwd=folder)
    assert (run.code, run.err) == (0, "")
    assert run.out.endswith("Valid: 2 MX sets in 2 zones.\n")


def test_validate_shows_findings_with_their_place(folder: Path) -> None:
    (folder / "bad.yaml").write_text(f"{HEAD}zones: {{example.com: [10 192.0.2.1, 20 mx.example.net.]}}\n")
    run = mxsync("validate", "bad.yaml", cwd=folder)
    assert run.code == 3
    assert run.out == (
        "bad.yaml:5:26: error MX002: the exchange 192.0.2.1 is an address; MX records hold host names\n"
        "  5 | zones: {example.com: [10 192.0.2.1, 20 mx.example.net.]}\n"
        "    |                          ^^^^^^^^^\n"
        "  help: name the host that has the address 192.0.2.1\n"
    )


def test_validate_gives_findings_as_one_document(folder: Path) -> None:
    (folder / "bad.yaml").write_text(f"{HEAD}zones: {{example.com: [10 192.0.2.1, 20 mx.example.net.]}}\n")
    run = mxsync("validate", "bad.yaml", "--format", "json", cwd=folder)
    assert run.code == 3
    assert run.document["format"] == "mxsync.findings/1"
    (finding,) = run.document["findings"]
    assert (finding["rule"], finding["line"], finding["column"]) == ("MX002", 5, 26)


def test_validate_asks_no_provider(folder: Path) -> None:
    (folder / "zones/example.com.zone").unlink()
    assert mxsync("validate", cwd=folder).code == 0


def test_a_plan_shows_what_would_change_and_changes_nothing(folder: Path) -> None:
    before = zone(folder)
    run = mxsync("plan", cwd=folder)
    assert run.code == 0
    assert run.out == (
        "example.com. at files\n"
        "  ~ @  primary: new mail goes to mx.example.net. first\n"
        "      - 10 old.example.net.\n"
        "      + 10 mx.example.net.\n"
        "      TTL 1h; caches keep the old set for up to 1h\n"
        "\n"
        "Not in the manifest, left alone (1)\n"
        "  lists.example.com. at files: 5 a.example.net. (TTL 1h)\n"
        "\n"
        "Plan: 1 to update, 1 as wanted.\n"
    )
    assert zone(folder) == before


def test_a_plan_is_one_document_with_everything_it_was_made_of(folder: Path) -> None:
    run = mxsync("plan", "--format", "json", cwd=folder)
    document = run.document
    assert document["format"] == "mxsync.plan/1"
    assert document["complete"] is True
    assert document["providers"] == {"files": {"type": "zonefile", "directory": "zones"}}
    assert document["manifests"][0]["path"] == "mxsync.yaml"
    assert document["summary"] == {
        "create": 0, "update": 1, "delete": 0, "unchanged": 1, "blocked": 0, "unmanaged": 1, "failed": 0,
    }  # fmt: skip
    assert document["changes"] == [
        {
            "provider": "files",
            "zone": "example.com.",
            "owner": "example.com.",
            "action": "update",
            "impact": "primary",
            "effect": "new mail goes to mx.example.net. first",
            "cached_for": 3600,
            "addressed": False,
            "before": {"ttl": 3600, "records": [{"preference": 10, "exchange": "old.example.net."}]},
            "after": {"ttl": 3600, "records": [{"preference": 10, "exchange": "mx.example.net."}]},
        }
    ]
    again = mxsync("plan", "--format", "json", cwd=folder).document
    assert again["digest"] == document["digest"]
    assert document["digest"].startswith("sha256:")


def test_a_plan_says_with_its_exit_code_that_changes_are_pending_where_asked(folder: Path) -> None:
    assert mxsync("plan", "--detailed-exitcode", cwd=folder).code == 2
    assert mxsync("apply", "--yes", cwd=folder).code == 0
    assert mxsync("plan", "--detailed-exitcode", cwd=folder).code == 0


def test_an_apply_changes_what_the_plan_says_and_a_second_plan_is_empty(folder: Path) -> None:
    run = mxsync("apply", "--yes", cwd=folder)
    assert run.code == 0
    assert "applied   ~ example.com. at files" in run.out
    assert "Result: 1 applied." in run.out
    assert "Caches may keep the old answers until 20" in run.out
    assert "@ MX 10 mx.example.net. ; old\n" in zone(folder)
    assert mxsync("plan", cwd=folder).out.endswith("No changes: 2 MX sets as wanted.\n")


def test_an_apply_reports_as_one_document(folder: Path) -> None:
    run = mxsync("apply", "-y", "--format", "json", cwd=folder)
    assert run.code == 0
    assert run.document["format"] == "mxsync.report/1"
    (result,) = run.document["results"]
    assert (result["outcome"], result["owner"], result["found"]) == (
        "applied",
        "example.com.",
        result["after"],
    )
    assert "1 to update" in run.err


def test_an_apply_without_a_terminal_and_without_yes_refuses(folder: Path) -> None:
    before = zone(folder)
    run = mxsync("apply", cwd=folder)
    assert run.code == 3
    assert "there is no terminal to ask on" in run.err
    assert "--yes" in run.err
    assert zone(folder) == before


def test_an_apply_with_nothing_to_do_needs_no_leave(folder: Path) -> None:
    assert mxsync("apply", "--yes", cwd=folder).code == 0
    assert mxsync("apply", cwd=folder).code == 0


def test_an_apply_on_a_terminal_asks_and_takes_a_yes(folder: Path) -> None:
    code, shown = on_terminal("apply", cwd=folder, answer="yes")
    assert code == 0
    assert "\x1b[32mapplied" in shown
    assert "mx.example.net" in zone(folder)


@pytest.mark.parametrize("answer", ["y", "no", "", "YES"])
def test_an_apply_on_a_terminal_takes_nothing_else_for_a_yes(folder: Path, answer: str) -> None:
    before = zone(folder)
    code, shown = on_terminal("apply", cwd=folder, answer=answer)
    assert code == 1
    assert "not applied; nothing was changed" in shown
    assert zone(folder) == before


def test_colours_can_be_declined_on_a_terminal(folder: Path) -> None:
    _, shown = on_terminal("apply", "--no-color", cwd=folder, answer="no")
    assert "\x1b[" not in shown


def test_a_zone_that_cannot_be_read_fails_alone(folder: Path) -> None:
    (folder / "zones/example.org.zone").write_text("this is no zone\n")
    run = mxsync("plan", cwd=folder)
    assert run.code == 1
    assert "1 to update" in run.out
    assert "zones/example.org.zone:1" in run.out
    applied = mxsync("apply", "--yes", cwd=folder)
    assert applied.code == 5
    assert "failed    example.org. at files" in applied.out
    assert "mx.example.net." in zone(folder)


def test_a_manifest_that_is_not_there_is_one_message_and_exit_3(tmp_path: Path) -> None:
    for command in (["validate"], ["plan"], ["apply", "--yes"]):
        run = mxsync(*command, cwd=tmp_path)
        assert run.code == 3
        assert "mxsync.yaml:1:1: error MX029: the manifest cannot be read" in run.out + run.err


def test_a_provider_folder_that_is_not_there_is_one_message(folder: Path) -> None:
    manifest = (folder / "mxsync.yaml").read_text().replace("zones}", "nowhere}")
    (folder / "mxsync.yaml").write_text(manifest)
    run = mxsync("plan", cwd=folder)
    assert run.code == 1
    assert "example.com. at files: provider 'files': directory: there is no folder nowhere" in run.out


def test_deleting_unnamed_sets_of_a_zone_needs_their_exact_number(folder: Path) -> None:
    (folder / "mxsync.yaml").write_text(
        f"{HEAD}zones: {{example.com: {{scope: zone, mx: {{'@': [10 old.example.net.]}}}}}}\n"
    )
    before = zone(folder)
    plan = mxsync("plan", cwd=folder)
    assert "- lists  delete" in plan.out
    assert "--allow-deletes 1" in plan.err
    for arguments in ([], ["--allow-deletes", "2"]):
        run = mxsync("apply", "--yes", *arguments, cwd=folder)
        assert run.code == 3
        assert zone(folder) == before
    assert mxsync("apply", "--yes", "--allow-deletes", "1", cwd=folder).code == 0
    assert "lists" not in zone(folder)


def test_a_reload_command_needs_leave_before_anything_is_asked_or_changed(folder: Path) -> None:
    manifest = (
        (folder / "mxsync.yaml").read_text().replace("zones}", "zones, reload: [touch, 'done-{zone}']}")
    )
    (folder / "mxsync.yaml").write_text(manifest)
    before = zone(folder)
    assert mxsync("plan", cwd=folder).code == 0
    run = mxsync("apply", "--yes", cwd=folder)
    assert run.code == 3
    assert "--allow-exec" in run.err
    assert zone(folder) == before
    assert mxsync("apply", "--yes", cwd=folder, MXSYNC_ALLOW_EXEC="1").code == 0
    assert (folder / "done-example.com").exists()
    assert zone(folder) != before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_middle_of_an_apply_finishes_what_runs_and_reports_the_rest(
    folder: Path, number: signal.Signals
) -> None:
    names = [f"n{at:02}.test" for at in range(40)]
    for name in names:
        (folder / f"zones/{name}.zone").write_text(ZONE)
    zones = "".join(f"  {name}: [10 mx.example.net.]\n" for name in names)
    head = HEAD.replace(
        "zones}", "zones, reload: [sh, -c, 'echo {zone} >> begun; sleep 0.2; echo {zone} >> done']}"
    )
    (folder / "mxsync.yaml").write_text(f"{head}zones:\n{zones}")
    command = [sys.executable, "-m", "mxsync", "apply", "--yes", "--allow-exec", "--format", "json"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (folder / "begun").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    outcomes = {result["owner"]: result["outcome"] for result in json.loads(out)["results"]}
    assert len(outcomes) == len(names)
    assert set(outcomes.values()) == {"applied", "skipped"}
    for name in names:
        changed = "mx.example.net" in zone(folder, name)
        assert outcomes[f"{name}."] == ("applied" if changed else "skipped")
    begun, done = ((folder / name).read_text().splitlines() for name in ("begun", "done"))
    assert sorted(begun) == sorted(done)


def test_a_reader_who_goes_away_leaves_no_traceback(folder: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [sys.executable, "-m", "mxsync", "plan"]
    done = subprocess.run(
        command, cwd=folder, stdout=write_end, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write_end)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


def test_providers_shows_what_is_installed(tmp_path: Path) -> None:
    run = mxsync("providers", cwd=tmp_path)
    assert run.code == 0
    assert "zonefile: " in run.out
    assert "rfc2136: " in run.out


def test_internationalised_names_are_shown_in_both_forms(folder: Path) -> None:
    (folder / "zones/xn--bcher-kva.example.zone").write_text(ZONE)
    (folder / "mxsync.yaml").write_text(
        f"{HEAD}zones: {{bücher.example: [10 mx.straße.example.]}}\n", "utf-8"
    )
    run = mxsync("plan", cwd=folder)
    assert "xn--bcher-kva.example. (bücher.example.) at files\n" in run.out
    assert "      + 10 mx.xn--strae-oqa.example. (mx.straße.example.)\n" in run.out
    assert "warning MX023: mx.straße.example. is mx.xn--strae-oqa.example. here" in run.err
