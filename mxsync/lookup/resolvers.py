"""Which resolvers are asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

PORT = 53
RESOLV_CONF = Path("/etc/resolv.conf")
MAX_SYSTEM = 3
"""How many resolvers the system itself uses (resolv.conf(5), MAXNS)."""

_WITH_PORT = re.compile(r"(?:\[(?P<v6>[^\[\]]*)\]|(?P<v4>[^:\[\]]*))(?::(?P<port>[0-9]{1,5}))?")
_MAX_PORT = 0xFFFF


@dataclass(frozen=True, slots=True)
class Resolver:
    """A server that looks names up for others."""

    address: str
    """IPv4 or IPv6, in its usual form."""
    port: int = PORT

    def __str__(self) -> str:
        if self.port == PORT:
            return self.address
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


def parse_resolver(text: str) -> Resolver:
    """Read `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53` or `[2001:db8::53]:5353`.

    Raises ValueError: no address, or no port from 1 to 65535.
    """
    try:
        # First, for the colons of an IPv6 address could be taken for that of a port.
        return Resolver(str(ip_address(text)))
    except ValueError:
        match = _WITH_PORT.fullmatch(text)
    bare = match and (match["v6"] or match["v4"])
    try:
        address = ip_address(bare or "")
    except ValueError:
        match = None
    if not match or (address.version == 4) != bool(match["v4"]):  # noqa: PLR2004 - IPv4
        raise ValueError(
            f"{text!r} is no address of a resolver; write one like 192.0.2.53, 192.0.2.53:5353, 2001:db8::53 or "
            "[2001:db8::53]:5353"
        )
    port = int(match["port"] or PORT)
    if not 1 <= port <= _MAX_PORT:
        raise ValueError(f"the port of {text!r} is not one from 1 to {_MAX_PORT}")
    return Resolver(str(address), port)


def system_resolvers(path: Path = RESOLV_CONF) -> tuple[Resolver, ...]:
    """Give the resolvers that the system asks, in its order; none where it names none. Raises nothing."""
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ()
    found: list[Resolver] = []
    for words in (line.split() for line in lines):
        if words[:1] == ["nameserver"] and len(words) > 1:
            try:
                found.append(Resolver(str(ip_address(words[1]))))
            except ValueError:
                continue
    return tuple(dict.fromkeys(found))[:MAX_SYSTEM]
