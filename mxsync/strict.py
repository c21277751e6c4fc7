"""The base of everything that is read from outside: unknown keys and lookalike types are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pydantic


class Strict(pydantic.BaseModel):
    """A frozen model that takes no unknown key and converts no value."""

    # An error must not repeat what was given: it may be a secret in the wrong place. Most models are only
    # parts of others, and are never validated alone.
    model_config = pydantic.ConfigDict(
        extra="forbid", strict=True, frozen=True, hide_input_in_errors=True, defer_build=True
    )


PathText = Annotated[Path, pydantic.Strict(strict=False)]
"""A path, written as text."""


def without_null(schema: dict[str, Any]) -> None:
    """Take null away from what the keys of a model may hold, for its `json_schema_extra`.

    For models in which a key that is there must have a value.
    """
    for value in schema.get("properties", {}).values():
        kinds = [kind for kind in value.get("anyOf", ()) if kind != {"type": "null"}]
        if len(kinds) == 1:
            del value["anyOf"]
            value.pop("default", None)
            value.update(kinds[0])
