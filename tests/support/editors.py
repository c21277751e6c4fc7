"""Judges manifests as an editor does: by the JSON Schema alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from mxsync.manifest.json_schema import manifest_schema
from mxsync.registry import offers

OURS = tuple(offer for offer in offers() if offer.distribution() == "mxsync")
"""The providers of this repository, whatever else is installed."""


def _pattern(_validator: Any, pattern: str, text: Any, _schema: Any) -> Iterator[ValidationError]:
    """Take `$` as ECMA 262 does, which JSON Schema names: Python's own lets a line break follow."""
    if isinstance(text, str) and not re.search(pattern.replace("$", r"\Z"), text):
        yield ValidationError(f"{text!r} does not match {pattern!r}")


_Validator = validators.extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


@cache
def _ours() -> Any:
    return _Validator(manifest_schema(OURS)[0])


def marked(data: Any, schema: Any = None) -> list[str]:
    """Give what an editor would mark in a manifest; by the schema of our own providers if none is given."""
    validator = _ours() if schema is None else _Validator(schema)
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(data)]
