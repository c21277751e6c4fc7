"""Holds a request against the discovery document before the service sees it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from support.clouddns.check import unfit, unfit_query
from support.clouddns.discovery import Method
from support.clouddns.errors import refusal
from support.clouddns.server import Request


def checked(request: Request, method: Method) -> tuple[dict[str, str], Any]:
    """Give the query and the body; raises Refusal where the document has no such thing."""
    pairs = parse_qsl(request.query, keep_blank_values=True)
    problems = list(unfit_query(pairs, method.query))
    body = read(request.body)
    if method.request is None:
        problems += ["a body is not wanted"] if request.body else []
    elif body is None or not request.headers.get("content-type", "").startswith("application/json"):
        problems.append("the body is no JSON")
    else:
        problems += unfit(body, method.request, "body", loose=True)
    if problems:
        message = f"Invalid JSON payload received. {problems[0]}"
        raise refusal(400, "badRequest", message, word="INVALID_ARGUMENT")
    return dict(pairs), body


def read(body: bytes) -> Any:
    """Read JSON; None where it is none."""
    try:
        return json.loads(body)
    except ValueError:
        return None
