"""Holds values against the schemas of the discovery document: types, formats, words, unknown fields.

The document names no field as required and has no rules for values; those are the service's own. What
this module does not know of it raises, so that a new document is not checked laxly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from support.clouddns.discovery import Schema, schema

_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
_RANGES = {
    "int32": range(-(2**31), 2**31),
    "uint32": range(2**32),
    "int64": range(-(2**63), 2**63),
    "uint64": range(2**64),
}


def unfit(value: object, shape: Schema, at: str, *, loose: bool = False) -> Iterator[str]:
    """Say where a value does not fit a schema.

    `loose` is for what clients send: the service takes a number that is written as a string, and
    google-cloud-dns writes the TTL so. Its own answers are always of the schema's type.
    """
    if "$ref" in shape:
        yield from unfit(value, schema(shape["$ref"]), at, loose=loose)
        return
    match shape["type"]:
        case "object":
            yield from _object(value, shape, at, loose=loose)
        case "array":
            yield from _array(value, shape, at, loose=loose)
        case "string":
            yield from _string(value, shape, at)
        case "integer":
            yield from _integer(value, shape, at, loose=loose)
        case "number":
            if isinstance(value, bool) or not isinstance(value, int | float):
                yield f"{at}: {value!r} is no number"
        case "boolean":
            if not isinstance(value, bool):
                yield f"{at}: {value!r} is neither true nor false"
        case other:
            raise AssertionError(f"{at}: type {other} is not known here")


def unfit_query(given: Sequence[tuple[str, str]], known: Mapping[str, Schema]) -> Iterator[str]:
    """Say what is wrong with the parameters in a query."""
    names = [name for name, _ in given]
    for name, text in given:
        if name not in known:
            yield f"Unknown name {name!r}: Cannot bind query parameter."
        elif names.count(name) > 1 and not known[name].get("repeated"):
            yield f"{name} is given more than once"
        elif known[name]["type"] == "boolean":
            if text not in {"true", "false"}:
                yield f"{name}: {text!r} is neither true nor false"
        else:
            yield from unfit(text, known[name], name, loose=True)


def _object(value: object, shape: Schema, at: str, *, loose: bool) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: {value!r} is no object"
        return
    known = shape.get("properties", {})
    for name, each in value.items():
        inner = known.get(name, shape.get("additionalProperties"))
        if inner is None:
            yield f"{at}: Unknown name {name!r}: Cannot find field."
        else:
            yield from unfit(each, inner, f"{at}.{name}", loose=loose)


def _array(value: object, shape: Schema, at: str, *, loose: bool) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{at}: {value!r} is no list"
        return
    for number, each in enumerate(value):
        yield from unfit(each, shape["items"], f"{at}[{number}]", loose=loose)


def _string(value: object, shape: Schema, at: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{at}: {value!r} is no string"
    elif "enum" in shape and value not in shape["enum"]:
        yield f"{at}: {value!r} is none of {shape['enum']}"
    elif "format" in shape and not _is_whole(value, shape["format"]):
        yield f"{at}: {value!r} is no {shape['format']}"


def _integer(value: Any, shape: Schema, at: str, *, loose: bool) -> Iterator[str]:
    if loose and isinstance(value, str):
        if not _is_whole(value, shape["format"]):
            yield f"{at}: {value!r} is no {shape['format']}"
    elif isinstance(value, bool) or not isinstance(value, int) or value not in _RANGES[shape["format"]]:
        yield f"{at}: {value!r} is no {shape['format']}"


def _is_whole(text: str, form: str) -> bool:
    return bool(_WHOLE.fullmatch(text)) and int(text) in _RANGES[form]
