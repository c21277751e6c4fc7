"""Reads runs again, whatever state they were left in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pydantic

from mxsync.change import Change, Outcome
from mxsync.documents.models import BeginEvent, EndEvent, Event, IntentEvent, JournalLine, ResultEvent
from mxsync.documents.parts import set_value
from mxsync.errors import InvalidSet, JournalError
from mxsync.journal.runs import SUFFIX, Record, Run
from mxsync.journal.writer import FORMAT
from mxsync.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def run_names(folder: Path) -> list[str]:
    """List the runs of a journal, the oldest first. Raises JournalError."""
    try:
        return sorted(it.name.removesuffix(SUFFIX) for it in folder.iterdir() if it.name.endswith(SUFFIX))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise JournalError(f"the journal in {folder} cannot be read: {error.strerror or error}") from error


def read_run(folder: Path, name: str) -> Run:
    """Read a run of a journal, by its name or the beginning of it. Raises JournalError."""
    names = run_names(folder)
    fitting = [known for known in names if known == name] or [
        it for it in names if name and it.startswith(name)
    ]
    if len(fitting) != 1:
        what = f"{len(fitting)} runs begin with" if fitting else "there is no run"
        raise JournalError(f"{what} {name!r} in the journal in {folder}; 'mxsync history' shows them")
    run = _read(folder, fitting[0])
    if run is None:
        raise JournalError(
            f"run {fitting[0]} was broken off before anything was sent: there is nothing in it"
        )
    return run


def readable_runs(folder: Path) -> tuple[list[Run], list[str]]:
    """Read all runs of a journal, the newest first, and say of which files nothing can be read."""
    runs: list[Run] = []
    notes: list[str] = []
    for name in reversed(run_names(folder)):
        try:
            run = _read(folder, name)
        except JournalError as error:
            notes.append(str(error))
        else:
            runs += [run] if run else []
    return runs, notes


def last_change(folder: Path) -> Run:
    """Give the last run in which something was changed, or may have been.

    Raises JournalError, also where a later one cannot be read: who knows what it changed.
    """
    for name in reversed(run_names(folder)):
        run = _read(folder, name)
        if run and any(record.may_stand for record in run.records):
            return run
    raise JournalError(f"the journal in {folder} holds no run that changed anything")


def _read(folder: Path, name: str) -> Run | None:
    """Read a run; None if it was broken off before its head was written. Raises JournalError."""
    path = folder / f"{name}{SUFFIX}"
    try:
        # Where the machine went down, the end of the file may be anything.
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise JournalError(f"the journal {path} cannot be read: {error.strerror or error}") from error
    return _run(path, _events(path, text))


def _events(path: Path, text: str) -> Iterator[Event]:
    """Give the lines; the last one may have been cut, where the machine went down."""
    *lines, _cut = text.split("\n")
    for number, line in enumerate(lines, 1):
        try:
            event = JournalLine.model_validate_json(line).root
        except pydantic.ValidationError as error:
            raise JournalError(f"{path}:{number}: this is no line of a journal ({FORMAT})") from error
        if (number == 1) is not isinstance(event, BeginEvent):
            raise JournalError(
                f"{path}:{number}: a journal ({FORMAT}) has its head in the first line, and one only"
            )
        yield event


def _run(path: Path, events: Iterable[Event]) -> Run | None:
    """Put the events of a run together. Raises JournalError."""
    head = end = None
    records: dict[tuple[str, str, str], Record] = {}
    for number, event in enumerate(events, 1):
        match event:
            case BeginEvent():
                head = event
            case EndEvent():
                end = event
            case IntentEvent() | ResultEvent():
                key = (event.provider, event.zone, event.owner)
                try:
                    records[key] = _record(event, records.get(key))
                except (InvalidSet, ValueError) as error:
                    raise JournalError(f"{path}:{number}: mxsync never writes this: {error}") from error
    if head is None:
        return None
    if unknown := {provider for provider, _, _ in records} - head.providers.keys():
        raise JournalError(f"the journal {path} has no provider block '{min(unknown)}' in its head")
    return Run(path, head, end, tuple(records.values()))


def _record(event: IntentEvent | ResultEvent, before: Record | None) -> Record:
    change = Change(Name(event.owner), set_value(event.before), set_value(event.after))
    if isinstance(event, IntentEvent):
        return Record(event.provider, Name(event.zone), change, sent=True, outcome=None, time=event.time)
    seen = "found" in event.model_fields_set
    outcome = Outcome(event.outcome)
    # It may have been announced, together with others: none is skipped once it was sent.
    sent = outcome is not Outcome.SKIPPED and before is not None and before.sent
    return Record(
        event.provider,
        Name(event.zone),
        change,
        sent,
        outcome,
        set_value(event.found),
        seen,
        event.message,
        event.time,
    )
