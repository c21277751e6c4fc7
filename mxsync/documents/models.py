"""The shape of each document, for its readers and for the schemas that are published."""

from __future__ import annotations

from typing import Any, Literal

import pydantic

from mxsync.documents.values import FindingDocument, NameText, Part, SetDocument


class ChangeDocument(Part):
    """A change of one MX set at one provider."""

    provider: str
    zone: NameText
    owner: NameText
    action: Literal["create", "update", "delete"]
    impact: Literal["create", "delete", "ttl", "renumber", "backup", "primary", "to-null", "from-null"]
    effect: str = pydantic.Field(description="What happens to mail, in one sentence.")
    cached_for: int | None = pydantic.Field(
        description="For how many seconds caches may keep the old answer; null where that is not known."
    )
    addressed: bool | None = pydantic.Field(
        default=None, description="Whether the owner has an address of its own; null where that is not known."
    )
    before: SetDocument | None = pydantic.Field(description="The set that was seen; null for none.")
    after: SetDocument | None = pydantic.Field(description="The set that is wanted; null for none.")


class BlockedDocument(Part):
    """An owner in a state in which no MX set may be written."""

    provider: str
    zone: NameText
    owner: NameText | None
    reason: str


class FailedDocument(Part):
    """An owner, or with owner null a whole zone, that could not be read."""

    provider: str
    zone: NameText
    owner: NameText | None
    owners: list[NameText] = pydantic.Field(
        default_factory=list, description="Of a whole zone: the owners that the manifest manages."
    )
    message: str


class OwnerDocument(Part):
    """A set that stays as it is; null for none."""

    provider: str
    zone: NameText
    owner: NameText
    set: SetDocument | None


class ManifestDocument(Part):
    """A file that the plan was made of."""

    path: str
    sha256: str


class AllowedDocument(Part):
    """What was allowed when the plan was made."""

    deletes: int = pydantic.Field(default=0, ge=0)
    large: bool = False


class PlanDocument(Part):
    """A plan: every change that an apply of it would make, each with the set that must still be there."""

    format: Literal["mxsync.plan/1"]
    mxsync: str = pydantic.Field(description="The version that made it.")
    created: str = pydantic.Field(description="When it was made, in UTC.")
    digest: str = pydantic.Field(
        description="SHA-256 of the canonical JSON without the fields digest, created and mxsync."
    )
    complete: bool = pydantic.Field(description="Whether everything that the manifest manages could be read.")
    providers: dict[str, dict[str, Any]] = pydantic.Field(
        description="The provider blocks, with references in place of secrets."
    )
    folders: dict[str, str] = pydantic.Field(
        default_factory=dict,
        description="By provider, the folder that its relative paths start from, as seen from where the plan was made.",
    )
    manifests: list[ManifestDocument] = pydantic.Field(default_factory=list)
    allowed: AllowedDocument = AllowedDocument()
    targets: list[str] = pydantic.Field(
        default_factory=list,
        description="The zones and owners that the plan is limited to; none: to nothing.",
    )
    undoes: str | None = pydantic.Field(default=None, description="The run that the plan takes back.")
    summary: dict[str, int]
    changes: list[ChangeDocument]
    blocked: list[BlockedDocument]
    failed: list[FailedDocument]
    unmanaged: list[OwnerDocument]
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

    provider: str
    zone: NameText
    owner: NameText | None = pydantic.Field(description="Null for a zone that could not be read.")
    outcome: Literal["applied", "conflict", "blocked", "failed", "unknown", "already", "skipped"]
    before: SetDocument | None
    after: SetDocument | None
    found: SetDocument | None = pydantic.Field(
        default=None, description="What was seen last; the key is missing where nothing was seen."
    )
    message: str
    cached_until: str | None = pydantic.Field(
        default=None, description="Until when caches may keep the old answer, in UTC; null where not known."
    )


class DivergedDocument(Part):
    """An owner that was to be alike at several providers and now is not."""

    zone: NameText
    owner: NameText


class ReportDocument(Part):
    """What came of an apply, set by set."""

    format: Literal["mxsync.report/1"]
    run: str | None = pydantic.Field(default=None, description="The run's name in the journal.")
    interrupted: bool
    halted: str = pydantic.Field(default="", description="Why the run ended before all was sent.")
    results: list[ResultDocument]
    diverged: list[DivergedDocument]
    summary: dict[str, int]


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

    run: str
    started: str
    ended: str | None = pydantic.Field(description="Null for a run that was broken off, or goes on now.")
    state: Literal["done", "interrupted", "broken off"]
    plan: str = pydantic.Field(description="The digest of its plan.")
    undoes: str | None = pydantic.Field(default=None, description="The run that it takes back.")
    changes: int
    summary: dict[str, int]


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
    time: str
    format: Literal["mxsync.journal/1"]
    mxsync: str
    run: str
    plan: str = pydantic.Field(description="The digest of the plan.")
    undoes: str | None = pydantic.Field(default=None, description="The run that this one takes back.")
    providers: dict[str, dict[str, Any]]
    folders: dict[str, str]
    manifests: list[ManifestDocument]
    changes: int


class IntentEvent(Part):
    """A change that may have been sent from here on."""

    event: Literal["intent"]
    time: str
    provider: str
    zone: NameText
    owner: NameText
    before: SetDocument | None
    after: SetDocument | None


class ResultEvent(Part):
    """What came of a change; the last one counts."""

    event: Literal["result"]
    time: str
    provider: str
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
    time: str
    interrupted: bool
    halted: str = ""
    exit: int


Event = BeginEvent | IntentEvent | ResultEvent | EndEvent


class JournalLine(pydantic.RootModel[Event]):
    """One line of a journal."""
