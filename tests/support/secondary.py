"""Debian's BIND as a secondary server, which has its zones by transfers from another server."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from support.named import running_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from support.nameserver import Key, Server, Zone


@contextmanager
def running_secondary(
    folder: Path, primaries: Mapping[Zone, Server], key: Key, *, options: str = "", statements: str = ""
) -> Iterator[Server]:
    """Run `named` as a secondary of zones, each with its primary; the key may transfer.

    It is ready when it has them all. The primaries send no NOTIFY and the SOA's refresh time is hours:
    what changes there afterwards, it does not learn. `options` and `statements` are as for
    `running_named`.
    """
    keys = next(iter(primaries.values())).keys
    for zone, primary in primaries.items():
        source = f"primaries port {primary.port} {{ {primary.address} key {key.name}; }};"
        statements += f'zone "{zone.name}" {{ type secondary; {source} }};\n'
    with running_named(folder, (), keys, options=options, statements=statements) as server:
        server.zones = list(primaries)
        server.wait()
        yield server
