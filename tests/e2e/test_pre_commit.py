"""The hook for pre-commit, through pre-commit itself.

It makes the hook's environment by itself, of a repository with mxsync. That asks no index: what mxsync needs is
found among the packages that run the tests.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.distributions import REPOSITORY, run

PAGE = (REPOSITORY / "docs/pipelines.md").read_text("utf-8")
SOURCES = ("mxsync", "providers", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")


def git(folder: Path, *arguments: str) -> str:
    return run("git", "-C", folder, "-c", "user.name=Alice", "-c", "user.email=alice@example.com", *arguments)


def commit_all(folder: Path) -> str:
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=Everything")
    return git(folder, "rev-parse", "HEAD").strip()


@dataclass(frozen=True)
class Hooked:
    """A repository with manifests that uses the hook."""

    folder: Path
    home: Path

    def run(self, *changed: str) -> tuple[int, str]:
        """Run the hook for files that have changed; give its exit code and what it shows."""
        git(self.folder, "add", ".")
        done = subprocess.run(
            [
                Path(sys.executable).parent / "pre-commit",
                "run",
                "--color=never",
                "--verbose",
                "--files",
                *changed,
            ],
            cwd=self.folder,
            env={
                **os.environ,
                "PRE_COMMIT_HOME": str(self.home),
                "PYTHONPATH": sysconfig.get_path("purelib"),
                "PIP_NO_INDEX": "1",
                "PIP_NO_BUILD_ISOLATION": "0",  # pip's way of saying: without
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A repository of mxsync, and its commit."""
    folder = tmp_path_factory.mktemp("mxsync")
    for name in SOURCES:
        path = REPOSITORY / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, folder)
    return folder, commit_all(folder)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environments that it made."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def hooked(tmp_path: Path, source: tuple[Path, str], home: Path) -> Hooked:
    """The quickstart with the configuration that the manual shows."""
    folder = tmp_path / "zones"
    shutil.copytree(REPOSITORY / "examples/quickstart", folder)
    match = re.search(
        r"<!-- \.pre-commit-config\.yaml -->\n```yaml\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE
    )
    assert match
    where = re.sub(r"repo: .*", f"repo: {source[0]}", re.sub(r"rev: .*", f"rev: {source[1]}", match[1]))
    (folder / ".pre-commit-config.yaml").write_text(where, "utf-8")
    commit_all(folder)
    return Hooked(folder, home)


def test_a_valid_manifest_passes(hooked: Hooked) -> None:
    code, shown = hooked.run("mxsync.yaml")
    assert code == 0, shown
    assert "Valid: 7 MX sets in 3 zones." in shown


def test_a_mistake_is_shown_and_keeps_the_commit_from_being_made(hooked: Hooked) -> None:
    manifest = hooked.folder / "mxsync.yaml"
    manifest.write_text(
        manifest.read_text("utf-8").replace("10 mx1.example.net.", "10 192.0.2.25", 1), "utf-8"
    )
    code, shown = hooked.run("mxsync.yaml")
    assert code == 1
    assert "MX002" in shown
    assert "exit code: 3" in shown


def test_a_commit_of_other_files_is_not_held_up(hooked: Hooked) -> None:
    (hooked.folder / "README.md").write_text("Our zones.\n", "utf-8")
    code, shown = hooked.run("README.md")
    assert code == 0
    assert "no files to check" in shown


def test_a_manifest_of_many_files_is_checked_as_a_whole(hooked: Hooked) -> None:
    folder = hooked.folder / "mail"
    folder.mkdir()
    shutil.move(hooked.folder / "zones", folder)
    whole = (hooked.folder / "mxsync.yaml").read_text("utf-8")
    head, zones = whole.split("\nzones:\n")
    (folder / "head.yaml").write_text(head, "utf-8")
    (folder / "zones.yaml").write_text(f"mxsync: 1\nzones:\n{zones}", "utf-8")
    (hooked.folder / "mxsync.yaml").unlink()
    config = hooked.folder / ".pre-commit-config.yaml"
    config.write_text(config.read_text("utf-8").rstrip() + "\n        args: [mail]\n", "utf-8")
    code, shown = hooked.run("mail/zones.yaml")
    assert code == 0, shown
    assert "Valid: 7 MX sets in 3 zones." in shown
