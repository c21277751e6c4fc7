"""Debian's BIND as a secondary server, which has its zones by transfers from another server."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from support.named import running_named
from support.nameserver import READY_WITHIN, answers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from support.nameserver import Key, Server, Zone


@contextmanager
def running_secondary(
    folder: Path, primary: Server, zones: Sequence[Zone], key: Key, *, options: str = ""
) -> Iterator[Server]:
    """Run `named` as a secondary of these zones until the block ends; the key may transfer.

    It is ready when it has them all. The primary sends no NOTIFY and the SOA's refresh time is hours:
    what changes at the primary afterwards, it does not learn. `options` are as for `running_named`.
    """
    source = f"primaries port {primary.port} {{ {primary.address} key {key.name}; }};"
    statements = "".join(f'zone "{zone.name}" {{ type secondary; {source} }};\n' for zone in zones)
    with running_named(folder, (), primary.keys, options=options, statements=statements) as server:
        deadline = time.monotonic() + READY_WITHIN
        for zone in zones:
            while not answers(server, zone):
                if time.monotonic() > deadline:
                    raise RuntimeError(f"{zone.name} was not transferred; the log:\n{server.log}")
                time.sleep(0.05)
        server.zones = zones
        yield server
