"""`mxsync validate`: how findings are shown, and what refuses a manifest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.cli import mxsync

HEAD = """\
mxsync: 1
providers: {files: {type: zonefile, directory: zones}}
defaults: {provider: files}
"""
DOUBTFUL = f"{HEAD}zones:\n  example.com: [10 mx.example.net., 20 mx.example.net.]\n"
WRONG = f"{HEAD}zones:\n  example.com: [10 192.0.2.1, 20 mx.example.net.]\n"


def test_a_finding_shows_its_line_with_a_caret_under_the_value(tmp_path: Path) -> None:
    (tmp_path / "mail.yaml").write_text(WRONG)
    run = mxsync("validate", "mail.yaml", cwd=tmp_path)
    assert run.code == 3
    assert run.out == (
        "mail.yaml:5:20: error MX002: the exchange 192.0.2.1 is an address; MX records hold host names\n"
        "  5 |   example.com: [10 192.0.2.1, 20 mx.example.net.]\n"
        "    |                    ^^^^^^^^^\n"
        "  help: name the host that has the address 192.0.2.1\n"
    )


def test_a_line_of_a_provider_block_is_not_shown(tmp_path: Path) -> None:
    secret = "c2VjcmV0LXZhbHVl"
    block = f"{{type: rfc2136, server: 192.0.2.53, tsig: {{name: k, secret: {secret}}}}}"
    for text in (
        f"mxsync: 1\nproviders: {{a: {block}}}\nzones: {{example.com: null_mx}}\n",
        f"mxsync: 1\nproviders:\n  a: {block}]\n",  # no YAML at all
    ):
        (tmp_path / "mail.yaml").write_text(text)
        for arguments in (["text"], ["json"], ["github"], ["sarif"]):
            run = mxsync("validate", "mail.yaml", "--format", *arguments, cwd=tmp_path)
            assert run.code == 3
            assert "mail.yaml" in run.out
            assert secret not in run.out + run.err


def test_warnings_refuse_a_manifest_only_where_asked(tmp_path: Path) -> None:
    (tmp_path / "mxsync.yaml").write_text(DOUBTFUL)
    run = mxsync("validate", cwd=tmp_path)
    assert (run.code, run.err) == (0, "")
    assert "warning MX008" in run.out
    assert run.out.endswith("Valid: 1 MX set in 1 zone.\n")
    for output in ("text", "json", "github", "sarif"):
        strict = mxsync("validate", "--strict", "--format", output, cwd=tmp_path)
        assert strict.code == 3
        assert "MX008" in strict.out
        assert "Valid" not in strict.out
        assert strict.err == "mxsync: 1 warning, and --strict takes none\n"


def test_errors_refuse_a_manifest_in_every_format(tmp_path: Path) -> None:
    (tmp_path / "mxsync.yaml").write_text(WRONG)
    for output in ("text", "json", "github", "sarif"):
        run = mxsync("validate", "--format", output, cwd=tmp_path)
        assert run.code == 3
        assert "MX002" in run.out
        assert run.err == ""


def test_findings_annotate_pull_requests(tmp_path: Path) -> None:
    (tmp_path / "mxsync.yaml").write_text(WRONG)
    run = mxsync("validate", "--format", "github", cwd=tmp_path)
    assert run.out.startswith("::error file=mxsync.yaml,line=5,col=20,title=MX002::the exchange 192.0.2.1 is")


def test_findings_are_a_sarif_log(tmp_path: Path) -> None:
    (tmp_path / "mxsync.yaml").write_text(WRONG)
    document = mxsync("validate", "--format", "sarif", cwd=tmp_path).document
    assert [result["ruleId"] for result in document["runs"][0]["results"]] == ["MX002"]


@pytest.mark.parametrize("command", [["plan"], ["apply", "--yes"]])
def test_beside_a_plan_findings_are_warnings_and_errors_only(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "zones").mkdir()
    (tmp_path / "zones/example.com.zone").write_text(
        "$TTL 1h\n@ SOA ns hostmaster 7 7200 900 1209600 300\n@ NS ns\nns A 192.0.2.1\n"
    )
    (tmp_path / "mxsync.yaml").write_text(DOUBTFUL)
    run = mxsync(*command, cwd=tmp_path)
    assert run.code == 0
    assert "warning MX008" in run.err
    assert " info MX" not in run.err


def test_a_manifest_that_can_be_read_only_once_is_checked_without_excerpts(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [sys.executable, "-m", "mxsync", "validate", "pipe.yaml"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    pipe.write_text(WRONG)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "pipe.yaml:5:20: error MX002" in out
    assert "^" not in out


@pytest.mark.parametrize("output", ["text", "json", "github", "sarif"])
def test_a_file_whose_name_is_no_text_is_shown_all_the_same(tmp_path: Path, output: str) -> None:
    name = os.fsdecode(b"\xff\x1b[31m.yaml")
    (tmp_path / name).write_text(WRONG)
    run = mxsync("validate", name, "--format", output, cwd=tmp_path)
    assert run.code == 3
    assert "MX002" in run.out
    assert "\x1b" not in run.out


def test_letters_that_a_terminal_does_not_know_are_no_failure(tmp_path: Path) -> None:
    (tmp_path / "mxsync.yaml").write_text(f"{HEAD}zones:\n  日本.example: [10 192.0.2.1]\n")
    run = mxsync("validate", cwd=tmp_path, PYTHONIOENCODING="latin-1")
    assert run.code == 3
    assert "\\u65e5\\u672c.example: [10 192.0.2.1]" in run.out
