"""Debian's Knot in a folder of the test; used like `support.named`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from support.nameserver import LOOPBACK, Right, Server, find, reserved_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from support.nameserver import Key, Zone

_ACTIONS = {
    Right.MX: "action: update\n    update-type: MX",
    Right.ALL: "action: [ update, transfer ]",
    Right.READ: "action: transfer",
}


@contextmanager
def running_knot(
    folder: Path,
    zones: Sequence[Zone],
    keys: Sequence[Key] = (),
    *,
    options: str = "",
    zone_options: str = "",
) -> Iterator[Server]:
    """Run `knotd` with these zones and keys until the block ends; all its files are in `folder`.

    It is ready when it gives the SOA of each zone. `options` are more lines of the section `server:`,
    `zone_options` of what all zones have, each ending in a line feed. Raises RuntimeError with the log if
    it does not start.
    """
    with reserved_port() as port:
        _write_files(folder, port, zones, keys, options=options, zone_options=zone_options)
        command: list[str | Path] = [find("knotd"), "-c", folder / "knot.conf"]
        with running(Server(folder, port, command, zones, keys)) as server:
            yield server


def _write_files(
    folder: Path,
    port: int,
    zones: Sequence[Zone],
    keys: Sequence[Key],
    *,
    options: str,
    zone_options: str,
) -> None:
    # Its reader of YAML knows no maps in braces.
    parts = [
        f"""\
server:
    rundir: "{folder}"
    listen: {LOOPBACK}@{port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
{options}\
log:
  - target: stderr
    any: info
database:
    storage: "{folder}"
    journal-db-max-size: 200M
"""
    ]
    if keys:
        parts.append("key:\n")
        parts += [
            f"  - id: {it.name}\n    algorithm: {it.algorithm}\n    secret: {it.secret}\n" for it in keys
        ]
        parts.append("acl:\n")
        parts += [f"  - id: {it.name}\n    key: {it.name}\n    {_ACTIONS[it.right]}\n" for it in keys]
    names = ", ".join(key.name for key in keys)
    acl = f"    acl: [ {names} ]\n" if keys else ""
    parts.append(
        f'template:\n  - id: default\n    storage: "{folder}"\n    zonefile-sync: -1\n{acl}{zone_options}zone:\n'
    )
    for number, zone in enumerate(zones):
        (folder / f"{number}.zone").write_text(zone.text, "utf-8")
        parts.append(f'  - domain: {zone.name}\n    file: "{number}.zone"\n')
    (folder / "knot.conf").write_text("".join(parts), "utf-8")
