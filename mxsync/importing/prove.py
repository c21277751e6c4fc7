"""Makes sure of a result before it is written: it validates, and wants just what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mxsync.diagnostic import has_errors
from mxsync.errors import MxsyncError
from mxsync.manifest.load import load_manifest
from mxsync.manifest.resolve import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from mxsync.importing.fold import Folded

_ELSEWHERE = "give the path of a new file"


def prove(
    paths: Iterable[Path], files: Mapping[Path, bytes], provider: str, folded: Folded, today: date
) -> None:
    """Read `files`, which are not written yet, with the rest of the manifest.

    Raises MxsyncError if they are no valid manifest, or want other than what was read from the provider.
    """
    desired, findings = resolve(load_manifest((*paths, *files), files), today)
    refused = "nothing was written, for the result would not be what is there now"
    for finding in findings:
        if has_errors([finding]):
            what = f"{finding.place}: {finding.rule}: {finding.message}"
            raise MxsyncError(f"{refused}: {what}; {_ELSEWHERE}")
    wanted = {(zone.provider, zone.zone): zone.owners for zone in desired.zones}
    for zone in folded.zones:
        found = wanted.get((provider, zone.zone), {})
        if {owner: each.set for owner, each in found.items()} != {each.owner: each.set for each in zone.kept}:
            raise MxsyncError(f"{refused}: {zone.zone} would be another; {_ELSEWHERE}")
