"""Where a server is, how to reach it, and how to sign for it."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

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
        """Which key asks, as text; BIND's views choose by it which zone is meant."""
        return _name(self.questions)

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
    """The name that must stand in it; None for the host that was connected to."""


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
    _address: str | None = None
    _lock: Lock = field(default_factory=Lock, repr=False)

    def __str__(self) -> str:
        return str(self.endpoint)

    @property
    def address(self) -> str:
        """The IP address, if it is known by now: that of the last connection. Otherwise the host."""
        return self._address or self.endpoint.host

    def connect(self) -> socket.socket:
        """Open a connection; the server's address stays the same from then on. Raises NotSent.

        It fits non-blocking use afterwards.
        """
        deadline = time.monotonic() + self.timeout
        reason = "it has no address"
        for address in self._addresses():
            try:
                opened = self._connect(address, deadline)
            except TimeoutError:
                reason = f"no connection within {self.timeout:g} s; is a firewall in the way of TCP?"
            except OSError as error:
                reason = self._in_words(error)
            else:
                with self._lock:
                    self._address = self._address or address
                return opened
        raise NotSent(f"{self}: {reason}")

    def _connect(self, address: str, deadline: float) -> socket.socket:
        source = (self.source, 0) if self.source else None
        left = max(deadline - time.monotonic(), 0.001)
        opened = socket.create_connection((address, self.endpoint.port), left, source)
        try:
            # Python sets it for nobody: small messages shall not wait for one another.
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                return self.tls.context.wrap_socket(
                    opened, server_hostname=self.tls.name or self.endpoint.host
                )
        except BaseException:
            opened.close()
            raise
        return opened

    def _addresses(self) -> list[str]:
        with self._lock:
            if self._address:
                return [self._address]
            try:
                found = socket.getaddrinfo(self.endpoint.host, self.endpoint.port, type=socket.SOCK_STREAM)
            except (OSError, UnicodeError) as error:
                reason = getattr(error, "strerror", None) or "it is no host name"
                raise NotSent(f"{self}: cannot find the server's address: {reason}") from error
            return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    def _in_words(self, error: OSError) -> str:
        if not self.tls:
            return f"cannot connect over TCP: {error.strerror}"
        import ssl  # noqa: PLC0415 - only where TLS is used

        if isinstance(error, ssl.SSLCertVerificationError):
            return (
                f"the server's certificate is not the right one: {error.verify_message.rstrip('.')}; "
                "see ca_file and tls_name"
            )
        if isinstance(error, ssl.SSLError):
            return f"no TLS there: {error.reason}; does this port serve DNS over TLS?"
        return f"cannot connect over TLS: {error.strerror or error}"
