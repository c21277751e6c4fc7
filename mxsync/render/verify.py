"""What came of `mxsync verify`, as text, Markdown and a document. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from mxsync.authority.servers import Role
from mxsync.documents.values import finding_document, set_document
from mxsync.names import relative
from mxsync.render.markdown.pieces import LIMIT, cell, listed, marker, size
from mxsync.render.served import clock, delegation_document, timestamp, told_document, told_line
from mxsync.render.terminal import BOLD, GREEN, RED, inset, paint, wrapped
from mxsync.render.words import count, mx_set, name, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mxsync.diagnostic import Diagnostic
    from mxsync.verify.answers import OwnerAnswers, Verification, ZoneAnswers

_RESERVE = 1000
"""How many octets of a comment are kept for what is around its table."""


def text(made: Verification, *, width: int | None = None) -> str:
    """Write every owner with what is not right, then the sum. `width` is that of the terminal in columns."""
    lines: list[str] = []
    times = Counter(zone.desired.zone for zone in made.zones)
    for zone in made.zones:
        # At two providers, the zone alone does not say whose servers are meant.
        at = f" at {one_line(zone.desired.provider)}" if times[zone.desired.zone] > 1 else ""
        lines += [f"{paint(name(zone.desired.zone), BOLD)}{at}{_asked(zone)}", *_zone(zone, made, width), ""]
    lines += (wrapped(line, width) for line in _sum(made))
    return "\n".join(lines) + "\n"


def _zone(zone: ZoneAnswers, made: Verification, width: int | None) -> Iterator[str]:
    if zone.delegation.trouble:
        start = f"  {paint('wrong', RED)}  "
        yield wrapped(one_line(zone.delegation.trouble), width, start=start, hang=9)
    for owner in zone.owners:
        label = paint("right", GREEN) if owner.verified else paint("wrong", RED)
        wanted = mx_set(owner.wanted) + ("" if owner.verified else " is wanted")
        where = relative(owner.owner, zone.desired.zone)
        yield wrapped(f"{where}: {wanted}", width, start=f"  {label}  ", hang=9)
        for told in (*owner.wrong, *owner.unasked):
            yield wrapped(told_line(told), width, start=inset(9, width), hang=11)
        if said := _caches(owner, made):
            yield wrapped(said, width, start=inset(9, width), hang=11)


def _asked(zone: ZoneAnswers) -> str:
    servers = [server for server in zone.delegation.servers if server.role is Role.AUTHORITY]
    if not servers:
        return ""
    hosts = len({server.name for server in servers})
    addresses = "" if len(servers) == hosts else f", {len(servers)} addresses"
    return f"  ({count(hosts, 'name server')}{addresses})"


def _caches(owner: OwnerAnswers, made: Verification) -> str:
    if owner.clean is None:
        return ""
    if owner.clean <= made.at:
        return f"no cache holds an older set since {clock(owner.clean)}"
    return f"caches may hold an older set until {clock(owner.clean)}"


def _sum(made: Verification) -> Iterator[str]:
    owners = [owner for zone in made.zones for owner in zone.owners]
    total = sum(len(zone.desired.owners) for zone in made.zones)
    right = sum(owner.verified for owner in owners)
    head = f"{'Interrupted: ' if made.interrupted else ''}{'Verified' if made.verified else 'Not verified'}"
    yield f"{head}: {right} of {count(total, 'MX set')} as wanted everywhere."
    if known := [owner.clean for owner in owners if owner.clean]:
        yield f"From {clock(max(known))} on, no cache holds a set that a run of the journal has replaced."
    if unknown := sum(owner.verified and owner.clean is None for owner in owners):
        yield (
            f"Until when caches keep older sets of {count(unknown, 'owner')} is not known: "
            "the journal has no change of them, or the negative TTL is not known."
        )


def markdown(made: Verification, *, key: str | None = None) -> str:
    """Write a comment: what is not right, as a table, and the sum."""
    head = [marker("verify", key), "### mxsync verify", "", *_sum(made), ""]
    rows = [row for zone in made.zones for row in _rows(zone)]
    if not rows:
        return "\n".join(head)
    table = "\n| owner | wanted | server | answer |\n|---|---|---|---|\n"
    written = "\n".join(head) + table
    return written + listed(rows, len(rows), LIMIT - size(written) - _RESERVE, "answers")


def _rows(zone: ZoneAnswers) -> Iterator[str]:
    if zone.delegation.trouble:
        yield f"| {cell(zone.desired.zone)} | | | {cell(zone.delegation.trouble)} |\n"
    for owner in zone.owners:
        for told in owner.wrong:
            server, _, answer = told_line(told).partition(": ")
            yield f"| {cell(owner.owner)} | {cell(mx_set(owner.wanted))} | {cell(server)} | {cell(answer)} |\n"


def document(made: Verification, findings: Iterable[Diagnostic]) -> dict[str, Any]:
    """Write it as a document (`mxsync schema verify`)."""
    owners = [owner for zone in made.zones for owner in zone.owners]
    return {
        "format": "mxsync.verify/1",
        "verified": made.verified,
        "interrupted": made.interrupted,
        "at": timestamp(made.at),
        "zones": [_zone_document(zone) for zone in made.zones],
        "findings": [finding_document(finding) for finding in findings],
        "summary": {
            "owners": sum(len(zone.desired.owners) for zone in made.zones),
            "verified": sum(owner.verified for owner in owners),
        },
    }


def _zone_document(zone: ZoneAnswers) -> dict[str, Any]:
    return {
        "zone": zone.desired.zone,
        "provider": zone.desired.provider,
        "verified": zone.verified,
        **delegation_document(zone.delegation),
        "owners": [_owner_document(owner) for owner in zone.owners],
    }


def _owner_document(owner: OwnerAnswers) -> dict[str, Any]:
    answers = [
        *({**told_document(told), "right": True} for told in owner.right),
        *({**told_document(told), "right": False} for told in owner.wrong),
        *({**told_document(told), "right": None} for told in owner.unasked),
    ]
    return {
        "owner": owner.owner,
        "wanted": set_document(owner.wanted),
        "verified": owner.verified,
        "clean_at": timestamp(owner.clean),
        "answers": answers,
    }
