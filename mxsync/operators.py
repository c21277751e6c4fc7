"""Known operators of mail: the MX sets that their customers need, and whose an exchange is.

The data, each with its source and the day it was looked up, stands in `operators.toml` beside this
module; its head says what the keys mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from mxsync import names
from mxsync.model import MX

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from mxsync.names import Name

ANY = "*"
"""In a pattern: any names below, as its first label; any one label, further in."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who takes mail for many domains."""

    name: str
    """What it is called in a manifest, after `builtin:`."""
    title: str
    source: str
    """The vendor's own document, a URL."""
    via: str | None
    """The page that was read in the place of `source`; None where that could be read itself."""
    checked: date
    """When it was looked up."""
    records: tuple[MX, ...]
    """The whole set, the same for every customer; empty for an operator that is only recognised."""
    hosts: tuple[str, ...]
    """Names of exchanges, and patterns such as `*.mx.microsoft.` and `inbound-smtp.*.amazonaws.com.`."""
    pooled: bool
    """Whether it gives out one host name that stands for many machines, so that one MX is enough."""


@cache
def load() -> Mapping[str, Operator]:
    """Give all known operators, by name."""
    import tomllib  # noqa: PLC0415 - 10 ms with the next one, and few manifests ask for an operator
    from importlib import resources  # noqa: PLC0415

    text = resources.files("mxsync").joinpath("operators.toml").read_text("utf-8")
    return {name: _operator(name, entry) for name, entry in tomllib.loads(text).items()}


def recognise(exchange: Name) -> Operator | None:
    """Say whose host an exchange is, if that is known. A pattern's own parent is nobody's."""
    exact, patterns = _index()
    if found := exact.get(exchange):
        return found
    if "\\" in exchange:  # no host name: what looks like its domain may be part of a label
        return None
    labels = exchange.split(".")
    for at in range(1, len(labels) - 1):
        for before, operator in patterns.get(".".join(labels[at:]), ()):
            if not before or tuple(labels[: at - 1]) == before:
                return operator
    return None


@cache
def _index() -> tuple[dict[str, Operator], dict[str, list[tuple[tuple[str, ...], Operator]]]]:
    """Make the exchanges by name, and the patterns by what follows their `*`, with what precedes it."""
    exact: dict[str, Operator] = {}
    patterns: dict[str, list[tuple[tuple[str, ...], Operator]]] = {}
    for operator, host in _hosts():
        labels = host.split(".")
        if ANY in labels:
            at = labels.index(ANY)
            patterns.setdefault(".".join(labels[at + 1 :]), []).append((tuple(labels[:at]), operator))
        else:
            exact[names.parse(host)] = operator
    return exact, patterns


def _hosts() -> Iterator[tuple[Operator, str]]:
    for operator in load().values():
        for host in operator.hosts:
            yield operator, host


def _operator(name: str, entry: dict[str, Any]) -> Operator:
    return Operator(
        name=name,
        title=entry["title"],
        source=entry["source"],
        via=entry.get("via"),
        checked=entry["checked"],
        records=tuple(_record(text) for text in entry.get("records", ())),
        hosts=tuple(entry["hosts"]),
        pooled=entry.get("pooled", False),
    )


def _record(text: str) -> MX:
    preference, exchange = text.split()
    return MX(int(preference), names.parse(exchange))
