"""Where no mail from the Internet arrives."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mxsync.rules.addresses import trap


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("0.0.0.0", "unspecified"),
        ("0.1.2.3", "reserved"),
        ("10.255.0.1", "private"),
        ("100.64.0.1", "shared by customers of a carrier (CGNAT)"),
        ("127.0.0.2", "loopback"),
        ("169.254.1.1", "link-local"),
        ("172.31.255.255", "private"),
        ("192.0.0.8", "reserved"),
        ("192.0.2.1", "for documentation"),
        ("192.168.1.1", "private"),
        ("198.19.0.1", "for benchmarks"),
        ("224.0.0.1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("::192.0.2.1", "reserved"),
        ("::ffff:192.0.43.8", "an IPv4 address in IPv6 form (192.0.43.8)"),
        ("64:ff9b::10.0.0.1", "private: 10.0.0.1, translated by NAT64"),
        ("64:ff9b:1::1", "for translation within a network"),
        ("100::1", "a black hole"),
        ("2001::1", "reserved"),
        ("2001:2::1", "for benchmarks"),
        ("2001:db8::1", "for documentation"),
        ("2002:7f00:1::1", "loopback: 127.0.0.1, 6to4"),
        ("3fff:fff::1", "for documentation"),
        ("4000::1", "reserved"),
        ("fd00::1", "private (unique local)"),
        ("fe80::1", "link-local"),
        ("fec0::1", "private (site-local)"),
        ("ff02::1", "multicast"),
    ],
)
def test_each_kind_is_called_by_its_name(text: str, kind: str) -> None:
    found = trap(ip_address(text))
    assert found
    assert found.name == kind


# Addresses of IANA's and ICANN's own web servers; nothing is sent there.
@pytest.mark.parametrize(
    "text",
    [
        "192.0.43.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255",
        "172.32.0.0", "192.0.1.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2001:500:88:200::8",
        "2001:200::1", "2001:db7:ffff::1", "2001:db9::1", "2002:c000:2b08::1", "64:ff9b::192.0.43.8", "3fff:1000::1",
    ],
)  # fmt: skip
def test_an_address_for_everybody_is_none(text: str) -> None:
    assert trap(ip_address(text)) is None


def test_inside_a_private_network_only_its_own_addresses_work() -> None:
    inside = [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "fd00::1",
        "fec0::1",
        "64:ff9b::10.0.0.1",
    ]
    outside = ["127.0.0.1", "::1", "169.254.0.1", "192.0.2.1", "0.0.0.0", "ff02::1", "::ffff:10.0.0.1"]
    kinds = {text: trap(ip_address(text)) for text in inside + outside}
    assert [text for text, kind in kinds.items() if kind and kind.inside] == inside
    assert [text for text, kind in kinds.items() if kind and not kind.inside] == outside


@given(st.ip_addresses(v=4))
def test_of_ipv4_it_knows_all_that_python_does(address: IPv4Address) -> None:
    # Two addresses of 192.0.0.0/24 and one of 192.88.99.0/24 are global to Python, and serve no mail.
    if not address.is_global:
        assert trap(address)


@given(st.ip_addresses(v=6))
def test_of_ipv6_it_knows_all_that_python_does_and_gives_mail_only_to_global_unicast(
    address: IPv6Address,
) -> None:
    if not address.is_global and not address.sixtofour:
        assert trap(address)
    if trap(address) is None:
        assert int(address) >> 125 == 1 or address.packed.startswith(b"\x00\x64\xff\x9b")


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_wherever_it_is_embedded(address: IPv4Address) -> None:
    bare = trap(address)
    for embedded in (
        IPv6Address(0x64FF9B << 96 | int(address)),
        IPv6Address(0x2002 << 112 | int(address) << 80),
    ):
        found = trap(embedded)
        assert bool(found) == bool(bare)
        assert (found and found.inside) == (bare and bare.inside)
    mapped = trap(IPv6Address(0xFFFF << 32 | int(address)))
    assert mapped
    assert not mapped.inside
