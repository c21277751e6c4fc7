"""Where a server is, how to reach it, and how to sign for it."""

from __future__ import annotations

import errno
import ipaddress
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from mxsync_rfc2136.endpoint import PORTS
from mxsync_rfc2136.message import NotSent

if TYPE_CHECKING:
    import ssl

    from mxsync.names import Name
    from mxsync_rfc2136.endpoint import Endpoint
    from mxsync_rfc2136.sign import Signer


@dataclass(frozen=True, slots=True)
class Keys:
    """What messages are signed with; None sends them unsigned."""

    questions: Signer | None = None
    updates: Signer | None = None

    @property
    def name(self) -> str:
        """Which key updates, as text; BIND's views choose by it which zone is meant."""
        return _name(self.updates)

    @property
    def asking(self) -> str:
        """Who asks, for messages."""
        return f"the TSIG key {_name(self.questions)}" if self.questions else "a sender without a TSIG key"

    @property
    def updating(self) -> str:
        """Who updates, for messages."""
        return f"the TSIG key {_name(self.updates)}" if self.updates else "a sender without a TSIG key"


def _name(signer: Signer | None) -> Name | str:
    return signer.key.name if signer else "none"


@dataclass(frozen=True, slots=True)
class Tls:
    """How the server's certificate is checked (RFC 8310 §8)."""

    context: ssl.SSLContext
    name: str | None
    """The host name or address that must stand in it; None for the host that was connected to."""


@dataclass(slots=True, eq=False)
class Server:
    """One server. Connections to it may be opened by several threads at once."""

    endpoint: Endpoint
    timeout: float
    """For connecting, and for each answer, in seconds."""
    keys: Keys
    tls: Tls | None = None
    source: str | None = None
    """The address to send from; None leaves it to the system."""
    answered: bool = False
    """Whether it has ever answered."""
    wary: int = 0
    """How many updates are still to be sent with nothing else under way on the same connection."""
    _found: list[str] = field(default_factory=list)
    """Its addresses, once they were looked up."""
    _address: str | None = None
    """The one that was connected to."""
    _identity: str | None = None
    _lock: Lock = field(default_factory=Lock, repr=False)

    def __str__(self) -> str:
        return str(self.endpoint)

    @property
    def identity(self) -> str:
        """Equal for all who reach the same zones of the same server, however they name it.

        Looks the server's addresses up, if that was not done before. The key and the address to send from
        belong to it: a server's views choose by them which zone is meant (BIND: match-clients).
        """
        if self._identity is None:
            host = self.endpoint.host
            with suppress(NotSent):
                # IPv4 first: that is how most people name a server that has both.
                host = min(self._look_up(), key=lambda it: (":" in it, ipaddress.ip_address(it)))
            # Over TCP and over TLS it is the same server, if it is where everybody looks for it.
            port = "" if self.endpoint.port in PORTS.values() else f"/{self.endpoint.port}"
            source = f"/from {self.source}" if self.source else ""
            self._identity = f"{host}{port}/{self.keys.name}{source}"
        return self._identity

    @property
    def not_now(self) -> tuple[type[OSError], ...]:
        """What a non-blocking connection raises where it would have to wait."""
        if not self.tls:
            return (BlockingIOError,)
        import ssl  # noqa: PLC0415 - only where TLS is used

        return (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)

    def connect(self) -> socket.socket:
        """Open a connection; the server's address stays the same from then on. Raises NotSent.

        It fits non-blocking use afterwards.
        """
        deadline = time.monotonic() + self.timeout
        addresses = self._addresses()
        reasons: list[str] = []
        for number, address in enumerate(addresses):
            # One that leads nowhere must leave time for those after it.
            share = (deadline - time.monotonic()) / (len(addresses) - number)
            try:
                opened = self._connect(address, time.monotonic() + share)
            except _Unreached as error:
                reasons.append(str(error))
            else:
                with self._lock:
                    self._address = self._address or address
                return opened
        raise NotSent(f"{self}: {'; '.join(dict.fromkeys(reasons))}")

    def _connect(self, address: str, deadline: float) -> socket.socket:
        """Connect to one address. Raises _Unreached."""
        source = (self.source, 0) if self.source else None
        try:
            opened = socket.create_connection((address, self.endpoint.port), _left(deadline), source)
            # Python sets it for nobody: small messages shall not wait for one another.
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except TimeoutError:
            raise _Unreached(
                f"no connection within {self.timeout:g} s; is a firewall in the way of TCP?"
            ) from None
        except OSError as error:
            if self.source and error.errno == errno.EADDRNOTAVAIL:
                raise _Unreached(
                    f"cannot send from {self.source}: this machine has no such address"
                ) from None
            raise _Unreached(f"cannot connect over TCP: {error.strerror}") from error
        if not self.tls:
            return opened
        opened.settimeout(_left(deadline))
        try:
            return self._secured(opened, self.tls)
        except BaseException:
            opened.close()
            raise

    def _secured(self, opened: socket.socket, tls: Tls) -> socket.socket:
        """Agree on TLS. Raises _Unreached."""
        import ssl  # noqa: PLC0415 - only where TLS is used

        host = (tls.name or self.endpoint.host).partition("%")[0].removesuffix(".")
        doubt = "does this port serve DNS over TLS?"
        try:
            return tls.context.wrap_socket(opened, server_hostname=host)
        except ssl.SSLCertVerificationError as error:
            raise _Unreached(
                f"the server's certificate is not the right one: {error.verify_message.rstrip('.')}; "
                "see ca_file and tls_name"
            ) from error
        except ssl.SSLError as error:
            raise _Unreached(f"no TLS there: {error.reason or error.strerror}; {doubt}") from error
        except TimeoutError:
            raise _Unreached(f"no TLS within {self.timeout:g} s; {doubt}") from None
        except OSError as error:
            raise _Unreached(f"no TLS there: {error.strerror}; {doubt}") from error

    def _addresses(self) -> list[str]:
        """Give the addresses to try, in turn: at least one. Raises NotSent."""
        if self._address:
            return [self._address]
        found = self._look_up()
        if self.source:
            found = [address for address in found if (":" in address) == (":" in self.source)]
            if not found:
                kind = "IPv6" if ":" in self.source else "IPv4"
                raise NotSent(f"{self}: it has no {kind} address, to be reached from {self.source}")
        return found

    def _look_up(self) -> list[str]:
        """Find the server's addresses, once. Raises NotSent."""
        with self._lock:
            if not self._found:
                host, port = self.endpoint.host, self.endpoint.port
                try:
                    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
                except (OSError, UnicodeError) as error:
                    reason = getattr(error, "strerror", None) or "it is no host name"
                    raise NotSent(f"{self}: cannot find the server's address: {reason}") from error
                self._found = list(dict.fromkeys(str(entry[4][0]) for entry in found))
            return self._found


class _Unreached(Exception):  # noqa: N818
    """An address where the server cannot be reached; the text says why."""


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), 0.001)
