"""What is measured, and the zones that it needs."""

from __future__ import annotations

from dataclasses import dataclass

HOSTS = ("10 mx1.example.net.", "20 mx2.example.net.")
CHANGED = ("10 mx1.example.net.", "20 mx3.example.net.")
TTL = 3600
OWNERS = ("", "lists.", "news.", "m2500.", "sales.")
"""In front of the name of the large zone."""
LARGE = 5_000
"""How many names it has."""

Sets = dict[str, tuple[str, ...]]
"""The owners with an MX set, by zone."""


@dataclass(frozen=True, slots=True)
class Case:
    """What every contestant does once."""

    name: str
    sets: Sets
    apply: bool = False
