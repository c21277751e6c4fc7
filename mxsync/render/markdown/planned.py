"""A plan as a comment: what forbids it, what changes and what cannot, and how to apply just that. Pure.

Whatever is in a plan, the comment stays below `LIMIT`. Room goes first to what has to be known whole
(the mark, the sum, what is missing, the digest), then to guards, troubles and findings, then to changes,
and what is left over to pictures.
"""

from __future__ import annotations

from functools import partial
from itertools import groupby, islice
from typing import TYPE_CHECKING

from mxsync.diagnostic import Severity
from mxsync.impact import Impact
from mxsync.render import mermaid
from mxsync.render.markdown.pieces import LIMIT, code, cut, fenced, fitting, listed, marker, size
from mxsync.render.phrases import allowed, caches, record_lines, sum_of, ttl
from mxsync.render.words import count, name, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mxsync.diagnostic import Diagnostic
    from mxsync.plan import Plan, PlannedChange, Provenance, Trouble

MAX_RECORDS = 30
"""How many records of a changed set are shown."""
MAX_PICTURES = 5
"""For how many changed sets there is a picture."""
MAX_TARGETS = 20
"""How many of the zones and owners that a plan was limited to are named."""

_SPARE = 2_500
"""Octets kept for headings and for lines that say how many more there are."""
_SHARE = 12_000
"""The most octets for findings, and for each kind of trouble."""
_BLOCK = len("```diff\n\n```\n\n")
_SAME_FLOW = frozenset({Impact.TTL, Impact.RENUMBER})


def plan(
    made: Plan, provenance: Provenance, *, digest: str, key: str | None = None, explain: bool = False
) -> str:
    """Write a plan. `digest` is that of its document, `key` tells apart the plans on one pull request."""
    head = "".join(_head(made, provenance, key))
    foot = _foot(made, digest)
    room = LIMIT - size(head) - size(foot) - _SPARE
    parts = [head]
    for section in (
        partial(_guards, provenance),
        partial(_troubles, "Blocked: no MX set may be written there now", made.blocked),
        partial(_troubles, "Not readable: nothing is planned there", made.failed),
        partial(_findings, provenance),
        partial(_changes, made.changes, explain=explain),
        partial(_pictures, made.changes),
    ):
        part = "".join(section(room))
        room -= size(part)
        parts.append(part)
    return "\n".join(f"{part.rstrip()}\n" for part in (*parts, foot) if part)


