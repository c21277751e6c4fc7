"""Zone files in a folder, for tests of the zone file provider."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

from mxsync import names
from mxsync.change import Change
from mxsync.provider import ZoneBatch, ZoneRequest
from mxsync.reading import ZoneFailure
from mxsync_zonefile.folder import Folder
from mxsync_zonefile.provider import ZonefileProvider

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mxsync.change import ChangeOutcome
    from mxsync.model import MXSet
    from mxsync.names import Name
    from mxsync.reading import OwnerReading, ZoneReading
    from mxsync_zonefile.reload import Reload

ZONE = names.parse("example.com.")
DAY = date(2026, 11, 23)
HEAD = "$TTL 3600\n@ IN SOA ns1.example.net. host.example.net. 41 7200 900 1209600 300\n@ IN NS ns1.example.net.\n"
"""The beginning of a zone file; its serial is 41."""


def provider_of(folder: Path, reload: Reload | None = None, *, lock_wait: float = 10.0) -> ZonefileProvider:
    """Open a folder in which a zone's file is its name and `.zone`; it is always the same day."""
    return ZonefileProvider(
        Folder(folder, "{zone}.zone"), reload, may_reload=True, today=lambda: DAY, lock_wait=lock_wait
    )


def zone_file(folder: Path, body: str = "", head: str = HEAD) -> Path:
    """Write the file of example.com."""
    path = folder / "example.com.zone"
    path.write_text(head + body)
    return path


def read(folder: Path, *owners: Name) -> ZoneReading | ZoneFailure:
    """Read example.com."""
    (result,) = provider_of(folder).read([ZoneRequest(ZONE, owners)])
    return result


def reading(folder: Path, owner: Name = ZONE) -> OwnerReading:
    """Read an owner of example.com, which must work."""
    result = read(folder, owner)
    assert not isinstance(result, ZoneFailure), result
    return result.owners[owner]


def refusal(folder: Path) -> str:
    """Read example.com, which must not work, and give the message: one line."""
    result = read(folder, ZONE)
    assert isinstance(result, ZoneFailure), result
    assert "\n" not in result.message
    return result.message


def write(provider: ZonefileProvider, *changes: Change) -> Sequence[ChangeOutcome]:
    """Write changes of example.com, and give the outcomes in their order."""
    answers = {answer.owner: answer for answer in provider.write(iter([ZoneBatch(ZONE, changes, {})]))}
    assert len(answers) == len(changes)
    return [answers[change.owner] for change in changes]


def write_one(
    provider: ZonefileProvider, before: MXSet | None, after: MXSet | None, owner: Name = ZONE
) -> ChangeOutcome:
    """Write one change of example.com."""
    (answer,) = write(provider, Change(owner, before, after))
    return answer


def compiled(folder: Path) -> dict[tuple[str, str], tuple[int, frozenset[str]]]:
    """Give what BIND reads in the zone file: TTL and data by owner and type. The SOA's serial is left out."""
    command = ["named-compilezone", "-q", "-k", "ignore", "-i", "none", "-o", "-", "example.com"]
    done = subprocess.run(
        [*command, "example.com.zone"], cwd=folder, check=True, capture_output=True, text=True
    )
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    ttls: dict[tuple[str, str], int] = {}
    for line in done.stdout.splitlines():
        owner, ttl, _, rdtype, data = line.split(maxsplit=4)
        if rdtype == "SOA":
            data = re.sub(r" \d+", " -", data, count=1)
        elif rdtype == "MX":
            data = data.lower()
        found[owner.lower(), rdtype].add(data)
        ttls[owner.lower(), rdtype] = int(ttl)
    return {key: (ttls[key], frozenset(data)) for key, data in found.items()}


def in_bind(wanted: MXSet) -> tuple[int, frozenset[str]]:
    """Give a set as `compiled` does."""
    return wanted.ttl, frozenset(str(record) for record in wanted.records)
