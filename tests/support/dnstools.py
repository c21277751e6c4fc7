"""Debian's `dig` and `nsupdate`, which ask and change a server past mxsync."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from support.nameserver import find, write_key_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support.nameserver import Key, Server


@dataclass(frozen=True, slots=True)
class Answer:
    """What `dig` shows."""

    status: str
    """`NOERROR`, `NXDOMAIN`, …"""
    lines: tuple[str, ...]
    """The answer section: owner, TTL, class, type and data, one blank between them, sorted."""

    @property
    def rdata(self) -> list[str]:
        return [line.split(" ", 4)[4] for line in self.lines]

    @property
    def ttl(self) -> int | None:
        """The TTL in seconds of the set; None if there is none."""
        return int(self.lines[0].split(" ")[1]) if self.lines else None


def dig(server: Server, name: str, kind: str = "MX", *options: str, key: Key | None = None) -> Answer:
    """Ask with Debian's `dig` over TCP, without recursion. Raises RuntimeError if nothing answers."""
    # -r: no ~/.digrc.
    command: list[str | Path] = [find("dig"), "-r", f"@{server.address}", "-p", str(server.port)]
    if key:
        command += ["-k", write_key_file(server.folder / f"dig-{key.name}.key", key)]
    command += [name, kind, "+tcp", "+norecurse", "+noall", "+comments", "+answer", *options]
    shown = _run(command, "")
    lines = (line for line in shown.splitlines() if line and not line.startswith(";"))
    status = shown.partition("status: ")[2].partition(",")[0]
    if kind.upper() != "AXFR" and not status:
        raise RuntimeError(f"dig got no answer for {name}: {shown}")
    return Answer(status, tuple(sorted(" ".join(line.split()) for line in lines)))


def nsupdate(server: Server, key: Key | None, script: str) -> None:
    """Change zones with Debian's `nsupdate`; `script` needs no `server` and no `send` line.

    Raises RuntimeError with its words if the server refuses.
    """
    command: list[str | Path] = [find("nsupdate"), "-v"]
    if key:
        command += ["-k", write_key_file(server.folder / f"nsupdate-{key.name}.key", key)]
    _run(command, f"server {server.address} {server.port}\n{script.strip()}\nsend\n")


def _run(command: Sequence[str | Path], script: str) -> str:
    done = subprocess.run(command, input=script, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RuntimeError(
            f"{Path(command[0]).name} ended with {done.returncode}: {done.stdout}{done.stderr}"
        )
    return done.stdout
