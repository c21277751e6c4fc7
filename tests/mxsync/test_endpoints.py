"""Whose credentials an endpoint gets that a manifest names."""

from __future__ import annotations

import pytest

from mxsync.endpoints import Credentials, credentials_for, host_of
from mxsync.errors import NotAllowed


def decide(url: str | None, *allowed: str) -> Credentials:
    return credentials_for(
        url,
        frozenset(allowed),
        block="cloud",
        key="endpoint",
        is_vendors=lambda host: host == "api.example.com",
    )


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://API.example.com", "api.example.com"),
        ("http://127.0.0.1:8080/path", "127.0.0.1"),
        ("http://[2001:DB8::1]:8080", "2001:db8::1"),
    ],
)
def test_the_host_of_a_url_is_found(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "file:///etc",
        "https://",
        "https://user@api.example.com",
        "https://user:word@api.example.com",
        "https://api.example.com?key=word",
        "https://api.example.com#part",
        "https://api.example.com:port",
        "https://api.example.com:99999",
    ],
)
def test_what_is_no_plain_url_is_none(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are partly those of urllib
        host_of(url)


def test_the_vendors_hosts_get_the_operators_credentials_over_https_only() -> None:
    assert decide(None) is decide("https://api.example.com") is Credentials.OWN
    with pytest.raises(NotAllowed):
        decide("http://api.example.com")


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.1.2.3", "http://[::1]"])
def test_this_machine_gets_made_up_credentials_unless_it_is_allowed(url: str) -> None:
    assert decide(url) is Credentials.DUMMY
    assert decide(url, host_of(url).upper()) is Credentials.OWN


@pytest.mark.parametrize(
    "url",
    [
        "https://example.net",
        "http://192.0.2.1",
        "http://0.0.0.0",
        "http://127.0.0.1.example.net",
        "http://2130706433",
    ],
)
def test_any_other_host_is_refused_in_one_line_that_says_how_to_allow_it(url: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        decide(url, "other.example.net")
    assert str(caught.value) == (
        f"provider 'cloud': its endpoint sends your credentials' requests to {host_of(url)}; "
        f"allow that with --allow-endpoint {host_of(url)} if you trust this manifest"
    )
