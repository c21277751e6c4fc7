"""Debian's unbound in a folder of the test: a resolver in front of authoritative servers.

with running_named(tmp_path / "named", [Zone("example.com.")]) as named:
    with running_unbound(tmp_path / "unbound", {"example.com.": named.port}) as resolver:
        ...
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from support.nameserver import LOOPBACK, Server, Zone, find, reserved_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

READY = Zone("ready.test.")
"""What it answers by itself, to show that it runs."""


@contextmanager
def running_unbound(
    folder: Path, stubs: Mapping[str, int | Server], *, options: str = ""
) -> Iterator[Server]:
    """Run `unbound` until the block ends; all its files are in `folder`, which is made.

    `stubs` are the zones that it looks up, each at a server, or a port of 127.0.0.1; everything else it refuses, so that it
    sends nothing to anybody. It does not validate. `options` are more lines of its `server:` clause. Raises
    RuntimeError with the log if it does not start.
    """
    folder.mkdir()
    with reserved_port() as port:
        (folder / "unbound.conf").write_text(_configuration(folder, port, stubs, options), "utf-8")
        command: list[str | Path] = [find("unbound"), "-d", "-p", "-c", folder / "unbound.conf"]
        with running(Server(folder, port, command, [READY], [])) as server:
            yield server


def _configuration(folder: Path, port: int, stubs: Mapping[str, int | Server], options: str) -> str:
    parts = [
        f"""\
server:
    interface: {LOOPBACK}@{port}
    so-reuseport: yes
    num-threads: 1
    do-ip6: no
    do-not-query-localhost: no
    username: ""
    chroot: ""
    directory: "{folder}"
    use-syslog: no
    module-config: "iterator"
    local-zone: "." refuse
    local-zone: "{READY.name}" static
    local-data: "{READY.name} SOA ns hostmaster 1 7200 900 1209600 300"
{options}
"""
    ]
    parts += [f'    local-zone: "{zone}" transparent\n' for zone in stubs]
    parts.append("remote-control:\n    control-enable: no\n")
    parts += [
        f'stub-zone:\n    name: "{zone}"\n    stub-addr: {_at(authority)}\n    stub-no-cache: no\n'
        for zone, authority in stubs.items()
    ]
    return "".join(parts)


def _at(authority: int | Server) -> str:
    if isinstance(authority, int):
        return f"{LOOPBACK}@{authority}"
    return f"{authority.address}@{authority.port}"
