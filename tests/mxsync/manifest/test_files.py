"""Files of a manifest that are odd, missing, endless or not to be read: a finding each, and no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mxsync.cli import group
from mxsync.manifest.load import load_manifest
from support.cli import mxsync

HEAD = """\
mxsync: 1
providers: {files: {type: zonefile, directory: zones}}
defaults: {provider: files}
"""
GOOD = f"{HEAD}zones: {{example.com: [10 mx.example.net., 20 mx.example.org.]}}\n"


def said(*paths: Path) -> list[str]:
    """Give what is found while files are read, as `file: message`, each file by its last name."""
    manifest = load_manifest(paths)
    assert all(finding.rule == "MX029" and finding.place for finding in manifest.findings)
    return [
        f"{Path(finding.place.file).name}: {finding.message}"
        for finding in manifest.findings
        if finding.place
    ]


def test_a_link_that_leads_to_itself_is_a_finding(tmp_path: Path) -> None:
    for name, target in (("a.yaml", "b.yaml"), ("b.yaml", "a.yaml")):
        (tmp_path / name).symlink_to(target)
    reason = "the manifest cannot be read: Too many levels of symbolic links"
    assert said(tmp_path / "a.yaml") == [f"a.yaml: {reason}"]
    assert said(tmp_path) == [f"a.yaml: {reason}", f"b.yaml: {reason}"]


def test_a_link_to_nothing_is_a_finding_and_the_other_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("nowhere")
    (tmp_path / "b.yaml").write_text(GOOD)
    assert said(tmp_path) == ["a.yaml: the manifest cannot be read: No such file or directory"]
    assert [Path(source.path).name for source in load_manifest([tmp_path]).sources] == ["b.yaml"]


def test_a_folder_that_leads_back_to_itself_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(GOOD)
    (tmp_path / "again").symlink_to(".")
    assert len(load_manifest([tmp_path, tmp_path / "again"]).sources) == 1


@pytest.mark.parametrize("path", ["x" * 5000, "/".join(["x" * 200] * 25)])
def test_a_path_that_is_too_long_is_a_finding(path: str) -> None:
    (finding,) = load_manifest([Path(path)]).findings
    assert finding.message == "the manifest cannot be read: File name too long"


@pytest.mark.parametrize("arguments", [["", "m.yaml"], ["m.yaml", ""], [""]])
def test_an_empty_path_is_wrong_usage(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "m.yaml").write_text(GOOD)
    for command in ("validate", "plan", "apply"):
        run = mxsync(command, *arguments, cwd=tmp_path)
        assert run.code == 64
        assert "a path is empty" in run.err


def test_a_pipe_in_a_folder_is_a_finding_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "m.yaml").write_text(GOOD)
    assert said(tmp_path) == ["pipe.yaml: it is no regular file"]


def test_a_folder_with_the_name_of_a_manifest_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "sub.yaml").mkdir()
    (tmp_path / "sub.yaml/m.yaml").write_text(GOOD)
    assert said(tmp_path) == []
    assert said(tmp_path / "sub.yaml") == []


def test_an_endless_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    """In a process that may use no more than a gigabyte, so that a reader without a limit fails."""
    code = (
        "import resource, sys\nresource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))\n"
        "from mxsync.cli import main\nmain(['validate', '/dev/zero'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 3
    assert done.stdout == "/dev/zero:1:1: error MX029: the file is larger than 64 MiB\n"
    assert done.stderr == ""


def test_a_working_folder_that_has_been_removed_is_a_finding(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    run = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD" && exec "$@"', "sh", sys.executable, "-P", "-m", "mxsync", "plan"],
        cwd=gone,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 3
    assert (
        "mxsync.yaml:1:1: error MX029: the manifest cannot be read: No such file or directory" in run.stderr
    )


def test_what_may_not_be_read_is_a_finding_and_the_rest_is_read(tmp_path: Path) -> None:
    """As a user who is nobody: permissions do not bind root.

    The process begins as it may, imports everything, and drops what rights it has.
    """
    for name in ("closed", "listed", "fine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "m.yaml").write_text("mxsync: 1\n")
    (tmp_path / "secret.yaml").write_text("mxsync: 1\n")
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom mxsync.manifest.load import load_manifest\n"
        "load_manifest([Path('.')])\n"
        "if os.geteuid() == 0:\n    os.setgroups([])\n    os.setgid(65534)\n    os.setuid(65534)\n"
        "for paths in (['.'], ['closed'], ['closed/m.yaml']):\n"
        "    manifest = load_manifest(list(map(Path, paths)))\n"
        "    print(*(f'{each.place.file}: {each.message}' for each in manifest.findings), sep='\\n')\n"
        "    print(*(source.path for source in manifest.sources), sep='\\n')\n"
    )
    modes = {".": 0o755, "closed": 0o000, "listed": 0o444, "fine": 0o755, "secret.yaml": 0o000}
    for name, mode in modes.items():
        (tmp_path / name).chmod(mode)
    try:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        for name in modes:
            (tmp_path / name).chmod(0o755)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "closed: the folder cannot be read: Permission denied",
        "listed/m.yaml: the manifest cannot be read: Permission denied",
        "secret.yaml: the manifest cannot be read: Permission denied",
        "fine/m.yaml",
        "closed: the folder cannot be read: Permission denied",
        "closed: the folder holds no .yaml or .yml file",
        "",
        "closed/m.yaml: the manifest cannot be read: Permission denied",
        "",
    ]


def test_aliases_that_nest_deeper_with_each_other_are_refused(tmp_path: Path) -> None:
    lines = ["mxsync: 1", "sets:", "  a0: &a0 [x]"]
    lines += [f"  a{at}: &a{at} {'[' * 28}*a{at - 1}{']' * 28}" for at in range(1, 25)]
    (tmp_path / "m.yaml").write_text("\n".join(lines) + "\n")
    assert said(tmp_path) == ["m.yaml: nested deeper than 32 levels"]


@pytest.mark.parametrize("version", ["true", "1.0", "'1'", "[1]", "0x2", "~"])
def test_only_the_number_one_is_the_version(tmp_path: Path, version: str) -> None:
    (tmp_path / "m.yaml").write_text(GOOD.replace("mxsync: 1", f"mxsync: {version}"))
    (message,) = said(tmp_path)
    assert message.startswith("m.yaml: ")
    assert "mxsync: 1" in message


MISPLACED = [
    "o: {type: rfc2136, server: 192.0.2.53, tsig: {name: k, secret: 0123456}}",
    "o: {type: rfc2136, server: 192.0.2.53, tsig: {name: k, secret: '0123456'}}",
    "o: {type: rfc2136, server: 192.0.2.53, tsig: {name: k, secret: {value: hunter2}}}",
    "o: {type: rfc2136, server: 192.0.2.53, tsig: hunter2}",
    "o: {type: rfc2136, server: 192.0.2.53, tsig: {name: k, secret: *hunter2}}",
    "o: {type: rfc2136, server: 192.0.2.53, tsig: {name: k, secret: !hunter2 x}}",
    "o: {type: rfc2136, server: 192.0.2.53, tsig: {name: k, secret: !!int hunter2}}",
    "o: {type: rfc2136, server: 192.0.2.53, tsig: {name: k, secret: [hunter2}}",
    "o: {type: rfc2136, server: hunter2!, unsigned: true}",
    "o: {type: rfc2136, server: 192.0.2.53, port: hunter2, unsigned: true}",
    "o: {type: zonefile, directory: zones, reload: hunter2}",
    "o: hunter2",
    "o: [hunter2]",
    "o: 0123456",
]


@pytest.mark.parametrize("block", MISPLACED)
def test_a_secret_in_the_wrong_place_is_never_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], block: str
) -> None:
    text = f"mxsync: 1\nproviders:\n  {block}\ndefaults: {{provider: o}}\nzones: {{example.com: null_mx}}\n"
    (tmp_path / "mxsync.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    formats = {"validate": ("text", "json", "github", "sarif"), "plan": ("text", "json"), "apply": ("text",)}
    for command, outputs in formats.items():
        for output in outputs:
            code = group.main([command, "--format", output], standalone_mode=False)
            shown = "".join(capsys.readouterr())
            assert code == 3
            assert "MX029" in shown
            assert "hunter2" not in shown
            assert "0123456" not in shown
