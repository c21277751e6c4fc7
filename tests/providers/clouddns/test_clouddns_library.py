"""What mxsync takes from google-cloud-dns, and why it takes no more: when one of these fails, look there again."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from google.auth.transport.requests import AuthorizedSession
from google.cloud.dns import Client  # type: ignore[import-untyped]

from mxsync_clouddns import connection
from support.clouddns import Fake, Zone
from support.clouddns.client import rrset


def test_the_library_still_breaks_on_a_routing_policy(fake: Fake, zone: Zone, api: Any) -> None:
    policy = {"wrr": {"items": [{"weight": 1.0, "rrdatas": ["10 mx.example.net."]}]}}
    fake.put(zone, {"name": "a.example.com.", "type": "MX", "ttl": 300, "routingPolicy": policy})
    with pytest.raises(KeyError, match="rrdatas"):
        list(api.zone(zone.name, zone.dns_name).list_resource_record_sets())


def test_the_librarys_listings_still_have_no_filter(api: Any) -> None:
    assert set(inspect.signature(api.list_zones).parameters) == {"max_results", "page_token"}
    listing = inspect.signature(api.zone("zone").list_resource_record_sets)
    assert set(listing.parameters) == {"max_results", "page_token", "client"}


def test_the_librarys_zones_still_hide_their_visibility(zone: Zone, api: Any) -> None:
    (found,) = api.list_zones()
    assert found.dns_name == zone.dns_name
    assert not hasattr(found, "visibility")


def test_the_librarys_own_classes_still_ask_the_connection_that_is_asked_here(api: Any) -> None:
    for method in (Client.list_zones, type(api.zone("zone")).list_resource_record_sets):
        assert "_connection.api_request" in inspect.getsource(method)
    wanted = {"method", "path", "query_params", "timeout"}
    assert wanted <= set(inspect.signature(api._connection.api_request).parameters)


def test_the_session_is_where_it_is_looked_for(api: Any) -> None:
    assert isinstance(api._http, AuthorizedSession)
    assert api._http is api._connection.http


def test_all_that_is_asked_works_on_the_library(fake: Fake, zone: Zone, api: Any) -> None:
    fake.service.polls_until_done = 1
    added = rrset("example.com.", "10 mx.example.net.")
    change_id, status = connection.change(api, zone.name, [added], [])
    assert (status, change_id) == ("pending", "1")
    assert change_id
    assert [connection.status(api, zone.name, change_id) for _ in range(2)] == ["pending", "done"]
    listed = connection.ask(api, connection.zone_path(zone.name, "/rrsets"), {"name": "example.com."})
    assert "MX" in {raw["type"] for raw in listed["rrsets"]}
    assert connection.change(api, zone.name, [], [added]) == ("2", "pending")
