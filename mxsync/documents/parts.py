"""What documents are made of, for their readers and their schemas."""

from __future__ import annotations

from typing import Annotated, Literal

import pydantic

from mxsync import names
from mxsync.diagnostic import Diagnostic, Place, Severity
from mxsync.errors import InvalidName
from mxsync.model import MAX_PREFERENCE, MAX_WIRE_TTL, MX, MXSet
from mxsync.names import Name


class Part(pydantic.BaseModel):
    """The base of everything that documents hold: values are not converted, unknown fields passed over."""

    model_config = pydantic.ConfigDict(extra="ignore", strict=True, frozen=True, hide_input_in_errors=True)


def _canonical(text: str) -> Name:
    try:
        if names.parse(text) == text:
            return Name(text)
    except InvalidName:
        pass
    raise ValueError("this is no domain name in the form that mxsync writes: absolute, in lower case")


NameText = Annotated[str, pydantic.AfterValidator(_canonical)]
"""A domain name, absolute and in lower case, as `mx1.example.net.`."""

BlockName = Annotated[str, pydantic.Field(pattern="^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=64)]
"""The name of a provider block, as in manifests."""
Word = Annotated[str, pydantic.Field(pattern="^[A-Za-z0-9_.:+-]*$", max_length=120)]
"""A number, a version or the like: fit for a terminal whoever wrote it."""
Moment = Annotated[str, pydantic.Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$")]
"""A time in UTC, as `2026-11-23T10:00:00Z`."""
Number = Annotated[int, pydantic.Field(ge=0)]
"""How many there are."""
Seconds = Annotated[int, pydantic.Field(ge=0, le=MAX_WIRE_TTL)]
"""For how long a cache may keep something."""


class RecordDocument(Part):
    """One MX record."""

    preference: int = pydantic.Field(ge=0, le=MAX_PREFERENCE)
    exchange: NameText


class SetDocument(Part):
    """An MX set."""

    ttl: Seconds = pydantic.Field(description="For how long caches may keep it, in seconds.")
    records: list[RecordDocument] = pydantic.Field(min_length=1)

    def value(self) -> MXSet:
        """Give the set itself. Raises InvalidSet for a record that stands twice."""
        return MXSet.of(self.ttl, (MX(it.preference, Name(it.exchange)) for it in self.records))


def set_value(document: SetDocument | None) -> MXSet | None:
    """Give the set that a document holds, None where it holds none. Raises InvalidSet."""
    return document.value() if document else None


class FindingDocument(Part):
    """What a rule or a guard has found."""

    rule: Word
    severity: Literal["error", "warning", "info"]
    message: str
    help: str | None = None
    file: str | None = None
    line: int | None = pydantic.Field(default=None, ge=1)
    column: int | None = pydantic.Field(default=None, ge=1)
    zone: str | None = None
    owner: str | None = None
    waived: bool = False
    refuses: bool = pydantic.Field(default=False, description="Whether the plan must not be applied for it.")


def finding_value(document: FindingDocument) -> Diagnostic:
    """Give the finding that a document holds; whether it could be waived is not in it.

    Its line is not shown: the file may have changed since, and a document of a stranger may name any file.
    """
    place = Place(document.file, document.line or 1, document.column or 1) if document.file else None
    return Diagnostic(
        document.rule,
        Severity(document.severity),
        document.message,
        place,
        document.help,
        document.zone,
        document.owner,
        waived=document.waived,
        private=True,
    )
