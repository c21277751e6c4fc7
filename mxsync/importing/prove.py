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
    from mxsync.state import Desired


def prove(
    paths: Iterable[Path], files: Mapping[Path, bytes], provider: str, folded: Folded, today: date
) -> Desired:
    """Read `files`, which are not written yet, with the rest of the manifest; give what they want.

    Raises MxsyncError if that is not what was read from the provider.
    """
    desired, findings = resolve(load_manifest((*paths, *files), files), today)
    refused = "nothing was written, for the result would not be what is there now"
    for finding in findings:
        if has_errors([finding]):
            raise MxsyncError(f"{refused}: {finding.place}: {finding.rule}: {finding.message}")
    wanted = {(zone.provider, zone.zone): zone.owners for zone in desired.zones}
    for zone in folded.zones:
        found = wanted.get((provider, zone.zone), {})
        if {owner: each.set for owner, each in found.items()} != {each.owner: each.set for each in zone.kept}:
            raise MxsyncError(f"{refused}: {zone.zone} would be another; write to a new file with -o")
    return desired
