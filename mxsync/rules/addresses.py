"""Addresses at which no mail from the Internet arrives. Pure.

The networks are those of the registries of special-purpose addresses (RFC 6890 and its updates);
what Python's `ipaddress` says of them changes from one version to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Network

    from mxsync.answers import Address


@dataclass(frozen=True, slots=True)
class Kind:
    """Why an address cannot be reached from everywhere."""

    name: str
    inside: bool = False
    """Whether it can be reached within a private network."""


_LOOPBACK = Kind("loopback")
_UNSPECIFIED = Kind("unspecified")
_LINK_LOCAL = Kind("link-local")
_MULTICAST = Kind("multicast")
_DOCUMENTATION = Kind("for documentation")
_BENCHMARKING = Kind("for benchmarks")
_RESERVED = Kind("reserved")
_PRIVATE = Kind("private", inside=True)

_KINDS = {
    # IPv4
    "0.0.0.0/32": _UNSPECIFIED,  # RFC 1122 §3.2.1.3
    "0.0.0.0/8": _RESERVED,  # "this network", RFC 791 §3.2
    "10.0.0.0/8": _PRIVATE,  # RFC 1918
    "100.64.0.0/10": Kind("shared by customers of a carrier (CGNAT)", inside=True),  # RFC 6598
    "127.0.0.0/8": _LOOPBACK,  # RFC 1122 §3.2.1.3
    "169.254.0.0/16": _LINK_LOCAL,  # RFC 3927
    "172.16.0.0/12": _PRIVATE,  # RFC 1918
    "192.0.0.0/24": _RESERVED,  # for protocols, RFC 6890 §2.1
    "192.0.2.0/24": _DOCUMENTATION,  # RFC 5737
    "192.88.99.0/24": _RESERVED,  # 6to4 relays, RFC 7526
    "192.168.0.0/16": _PRIVATE,  # RFC 1918
    "198.18.0.0/15": _BENCHMARKING,  # RFC 2544
    "198.51.100.0/24": _DOCUMENTATION,  # RFC 5737
    "203.0.113.0/24": _DOCUMENTATION,  # RFC 5737
    "224.0.0.0/4": _MULTICAST,  # RFC 5771
    "240.0.0.0/4": _RESERVED,  # RFC 1112 §4
    # IPv6. What is not under 2000::/3 and not named here is reserved (RFC 4291 §2.4).
    "::/128": _UNSPECIFIED,  # RFC 4291 §2.5.2
    "::1/128": _LOOPBACK,  # RFC 4291 §2.5.3
    "64:ff9b:1::/48": Kind("for translation within a network", inside=True),  # RFC 8215
    "100::/64": Kind("a black hole"),  # RFC 6666
    "2001::/23": _RESERVED,  # for protocols, RFC 2928
    "2001:2::/48": _BENCHMARKING,  # RFC 5180
    "2001:db8::/32": _DOCUMENTATION,  # RFC 3849
    "3fff::/20": _DOCUMENTATION,  # RFC 9637
    "fc00::/7": Kind("private (unique local)", inside=True),  # RFC 4193
    "fe80::/10": _LINK_LOCAL,  # RFC 4291 §2.5.6
    "fec0::/10": Kind("private (site-local)", inside=True),  # RFC 3879
    "ff00::/8": _MULTICAST,  # RFC 4291 §2.7
}
_UNICAST = IPv6Network("2000::/3")
_EMBEDDED = {
    IPv6Network("::ffff:0:0/96"): ("IPv4-mapped", 0),  # RFC 4291 §2.5.5.2
    IPv6Network("64:ff9b::/96"): ("translated by NAT64", 0),  # RFC 6052; it may be the resolver's own work
    IPv6Network("2002::/16"): ("6to4", 80),  # RFC 3056
}
"""Networks whose addresses hold an IPv4 address: what they are, and how many bits follow it."""


def trap(address: Address) -> Kind | None:
    """Say of which kind an address is that cannot be reached from everywhere; None if it can."""
    if isinstance(address, IPv6Address):
        for network, (what, behind) in _EMBEDDED.items():
            if address in network:
                return _inner(IPv4Address(int(address) >> behind & 0xFFFFFFFF), what)
    for known, kind in _networks():
        if address in known:
            return kind
    return _RESERVED if isinstance(address, IPv6Address) and address not in _UNICAST else None


def _inner(address: IPv4Address, what: str) -> Kind | None:
    if what == "IPv4-mapped":
        # On the wire it means nothing, whatever it holds.
        return Kind(f"an IPv4 address in IPv6 form ({address})")
    kind = trap(address)
    return kind and Kind(f"{kind.name}: {address}, {what}", inside=kind.inside)


@cache
def _networks() -> tuple[tuple[IPv4Network | IPv6Network, Kind], ...]:
    """Give the networks, the smallest ones first."""
    found = [(ip_network(text), kind) for text, kind in _KINDS.items()]
    return tuple(sorted(found, key=lambda entry: -entry[0].prefixlen))
