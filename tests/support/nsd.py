"""Debian's NSD in a folder of the test; used like `support.named`. It takes no updates."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from support.nameserver import LOOPBACK, Right, Server, find, reserved_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from support.nameserver import Key, Zone


@contextmanager
def running_nsd(folder: Path, zones: Sequence[Zone], keys: Sequence[Key] = ()) -> Iterator[Server]:
    """Run `nsd` with these zones and keys until the block ends; all its files are in `folder`.

    It is ready when it gives the SOA of each zone. Raises RuntimeError with the log if it does not start.
    """
    with reserved_port() as port:
        _write_files(folder, port, zones, keys)
        command: list[str | Path] = [find("nsd"), "-d", "-c", folder / "nsd.conf"]
        with running(Server(folder, port, command, zones, keys)) as server:
            yield server


def _write_files(folder: Path, port: int, zones: Sequence[Zone], keys: Sequence[Key]) -> None:
    parts = [
        f"""\
server:
    ip-address: {LOOPBACK}@{port}
    reuseport: yes
    server-count: 1
    username: ""
    zonesdir: "{folder}"
    database: ""
    pidfile: "{folder}/nsd.pid"
    zonelistfile: "{folder}/zone.list"
    xfrdfile: "{folder}/xfrd.state"
    xfrdir: "{folder}"
    cookie-secret-file: ""
remote-control:
    control-enable: no
"""
    ]
    parts += [
        f'key:\n    name: "{key.name}"\n    algorithm: {key.algorithm}\n    secret: "{key.secret}"\n'
        for key in keys
    ]
    readers = "".join(
        f"    provide-xfr: {LOOPBACK} {key.name}\n" for key in keys if key.right is not Right.MX
    )
    for number, zone in enumerate(zones):
        (folder / f"{number}.zone").write_text(zone.text, "utf-8")
        parts.append(f'zone:\n    name: "{zone.name}"\n    zonefile: "{number}.zone"\n{readers}')
    (folder / "nsd.conf").write_text("".join(parts), "utf-8")
