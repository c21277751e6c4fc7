"""What the name servers of the tests have in common: zones, keys, a port, and a process to look after.

The servers themselves are in `support.named`, `support.knot`, `support.powerdns`, `support.nsd`
and `support.unbound`.
"""

from __future__ import annotations

import base64
import enum
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
    from collections.abc import Iterator, Sequence

LOOPBACK = "127.0.0.1"
DNS = 53
"""The port at which everybody looks for a name server."""
PACKAGES = {
    "named": "bind9",
    "named-checkconf": "bind9-utils",
    "dig": "bind9-dnsutils",
    "nsupdate": "bind9-dnsutils",
    "knotd": "knot",
    "knotc": "knot",
    "pdns_server": "pdns-server",
    "pdnsutil": "pdns-server",
    "nsd": "nsd",
    "unbound": "unbound",
}
"""The Debian package of each program."""
READY_WITHIN = 30
"""For how many seconds a server may load its zones."""


class Right(enum.Enum):
    """What a key may do in every zone."""

    MX = "change MX records"
    """The least that mxsync needs. PowerDNS cannot tell types: there it is a change of any record."""
    ALL = "change any record, and transfer"
    READ = "transfer"


@dataclass(frozen=True, slots=True)
class Key:
    """A TSIG key; `secret` is base64, as key files have it."""

    name: str
    secret: str = field(repr=False)
    algorithm: str = "hmac-sha256"
    right: Right = Right.MX

    @property
    def statement(self) -> str:
        """The key in BIND's words."""
        return f'key "{self.name}" {{\n\talgorithm {self.algorithm};\n\tsecret "{self.secret}";\n}};\n'

    @property
    def keyring(self) -> dict[dns.name.Name, dns.tsig.Key]:
        """For dnspython: `Message.use_tsig(key.keyring)`."""
        return dns.tsigkeyring.from_text({self.name: (self.algorithm, self.secret)})


def new_key(name: str, algorithm: str = "hmac-sha256", right: Right = Right.MX) -> Key:
    """Make a key with a secret of its own."""
    return Key(name, base64.b64encode(secrets.token_bytes(32)).decode("ascii"), algorithm, right)


def write_key_file(path: Path, *keys: Key) -> Path:
    """Write a key file as BIND's `tsig-keygen` does."""
    path.write_text("".join(key.statement for key in keys), "ascii")
    path.chmod(0o600)
    return path


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone to serve, with an SOA (serial 1), one NS and its address made for it."""

    name: str
    """Absolute, such as `example.com.`."""
    records: str = ""
    """More lines of the zone file, relative to the zone: `@ 300 MX 10 mx.example.net.`"""
    access: str | None = None
    """For `named` only, who may change it: `update-policy { … };` or `allow-update { … };`, or nothing.

    None gives every key its `right`.
    """
    options: str = ""
    """For `named` only, more statements of the zone: `allow-transfer { any; };`, `max-zone-ttl 1h;`."""
    mname: str = "ns"
    """The primary server that the SOA names, relative to the zone."""
    apex: str = "@ NS ns\nns A 192.0.2.53\n"
    """Its name servers, with their addresses."""
    negative_ttl: int = 300
    """For how many seconds caches keep the answer that there is nothing (RFC 2308 §5)."""

    @property
    def text(self) -> str:
        """The zone file."""
        return (
            f"$ORIGIN {self.name}\n"
            "$TTL 3600\n"
            f"@ SOA {self.mname} hostmaster 1 7200 900 1209600 {self.negative_ttl}\n"
            f"{self.apex}{self.records}\n"
        )


@dataclass(slots=True)
class Server:
    """A name server; it answers on 127.0.0.1 over UDP and TCP, before and after a restart."""

    folder: Path
    """Where it keeps all its files."""
    port: int
    command: Sequence[str | Path]
    zones: Sequence[Zone]
    keys: Sequence[Key]
    address: str = LOOPBACK
    _process: subprocess.Popen[bytes] | None = None

    @property
    def program(self) -> str:
        return Path(self.command[0]).name

    @property
    def log(self) -> str:
        return self._log.read_text("utf-8", "replace")

    @property
    def _log(self) -> Path:
        return self.folder / f"{self.program}.log"

    def start(self) -> None:
        """Start it, and wait until it gives the SOA of each zone. Raises RuntimeError with the log."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.wait()

    def wait(self) -> None:
        """Wait until it gives the SOA of each zone. Raises RuntimeError with the log."""
        deadline = time.monotonic() + READY_WITHIN
        for zone in self.zones:
            while not _answers(self, zone):
                ended = self._process is None or self._process.poll() is not None
                if ended or "not loaded due to errors" in self.log or time.monotonic() > deadline:
                    raise RuntimeError(f"{self.program} does not serve {zone.name}; its log:\n{self.log}")
                time.sleep(0.02)

    def stop(self) -> None:
        """End it as an operator does, and wait until it is gone. Stopping twice does no harm."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it without a warning (SIGKILL)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        """Stop it and start it on the same port, with the zones as they are now."""
        self.stop()
        self.start()


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Run a server until the block ends."""
    try:
        server.start()
        yield server
    finally:
        server.stop()


def find(program: str) -> Path:
    """Find a program of a server; Debian's folder for servers is not on everybody's PATH."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if not found:
        raise RuntimeError(
            f"the tests need {program}: sudo apt-get install -y {PACKAGES[program]} "
            "(for all that they need: scripts/install-test-servers)"
        )
    return Path(found)


@contextmanager
def reserved_port() -> Iterator[int]:
    """Find a port that is free for TCP and UDP, and keep others from finding it too.

    Two servers on one port would both start and answer at random. A bound socket that does not
    listen gets no connection, and the server may still use the port: `named` and `nsd` with
    SO_REUSEPORT, `knotd` and `pdns_server` with SO_REUSEADDR.
    """
    while True:
        with socket.socket() as held, socket.socket(type=socket.SOCK_DGRAM) as probe:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
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


@contextmanager
def reserved_address() -> Iterator[str]:
    """Find an address of the loopback network whose port 53 is free, and keep others from finding it too.

    As `reserved_port` does, for servers that are found by their address alone: only root may use that port.
    """
    while True:
        address = f"127.{secrets.randbelow(254) + 1}.{secrets.randbelow(256)}.{secrets.randbelow(254) + 1}"
        with socket.socket() as held:
            # Who listens at 0.0.0.0:53 would let this fail, if it does not take SO_REUSEPORT.
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            try:
                held.bind((address, DNS))
                with socket.socket(type=socket.SOCK_DGRAM) as probe:
                    probe.bind((address, DNS))
            except PermissionError:
                raise RuntimeError("these tests listen at port 53: run them as root") from None
            except OSError:
                continue
            yield address
            return


def _answers(server: Server, zone: Zone) -> bool:
    question = dns.message.make_query(zone.name, "SOA", flags=0)
    if server.keys:
        question.use_tsig(server.keys[0].keyring)
    try:
        # Over TCP: a port that is not open yet says so at once.
        answer = dns.query.tcp(question, server.address, 5, server.port)
    except (OSError, dns.exception.DNSException):
        return False
    return answer.rcode() == dns.rcode.NOERROR and bool(answer.flags & dns.flags.AA and answer.answer)
