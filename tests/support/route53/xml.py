"""Requests and answers as XML (API Reference, "Request syntax" and "Response syntax")."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from support.route53.errors import Refusal
from support.route53.shapes import Flag, ListOf, Number, Shape, Struct, Text, Value

NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/"
_TRUTH = {"true": True, "false": False}


def write(root: str, value: Value, shape: Struct) -> bytes:
    """Write an answer; what the shape does not allow is a defect of the fake and raises."""
    top = ET.Element(root, xmlns=NAMESPACE)
    _fill(top, value, shape)
    return b'<?xml version="1.0"?>\n' + ET.tostring(top)


def error(refusal: Refusal, request: str) -> bytes:
    """Write an error ("Error responses" of the developer guide)."""
    top = ET.Element("ErrorResponse", xmlns=NAMESPACE)
    inner = ET.SubElement(top, "Error")
    parts = (("Type", "Sender"), ("Code", refusal.code), ("Message", refusal.message))
    for name, text in parts:
        ET.SubElement(inner, name).text = text
    ET.SubElement(top, "RequestId").text = request
    return b'<?xml version="1.0"?>\n' + ET.tostring(top)


def read(body: bytes, root: str, shape: Struct) -> Value:
    """Read a request strictly: names and limits."""
    try:
        top = ET.fromstring(body)
    except ET.ParseError as problem:
        raise Refusal("MalformedInput", f"Unable to parse the request: {problem}") from None
    if top.tag != f"{{{NAMESPACE}}}{root}":
        raise Refusal("MalformedInput", f"the request is not valid, expected {root}")
    value: Value = _value(top, shape, "")
    return value


def _fill(element: ET.Element, value: Any, shape: Shape) -> None:
    match shape:
        case Struct(members, required):
            assert required <= value.keys() <= members.keys(), (element.tag, value)
            for name in members:
                if name in value:
                    _fill(ET.SubElement(element, name), value[name], members[name])
        case ListOf(item, inner):
            for each in value:
                _fill(ET.SubElement(element, item), each, inner)
        case Flag():
            element.text = "true" if value else "false"
        case _:
            element.text = str(value)


def _value(element: ET.Element, shape: Shape, path: str) -> Any:
    match shape:
        case Struct():
            return _members(element, shape, path)
        case ListOf(item, inner, low):
            _only(element, [item], path)
            if len(element) < low:
                raise _unfit("", path, f"Member must have length greater than or equal to {low}")
            return [_value(child, inner, f"{path}.{at}.member") for at, child in enumerate(element, 1)]
    if len(element):
        raise Refusal("MalformedInput", f"unexpected elements in {path}")
    return scalar(element.text or "", shape, path)


def _members(element: ET.Element, shape: Struct, path: str) -> Value:
    _only(element, list(shape.members), path)
    given = [_local(child) for child in element]
    if len(set(given)) < len(given):
        raise Refusal("MalformedInput", f"elements in {path or 'the request'} are repeated")
    missing = shape.required - set(given)
    if missing:
        raise _unfit("null", f"{path}.{min(missing)}", "Member must not be null")
    return {
        _local(child): _value(child, shape.members[_local(child)], f"{path}.{_local(child)}".lstrip("."))
        for child in element
    }


def _only(element: ET.Element, names: list[str], path: str) -> None:
    for child in element:
        if child.tag != f"{{{NAMESPACE}}}{_local(child)}" or _local(child) not in names:
            raise Refusal("MalformedInput", f"unexpected element {_local(child)} in {path or 'the request'}")


def scalar(text: str, shape: Text | Number | Flag, path: str) -> str | int | bool:
    """Read one value; the message of a refusal has the form of the service's own validation."""
    match shape:
        case Text():
            return _text(text, shape, path)
        case Number():
            return _number(text, shape, path)
        case Flag():
            if text not in _TRUTH:
                raise _unfit(text, path, "Member must be true or false")
            return _TRUTH[text]


def _text(text: str, shape: Text, path: str) -> str:
    if shape.words is not None and text not in shape.words:
        listed = ", ".join(sorted(shape.words))
        raise _unfit(text, path, f"Member must satisfy enum value set: [{listed}]")
    if len(text) < shape.low:
        raise _unfit(text, path, f"Member must have length greater than or equal to {shape.low}")
    if shape.high is not None and len(text) > shape.high:
        raise _unfit(text, path, f"Member must have length less than or equal to {shape.high}")
    return text


def _number(text: str, shape: Number, path: str) -> int:
    if not text.removeprefix("-").isdecimal() or not text.isascii():
        raise _unfit(text, path, "Member must be a number")
    number = int(text)
    if shape.low is not None and number < shape.low:
        raise _unfit(text, path, f"Member must have value greater than or equal to {shape.low}")
    if shape.high is not None and number > shape.high:
        raise _unfit(text, path, f"Member must have value less than or equal to {shape.high}")
    return number


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _unfit(text: str, path: str, constraint: str) -> Refusal:
    where = f"Value '{text}' at '{path}'"
    return Refusal(
        "InvalidInput", f"1 validation error detected: {where} failed to satisfy constraint: {constraint}"
    )
