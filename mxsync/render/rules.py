"""The rules as text for a terminal. Pure."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mxsync.rules.catalog import Rule

WIDTH = 80


def table(rules: Iterable[Rule]) -> str:
    """Write one line for each rule: its number, how bad it is, and what it finds."""
    return "".join(f"{rule.id}  {rule.severity:<7}  {rule.title}\n" for rule in rules)


def page(rule: Rule) -> str:
    """Write all there is to say about a rule."""
    what = "zone file" if rule.zone_data else "manifest"
    waiver = "can be waived" if rule.waivable else "cannot be waived"
    return (
        f"{rule.id}: {rule.title}\n\n"
        f"{textwrap.fill(rule.why, WIDTH)}\n\n"
        f"Severity: {rule.severity}, {waiver}\n"
        f"Source:   {rule.source}\n\n"
        f"Wrong, as a {what}:\n\n{textwrap.indent(rule.wrong, '  ')}\n"
        f"Right:\n\n{textwrap.indent(rule.right, '  ')}"
    )
