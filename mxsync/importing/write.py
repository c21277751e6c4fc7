"""Writes imported sets and zones as lines of a manifest. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from mxsync.importing.found import Left
from mxsync.manifest.scalars import core, is_trap
from mxsync.manifest.schema import UNITS
from mxsync.manifest.sets import BUILTIN
from mxsync.names import unicode_form
from mxsync.operators import recognise
from mxsync.render.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mxsync.importing.fold import Folded, NamedSet, Records, Value
    from mxsync.importing.found import FoundZone, Kept

REASON = "imported as it was"
"""What a waiver gives as its reason."""
WIDE = 80
"""How long a list of records in one line may be, in characters."""

_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")


def whole(
    folded: Folded, until: date, *, provider: tuple[str, Mapping[str, Any]], schema: str | None
) -> list[str]:
    """Write a manifest that stands on its own, with its provider block.

    `schema` is the file by which editors know manifests, if there is one.
    """
    name, settings = provider
    added = {
        "sets": set_lines(folded.new),
        "defaults": defaults_lines(name, folded.ttl),
        "zones": zone_lines(folded.zones, folded, until, provider=None),
    }
    return [*head(schema), "", "providers:", *_block(name, settings), *sections(added)]


def sections(added: Mapping[str, Sequence[str]]) -> list[str]:
    """Write sections of a file, with a blank line before each; those that are empty are left out."""
    return [line for name, lines in added.items() if lines for line in ("", f"{name}:", *indented(lines))]


def defaults_lines(provider: str, ttl: int | None) -> list[str]:
    """Write entries of `defaults:`."""
    return [f"provider: {scalar(provider)}", *([] if ttl is None else [f"ttl: {duration(ttl)}"])]


def head(schema: str | None) -> list[str]:
    """Write what every file begins with."""
    return [*([f"# yaml-language-server: $schema={schema}"] if schema else []), "mxsync: 1"]


def set_lines(sets: Iterable[NamedSet]) -> list[str]:
    """Write entries of `sets:`."""
    lines: list[str] = []
    for each in sets:
        key, records = scalar(each.name), [f"- {record}" for record in each.records]
        shown = _remark(whose=each.records)
        if each.operator:
            lines.append(f"{key}: {BUILTIN}{each.operator}")
        elif each.ttl is None:
            lines += [f"{key}:{shown}", *indented(records)]
        else:
            inner = [f"ttl: {duration(each.ttl)}", "records:", *indented(records)]
            lines += [f"{key}:{shown}", *indented(inner)]
    return lines


def zone_lines(zones: Iterable[FoundZone], folded: Folded, until: date, *, provider: str | None) -> list[str]:
    """Write entries of `zones:`, with `provider` where the defaults do not name it."""
    return [line for zone in zones for line in _zone(zone, folded, until, provider)]


def _zone(zone: FoundZone, folded: Folded, until: date, provider: str | None) -> list[str]:
    if not zone.kept:
        return [
            f"# {one_line(zone.key)}: nothing was imported",
            *(_comment(each, "#   ") for each in zone.left),
        ]
    key = scalar(zone.key)
    first = zone.kept[0]
    if zone.owners == (first,) and first.key == "@" and not (provider or first.waive or first.note):
        return _entry(zone.key, folded.value(first.set))
    lines: list[str] = []
    if provider:
        lines.append(f"provider: {scalar(provider)}")
    lines.append("mx:")
    for each in zone.owners:
        lines += indented(
            [_comment(each, "# ")] if isinstance(each, Left) else _owner(each, folded.value(each.set))
        )
    waivers = [_waiver(kept, rule, until) for kept in zone.kept for rule in kept.waive]
    if waivers:
        lines += ["waive:", *indented(waivers)]
    return [f"{key}:{_remark(zone.key)}", *indented(lines)]


def _owner(kept: Kept, value: Value) -> list[str]:
    note = [f"# {one_line(kept.note)}"] if kept.note else []
    return [*note, *_entry(kept.key, value)]


def _waiver(kept: Kept, rule: str, until: date) -> str:
    return f"- {{rule: {rule}, owner: {scalar(kept.key)}, reason: {REASON}, until: {until.isoformat()}}}"


def _comment(left: Left, mark: str) -> str:
    return f"{mark}{one_line(left.key)} (not imported): {one_line(left.reason)}"


def _entry(name: str, value: Value) -> list[str]:
    """Write the name of an owner and what it shall have."""
    key, shown = scalar(name), _remark(name, () if value.word else value.records)
    ttl = None if value.ttl is None else duration(value.ttl)
    if value.word:
        word = scalar(value.word)
        return [f"{key}: {word if ttl is None else f'{{set: {word}, ttl: {ttl}}}'}{shown}"]
    flow = f"[{', '.join(map(str, value.records))}]"
    if len(flow) <= WIDE:
        return [f"{key}: {flow if ttl is None else f'{{ttl: {ttl}, records: {flow}}}'}{shown}"]
    items = [f"- {record}" for record in value.records]
    inner = items if ttl is None else [f"ttl: {ttl}", "records:", *indented(items)]
    return [f"{key}:{shown}", *indented(inner)]


def _remark(key: str = "", whose: Records = ()) -> str:
    """Write a comment: a name with its U-labels, if it has any, and the operator that all hosts belong to."""
    form = unicode_form(key)  # type: ignore[arg-type]  # the form of a part is the part of the form
    remarks = [] if form == key else [one_line(form)]
    known = {recognise(record.exchange) for record in whose}
    remarks += [operator.title for operator in known if operator and len(known) == 1]
    return f"  # {', '.join(remarks)}" if remarks else ""


def duration(seconds: int) -> str:
    """Write a TTL in the largest unit of minutes, hours, days or weeks that it is a multiple of."""
    for unit in ("w", "d", "h", "m"):
        if seconds and seconds % UNITS[unit] == 0:
            return f"{seconds // UNITS[unit]}{unit}"
    return str(seconds)


def scalar(text: str) -> str:
    """Write a text so that YAML reads just this text."""
    if _PLAIN.fullmatch(text) and _is_text(text):
        return text
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _is_text(text: str) -> bool:
    return isinstance(core(text), str) and not is_trap(text)


def indented(lines: Sequence[str], by: int = 2) -> list[str]:
    """Move lines to the right."""
    return [f"{' ' * by}{line}" for line in lines]


class _Dumper(yaml.SafeDumper):
    """Writes texts in quotes that YAML 1.2 reads as something else than YAML 1.1 does."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's
        super().increase_indent(flow=flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - PyYAML's
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = None if _is_text(text) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _block(name: str, settings: Mapping[str, Any]) -> list[str]:
    """Write a provider block as it was given: with references, and no secret."""
    written: str = yaml.dump(
        {name: dict(settings)}, Dumper=_Dumper, sort_keys=False, width=2**31, allow_unicode=True
    )
    return indented(written.splitlines())
