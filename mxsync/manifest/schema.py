"""The shape of a manifest file: which keys there are and what they hold."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

import pydantic
from pydantic_core import PydanticCustomError

from mxsync.model import MAX_PREFERENCE
from mxsync.strict import PathText, Strict

MAX_TTL = 2**31 - 1
"""The largest TTL that means anything (RFC 2181 §8), in seconds."""

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
"""What the letters of a TTL stand for, in seconds."""

_TTL = re.compile(r"(0|[1-9][0-9]{0,9})([smhdw])")
_RECORD = re.compile(r"(\S+)[ \t]+(\S.*)", re.DOTALL)
_DIGITS = re.compile(r"0|[1-9][0-9]{0,9}")
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
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise PydanticCustomError("MX029", "the date is not one like 2027-06-30") from None


Ttl = Annotated[int, pydantic.BeforeValidator(_ttl)]
"""Seconds, or a number with a unit."""
Preference = Annotated[int, pydantic.BeforeValidator(_preference)]
BlockName = Annotated[str, pydantic.Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=64)]
"""What a provider block or a set may be called: a word that any terminal and any log can show."""


class Record(Strict):
    """One MX record, `10 mx1.example.net.` or `{preference: 10, exchange: mx1.example.net.}`."""

    preference: Preference
    exchange: str


Records = Annotated[
    list[Annotated[Record, pydantic.BeforeValidator(_record)]], pydantic.BeforeValidator(_records)
]


class RecordsWithTtl(Strict):
    """A set that says its own TTL."""

    ttl: Ttl | None = None
    records: Records


class SetWithTtl(Strict):
    """A named set under another TTL."""

    ttl: Ttl | None = None
    set: str


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
_Word = Annotated[str, pydantic.Tag("(word)")]
_List = Annotated[Records, pydantic.Tag("(list)")]
_WithTtl = Annotated[RecordsWithTtl, pydantic.Tag("(records)")]
_Set = Annotated[SetWithTtl, pydantic.Tag("(set)")]

OwnerValue = Annotated[_Word | _List | _WithTtl | _Set, pydantic.Discriminator(_owner_kind)]
"""What an owner shall have: a set's name, `null_mx`, `absent`, records, or one of these with a TTL."""
NamedSet = Annotated[_Word | _List | _WithTtl, pydantic.Discriminator(_set_kind)]
"""Records, or `builtin:NAME` for the set of a known operator."""


class _Provided(Strict):
    provider: str | None = None
    providers: Annotated[list[str], pydantic.Field(min_length=1)] | None = None
    ttl: Ttl | None = None
    preference_match: Literal["exact", "order"] | None = None

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


class WaiverBlock(Strict):
    """A finding that is meant to be: it counts no more, until the end of a day (UTC)."""

    rule: str
    owner: str | None = None
    reason: str | None = None
    until: Annotated[date, pydantic.BeforeValidator(_date)]


class ZoneBlock(_Provided):
    """The long form of a zone."""

    scope: Literal["owners", "zone"] = "owners"
    mx: dict[str, OwnerValue]
    waive: list[WaiverBlock] = pydantic.Field(default_factory=list)


ZoneValue = Annotated[
    _Word | _List | _WithTtl | _Set | Annotated[ZoneBlock, pydantic.Tag("(zone)")],
    pydantic.Discriminator(_zone_kind),
]


class ZonesFrom(_Provided):
    """Zones from a file with one domain a line, all with the same value at the apex."""

    file: PathText
    mx: OwnerValue


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, dict) else value


class ProviderBlock(pydantic.BaseModel):
    """A provider; the keys besides `type` are the plug-in's."""

    model_config = pydantic.ConfigDict(extra="allow", strict=True, frozen=True, hide_input_in_errors=True)

    type: str

    @property
    def settings(self) -> dict[str, Any]:
        """The keys that the plug-in's own model reads."""
        return dict(self.model_extra or {})


class ManifestFile(Strict):
    """One file of a manifest."""

    mxsync: Annotated[int, pydantic.BeforeValidator(_version)]
    providers: dict[BlockName, ProviderBlock] = pydantic.Field(default_factory=dict)
    sets: dict[BlockName, NamedSet] = pydantic.Field(default_factory=dict)
    defaults: Defaults | None = None
    zones_from: Annotated[list[ZonesFrom], pydantic.BeforeValidator(_one_or_more)] = pydantic.Field(
        default_factory=list
    )
    zones: dict[str, ZoneValue] = pydantic.Field(default_factory=dict)
