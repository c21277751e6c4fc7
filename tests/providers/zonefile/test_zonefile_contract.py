"""Zone files keep the provider contract."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import dns.name
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
import dns.zone
import pytest

from mxsync import names
from mxsync.model import MX, MXSet
from mxsync.provider import Context
from mxsync.testing import Backend, ProviderContract
from mxsync_zonefile import ZonefileConfig, plugin
from support.importing import ImportContract

if TYPE_CHECKING:
    from pathlib import Path

    from mxsync.names import Name


class FolderBackend:
    """Zone files that somebody else edits with dnspython."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        config = ZonefileConfig.model_validate({"directory": str(folder)})
        self.provider = plugin.open(config, Context("files", folder, writing=True))
        self._numbers = count()

    def new_zone(self) -> Name:
        zone = names.parse(f"zone{next(self._numbers)}.test.")
        self.path(zone).write_text(
            "$TTL 1h\n@ IN SOA ns1.example.net. host.example.net. 1 7200 900 1209600 300\n"
            "  IN NS ns1.example.net. ; the only one\n"
        )
        return zone

    def path(self, zone: Name) -> Path:
        return self.folder / f"{zone}zone"

    def load(self, zone: Name) -> dns.zone.Zone:
        return dns.zone.from_file(str(self.path(zone)), zone, relativize=False)

    def put(self, zone: Name, owner: Name, wanted: MXSet | None) -> None:
        held, name = self.load(zone), dns.name.from_text(owner)
        held.delete_rdataset(name, dns.rdatatype.MX)
        if wanted:
            data = [str(record) for record in wanted.records]
            held.replace_rdataset(name, dns.rdataset.from_text("IN", "MX", wanted.ttl, *data))
        held.to_file(str(self.path(zone)), relativize=False)

    def look(self, zone: Name, owner: Name) -> MXSet | None:
        held = self.load(zone).get_rdataset(dns.name.from_text(owner), dns.rdatatype.MX)
        if held is None:
            return None
        return MXSet.of(held.ttl, (MX(one.preference, names.parse(one.exchange.to_text())) for one in held))


class TestContract(ImportContract, ProviderContract):
    @pytest.fixture
    def backend(self, tmp_path: Path) -> Backend:
        return FolderBackend(tmp_path)
