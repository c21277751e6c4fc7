"""A manifest beside the zone files that it manages, and the journal of what was done to them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dns.rdatatype
import dns.zone

from support.cli import mxsync

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.cli import Run

HEAD = """\
$TTL 1h
@  SOA ns hostmaster 7 7200 900 1209600 300
@  NS  ns
ns A   192.0.2.1
"""
OLD, NEW = "10 old.example.net.", "10 mx.example.net."
KINDS: Mapping[str, tuple[str, str]] = {
    "create": ("", f"{{ttl: 5m, records: [{NEW}, 20 mx2.example.net.]}}"),
    "update": (f"update 3600 MX {OLD}\nupdate 3600 MX 20 older.example.net.", f"[{NEW}]"),
    "delete": (f"delete 3600 MX {OLD}", "absent"),
    "ttl": (f"ttl 86400 MX {NEW}", f"{{ttl: 5m, records: [{NEW}]}}"),
    "same": (f"same 3600 MX {NEW}", f"[{NEW}]"),
}
"""By owner: the lines of the zone file, and what the manifest wants there."""

Sets = dict[str, tuple[int, list[str]]]
"""TTL and records by owner."""


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with `mxsync.yaml`, and zone files in `zones`."""

    folder: Path
    state: Path
    """Where its journal is."""

    def manage(self, zones: Mapping[str, Mapping[str, tuple[str, str]]], *, head: str = "") -> None:
        """Write the zone files and the manifest, each zone with owners as in `KINDS`."""
        (self.folder / "zones").mkdir(parents=True, exist_ok=True)
        wanted = ""
        for zone, owners in zones.items():
            lines = "\n".join(before for before, _ in owners.values())
            self.file(zone).write_text(f"{HEAD}{lines}\n")
            sets = ", ".join(f"{owner!r}: {after}" for owner, (_, after) in owners.items())
            wanted += f"  {zone}: {{mx: {{{sets}}}}}\n"
        (self.folder / "mxsync.yaml").write_text(
            "mxsync: 1\nproviders:\n  files: {type: zonefile, directory: zones}\n"
            f"{head}defaults: {{provider: files, ttl: 1h}}\nzones:\n{wanted}"
        )

    def file(self, zone: str) -> Path:
        """Give the file of a zone."""
        return self.folder / f"zones/{zone}.zone"

    def sets(self, zone: str = "example.com") -> Sets:
        """Give the MX sets of a zone as dnspython reads its file."""
        read = dns.zone.from_file(str(self.file(zone)), zone, relativize=False)
        return {
            str(name.relativize(read.origin or dns.name.root)): (
                rdataset.ttl,
                sorted(str(record) for record in rdataset),
            )
            for name, rdataset in read.iterate_rdatasets(dns.rdatatype.MX)
        }

    def run(self, *arguments: str) -> Run:
        """Run `mxsync` in the folder."""
        return mxsync(*arguments, cwd=self.folder)

    @property
    def journals(self) -> list[Path]:
        """The files of the journal, the oldest first."""
        return sorted(self.state.glob("*.jsonl"))

    def events(self, number: int = -1) -> list[dict[str, Any]]:
        """Give the lines of a run of the journal."""
        return events_in(self.journals[number])


def events_in(path: Path) -> list[dict[str, Any]]:
    """Give the lines of a journal's file; a last one that was cut is none."""
    return [json.loads(line) for line in path.read_text().split("\n")[:-1]]


def events_of(events: list[dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    """Give the last event of a kind at each owner."""
    return {event["owner"]: event for event in events if event["event"] == kind}
