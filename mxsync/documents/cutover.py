"""The shape of the document about a cutover."""

from __future__ import annotations

from typing import Literal

import pydantic

from mxsync.documents.parts import BlockName, Moment, NameText, Number, Part, SetDocument

StageName = Literal["planned", "lowered", "both", "switched", "done"]


class StageDocument(Part):
    """A stage of a cutover."""

    stage: StageName
    not_before: Moment | None = pydantic.Field(
        description="Before when it cannot begin, in UTC; null for one that has begun."
    )
    wait: Number = pydantic.Field(
        description="For how many seconds every name server must have answered it before the next one begins."
    )


class MoveDocument(Part):
    """An owner that moves, at one provider."""

    provider: BlockName
    zone: NameText
    owner: NameText
    sets: dict[StageName, SetDocument | None] = pydantic.Field(
        description="What it has in each stage; null for no set."
    )


class CutoverDocument(Part):
    """A cutover, how far it is, and what came of a run."""

    format: Literal["mxsync.cutover/1"]
    stage: Literal["planned", "lowered", "both", "switched", "done", "aborted"] = pydantic.Field(
        description="The stage that was begun last."
    )
    verified: Moment | None = pydantic.Field(
        description="Since when every name server is known to answer it, in UTC; null while that is not known."
    )
    due: Moment | None = pydantic.Field(
        description="When the next stage may begin, in UTC; null where not known, or where there is none."
    )
    event: Literal["taken", "finished", "waiting", "foreign", "failed"] | None = pydantic.Field(
        description="What came of a run or an abort; null for plan and status."
    )
    message: str
    low_ttl: Number
    soak: Number
    swap: bool
    stages: list[StageDocument]
    moves: list[MoveDocument]
