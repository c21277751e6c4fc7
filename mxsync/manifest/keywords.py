"""What pydantic cannot tell of the manifest's own types: fragments of its JSON Schema.

Patterns are written so that ECMA 262, which JSON Schema names, and Python read them alike, but for `$`:
Python takes it before a line break at the end too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Schema = dict[str, Any]
"""A JSON Schema (draft 2020-12)."""

BLOCK_NAME = "^[A-Za-z0-9][A-Za-z0-9_.-]*$"
"""What a provider block or a set may be called: a word that any terminal and any log can show."""
MAX_BLOCK_NAME = 64

DATE: Schema = {
    "type": "string",
    "format": "date",
    "pattern": "^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$",
    "description": "A day, like 2027-06-30.",
    "patternErrorMessage": "Write a day like 2027-06-30.",
}

NAME: Schema = {"type": "string", "pattern": "^[^ \t\r\n]+$"}
"""A domain name. What else it may hold is for mxsync to say: it may have any letters (IDNA)."""
ZONE: Schema = {"type": "string", "pattern": "^[^* \t\r\n]+$", "not": {"const": "@"}}
WORD: Schema = {
    "type": "string",
    "pattern": BLOCK_NAME,
    "maxLength": MAX_BLOCK_NAME,
    "description": "The name of a set below `sets`, null_mx (takes no mail), or absent (has no MX set).",
}
SET: Schema = {"not": {"const": "absent"}, "pattern": BLOCK_NAME, "maxLength": MAX_BLOCK_NAME}
"""What stands beside a TTL of its own: what is not there has none."""
OWNERS: Schema = {
    "if": {"properties": {"scope": {"const": "zone"}}, "required": ["scope"]},
    "else": {"properties": {"mx": {"minProperties": 1}}},
}
"""A zone names an owner, unless every set of it is mxsync's."""


def at_most(limit: int) -> str:
    """Give a pattern of the whole numbers from 0 to `limit`, in decimal digits without leading zeros."""
    digits = str(limit)
    choices = [digits]
    for at, digit in enumerate(digits):
        least = "1" if at == 0 and len(digits) > 1 else "0"
        if digit > least:
            choices.append(f"{digits[:at]}[{least}-{int(digit) - 1}]{_any_digits(len(digits) - at - 1)}")
    if len(digits) > 1:
        choices.append(f"0|[1-9][0-9]{{0,{len(digits) - 2}}}")
    return f"(?:{'|'.join(choices)})"


def ttl(most: int, units: dict[str, int]) -> Schema:
    """Say what a TTL is: seconds up to `most`, or a number and one of the units, which is not more."""
    with_unit = "|".join(f"{at_most(most // seconds)}{unit}" for unit, seconds in units.items())
    return {
        "anyOf": [
            {"type": "integer", "minimum": 0, "maximum": most},
            {
                "type": "string",
                "pattern": f"^(?:{with_unit})$",
                "patternErrorMessage": "Write seconds, or a number with s, m, h, d or w, like 30m.",
            },
        ],
        "description": "For how long caches keep a set: seconds, or a number with a unit like 30m, 1h, 1d, 1w.",
    }


def preference(most: int) -> Schema:
    """Say what a preference is."""
    return {
        "type": "integer",
        "minimum": 0,
        "maximum": most,
        "description": "Which host is tried first: the one with the lowest number (RFC 5321 §5.1).",
    }


def record(most: int) -> Schema:
    """Say what a record is in one text: a preference up to `most`, and an exchange."""
    return {
        "type": "string",
        "pattern": rf"^{at_most(most)}[ \t]+\S[^ \t\r\n]*$",
        "patternErrorMessage": "Write a preference and an exchange, like 10 mx1.example.net.",
        "description": "A preference and an exchange: 10 mx1.example.net.",
    }


def or_else(other: Schema) -> Callable[[Schema], None]:
    """Let a value be another thing too, for `json_schema_extra`."""

    def extend(schema: Schema) -> None:
        said = {"description": schema.pop("description")} if "description" in schema else {}
        own = dict(schema)
        schema.clear()
        schema |= {**said, "oneOf": [other, own]}

    return extend


def or_one(schema: Schema) -> None:
    """Let a list of one be written without its brackets, for `json_schema_extra`."""
    or_else(schema["items"])(schema)


def not_both(*keys: str) -> Schema:
    """Say that of these keys not all have a value; null is none."""
    with_value: Schema = {"not": {"type": "null"}}
    return {"not": {"required": list(keys), "properties": dict.fromkeys(keys, with_value)}}


def _any_digits(count: int) -> str:
    return f"[0-9]{{{count}}}" if count else ""
