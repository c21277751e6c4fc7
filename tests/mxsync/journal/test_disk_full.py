"""The journal itself, where a disk is full and has room again."""

from __future__ import annotations

import errno
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mxsync import names
from mxsync.change import Change, Outcome
from mxsync.errors import JournalError
from mxsync.impact import impact
from mxsync.journal.reader import read_run
from mxsync.journal.writer import Journal
from mxsync.plan import Plan, PlannedChange, Provenance
from mxsync.report import Report, Result
from support.projects import events_in
from support.sets import mx_set

ZONE = names.parse("example.com.")
CHANGE = Change(ZONE, mx_set(3600, "10 old.example.net."), mx_set(3600, "10 mx.example.net."))
ITEM = PlannedChange("files", ZONE, CHANGE, impact(CHANGE), 3600)
RESULT = Result("files", ZONE, ZONE, Outcome.APPLIED, CHANGE)


@contextmanager
def room(octets: int) -> Iterator[None]:
    """Let no file grow beyond this size: a write ends in its middle, as where a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    plan = Plan((ITEM,), 0, (), (), ())
    provenance = Provenance({"files": {"type": "zonefile"}}, {"files": "."}, (), ())
    with Journal.begin(tmp_path, plan, provenance, "sha256:0") as begun:
        yield begun


def test_half_a_line_is_taken_back_and_does_not_spoil_the_next_one(journal: Journal) -> None:
    journal.intends([ITEM])
    before = journal.path.read_bytes()
    with room(len(before) + 50):
        journal.settled(RESULT)
    assert journal.path.read_bytes() == before
    assert journal.trouble == f"the journal {journal.path} cannot be written: File too large"
    journal.settled(RESULT)
    journal.end(Report((RESULT,)))
    assert [event["event"] for event in events_in(journal.path)] == ["begin", "intent", "result", "end"]
    assert read_run(journal.path.parent, journal.run).summary == {"applied": 1}


def test_once_an_outcome_could_not_be_written_nothing_more_may_be_sent(journal: Journal) -> None:
    journal.intends([ITEM])
    with room(journal.path.stat().st_size + 50):
        journal.settled(RESULT)
    with pytest.raises(JournalError, match="cannot be written: File too large"):
        journal.intends([ITEM])


def test_an_intent_that_does_not_reach_the_disk_may_not_be_sent(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("os.fdatasync", broken)  # no disk here fails on demand
    with pytest.raises(JournalError, match="cannot be written: Input/output error"):
        journal.intends([ITEM])


def test_a_run_that_cannot_even_begin_leaves_nothing_behind(tmp_path: Path) -> None:
    with room(50), pytest.raises(JournalError, match="cannot be written: File too large"):
        Journal.begin(
            tmp_path, Plan((ITEM,), 0, (), (), ()), Provenance({"files": {}}, {}, (), ()), "sha256:0"
        )
    assert list(tmp_path.iterdir()) == []
