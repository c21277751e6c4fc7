"""Zone files in a folder, for tests of the zone file provider."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from mxsync import names
from mxsync.change import Change
from mxsync.model import MX, MXSet
from mxsync.provider import ZoneBatch, ZoneRequest
from mxsync.reading import ZoneFailure
from mxsync_zonefile.folder import Folder
from mxsync_zonefile.provider import ZonefileProvider

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mxsync.change import ChangeOutcome
    from mxsync.names import Name
    from mxsync.reading import OwnerReading, ZoneReading
    from mxsync_zonefile.reload import Reload

ZONE = names.parse("example.com.")
DAY = date(2026, 11, 23)
HEAD = "$TTL 3600\n@ IN SOA ns1.example.net. host.example.net. 41 7200 900 1209600 300\n@ IN NS ns1.example.net.\n"
"""The beginning of a zone file; its serial is 41."""


def mx_set(ttl: int, *records: str) -> MXSet:
    """Write a set as `mx_set(3600, "10 mx1.example.net.")`."""
    pairs = (record.split() for record in records)
    return MXSet.of(ttl, (MX(int(preference), names.parse(exchange)) for preference, exchange in pairs))


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
