"""Where a server listens: a host and a port, as people write them."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?", re.IGNORECASE | re.ASCII)
_SCOPE = re.compile(r"[a-z0-9_.:-]+", re.IGNORECASE | re.ASCII)
_PORT = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)
_MAX_PORT = 65535
PORTS = {"tcp": 53, "tls": 853}
"""The usual port of each transport (RFC 7858 §3.1 for TLS)."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A server of a manifest block."""

    host: str
    """An IP address; or a host name, in lower case and without the last dot."""
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse(text: str, port: int) -> Endpoint:
    """Read `192.0.2.53`, `2001:db8::53` or `ns.example.net`, or with a port of its own: `[2001:db8::53]:5353`.

    `port` is for a text that has none. Raises ValueError with what to do.
    """
    if is_address(text) or is_host(text):
        return Endpoint(_plain(text), port)
    host, colon, own = text.rpartition(":")
    in_brackets = host.startswith("[") and host.endswith("]")
    if in_brackets:
        host = host[1:-1]
    if colon and _PORT.fullmatch(own) and int(own) <= _MAX_PORT:
        if is_address(host) and in_brackets == (":" in host):
            return Endpoint(host, int(own))
        if is_host(host) and not in_brackets:
            return Endpoint(_plain(host), int(own))
    raise ValueError(
        "it is neither an IP address nor a host name; with a port: 192.0.2.53:5353, [2001:db8::53]:5353"
    )


def _plain(host: str) -> str:
    # Certificates and /etc/hosts have names without the last dot. A zone (`%Eth0`) keeps its letters.
    return host if is_address(host) else host.lower().removesuffix(".")


def is_address(text: str) -> bool:
    """Say whether this is an IP address, if it is link-local perhaps with its interface: `fe80::1%eth0`."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    _, percent, scope = text.partition("%")
    return not percent or bool(_SCOPE.fullmatch(scope))


def is_host(text: str) -> bool:
    """Say whether this can be a host's name, and is no address."""
    return bool(_HOST.fullmatch(text)) and not text.replace(".", "").isdigit()
