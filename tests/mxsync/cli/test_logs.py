"""What providers log is shown on stderr: each warning once, and progress where it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.cli import mxsync

if TYPE_CHECKING:
    from pathlib import Path

TALKATIVE = '''\
"""A provider that says a lot."""

import logging

from mxsync.provider import Capabilities, Plugin
from mxsync.reading import Absent, ZoneReading
from mxsync.strict import Strict

LOG = logging.getLogger("mxsync.talkative")


class Config(Strict):
    pass


class Talkative:
    def read(self, requests):
        for request in requests:
            LOG.debug("not for people")
            LOG.info("asking")
            LOG.warning("look at\\nthis \\x1b[31m")
            LOG.warning("%d of %d", 1)
            LOG.error("%s is odd", "this")
            logging.getLogger("elsewhere").info("of somebody else")
            yield ZoneReading(request.zone, "one", dict.fromkeys(request.owners, Absent()))

    def write(self, batches):
        return iter(())


plugin = Plugin(
    "talkative", "says a lot", Config, Capabilities("exact", False), lambda config, context: Talkative()
)
'''
WARNINGS = [
    "mxsync: warning: look at this  [31m",
    "mxsync: warning: %d of %d",
    "mxsync: error: this is odd",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a manifest of two zones at a provider that says a lot."""
    (tmp_path / "talkative.py").write_text(TALKATIVE)
    entry = tmp_path / "talkative-1.dist-info"
    entry.mkdir()
    (entry / "METADATA").write_text("Metadata-Version: 2.1\nName: talkative\nVersion: 1\n")
    (entry / "entry_points.txt").write_text("[mxsync.providers]\ntalkative = talkative:plugin\n")
    (tmp_path / "mxsync.yaml").write_text(
        "mxsync: 1\nproviders: {loud: {type: talkative}}\ndefaults: {provider: loud}\n"
        "zones: {example.com: absent, example.net: absent}\n"
    )
    return tmp_path


def test_a_warning_is_one_line_on_stderr_and_is_shown_once(folder: Path) -> None:
    run = mxsync("plan", cwd=folder, PYTHONPATH=str(folder))
    assert run.code == 0
    assert [line for line in run.err.splitlines() if line.startswith("mxsync: ")] == WARNINGS
    assert "asking" not in run.err


@pytest.mark.parametrize("option", ["-v", "--verbose"])
@pytest.mark.parametrize("command", ["plan", "apply", "doctor"])
def test_verbose_shows_progress_too_each_time(folder: Path, command: str, option: str) -> None:
    run = mxsync(command, option, cwd=folder, PYTHONPATH=str(folder))
    said = [line for line in run.err.splitlines() if line.startswith("mxsync: ")]
    assert said.count("mxsync: asking") == 2
    assert [line for line in said if line != "mxsync: asking"] == WARNINGS


def test_a_document_on_stdout_stays_whole(folder: Path) -> None:
    run = mxsync("plan", "-v", "--format", "json", cwd=folder, PYTHONPATH=str(folder))
    assert run.document["format"] == "mxsync.plan/1"
    assert "mxsync: asking" in run.err
