"""The shape of each document, for its readers and for the schemas that are published."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pydantic

from mxsync.documents.parts import (
    BlockName,
    FindingDocument,
    Moment,
    NameText,
    Number,
    Part,
    Seconds,
    SetDocument,
    Word,
)


class ChangeDocument(Part):
    """A change of one MX set at one provider."""

    provider: BlockName
    zone: NameText
    owner: NameText
    action: Literal["create", "update", "delete"]
    impact: Literal["create", "delete", "ttl", "renumber", "backup", "primary", "to-null", "from-null"]
    effect: str = pydantic.Field(description="What happens to mail, in one sentence.")
    cached_for: Seconds | None = pydantic.Field(
        description="For how many seconds caches may keep the old answer; null where that is not known."
    )
    addressed: bool | None = pydantic.Field(
        default=None, description="Whether the owner has an address of its own; null where that is not known."
    )
    before: SetDocument | None = pydantic.Field(description="The set that was seen; null for none.")
    after: SetDocument | None = pydantic.Field(description="The set that is wanted; null for none.")


class BlockedDocument(Part):
    """An owner in a state in which no MX set may be written."""

    provider: BlockName
    zone: NameText
    owner: NameText | None
    reason: str


class FailedDocument(Part):
    """An owner, or with owner null a whole zone, that could not be read."""

    provider: BlockName
    zone: NameText
    owner: NameText | None
    owners: list[NameText] = pydantic.Field(
        default_factory=list, description="Of a whole zone: the owners that the manifest manages."
    )
    message: str


class OwnerDocument(Part):
    """A set that stays as it is; null for none."""

    provider: BlockName
    zone: NameText
    owner: NameText
    set: SetDocument | None


class UnmanagedDocument(OwnerDocument):
    """A set that is not in the manifest, and stays."""

    set: SetDocument


class ManifestDocument(Part):
    """A file that the plan was made of."""

    path: str
    sha256: Word


class AllowedDocument(Part):
    """What was allowed when the plan was made."""

    deletes: Number = 0
    large: bool = False


class PlanDocument(Part):
    """A plan: every change that an apply of it would make, each with the set that must still be there."""

    format: Literal["mxsync.plan/1"]
    mxsync: Word = pydantic.Field(description="The version that made it.")
    created: Moment = pydantic.Field(description="When it was made, in UTC.")
    digest: Word = pydantic.Field(
        description="SHA-256 of the canonical JSON without the fields digest, created and mxsync."
    )
    complete: bool = pydantic.Field(description="Whether everything that the manifest manages could be read.")
    providers: dict[BlockName, dict[str, Any]] = pydantic.Field(
        description="The provider blocks, with references in place of secrets."
    )
    folders: dict[BlockName, str] = pydantic.Field(
        default_factory=dict,
        description="By provider, the folder that its relative paths start from, as seen from where the plan was made.",
    )
    manifests: list[ManifestDocument] = pydantic.Field(default_factory=list)
    allowed: AllowedDocument = AllowedDocument()
    targets: list[NameText] = pydantic.Field(
        default_factory=list,
        description="The zones and owners that the plan is limited to; none: to nothing.",
    )
    undoes: Word | None = pydantic.Field(default=None, description="The run that the plan takes back.")
    summary: dict[str, Number]
    changes: list[ChangeDocument]
    blocked: list[BlockedDocument]
    failed: list[FailedDocument]
    unmanaged: list[UnmanagedDocument]
    companions: list[OwnerDocument] = pydantic.Field(
        default_factory=list,
        description="Sets that are as wanted, at owners that another provider is to be changed for.",
    )
    findings: list[FindingDocument]


class FindingsDocument(Part):
    """What is wrong with a manifest, or worth knowing about it."""

    format: Literal["mxsync.findings/1"]
    findings: list[FindingDocument]


class ResultDocument(Part):
    """What came of one planned change, or of a set or zone that could not be planned."""

    provider: BlockName
    zone: NameText
    owner: NameText | None = pydantic.Field(description="Null for a zone that could not be read.")
    outcome: Literal["applied", "conflict", "blocked", "failed", "unknown", "already", "skipped"]
    before: SetDocument | None
    after: SetDocument | None
    found: SetDocument | None = pydantic.Field(
        default=None, description="What was seen last; the key is missing where nothing was seen."
    )
    message: str
    cached_until: Moment | None = pydantic.Field(
        default=None, description="Until when caches may keep the old answer, in UTC; null where not known."
    )


class DivergedDocument(Part):
    """An owner that was to be alike at several providers and now is not."""

    zone: NameText
    owner: NameText


class ReportDocument(Part):
    """What came of an apply, set by set."""

    format: Literal["mxsync.report/1"]
    run: Word | None = pydantic.Field(default=None, description="The run's name in the journal.")
    interrupted: bool
    halted: str = pydantic.Field(default="", description="Why the run ended before all was sent.")
    results: list[ResultDocument]
    diverged: list[DivergedDocument]
    summary: dict[str, Number]


class RuleDocument(Part):
    """A rule, with all there is to say about it."""

    id: str
    severity: str
    title: str
    why: str
    source: str
    wrong: str
    right: str
    waivable: bool


class RulesDocument(Part):
    """The rules."""

    format: Literal["mxsync.rules/1"]
    rules: list[RuleDocument]


class RunHead(Part):
    """A run of the journal."""

    run: Word
    started: Moment
    ended: Moment | None = pydantic.Field(description="Null for a run that was broken off, or goes on now.")
    state: Literal["done", "interrupted", "broken off"]
    plan: Word = pydantic.Field(description="The digest of its plan.")
    undoes: Word | None = pydantic.Field(default=None, description="The run that it takes back.")
    changes: Number
    summary: dict[str, Number]


class HistoryDocument(Part):
    """The runs of a journal, the newest first."""

    format: Literal["mxsync.history/1"]
    runs: list[RunHead]


class SentDocument(ResultDocument):
    """What the journal holds of one change."""

    sent: bool = pydantic.Field(description="Whether it may have been sent.")


class RunDocument(RunHead):
    """One run of the journal, with what came of each set."""

    format: Literal["mxsync.run/1"]
    results: list[SentDocument]


class BeginEvent(Part):
    """The head of a run."""

    event: Literal["begin"]
    time: Moment
    format: Literal["mxsync.journal/1"]
    mxsync: Word
    run: Word
    plan: Word = pydantic.Field(description="The digest of the plan.")
    undoes: Word | None = pydantic.Field(default=None, description="The run that this one takes back.")
    providers: dict[BlockName, dict[str, Any]]
    folders: dict[BlockName, str]
    manifests: list[ManifestDocument]
    changes: Number


class IntentEvent(Part):
    """A change that may have been sent from here on."""

    event: Literal["intent"]
    time: Moment
    provider: BlockName
    zone: NameText
    owner: NameText
    before: SetDocument | None
    after: SetDocument | None


class ResultEvent(Part):
    """What came of a change; the last one counts."""

    event: Literal["result"]
    time: Moment
    provider: BlockName
    zone: NameText
    owner: NameText
    outcome: Literal["applied", "conflict", "blocked", "failed", "unknown", "already", "skipped"]
    before: SetDocument | None
    after: SetDocument | None
    found: SetDocument | None = None
    message: str


class EndEvent(Part):
    """The end of a run that was not broken off."""

    event: Literal["end"]
    time: Moment
    interrupted: bool
    halted: str = ""
    exit: int


Event = Annotated[BeginEvent | IntentEvent | ResultEvent | EndEvent, pydantic.Field(discriminator="event")]


class JournalLine(pydantic.RootModel[Event]):
    """One line of a journal."""
