"""The soak test in short; `make soak` takes a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soak.run import soak

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 8


def test_what_two_mxsync_and_one_nsupdate_report_is_what_the_servers_history_says(tmp_path: Path) -> None:
    """All change the same 20 sets. Nothing is reported that was not there, nothing overwritten unseen."""
    found = soak("bind", tmp_path, SECONDS)
    assert found["applied (cas: records)"]
    assert found["applied (cas: soa)"]
    assert found["nsupdate"]
