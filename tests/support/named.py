"""Debian's BIND in a folder of the test: a real `named`, asked and changed with `dig` and `nsupdate`.

key = new_key("mxsync")
with running_named(tmp_path, [Zone("example.com.")], [key]) as server:
    nsupdate(server, key, "update add example.com. 300 MX 10 mx.example.net.")
    assert dig(server, "example.com.").rdata == ["10 mx.example.net."]
"""

from __future__ import annotations

import base64
import secrets
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.tsigkeyring

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LOOPBACK = "127.0.0.1"
PACKAGES = {
    "named": "bind9",
    "named-checkconf": "bind9-utils",
    "dig": "bind9-dnsutils",
    "nsupdate": "bind9-dnsutils",
}
"""The Debian package of each program."""
READY_WITHIN = 30
"""For how many seconds `named` may load its zones."""


@dataclass(frozen=True, slots=True)
class Key:
    """A TSIG key; `secret` is base64, as key files have it."""

    name: str
    secret: str = field(repr=False)
    algorithm: str = "hmac-sha256"

    @property
    def statement(self) -> str:
        return f'key "{self.name}" {{\n\talgorithm {self.algorithm};\n\tsecret "{self.secret}";\n}};\n'

    @property
    def keyring(self) -> dict[dns.name.Name, dns.tsig.Key]:
        """For dnspython: `Message.use_tsig(key.keyring)`."""
        return dns.tsigkeyring.from_text({self.name: (self.algorithm, self.secret)})


def new_key(name: str, algorithm: str = "hmac-sha256") -> Key:
    """Make a key with a secret of its own."""
    return Key(name, base64.b64encode(secrets.token_bytes(32)).decode("ascii"), algorithm)


def write_key_file(path: Path, *keys: Key) -> Path:
    """Write a key file as BIND's `tsig-keygen` does."""
    path.write_text("".join(key.statement for key in keys), "ascii")
    path.chmod(0o600)
    return path


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone to serve, with an SOA (negative TTL 300), one NS and its address made for it."""

    name: str
    """Absolute, such as `example.com.`."""
    records: str = ""
    """More lines of the zone file, relative to the zone: `@ 300 MX 10 mx.example.net.`"""
    access: str | None = None
    """Who may change it: `update-policy { … };` or `allow-update { … };`, or nothing at all.

    None gives every key of the server what mxsync needs: `grant KEY zonesub MX;`.
    """
    options: str = ""
    """More statements of the zone, such as `allow-transfer { any; };` or `max-zone-ttl 1h;`."""


@dataclass(frozen=True, slots=True)
class Named:
    """A running `named`; it answers on 127.0.0.1 over UDP and TCP."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    address: str = LOOPBACK

    @property
    def log(self) -> str:
        return (self.folder / "named.log").read_text("utf-8", "replace")

    def stop(self) -> None:
        """End it, and wait until it is gone. Stopping twice does no harm."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def running_named(
    folder: Path,
    zones: Sequence[Zone],
    keys: Sequence[Key] = (),
    *,
    options: str = "",
    statements: str = "",
) -> Iterator[Named]:
    """Run `named` with these zones and keys until the block ends; all its files are in `folder`.

    It is ready when it gives the SOA of each zone. `options` are more lines of `options { … }`,
    `statements` more top-level ones. Raises RuntimeError with the log if it does not start.
    """
    program = _unconfined(find("named"), folder)
    with _reserved_port() as port:
        _write_files(folder, port, zones, keys, options=options, statements=statements)
        with (folder / "named.log").open("wb") as log:
            # One worker thread (-n): many servers may run at once.
            command: list[str | Path] = [program, "-g", "-4", "-n", "1", "-c", folder / "named.conf"]
            process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        server = Named(folder, port, process)
        try:
            _wait_until_ready(server, zones, keys)
            yield server
        finally:
            server.stop()


def find(program: str) -> Path:
    """Find a program of BIND; Debian's folder for servers is not on everybody's PATH."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if not found:
        raise RuntimeError(
            f"the tests need {program}: sudo apt-get install -y {PACKAGES[program]} "
            f"(for all of them: {' '.join(sorted(set(PACKAGES.values())))})"
        )
    return Path(found)


def _unconfined(program: Path, folder: Path) -> Path:
    """Copy the program: Debian's AppArmor profile keeps `/usr/sbin/named` out of other folders."""
    return Path(shutil.copy(program, folder / "named"))


@contextmanager
def _reserved_port() -> Iterator[int]:
    """Find a port that is free for TCP and UDP, and keep others from finding it too.

    Two `named` on one port would both start and answer at random. A bound socket that does not
    listen gets no connection, and with SO_REUSEPORT `named` may still use the port.
    """
    while True:
        with socket.socket() as held, socket.socket(type=socket.SOCK_DGRAM) as probe:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            held.bind((LOOPBACK, 0))
            port: int = held.getsockname()[1]
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            probe.close()
            yield port
            return


def _write_files(
    folder: Path, port: int, zones: Iterable[Zone], keys: Sequence[Key], *, options: str, statements: str
) -> None:
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
    allow-transfer {{ none; }};
    notify no;
    dnssec-validation no;
    empty-zones-enable no;
    {options}
}};
controls {{ }};
{statements}
"""
    grants = " ".join(f'grant "{key.name}" zonesub MX;' for key in keys)
    default = f"update-policy {{ {grants} }};" if keys else ""
    parts = [head, *(key.statement for key in keys)]
    for number, zone in enumerate(zones):
        (folder / f"{number}.zone").write_text(_zone_file(zone), "utf-8")
        access = default if zone.access is None else zone.access
        parts.append(
            f'zone "{zone.name}" {{ type primary; file "{folder}/{number}.zone"; {access} {zone.options} }};\n'
        )
    (folder / "named.conf").write_text("".join(parts), "utf-8")


def _zone_file(zone: Zone) -> str:
    return (
        f"$ORIGIN {zone.name}\n"
        "$TTL 3600\n"
        "@ SOA ns hostmaster 1 7200 900 1209600 300\n"
        "@ NS ns\n"
        "ns A 192.0.2.53\n"
        f"{zone.records}\n"
    )


def _wait_until_ready(server: Named, zones: Iterable[Zone], keys: Sequence[Key]) -> None:
    deadline = time.monotonic() + READY_WITHIN
    for zone in zones:
        while not _answers(server, zone, keys):
            ended = server.process.poll() is not None
            if ended or "not loaded due to errors" in server.log or time.monotonic() > deadline:
                raise RuntimeError(f"named does not serve {zone.name}; its log:\n{server.log}")
            time.sleep(0.02)


def _answers(server: Named, zone: Zone, keys: Sequence[Key]) -> bool:
    question = dns.message.make_query(zone.name, "SOA", flags=0)
    if keys:
        question.use_tsig(keys[0].keyring)
    try:
        # Over TCP: a port that is not open yet says so at once.
        answer = dns.query.tcp(question, server.address, 5, server.port)
    except (OSError, dns.exception.DNSException):
        return False
    return answer.rcode() == dns.rcode.NOERROR and bool(answer.flags & dns.flags.AA and answer.answer)


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


def dig(server: Named, name: str, kind: str = "MX", *options: str, key: Key | None = None) -> Answer:
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


def nsupdate(server: Named, key: Key | None, script: str) -> None:
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
