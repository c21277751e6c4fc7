"""Which resolvers are asked."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync.lookup.resolvers import Resolver, parse_resolver, system_resolvers


@pytest.mark.parametrize(
    ("text", "resolver"),
    [
        ("192.0.2.53", Resolver("192.0.2.53")),
        ("192.0.2.53:5353", Resolver("192.0.2.53", 5353)),
        ("2001:db8::53", Resolver("2001:db8::53")),
        ("2001:DB8:0::53", Resolver("2001:db8::53")),
        ("[2001:db8::53]", Resolver("2001:db8::53")),
        ("[2001:db8::53]:53", Resolver("2001:db8::53")),
        ("[2001:db8::53]:65535", Resolver("2001:db8::53", 65535)),
        ("2001:db8::53:5353", Resolver("2001:db8::53:5353")),
    ],
)
def test_a_resolver_is_an_address_with_or_without_a_port(text: str, resolver: Resolver) -> None:
    assert parse_resolver(text) == resolver


@pytest.mark.parametrize(
    "text",
    [
        "", ":53", "[]:53", "dns.example.net", "dns.example.net:53", "192.0.2", "192.0.2.53:", "192.0.2.53:dns",
        "192.0.2.53:-1", "[192.0.2.53]:53", "[2001:db8::53", "2001:db8::53]:53", "[2001:db8::53]53", "192.0.2.53 ",
        "192.0.2.053", "192.0.2.53:٥٣", "2001:db8::53::", "tls://192.0.2.53",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match="is no address of a resolver; write one like ") as refused:
        parse_resolver(text)
    assert repr(text) in str(refused.value)


@pytest.mark.parametrize("text", ["192.0.2.53:0", "192.0.2.53:65536", "[2001:db8::53]:99999"])
def test_a_port_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not one from 1 to 65535"):
        parse_resolver(text)


@given(st.ip_addresses(), st.integers(1, 65535))
def test_a_resolver_as_text_reads_as_itself(address: object, port: int) -> None:
    resolver = Resolver(str(address), port)
    assert parse_resolver(str(resolver)) == resolver


@given(st.text(max_size=40))
def test_any_other_text_is_a_value_error(text: str) -> None:
    try:
        resolver = parse_resolver(text)
    except ValueError:
        return
    assert str(ip_address(resolver.address)) == resolver.address


def test_the_resolvers_of_the_system_are_read_as_it_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "resolv.conf"
    path.write_bytes(
        b"# nameserver 192.0.2.1\n;nameserver 192.0.2.2\nsearch example.com\n  nameserver\t192.0.2.3 # first\n"
        b"nameserver nonsense\nnameserver\nnameserver 2001:db8::1\nnameserver 192.0.2.3\noptions \xff\n"
        b"nameserver fe80::1%lo\nnameserver 192.0.2.4\n"
    )
    assert [resolver.address for resolver in system_resolvers(path)] == [
        "192.0.2.3",
        "2001:db8::1",
        "fe80::1%lo",
    ]


def test_a_system_without_resolvers_has_none(tmp_path: Path) -> None:
    assert system_resolvers(tmp_path / "missing") == ()
    (tmp_path / "empty").write_text("search example.com\n")
    assert system_resolvers(tmp_path / "empty") == ()
