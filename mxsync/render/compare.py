"""What came of `mxsync compare`, as text, Markdown and a document. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mxsync.compare import groups
from mxsync.names import relative
from mxsync.render.markdown.pieces import LIMIT, cell, code, listed, marker, size
from mxsync.render.served import delegation_document, reading_document, seen, state_of, told_document
from mxsync.render.terminal import BOLD, GREEN, RED, YELLOW, columns, inset, paint, wrapped
from mxsync.render.words import count, name, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.compare import Comparison, OwnerSides, ZoneSides

SERVERS = "name servers"
"""What all delegated name servers are called together."""
_RESERVE = 1000
"""How many octets of a comment are kept for what is around its tables."""


def text(made: Comparison, *, width: int | None = None) -> str:
    """Write every owner from all sides, then the sum. `width` is that of the terminal in columns."""
    lines: list[str] = []
    for zone in made.zones:
        lines += [*_zone(zone, width), ""]
    lines.append(wrapped(_sum(made), width))
    return "\n".join(lines) + "\n"


def _zone(zone: ZoneSides, width: int | None) -> Iterator[str]:
    yield paint(name(zone.zone), BOLD)
    for note in _notes(zone):
        yield wrapped(note, width, start=f"  {paint('delegation', YELLOW)}  ", hang=14)
    for owner in zone.owners:
        label = paint("alike", GREEN) if owner.alike else paint("unlike", RED)
        yield f"  {label}  {relative(owner.owner, zone.zone)}"
        sides = list(_sides(owner))
        broad = max((columns(side) for side, _ in sides), default=0)
        for side, said in sides:
            start = f"{inset(9, width)}{side}{' ' * (broad - columns(side))}  "
            yield wrapped(said, width, start=start, hang=11)


def _notes(zone: ZoneSides) -> Iterator[str]:
    if zone.delegation.trouble:
        yield one_line(zone.delegation.trouble)
    yield from map(one_line, zone.notes)
    for provider, own in zone.own.items():
        if own.trouble:
            yield one_line(
                f"whether it is delegated to provider '{provider}' is not known: its name servers: {own.trouble}"
            )


def _sides(owner: OwnerSides) -> Iterator[tuple[str, str]]:
    """Give the sides of an owner: who, and what is there."""
    for provider, reading in owner.providers.items():
        yield one_line(provider), seen(reading)
    together = groups(owner.told)
    for reading, told in together:
        names = [one_line(str(each.server)) for each in told]
        yield (SERVERS if len(together) == 1 and len(told) > 1 else ", ".join(names)), seen(reading)


def _sum(made: Comparison) -> str:
    owners = [owner for zone in made.zones for owner in zone.owners]
    alike = sum(owner.alike for owner in owners)
    head = "Interrupted: " if made.interrupted else ""
    unread = sum(owner.unreadable for owner in owners)
    lost = sum(zone.lost for zone in made.zones)
    odd = sum(bool(zone.notes or zone.delegation.trouble) for zone in made.zones if not zone.lost)
    parts = [f"{alike} of {count(len(owners), 'owner')} alike"]
    parts += [f"{unread} not readable on all sides"] if unread else []
    parts += [f"no name server of {count(lost, 'zone')} could be asked"] if lost else []
    parts += [f"the delegation of {count(odd, 'zone')} does not fit"] if odd else []
    return f"{head}{', '.join(parts)}."


def markdown(made: Comparison, *, key: str | None = None) -> str:
    """Write a comment: a table of all owners that are not alike, and the sum."""
    head = [marker("compare", key), "### mxsync compare", "", _sum(made), ""]
    head += [f"- {code(zone.zone)}: {code(note)}" for zone in made.zones for note in _notes(zone)]
    rows = [row for zone in made.zones for owner in zone.owners if not owner.alike for row in _rows(owner)]
    written = "\n".join(head)
    if not rows:
        return written + "\n"
    written += "\n\n| owner | where | has |\n|---|---|---|\n"
    return written + listed(rows, len(rows), LIMIT - size(written) - _RESERVE, "sides")


def _rows(owner: OwnerSides) -> Iterator[str]:
    for side, said in _sides(owner):
        yield f"| {cell(owner.owner)} | {cell(side)} | {cell(said)} |\n"


def document(made: Comparison) -> dict[str, Any]:
    """Write it as a document (`mxsync schema compare`)."""
    owners = [owner for zone in made.zones for owner in zone.owners]
    return {
        "format": "mxsync.compare/1",
        "interrupted": made.interrupted,
        "zones": [_zone_document(zone) for zone in made.zones],
        "summary": {"owners": len(owners), "alike": sum(owner.alike for owner in owners)},
    }


def _zone_document(zone: ZoneSides) -> dict[str, Any]:
    return {
        "zone": zone.zone,
        "alike": zone.alike,
        **delegation_document(zone.delegation),
        "notes": list(zone.notes),
        "providers": [
            {"provider": provider, "name_servers": list(own.at_apex), "trouble": own.trouble}
            for provider, own in zone.own.items()
        ],
        "owners": [
            {
                "owner": owner.owner,
                "alike": owner.alike,
                "providers": [
                    {"provider": provider, "state": state_of(reading), **reading_document(reading)}
                    for provider, reading in owner.providers.items()
                ],
                "answers": [told_document(told) for told in owner.told],
            }
            for owner in zone.owners
        ],
    }
