"""What a contestant is given: a server, a key, the MX sets that shall be there, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

TTL = 3600
"""Of every set, in seconds."""
ADDRESS = "127.0.0.1"


class MX(NamedTuple):
    """An MX set of two records; all names are absolute."""

    zone: str
    owner: str
    first: str
    """The exchange with preference 10."""
    second: str
    """The exchange with preference 20."""


class Access(NamedTuple):
    """Where the server is, and the key (hmac-sha256) that may read and change its zones."""

    port: int
    key: str
    """Its name."""
    secret: str
    """In base64."""


class Task(NamedTuple):
    """What is to be done."""

    apply: bool = False
    far: bool = False
    """Whether there is a wait for the server."""
    whole: bool = False
    """Whether the other MX sets of the zone are to be found too, of which there are none."""


def save(path: Path, access: Access, wanted: Sequence[MX]) -> None:
    """Write it for a floor, as lines of words."""
    lines = (" ".join(map(str, line)) for line in (access, *wanted))
    path.write_text("".join(f"{line}\n" for line in lines), "ascii")


def load(path: str) -> tuple[Access, list[MX]]:
    """Read what `save` wrote."""
    with open(path, encoding="ascii") as file:  # noqa: PTH123 - pathlib takes a floor some milliseconds
        port, key, secret = file.readline().split()
        return Access(int(port), key, secret), [MX(*line.split()) for line in file]


def by_zone(sets: Iterable[MX]) -> dict[str, list[MX]]:
    """Give the sets of each zone."""
    zones: dict[str, list[MX]] = {}
    for mx in sets:
        zones.setdefault(mx.zone, []).append(mx)
    return zones
