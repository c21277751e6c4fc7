"""A plan as text: what changes, zone by zone, then what is in the way, then the sum. Pure."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from mxsync.change import Action
from mxsync.names import relative
from mxsync.render.phrases import allowed, caches, record_lines, sum_of, ttl
from mxsync.render.terminal import BOLD, GREEN, RED, YELLOW, paint, wrapped
from mxsync.render.words import mx_set, name, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mxsync.plan import Plan, PlannedChange, Provenance, Trouble, Unmanaged

MAX_UNMANAGED = 20
"""How many unmanaged sets a plan names before it only counts them."""

SIGNS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}
_COLOURS = {Action.CREATE: GREEN, Action.UPDATE: YELLOW, Action.DELETE: RED}
_RECORDS = {"+": GREEN, "-": RED}


def plan(
    made: Plan,
    provenance: Provenance | None = None,
    *,
    digest: str | None = None,
    width: int | None = None,
    explain: bool = False,
) -> str:
    """Write a plan.

    `provenance` adds what the plan was limited to and what was allowed, `digest` the digest of a plan that
    was saved, `explain` sentences on each changed set. `width` is that of the terminal in columns; None
    breaks no sentence.
    """
    lines: list[str] = []
    for (zone, provider), members in groupby(made.changes, key=lambda item: (item.zone, item.provider)):
        lines.append(paint(wrapped(f"{name(zone)} at {one_line(provider)}", width), BOLD))
        for item in members:
            lines += _planned(item, width, explain=explain)
        lines.append("")
    lines += _troubles("Blocked: no MX set may be written there now", made.blocked, width)
    lines += _troubles("Not readable: nothing is planned there", made.failed, width)
    lines += _unmanaged(made.unmanaged, width)
    if provenance and provenance.undoes:
        lines.append(wrapped(f"Takes back run {one_line(provenance.undoes)}", width))
    if provenance and provenance.targets:
        lines.append(wrapped(f"Limited to: {', '.join(map(one_line, provenance.targets))}", width))
    if provenance and (said := allowed(provenance.allowed)):
        lines.append(wrapped(f"Allowed: {said}.", width))
    lines.append(wrapped(sum_of(made), width))
    if digest is not None:
        lines.append(f"Digest: {one_line(digest)}")  # whole in any terminal, for it is there to be copied
    return "\n".join(lines) + "\n"


def _planned(item: PlannedChange, width: int | None, *, explain: bool) -> Iterator[str]:
    change = item.change
    mark = paint(f"{SIGNS[change.action]} {relative(change.owner, item.zone)}", _COLOURS[change.action])
    yield wrapped(f"{item.impact}: {item.effect}", width, start=f"  {mark}  ", hang=6)
    for sign, written in record_lines(change):
        line = f"{sign} {written}"
        yield f"      {paint(line, _RECORDS[sign]) if sign in _RECORDS else line}"
    yield wrapped(f"{ttl(change)}; {caches(item)}", width, start=" " * 6, hang=6)
    if explain:
        from mxsync.render.explain import sentences  # noqa: PLC0415 - what it uses is slow to import

        for sentence in sentences(change):
            yield wrapped(sentence, width, start="      * ", hang=8)


def _troubles(title: str, troubles: tuple[Trouble, ...], width: int | None) -> Iterator[str]:
    if troubles:
        yield paint(wrapped(f"{title} ({len(troubles)})", width), RED)
        for trouble in troubles:
            where = f"{name(trouble.owner or trouble.zone)} at {one_line(trouble.provider)}"
            yield wrapped(f"{where}: {one_line(trouble.reason)}", width, start="  ", hang=6)
        yield ""


def _unmanaged(sets: tuple[Unmanaged, ...], width: int | None) -> Iterator[str]:
    if sets:
        yield paint(wrapped(f"Not in the manifest, left alone ({len(sets)})", width), BOLD)
        for kept in sets[:MAX_UNMANAGED]:
            where = f"{name(kept.owner)} at {one_line(kept.provider)}"
            yield wrapped(f"{where}: {mx_set(kept.set)}", width, start="  ", hang=6)
        if len(sets) > MAX_UNMANAGED:
            yield f"  … and {len(sets) - MAX_UNMANAGED} more"
        yield ""
