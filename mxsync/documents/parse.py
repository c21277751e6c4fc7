"""Reads JSON text strictly: what two readers could take for two things is refused. Pure."""

from __future__ import annotations

import json
import math
import reprlib
from collections import Counter
from typing import Any

MAX_DIGITS = 40
"""How many digits an integer may have: far more than anything that mxsync counts."""
MAX_DEPTH = 40
"""How many levels a document may have: a provider block of a manifest has 32 at most."""


def parse(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Read JSON text (RFC 8259).

    Raises ValueError, which says what is wrong: no JSON, not whole, a key twice, a number that is none or too
    large, too many levels.
    """
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=_number,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        raise ValueError("it is no JSON document, or not a whole one") from error
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error
    if _is_too_deep(value):
        raise ValueError(_TOO_DEEP)
    return value


_TOO_DEEP = f"it has more than {MAX_DEPTH} levels"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {reprlib.repr(twice)} stands twice in one object of it")
    return made


def _no_number(text: str) -> float:
    raise ValueError(f"it holds {text}, which is no number of JSON")


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"it holds a number that is too large: {reprlib.repr(text)}")
    return value


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f"it holds a number that is too large: {reprlib.repr(text)}")
    return int(text)


def _is_too_deep(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for each in level
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True