def _head(made: Plan, provenance: Provenance, key: str | None) -> Iterator[str]:
    yield f"{marker('plan', key)}\n### mxsync plan\n\n**{sum_of(made)}**\n"
    if provenance.undoes:
        yield f"\nTakes back run {code(provenance.undoes)}\n"
    if provenance.targets:
        targets = [*fitting(map(code, provenance.targets[:MAX_TARGETS]), _SHARE // 2)]
        left = len(provenance.targets) - len(targets)
        yield f"\nLimited to {', '.join(targets)}{f' and {left} more' if left else ''}\n"
    if said := allowed(provenance.allowed):
        yield f"\nAllowed when it was made: {said}.\n"
    if not made.complete:
        yield (
            f"\n**Not complete** (`complete: false`): {len(made.failed)} could not be read, and nothing "
            "is planned there; to apply the rest takes `--partial`.\n"
        )


def _guards(provenance: Provenance, room: int) -> Iterator[str]:
    if provenance.guards:
        yield "**Refused.** `mxsync apply` does not carry out this plan, because of:\n\n"
        yield listed(map(_finding, provenance.guards), len(provenance.guards), room, "that refuse it")


def _findings(provenance: Provenance, room: int) -> Iterator[str]:
    guards = set(provenance.guards)
    others = [each for each in provenance.findings if not each.waived and each not in guards]
    shown = [
        each
        for severity in (Severity.ERROR, Severity.WARNING)
        for each in others
        if each.severity is severity
    ]
    if shown:
        yield "Findings:\n\n"
        yield listed(map(_finding, shown), len(shown), min(_SHARE, room), "findings")


def _finding(found: Diagnostic) -> str:
    where = f" at {code(str(found.place))}" if found.place else ""
    what_to_do = f"; help: {code(found.help)}" if found.help else ""
    return f"- {found.severity} {code(found.rule)}{where}: {code(found.message)}{what_to_do}\n"


def _troubles(title: str, troubles: Sequence[Trouble], room: int) -> Iterator[str]:
    if troubles:
        yield f"**{title} ({len(troubles)})**\n\n"
        yield listed(map(_trouble, troubles), len(troubles), min(_SHARE, room), "of them")


def _trouble(trouble: Trouble) -> str:
    where = f"{code(name(trouble.owner or trouble.zone))} at {code(trouble.provider)}"
    return f"- {where}: {code(trouble.reason)}\n"


def _changes(changes: Sequence[PlannedChange], room: int, *, explain: bool) -> Iterator[str]:
    """Write the changed sets, zone by zone, as many as there is room for."""
    shown = 0
    for (zone, provider), members in groupby(changes, key=lambda item: (item.zone, item.provider)):
        heading = f"#### {code(name(zone))} at {code(provider)}\n\n"
        room -= size(heading) + _BLOCK
        lines: list[str] = []
        full = False
        for item in members:
            written = [*_planned(item, explain=explain)]
            # A fence is longer than any run of backticks in its block.
            room -= sum(size(line) + 1 + 2 * line.count("`") for line in written)
            if full := room < 0:
                break
            lines += written
            shown += 1
        if lines:
            yield f"{heading}{fenced('diff', lines)}\n"
        if full:
            break
    if shown < len(changes):
        yield f"… and {len(changes) - shown} more changes: `mxsync plan` shows them all.\n"


def _planned(item: PlannedChange, *, explain: bool) -> Iterator[str]:
    # No line begins with anything that could be the end of the block, whatever the names in it are.
    change = item.change
    yield f"@@ {name(change.owner)} @@ {item.impact}: {cut(item.effect)}"
    records = [f"{sign} {written}" for sign, written in record_lines(change)]
    yield from records[:MAX_RECORDS]
    if len(records) > MAX_RECORDS:
        yield f"# … and {len(records) - MAX_RECORDS} more records"
    yield f"# {ttl(change)}; {caches(item)}"
    if explain:
        from mxsync.render.explain import sentences  # noqa: PLC0415 - what it uses is slow to import

        yield from (f"# {sentence}" for sentence in islice(sentences(change), MAX_RECORDS))


def _pictures(changes: Iterable[PlannedChange], room: int) -> Iterator[str]:
    """Draw the way of mail before and after, where it changes, a few times."""
    moved = [item for item in changes if item.impact not in _SAME_FLOW]
    if drawn := [*fitting(map(_picture, moved[:MAX_PICTURES]), room)]:
        left = len(moved) - len(drawn)
        more = f" (of {len(drawn)} sets; {left} more change it)" if left else ""
        yield f"<details><summary>The way of mail, before and after{more}</summary>\n\n"
        yield "\n".join(drawn)
        yield "\n</details>\n"


def _picture(item: PlannedChange) -> str:
    drawing = mermaid.flowchart(item.change.before, item.change.after)
    where = f"{code(name(item.change.owner))} at {code(item.provider)}"
    return f"{where}:\n\n{fenced('mermaid', drawing.splitlines())}"


def _foot(made: Plan, digest: str) -> str:
    kept = (
        f"Not in the manifest, left alone: {count(len(made.unmanaged), 'MX set')}.\n\n"
        if made.unmanaged
        else ""
    )
    command = f"mxsync apply plan.json --digest {one_line(digest)}"
    how = "Where the plan was saved as `plan.json`, this applies just that plan:"
    return f"{kept}Digest: {code(digest)}\n\n{how}\n\n{fenced('sh', [command])}"
