"""Files that list domains, one a line, for `zones_from`."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mxsync.diagnostic import LINE_BREAK, Place
from mxsync.manifest.document import BOM, MAX_OCTETS, Scalar
from mxsync.manifest.files import read_octets, shown
from mxsync.manifest.spot import Spot

if TYPE_CHECKING:
    from pathlib import Path

    from mxsync.diagnostic import Diagnostic

_WORD = re.compile(r"[^\s#]+")
_MOST_WORDS = 2


@dataclass(frozen=True, slots=True)
class ZoneList:
    """A list of domains."""

    path: str
    sha256: str
    entries: tuple[tuple[Scalar, Scalar | None], ...]
    """Each a domain, and the name of its own set where the line has one."""


def read_zone_list(path: Path, spot: Spot, findings: list[Diagnostic]) -> ZoneList:
    """Read a file of domains; `spot` is where it is named, for findings about the file as a whole."""
    entries: list[tuple[Scalar, Scalar | None]] = []
    data = _octets(path, spot, findings)
    for number, line in enumerate(_lines(data, path, spot, findings), 1):
        words = [
            Scalar(match[0], match[0], number, match.start() + 1, quoted=False)
            for match in _WORD.finditer(line.partition("#")[0])
        ]
        if len(words) > _MOST_WORDS:
            at = Spot(shown(path), words[_MOST_WORDS])
            message = "a line holds a domain, and the name of a set where it has one of its own"
            findings.append(at.finding("MX029", message))
        elif words:
            entries.append((words[0], words[1] if len(words) == _MOST_WORDS else None))
    return ZoneList(shown(path), hashlib.sha256(data).hexdigest(), tuple(entries))


def _octets(path: Path, spot: Spot, findings: list[Diagnostic]) -> bytes:
    try:
        data = read_octets(path)
    except OSError as error:
        findings.append(
            spot.finding("MX029", f"the file {shown(path)} cannot be read: {error.strerror or error}")
        )
        return b""
    if len(data) > MAX_OCTETS:
        findings.append(
            spot.finding("MX029", f"the file {shown(path)} is larger than {MAX_OCTETS >> 20} MiB")
        )
        return b""
    return data


def _lines(data: bytes, path: Path, spot: Spot, findings: list[Diagnostic]) -> list[str]:
    try:
        return LINE_BREAK.split(data.removeprefix(BOM).decode("utf-8"))
    except UnicodeDecodeError as error:
        place = Place.behind(data.removeprefix(BOM)[: error.start].decode("utf-8"), shown(path))
        findings.append(spot.finding("MX029", "the file is not UTF-8", "save it as UTF-8", place=place))
        return []
