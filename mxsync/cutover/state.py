"""The file that says how far a cutover is: `cutover.yaml`, in the manifest's folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import pydantic

from mxsync import names
from mxsync.cutover.stages import MAX_SECONDS, Move, Stage, Timing
from mxsync.errors import CutoverError, InvalidManifest, InvalidName, InvalidSet
from mxsync.manifest.document import Mapping, plain, read_document
from mxsync.model import MX, MXSet
from mxsync.strict import Strict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.names import Name

MAX_OCTETS = 16 * 1024 * 1024
"""The largest file that is read."""
_HEAD = """\
# How far a cutover is, written by `mxsync cutover`. Commit it beside the manifest: while the cutover is under way it
# says what these owners shall have, and `mxsync plan`, `apply` and `drift` keep to it.
"""
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
"""Whole seconds would let a stage begin up to one too early."""
_LAST_YEAR = 9000
"""Beyond it there are times that cannot be told."""
_RECORD = re.compile(r"(0|[1-9][0-9]{0,4}) (\S+)")


@dataclass(frozen=True, slots=True)
class State:
    """A cutover, and how far it is."""

    timing: Timing
    moves: tuple[Move, ...]
    stage: Stage = Stage.PLANNED
    """The stage that was begun last."""
    verified: datetime | None = None
    """Since when every authoritative server is known to answer it, in UTC; None while that is not known."""


_Seconds = Annotated[int, pydantic.Field(ge=0, le=MAX_SECONDS)]


class _Set(Strict):
    ttl: _Seconds
    records: list[str] = pydantic.Field(min_length=1)

    def value(self) -> MXSet:
        """Give the set. Raises InvalidSet, InvalidName."""
        return MXSet.of(self.ttl, map(_record, self.records))


class _Move(Strict):
    provider: str
    zone: str
    owner: str
    old: _Set | None
    new: _Set
    negative_ttl: _Seconds | None = None


class _File(Strict):
    cutover: Literal[1]
    low_ttl: _Seconds
    soak: _Seconds
    swap: bool
    stage: Literal["planned", "lowered", "both", "switched", "done", "aborted"]
    verified: str | None
    moves: list[_Move] = pydantic.Field(min_length=1)


def read_state(data: bytes, shown: str) -> State:
    """Read the file; `shown` is its name for messages. Raises CutoverError with the place of what is wrong."""
    try:
        root = read_document(data, shown)
    except InvalidManifest as error:
        first = error.findings[0]
        raise CutoverError(f"{first.place}: {first.message}") from error
    try:
        file = _File.model_validate(plain(root) if isinstance(root, Mapping) else None)
        verified = file.verified and datetime.strptime(file.verified, _TIME).replace(tzinfo=UTC)
        if verified and verified.year > _LAST_YEAR:
            raise ValueError(f"nothing was verified in {verified.year}")  # noqa: TRY301 - as all that is wrong in it
        moves = tuple(_move(each) for each in file.moves)
    except pydantic.ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, detail["loc"])) or "it"
        raise CutoverError(
            f"{shown}: {where} is not what 'mxsync cutover' writes: {detail['msg']}; take the file from git again"
        ) from error
    except (InvalidName, InvalidSet, ValueError) as error:
        raise CutoverError(
            f"{shown} is not what 'mxsync cutover' writes: {error}; take the file from git again"
        ) from error
    state = State(Timing(file.low_ttl, file.soak, file.swap), moves, Stage(file.stage), verified or None)
    if file.swap and state.stage is Stage.BOTH:
        raise CutoverError(f"{shown}: with swap there is no stage 'both'; take the file from git again")
    return state


def write_state(state: State) -> str:
    """Write the file; a stage more changes two lines of it."""
    verified = f'"{state.verified.astimezone(UTC):{_TIME}}"' if state.verified else "null"
    lines = [
        "cutover: 1",
        f"low_ttl: {state.timing.low_ttl}",
        f"soak: {state.timing.soak}",
        f"swap: {'true' if state.timing.swap else 'false'}",
        f"stage: {state.stage}",
        f"verified: {verified}",
        "moves:",
    ]
    for move in state.moves:
        lines += [
            f"  - provider: {_quoted(move.provider)}",
            f"    zone: {_quoted(move.zone)}",
            f"    owner: {_quoted(move.owner)}",
            *_set("old", move.old),
            *_set("new", move.new),
        ]
        if move.negative_ttl is not None:
            lines.append(f"    negative_ttl: {move.negative_ttl}")
    return _HEAD + "\n".join(lines) + "\n"


def _set(key: str, value: MXSet | None) -> Iterator[str]:
    if value is None:
        yield f"    {key}: null"
        return
    yield f"    {key}:"
    yield f"      ttl: {value.ttl}"
    yield "      records:"
    for record in value.records:
        yield f"        - {_quoted(str(record))}"


def _quoted(text: str) -> str:
    """Write text so that it is text to every reader of YAML; names may hold backslashes, and no quotes alone."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _move(document: _Move) -> Move:
    return Move(
        document.provider,
        _name(document.zone),
        _name(document.owner),
        document.old.value() if document.old else None,
        document.new.value(),
        document.negative_ttl,
    )


def _record(text: str) -> MX:
    match = _RECORD.fullmatch(text)
    if not match:
        raise ValueError(f"{text[:60]!r} is no record")
    return MX(int(match[1]), _name(match[2]))


def _name(text: str) -> Name:
    found = names.parse(text)
    if found != text:
        raise ValueError(f"{text[:60]!r} is no name in the form {found}")
    return found
