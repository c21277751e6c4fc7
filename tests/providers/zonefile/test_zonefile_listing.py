"""Which zones a folder has."""

from __future__ import annotations

from pathlib import Path

import pytest

from mxsync.errors import MxsyncError
from mxsync.provider import Context
from mxsync_zonefile import ZonefileConfig
from mxsync_zonefile.provider import open_folder


def listed(folder: Path, pattern: str) -> list[str]:
    config = ZonefileConfig.model_validate({"directory": str(folder), "pattern": pattern})
    return sorted(map(str, open_folder(config, Context("files", folder)).list_zones()))


@pytest.mark.parametrize(
    ("pattern", "files", "zones"),
    [
        ("{zone}.zone", ["example.com.zone", "root.zone", "notes.txt", "Upper.zone"], [".", "example.com."]),
        ("db.{zone}", ["db.example.com", "db.example.com.jnl", "db..x"], ["example.com."]),
        ("{zone}/{zone}.db", ["example.com/example.com.db", "example.com/example.net.db"], ["example.com."]),
        ("[a]{zone}?", ["[a]example.com?", "aexample.comx"], ["example.com."]),
        ("{zone}", ["example.com", "example..org", ".hidden"], ["example.com."]),
    ],
)
def test_the_files_that_fit_the_pattern_are_zones(
    tmp_path: Path, pattern: str, files: list[str], zones: list[str]
) -> None:
    for file in files:
        path = tmp_path / file
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    (tmp_path / pattern.replace("{zone}", "folder.example")).mkdir(parents=True)
    assert listed(tmp_path, pattern) == zones


def test_a_folder_that_has_gone_is_one_message(tmp_path: Path) -> None:
    folder = tmp_path / "zones"
    folder.mkdir()
    config = ZonefileConfig.model_validate({"directory": str(folder)})
    provider = open_folder(config, Context("files", tmp_path))
    folder.rmdir()
    with pytest.raises(MxsyncError, match=r"zones: the folder cannot be read: No such file"):
        list(provider.list_zones())
