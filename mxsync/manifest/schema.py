"""The shape of a manifest file: which keys there are and what they hold."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

import pydantic
from pydantic_core import PydanticCustomError

from mxsync.manifest import keywords
from mxsync.model import MAX_PREFERENCE
from mxsync.rules.checks import MAX_RECORDS
from mxsync.strict import PathText, Strict

MAX_TTL = 2**31 - 1
"""The largest TTL that means anything (RFC 2181 §8), in seconds."""

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
"""What the letters of a TTL stand for, in seconds."""

_TTL = re.compile(r"(0|[1-9][0-9]{0,9})([smhdw])")
_RECORD = re.compile(r"(\S+)[ \t]+(\S.*)", re.DOTALL)
_DIGITS = re.compile(r"0|[1-9][0-9]{0,9}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZONE_KEYS = frozenset({"mx", "provider", "providers", "scope", "waive", "preference_match"})


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _version(value: object) -> object:
    if not _is_int(value) or value != 1:
        raise PydanticCustomError("MX029", "this version of the format is not known; write 'mxsync: 1'")
    return value


def _ttl(value: object) -> object:
    if isinstance(value, str) and (match := _TTL.fullmatch(value)):
        value = int(match[1]) * UNITS[match[2]]
    if not isinstance(value, int) or isinstance(value, bool):
        raise PydanticCustomError(
            "MX013", "the TTL is not a whole number of seconds, nor one like 30m, 1h, 1d or 1w"
        )
    if not 0 <= value <= MAX_TTL:
        raise PydanticCustomError("MX013", "the TTL is outside of 0..2147483647 seconds")
    return value


def _preference(value: object) -> object:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_PREFERENCE:
        raise PydanticCustomError("MX001", "the preference is not a whole number from 0 to 65535")
    return value


def _record(value: object) -> object:
    if isinstance(value, dict):
        return value
    match = _RECORD.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise PydanticCustomError(
            "MX029", "a record is a preference and an exchange, like '10 mx1.example.net.'"
        )
    return {"preference": int(match[1]) if _DIGITS.fullmatch(match[1]) else match[1], "exchange": match[2]}


def _records(value: object) -> object:
    if value == []:
        raise PydanticCustomError(
            "MX009", "the set has no record: write null_mx for no mail, or absent for no MX set"
        )
    return value


def _date(value: object) -> object:
    try:
        # Alone, Python would take 20270630 and 2027-W26-3 as well.
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("MX029", "the date is not one like 2027-06-30")


Ttl = Annotated[int, pydantic.BeforeValidator(_ttl), pydantic.WithJsonSchema(keywords.ttl(MAX_TTL, UNITS))]
"""Seconds, or a number with a unit."""
Preference = Annotated[
    int,
    pydantic.BeforeValidator(_preference),
    pydantic.WithJsonSchema(keywords.preference(MAX_PREFERENCE)),
]
BlockName = Annotated[str, pydantic.Field(pattern=keywords.BLOCK_NAME, max_length=keywords.MAX_BLOCK_NAME)]
"""What a provider block or a set may be called."""
ZoneName = Annotated[str, pydantic.WithJsonSchema(keywords.ZONE)]
OwnerName = Annotated[str, pydantic.WithJsonSchema(keywords.NAME)]


class Record(Strict):
    """One MX record, `10 mx1.example.net.` or `{preference: 10, exchange: mx1.example.net.}`."""

    preference: Preference
    exchange: str = pydantic.Field(
        description="The host that takes the mail; of one label alone, relative to the zone.",
        json_schema_extra=keywords.NAME,
    )


Records = Annotated[
    list[
        Annotated[
            Record,
            pydantic.BeforeValidator(_record),
            pydantic.Field(json_schema_extra=keywords.or_else(keywords.record(MAX_PREFERENCE))),
        ]
    ],
    pydantic.BeforeValidator(_records),
    pydantic.Field(json_schema_extra={"minItems": 1, "maxItems": MAX_RECORDS}),
]


class RecordsWithTtl(Strict):
    """A set that says its own TTL."""

    ttl: Ttl | None = None
    records: Records


class SetWithTtl(Strict):
    """A named set under another TTL."""

    ttl: Ttl | None = None
    set: str = pydantic.Field(
        description="The name of a set below `sets`, or null_mx.", json_schema_extra=keywords.SET
    )


def _zone_kind(value: object) -> str:
    """Tell the forms of a zone apart, by what was most likely meant."""
    if isinstance(value, dict) and (value.keys() & _ZONE_KEYS or not value.keys() & {"set", "records"}):
        return "(zone)"
    return _owner_kind(value)


def _owner_kind(value: object) -> str:
    if isinstance(value, dict):
        return "(set)" if "set" in value else "(records)"
    return "(list)" if isinstance(value, list) else "(word)"


def _set_kind(value: object) -> str:
    return "(records)" if isinstance(value, dict) else _owner_kind(value)


# The tags appear in pydantic's locations, where parentheses tell them from keys.
_Word = Annotated[str, pydantic.Tag("(word)"), pydantic.WithJsonSchema(keywords.WORD)]
_List = Annotated[Records, pydantic.Tag("(list)")]
_WithTtl = Annotated[RecordsWithTtl, pydantic.Tag("(records)")]
_Set = Annotated[SetWithTtl, pydantic.Tag("(set)")]

OwnerValue = Annotated[_Word | _List | _WithTtl | _Set, pydantic.Discriminator(_owner_kind)]
"""What an owner shall have: a set's name, `null_mx`, `absent`, records, or one of these with a TTL."""
NamedSet = Annotated[_Word | _List | _WithTtl, pydantic.Discriminator(_set_kind)]
"""Records, or `builtin:NAME` for the set of a known operator."""


