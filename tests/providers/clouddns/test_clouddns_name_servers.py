"""The provider knows the name servers of each zone."""

from __future__ import annotations

from mxsync import names
from mxsync.provider import Serving, ZoneServers
from mxsync.reading import ZoneFailure
from support.clouddns.site import ZONE, Site

MISSING, PRIVATE = names.parse("missing.test."), names.parse("private.test.")


def test_each_zone_has_its_name_servers_and_a_private_one_has_none(site: Site) -> None:
    site.fake.new_zone(PRIVATE, private=True)
    provider = site.open()
    assert isinstance(provider, Serving)
    found = {it.zone: it for it in provider.name_servers([ZONE, MISSING])}
    servers = tuple(site.zone.resource["nameServers"])
    assert found[ZONE] == ZoneServers(ZONE, tuple((name, 53) for name in servers), servers)
    assert isinstance(found[MISSING], ZoneFailure)
    private = site.open(visibility="private")
    assert isinstance(private, Serving)
    assert list(private.name_servers([PRIVATE])) == [ZoneServers(PRIVATE, ())]
