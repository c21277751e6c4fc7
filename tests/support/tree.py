"""A piece of the DNS on this machine: a parent zone, a zone at two name servers, and a resolver.

    with running_tree(tmp_path, "@ 3600 MX 10 mx1.example.net.") as tree:
        tree.change("update add example.test. 300 MX 10 mx2.example.net.")   # at the primary alone

All name servers listen at port 53 of addresses of their own, as delegations demand it.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from mxsync.lookup.resolvers import Resolver
from support.dnstools import nsupdate
from support.front import Front, fronting
from support.named import running_named
from support.nameserver import Right, Server, Zone, new_key, write_key_file
from support.secondary import running_secondary
from support.unbound import running_unbound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from support.nameserver import Key

PARENT = "test."
ZONE = "example.test."


@dataclass(frozen=True, slots=True)
class Tree:
    """`test.` delegates `example.test.` to a primary and a secondary server, which lags until it is told."""

    folder: Path
    parent: Front
    primary: Front
    secondary: Front
    resolver: Server
    key: Key

    @property
    def resolvers(self) -> tuple[Resolver, ...]:
        return (Resolver(self.resolver.address, self.resolver.port),)

    @property
    def options(self) -> tuple[str, str]:
        """What lets a command ask the resolver."""
        return ("--resolver", str(self.resolvers[0]))

    def change(self, script: str) -> None:
        """Change the zone at the primary server; the secondary one does not hear of it."""
        nsupdate(self.primary.server, self.key, script)

    def delegate(self, script: str) -> None:
        """Change the parent zone."""
        nsupdate(self.parent.server, self.key, script)

    def catch_up(self) -> None:
        """Let the secondary server have the zone as it is now."""
        self.secondary.server.stop()
        # A secondary without a file asks for the zone at once.
        self.secondary.server.start()

    def write_manifest(self, zones: str, more: str = "") -> None:
        """Write `mxsync.yaml` with a block for the primary server, and these zones in YAML's flow style."""
        write_key_file(self.folder / "mxsync.key", self.key)
        at = self.primary
        (self.folder / "mxsync.yaml").write_text(
            "mxsync: 1\n"
            "providers:\n"
            f"  office: {{type: rfc2136, server: {at.address}, tsig: {{key_file: mxsync.key}}}}\n"
            f"{more}"
            f"defaults: {{provider: office, ttl: 1h}}\nzones: {zones}\n",
            "utf-8",
        )


@contextmanager
def running_tree(
    folder: Path,
    records: str,
    *,
    delegation: str = "",
    apex: str = "",
    more: str = "",
    notify: bool = False,
    negative_ttl: int = 300,
    stubs: Mapping[str, Server] = MappingProxyType({}),
) -> Iterator[Tree]:
    """Run all of it until the block ends; all files are in `folder`.

    `records` are those of the zone; `delegation` are records of the parent in place of the right ones, in which
    `{primary}` and `{secondary}` are their addresses; so is `apex` for the zone. `more` are further records of the
    parent. With `notify`, the secondary server hears of each change at once, and transfers it (RFC 1996, RFC 1995).
    `stubs` are other zones that the resolver looks up, each at a server.
    """
    key = new_key("mxsync", right=Right.ALL)
    with ExitStack() as stack:
        servers = {who: Server(folder / who, 0, (), (), ()) for who in ("parent", "primary", "secondary")}
        fronts = {who: stack.enter_context(fronting(server)) for who, server in servers.items()}
        at = {who: front.address for who, front in fronts.items()}
        glue = "ns1.example A {primary}\nns2.example A {secondary}\n"
        down = (delegation or f"example NS ns1.example\nexample NS ns2.example\n{glue}").format(**at)
        own = "@ NS ns1\n@ NS ns2\nns1 A {primary}\nns2 A {secondary}\n"
        options = "notify yes; notify-delay 0;" if notify else ""
        zone = Zone(
            ZONE, records, options=options, apex=(apex or own).format(**at), negative_ttl=negative_ttl
        )
        top = Zone(PARENT, down + more.format(**at), apex=f"@ NS ns\nns A {at['parent']}\n")
        for server in servers.values():
            server.folder.mkdir()
        # The addresses come first, for the zones name them; the servers that they lead to come now.
        fronts["parent"].server = stack.enter_context(running_named(servers["parent"].folder, [top], [key]))
        primary = stack.enter_context(running_named(servers["primary"].folder, [zone], [key]))
        fronts["primary"].server = primary
        fronts["secondary"].server = stack.enter_context(
            running_secondary(servers["secondary"].folder, {zone: primary}, key)
        )
        known = {PARENT: fronts["parent"].server, **stubs}
        resolver = stack.enter_context(running_unbound(folder / "unbound", known))
        yield Tree(folder, fronts["parent"], fronts["primary"], fronts["secondary"], resolver, key)
