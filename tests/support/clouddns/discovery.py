"""The API as Google's own discovery document describes it: `dns.v1.json`, of google-api-python-client."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import unquote

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the API."""

    name: str
    """Without the name of the API, such as `changes.create`."""
    verb: str
    path: re.Pattern[str]
    query: Mapping[str, Schema]
    """The parameters that may stand in the query, those of every method included."""
    request: Schema | None
    response: Schema | None


@cache
def document() -> Mapping[str, Any]:
    """Load the document."""
    folder = resources.files("googleapiclient") / "discovery_cache" / "documents"
    text = (folder / "dns.v1.json").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


def schema(name: str) -> Schema:
    """Give the schema of this name."""
    found: Schema = document()["schemas"][name]
    return found


@cache
def methods() -> tuple[Method, ...]:
    """Give every method that the document describes."""
    return tuple(
        _method(described)
        for resource in document()["resources"].values()
        for described in resource["methods"].values()
    )


def route(verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """Find the method that a request means, and the values of the parameters in its path."""
    for method in methods():
        found = method.path.fullmatch(path)
        if found and method.verb == verb:
            return method, {name: unquote(text) for name, text in found.groupdict().items()}
    return None


def _method(described: Mapping[str, Any]) -> Method:
    own = {
        name: parameter
        for name, parameter in described.get("parameters", {}).items()
        if parameter["location"] == "query"
    }
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(f"/{described['flatPath']}"))
    return Method(
        described["id"].removeprefix("dns."),
        described["httpMethod"],
        re.compile(pattern),
        {**document()["parameters"], **own},
        described.get("request"),
        described.get("response"),
    )
