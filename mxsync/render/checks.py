"""What `mxsync doctor` has found, as text. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.diagnostic import Severity
from mxsync.render.words import name, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mxsync.provider import Check

MAX_ZONES = 3
"""How many zones are named of those for which the same was found."""

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)
_LABELS = {
    Severity.ERROR: "\x1b[31merror\x1b[0m",
    Severity.WARNING: "\x1b[33mwarning\x1b[0m",
    Severity.INFO: "\x1b[32mok\x1b[0m",
}


def text(found: Mapping[str, Sequence[Check]]) -> str:
    """Write what was found, provider by provider, the worst first; the same for many zones only once."""
    return "".join(f"{line}\n" for provider in found for line in _provider(provider, found[provider]))


def _provider(provider: str, checks: Sequence[Check]) -> Iterator[str]:
    yield f"{provider}:"
    if not checks:
        yield "  nothing to examine: no zone uses it"
    groups: dict[tuple[Severity, str, str], list[Check]] = {}
    for check in checks:
        groups.setdefault((check.severity, check.about, check.message), []).append(check)
    for (severity, about, message), same in sorted(groups.items(), key=lambda item: _ORDER.index(item[0][0])):
        zones = [name(zone) for zone in dict.fromkeys(check.zone for check in same) if zone is not None]
        where = f" [{_zones(zones)}]" if zones else ""
        yield f"  {_LABELS[severity]}: {about}: {one_line(message)}{where}"


def _zones(zones: Sequence[str]) -> str:
    if len(zones) <= MAX_ZONES:
        return ", ".join(zones)
    return f"{', '.join(zones[:MAX_ZONES])} and {len(zones) - MAX_ZONES} more"
