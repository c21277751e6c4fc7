"""Debian's BIND in a folder of the test.

key = new_key("mxsync")
with running_named(tmp_path, [Zone("example.com.")], [key]) as server:
    nsupdate(server, key, "update add example.com. 300 MX 10 mx.example.net.")
    assert dig(server, "example.com.").rdata == ["10 mx.example.net."]
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from support.nameserver import LOOPBACK, Right, Server, find, reserved_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from support.nameserver import Key, Zone


@contextmanager
def running_named(
    folder: Path,
    zones: Sequence[Zone],
    keys: Sequence[Key] = (),
    *,
    options: str = "",
    statements: str = "",
) -> Iterator[Server]:
    """Run `named` with these zones and keys until the block ends; all its files are in `folder`.

    It is ready when it gives the SOA of each zone. `options` are more lines of `options { … }`,
    `statements` more top-level ones. Raises RuntimeError with the log if it does not start.
    """
    program = _unconfined(find("named"), folder)
    with reserved_port() as port:
        _write_files(folder, port, zones, keys, options=options, statements=statements)
        # One worker thread (-n): many servers may run at once.
        command: list[str | Path] = [program, "-g", "-n", "1", "-c", folder / "named.conf"]
        with running(Server(folder, port, command, zones, keys)) as server:
            yield server


def _unconfined(program: Path, folder: Path) -> Path:
    """Copy the program: Debian's AppArmor profile keeps `/usr/sbin/named` out of other folders."""
    return Path(shutil.copy(program, folder / "named"))


def _write_files(
    folder: Path, port: int, zones: Sequence[Zone], keys: Sequence[Key], *, options: str, statements: str
) -> None:
    readers = " ".join(f'key "{key.name}";' for key in keys if key.right is not Right.MX)
    transfer = "" if "allow-transfer" in options else f"allow-transfer {{ {readers or 'none;'} }};"
    head = f"""\
options {{
    directory "{folder}";
    listen-on port {port} {{ {LOOPBACK}; }};
    listen-on-v6 {{ none; }};
    pid-file "{folder}/named.pid";
    session-keyfile "{folder}/session.key";
    managed-keys-directory "{folder}";
    lock-file none;
    recursion no;
    {transfer}
    notify no;
    dnssec-validation no;
    empty-zones-enable no;
    {options}
}};
controls {{ }};
{statements}
"""
    types = {Right.MX: "MX", Right.ALL: "ANY"}
    grants = " ".join(f'grant "{key.name}" zonesub {types[key.right]};' for key in keys if key.right in types)
    default = f"update-policy {{ {grants} }};" if grants else ""
    parts = [head, *(key.statement for key in keys)]
    for number, zone in enumerate(zones):
        (folder / f"{number}.zone").write_text(zone.text, "utf-8")
        access = default if zone.access is None else zone.access
        parts.append(
            f'zone "{zone.name}" {{ type primary; file "{folder}/{number}.zone"; {access} {zone.options} }};\n'
        )
    (folder / "named.conf").write_text("".join(parts), "utf-8")