class _Provided(Strict):
    model_config = pydantic.ConfigDict(json_schema_extra=keywords.not_both("provider", "providers"))

    provider: str | None = pydantic.Field(None, description="Where the zone is: a name below `providers`.")
    providers: Annotated[list[str], pydantic.Field(min_length=1)] | None = pydantic.Field(
        None, description="Where the zone is, if it is kept alike at several providers."
    )
    ttl: Ttl | None = pydantic.Field(None, description="The TTL of sets that do not say one.")
    preference_match: Literal["exact", "order"] | None = pydantic.Field(
        None, description="order: other numbers in the same order are no difference."
    )

    @pydantic.model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.provider is not None and self.providers is not None:
            raise PydanticCustomError("MX029", "provider and providers exclude each other")
        return self

    @property
    def named(self) -> tuple[str, ...]:
        """The names of the provider blocks, in order."""
        return tuple(self.providers or ([self.provider] if self.provider is not None else []))


class Defaults(_Provided):
    """What counts where a zone does not say it."""


def _numbers(schema: dict[str, Any]) -> None:
    """Say in the JSON Schema which rules there are."""
    from mxsync.rules.catalog import RULES  # noqa: PLC0415 - what there is to say about rules, few runs need

    schema["anyOf"] = [{"enum": list(RULES)}, {"pattern": "^MXL"}]


class WaiverBlock(Strict):
    """A finding that is meant to be: it counts no more, until the end of a day (UTC)."""

    rule: str = pydantic.Field(description="The number of the rule, like MX008.", json_schema_extra=_numbers)
    owner: str | None = pydantic.Field(
        None, description="Whose set it is; all of the zone where none is named."
    )
    reason: str | None = pydantic.Field(None, description="Why; without a reason, MX030 warns.")
    until: Annotated[date, pydantic.BeforeValidator(_date), pydantic.WithJsonSchema(keywords.DATE)] = (
        pydantic.Field(description="The last day on which it counts (UTC), like 2027-06-30.")
    )


class ZoneBlock(_Provided):
    """The long form of a zone."""

    model_config = pydantic.ConfigDict(
        json_schema_extra=keywords.not_both("provider", "providers") | keywords.OWNERS
    )

    scope: Literal["owners", "zone"] = pydantic.Field(
        "owners",
        description="owners: only the owners below mx are mxsync's. zone: every MX set is, and one that is "
        "not named is deleted.",
    )
    mx: dict[OwnerName, OwnerValue] = pydantic.Field(
        description='What each owner shall have; "@" is the zone itself.'
    )
    waive: list[WaiverBlock] = pydantic.Field(
        default_factory=list, description="Findings of this zone that are meant to be."
    )


ZoneValue = Annotated[
    _Word | _List | _WithTtl | _Set | Annotated[ZoneBlock, pydantic.Tag("(zone)")],
    pydantic.Discriminator(_zone_kind),
]


class ZonesFrom(_Provided):
    """Zones from a file with one domain a line, all with the same value at the apex."""

    file: PathText = pydantic.Field(
        description="The list, relative to the manifest: one domain a line, and a set's name where it has its own."
    )
    mx: OwnerValue


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, dict) else value


class ProviderBlock(pydantic.BaseModel):
    """A provider; the keys besides `type` are the plug-in's."""

    model_config = pydantic.ConfigDict(
        extra="allow", strict=True, frozen=True, hide_input_in_errors=True, defer_build=True
    )

    type: str = pydantic.Field(description="What it is; `mxsync providers` shows what is installed.")

    @property
    def settings(self) -> dict[str, Any]:
        """The keys that the plug-in's own model reads."""
        return dict(self.model_extra or {})


class ManifestFile(Strict):
    """One file of a manifest."""

    mxsync: Annotated[
        int, pydantic.BeforeValidator(_version), pydantic.WithJsonSchema({"type": "integer", "const": 1})
    ] = pydantic.Field(description="The version of this format: 1.")
    providers: dict[BlockName, ProviderBlock] = pydantic.Field(
        default_factory=dict, description="Where zones are, under names of your choice."
    )
    sets: dict[BlockName, NamedSet] = pydantic.Field(
        default_factory=dict, description="MX sets with a name, for any number of domains."
    )
    defaults: Defaults | None = None
    live: Literal["dns", "none"] | None = pydantic.Field(
        None, description="dns: a plan asks resolvers whether new exchanges are hosts that take mail."
    )
    zones_from: Annotated[
        list[ZonesFrom],
        pydantic.BeforeValidator(_one_or_more),
        pydantic.Field(json_schema_extra=keywords.or_one),
    ] = pydantic.Field(default_factory=list, description="Zones from files that list domains.")
    zones: dict[ZoneName, ZoneValue] = pydantic.Field(
        default_factory=dict, description="The domains, and what each shall have."
    )
