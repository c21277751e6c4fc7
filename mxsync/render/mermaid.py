"""The way of mail as a picture, in the language of Mermaid's flowcharts (mermaid.js.org). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.render.words import record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.model import MX, MXSet
    from mxsync.names import Name

MAX_HOSTS = 5
"""How many hosts of one preference a picture shows before it only counts them."""
MAX_TIERS = 6
"""How many preferences a picture shows before it only counts the hosts of the others."""
MAX_LABEL = 150
"""How many characters of a name a picture shows."""

_PLAIN = frozenset(" -.,:()'…")


def flowchart(before: MXSet | None, after: MXSet | None) -> str:
    """Draw in which order senders try hosts, before and after a change, one above the other.

    Hosts of equal preference stand beside each other; a dotted arrow leads to what is tried next
    (RFC 5321 §5.1).
    """
    lines = ["flowchart LR"]
    for part, wanted in (("before", before), ("after", after)):
        lines += [f'  subgraph {part}["{part}"]', *(f"    {line}" for line in _flow(part, wanted)), "  end"]
    return "\n".join(lines) + "\n"


def _flow(part: str, wanted: MXSet | None) -> Iterator[str]:
    sender = f"{part}_sender"
    yield f'{sender}(["sender"])'
    tried, arrow = [sender], "-->"
    for tier, labels in enumerate(_tiers(wanted)):
        hosts = [f"{part}_{tier}_{at}" for at in range(len(labels))]
        for host, label in zip(hosts, labels, strict=True):
            yield f'{host}["{escaped(label)}"]'
        yield f"{' & '.join(tried)} {arrow} {' & '.join(hosts)}"
        tried, arrow = hosts, "-.->"


def _tiers(wanted: MXSet | None) -> Iterator[list[str]]:
    """Give the labels of what is tried first, of what is tried next, and so on."""
    if wanted is None:
        yield ["no MX set: the owner's own address"]
        return
    if wanted.is_null:
        yield ["null MX: takes no mail"]
        return
    first: dict[Name, MX] = {}
    for each in wanted.records:
        first.setdefault(each.exchange, each)
    tiers = [sorted(first[exchange] for exchange in tier) for tier in wanted.tiers]
    for tier in tiers[:MAX_TIERS]:
        shown = [record(each) for each in tier[:MAX_HOSTS]]
        yield [*shown, f"… and {len(tier) - MAX_HOSTS} more"] if len(tier) > MAX_HOSTS else shown
    if left := sum(map(len, tiers[MAX_TIERS:])):
        yield [f"… and {left} more"]


def escaped(text: str) -> str:
    """Write text that stands in double quotes: what is no letter or digit as an entity of Mermaid's."""
    if len(text) > MAX_LABEL:
        text = f"{text[: MAX_LABEL - 1]}…"
    return "".join(char if char.isalnum() or char in _PLAIN else f"#{ord(char)};" for char in text)
