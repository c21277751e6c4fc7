"""The provider knows the delegation set of each zone."""

from __future__ import annotations

from mxsync import names
from mxsync.provider import Serving, ZoneServers
from mxsync.reading import ZoneFailure
from support.route53 import ACCESS_DENIED
from support.route53.site import ZONE, Site

MISSING, PRIVATE = names.parse("missing.test."), names.parse("private.test.")


def test_each_zone_has_its_delegation_set_and_a_private_one_has_none(site: Site) -> None:
    site.fake.new_zone(PRIVATE, private=True)
    provider = site.open()
    assert isinstance(provider, Serving)
    found = {it.zone: it for it in provider.name_servers([ZONE, MISSING])}
    servers = tuple(sorted(f"{name}." for name in site.zone.name_servers))
    assert found[ZONE] == ZoneServers(ZONE, tuple((name, 53) for name in servers), servers)  # type: ignore[arg-type]
    assert isinstance(found[MISSING], ZoneFailure)
    private = site.open(private=True)
    assert isinstance(private, Serving)
    assert list(private.name_servers([PRIVATE])) == [ZoneServers(PRIVATE, ())]


def test_without_the_right_to_ask_for_it_that_is_the_zones_trouble(site: Site) -> None:
    site.fake.fail("GetHostedZone", ACCESS_DENIED)
    provider = site.open()
    assert isinstance(provider, Serving)
    (found,) = provider.name_servers([ZONE])
    assert isinstance(found, ZoneFailure)
    assert "route53:GetHostedZone" in found.message
