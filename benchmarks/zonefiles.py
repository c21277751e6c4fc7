"""Makes manifests of zones in a folder of zone files: one MX set each, all alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HEAD = """\
mxsync: 1
providers: {files: {type: zonefile, directory: zones}}
defaults: {provider: files, ttl: 3600}
sets: {own: [10 mx1.example.net., 20 mx2.example.net.]}
zones:
"""
_ZONE = """\
$TTL 3600
@ SOA ns.example.net. hostmaster.example.net. 1 3600 600 86400 300
@ NS ns.example.net.
@ MX 10 mx1.example.net.
@ MX 20 mx2.example.net.
"""


def write_manifest(folder: Path, zones: int) -> None:
    """Write a manifest that manages so many of the zones."""
    with (folder / "mxsync.yaml").open("w") as file:
        file.write(_HEAD)
        file.writelines(f"  d{at}.example.com: own\n" for at in range(zones))


def write_folder(folder: Path, zones: int) -> None:
    """Write so many zone files, which are as the manifest has them; those that are there stay."""
    (folder / "zones").mkdir(exist_ok=True)
    for at in range(zones):
        path = folder / "zones" / f"d{at}.example.com.zone"
        if not path.exists():
            path.write_text(_ZONE)
