"""Holds the fake against botocore's own model of Route 53, so that it cannot drift from the API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore.model import ListShape, ServiceModel, StringShape, StructureShape
from botocore.model import Shape as ModelShape

from support.route53.shapes import Flag, ListOf, Number, Shape, Struct, Text


def service_model() -> ServiceModel:
    """Load what botocore knows of Route 53."""
    return botocore.session.Session().get_service_model("route53", "2013-04-01")


def differences(ours: Shape, model: ModelShape | None, at: str) -> Iterator[str]:
    """Say where one of our shapes promises or demands other things than the model's shape."""
    assert model is not None, at
    match ours:
        case Struct():
            yield from _of_members(ours, model, at)
        case ListOf():
            yield from _of_elements(ours, model, at)
        case Text(low, high, words):
            yield from _text(low, high, words, model, at)
        case Number(low, high):
            yield from _limits(low, high, model, at)
            if model.type_name not in {"long", "integer"}:
                yield f"{at}: is {model.type_name}"
        case Flag() if model.type_name != "boolean":
            yield f"{at}: is {model.type_name}"


def _of_members(ours: Struct, model: ModelShape, at: str) -> Iterator[str]:
    assert isinstance(model, StructureShape), at
    theirs = model.members
    if ours.required != {name for name in model.required_members if not _in_address(theirs[name])}:
        yield f"{at}: required are {model.required_members}"
    for name, shape in ours.members.items():
        if name not in theirs:
            yield f"{at}.{name} is not there"
        else:
            yield from differences(shape, theirs[name], f"{at}.{name}")


def _of_elements(ours: ListOf, model: ModelShape, at: str) -> Iterator[str]:
    assert isinstance(model, ListShape), at
    if model.member.serialization.get("name") != ours.item:
        yield f"{at}: its elements are called {model.member.serialization}"
    if model.metadata.get("min", 0) != ours.low:
        yield f"{at}: has at least {model.metadata.get('min', 0)}"
    yield from differences(ours.shape, model.member, f"{at}[]")


def unfit(value: Any, model: ModelShape, at: str) -> Iterator[str]:
    """Say what of an answer, as botocore has parsed it, the model does not allow."""
    if isinstance(model, StructureShape):
        missing = [name for name in model.required_members if name not in value]
        if missing:
            yield f"{at} lacks {missing}"
        for name in value.keys() - {"ResponseMetadata"}:
            yield from unfit(value[name], model.members[name], f"{at}.{name}")
    elif isinstance(model, ListShape):
        yield from _outside(len(value), model, at)
        for number, each in enumerate(value):
            yield from unfit(each, model.member, f"{at}[{number}]")
    elif isinstance(model, StringShape):
        pattern = model.metadata.get("pattern", "(?s:.*)")
        if (model.enum and value not in model.enum) or not re.fullmatch(pattern, value):
            yield f"{at} is {value!r}"
        yield from _outside(len(value), model, at)
    elif model.type_name in {"long", "integer"}:
        yield from _outside(value, model, at)


def _in_address(shape: ModelShape) -> bool:
    """Say whether a member stands in the path or the query, not in the body."""
    return "location" in shape.serialization


def _text(
    low: int, high: int | None, words: frozenset[str] | None, model: ModelShape, at: str
) -> Iterator[str]:
    if model.type_name == "timestamp":
        return
    assert isinstance(model, StringShape), at
    # A long list of regions need not be kept here.
    if words is not None and words != set(model.enum):
        yield f"{at}: is one of {model.enum}"
    if words is None:
        yield from _limits(low or None, high, model, at)


def _limits(low: int | None, high: int | None, model: ModelShape, at: str) -> Iterator[str]:
    if (low, high) != (model.metadata.get("min") or low, model.metadata.get("max")):
        yield f"{at}: has the limits {model.metadata}"


def _outside(size: int, model: ModelShape, at: str) -> Iterator[str]:
    low, high = model.metadata.get("min"), model.metadata.get("max")
    if (low is not None and size < low) or (high is not None and size > high):
        yield f"{at} is outside of {low}..{high}"
