"""The manifest block of a folder of zone files."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pydantic
import pytest

from mxsync.errors import NotAllowed, ProviderError
from mxsync.provider import Context
from mxsync.registry import load, open_provider
from mxsync_zonefile import ZonefileConfig, plugin

if TYPE_CHECKING:
    from pathlib import Path


def config(**values: Any) -> ZonefileConfig:
    return ZonefileConfig.model_validate({"directory": "zones", **values})


def test_the_plug_in_is_found_by_its_name() -> None:
    assert load("zonefile") is plugin


def test_the_plug_in_is_imported_without_dnspython() -> None:
    code = "import sys, mxsync_zonefile; sys.exit(any(name.split('.')[0] == 'dns' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "values",
    [
        {"directory": None},
        {"pattern": "zone"},
        {"pattern": "/etc/{zone}"},
        {"pattern": "../{zone}"},
        {"pattern": "{zone}/"},
        {"pattern": "{zone}\0"},
        {"reload": []},
        {"reload": [""]},
        {"reload": "rndc reload"},
        {"reload_timeout": 0},
        {"reload_timeout": "60"},
        {"folder": "zones"},
    ],
)
def test_a_block_that_makes_no_sense_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(pydantic.ValidationError):
        config(**values)


def test_the_directory_is_relative_to_the_manifest(tmp_path: Path) -> None:
    (tmp_path / "zones").mkdir()
    open_provider(plugin, config(), Context("files", tmp_path))


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match=f"'files': directory: there is no folder {tmp_path}/zones"):
        plugin.open(config(), Context("files", tmp_path))


def test_a_reload_command_needs_leave_only_where_it_may_run(tmp_path: Path) -> None:
    (tmp_path / "zones").mkdir()
    block = config(reload=["rndc", "reload", "{zone}"])
    plugin.open(block, Context("files", tmp_path))
    plugin.open(block, Context("files", tmp_path, writing=True, allow_exec=True))
    with pytest.raises(NotAllowed, match="command rndc; allow that with --allow-exec"):
        plugin.open(block, Context("files", tmp_path, writing=True))
