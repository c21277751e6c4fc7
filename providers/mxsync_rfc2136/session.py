"""One conversation with a name server: signed messages over one TCP connection.

What can go wrong comes as `Trouble`, in words for the user. `NotSent` says that the server cannot have
acted; everything else after a send is `Lost`, whatever the cause: only a verified answer is an answer.
"""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Self

import dns.exception
import dns.message
import dns.name
import dns.rdatatype
import dns.tsig

from mxsync_rfc2136.answer import in_words, verified
from mxsync_rfc2136.convert import to_dns

if TYPE_CHECKING:
    from mxsync.names import Name

PATIENCE = 3
"""After how many failures in a row the server is left alone for a while, whichever zones they hit."""
REST = 2.0
"""For how many seconds."""
_LENGTH = 2
"""Octets of the length before a message over TCP (RFC 1035 §4.2.2)."""


class Trouble(Exception):  # noqa: N818 - not always an error of ours
    """Something that keeps the server from being asked; the message names the server."""


class NotSent(Trouble):
    """The message was not sent."""


class Lost(Trouble):
    """The message was sent, and no answer came that can be trusted: its effect is not known."""


class _Closed(Lost):
    """The server closed the connection; another one may work."""


@dataclass(slots=True)
class Server:
    """Where the server is and how to sign. Shared by all sessions of a provider."""

    host: str
    """An IP address or a host name, as the manifest has it."""
    port: int
    timeout: float
    """For connecting, and for each exchange, in seconds."""
    key: dns.tsig.Key | None = field(repr=False)
    """None sends unsigned messages."""
    _address: str | None = None
    _failures: int = 0
    _rests_until: float = 0.0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def key_name(self) -> str:
        """The key's name as text for messages."""
        return self.key.name.to_text() if self.key else "none"

    def answered(self) -> None:
        """Take note that the server is there."""
        self._failures = 0

    def failed(self) -> None:
        """Take note that the server could not be reached, or kept silent.

        A dead server must cost a few time-outs, and not one for each of a thousand zones.
        """
        with self._lock:
            self._failures += 1
            if self._failures >= PATIENCE:
                self._rests_until = time.monotonic() + REST

    def connect(self) -> tuple[socket.socket, str]:
        """Open a connection; give it with the server's address, which stays the same from then on.

        Raises NotSent.
        """
        if time.monotonic() < self._rests_until:
            raise NotSent(f"{self}: not asked, for it did not answer for other zones just now")
        deadline = time.monotonic() + self.timeout
        reason = "it has no address"
        for address in self._addresses():
            try:
                opened = socket.create_connection((address, self.port), _left(deadline))
            except TimeoutError:
                reason = f"no connection within {self.timeout:g} s; is a firewall in the way of TCP?"
            except OSError as error:
                reason = f"cannot connect over TCP: {error.strerror}"
            else:
                with self._lock:
                    self._address = self._address or address
                return opened, address
        raise NotSent(f"{self}: {reason}")

    def _addresses(self) -> list[str]:
        with self._lock:
            if self._address:
                return [self._address]
            try:
                found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
            except (OSError, UnicodeError) as error:
                reason = getattr(error, "strerror", None) or "it is no host name"
                raise NotSent(f"{self}: cannot find the server's address: {reason}") from error
            return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Session:
    """A conversation. It connects when it is first used, and again after the server hung up.

    Once the server could not be reached or kept silent, it is not asked again: every further exchange
    is `NotSent` at once, so that a dead server costs one timeout and not one for every name.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.address: str | None = None
        """The server's IP address, once connected."""
        self._connection: socket.socket | None = None
        self._given_up: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._drop()

    def ask(self, name: Name, kind: dns.rdatatype.RdataType) -> dns.message.Message:
        """Ask for a name's records of one type, without recursion.

        A connection that the server closes is made anew once: asking twice does no harm.
        Raises Trouble.
        """
        try:
            return self.exchange(self._question(name, kind))
        except _Closed:
            return self.exchange(self._question(name, kind))

    def exchange(self, message: dns.message.Message) -> dns.message.Message:
        """Send a message that is signed already or not to be, and give the verified answer.

        Each record of the answer stands alone, so that oddities show. Raises NotSent or Lost.
        """
        if self._given_up:
            raise NotSent(self._given_up)
        try:
            wire = message.to_wire(prepend_length=True)
        except dns.exception.DNSException as error:
            raise NotSent(f"{self.server}: the message cannot be sent: {error}") from error
        connection = self._connected()
        deadline = time.monotonic() + self.server.timeout
        try:
            connection.settimeout(_left(deadline))
            connection.sendall(wire)
            size = int.from_bytes(_receive(connection, _LENGTH, deadline))
            reply = _receive(connection, size, deadline)
        except TimeoutError:
            self._drop()
            self.server.failed()
            self._given_up = f"{self.server}: no answer within {self.server.timeout:g} s"
            raise Lost(self._given_up) from None
        except (OSError, EOFError) as error:
            self._drop()
            raise _Closed(f"{self.server}: the server closed the connection without an answer") from error
        try:
            answer = verified(message, reply)
        except Exception as error:  # whatever hostile octets make of the parser
            self._drop()
            raise Lost(f"{self.server}: {in_words(error, message, reply)}") from error
        self.server.answered()
        return answer

    def _question(self, name: Name, kind: dns.rdatatype.RdataType) -> dns.message.Message:
        question = dns.message.make_query(to_dns(name), kind, flags=0)
        if self.server.key:
            question.use_tsig(self.server.key)
        return question

    def _connected(self) -> socket.socket:
        if self._connection is None:
            try:
                self._connection, self.address = self.server.connect()
            except NotSent as error:
                self.server.failed()
                self._given_up = str(error)
                raise
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.close()
            self._connection = None


def _left(deadline: float) -> float:
    """Give the seconds until the deadline. Raises TimeoutError if there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _receive(connection: socket.socket, count: int, deadline: float) -> bytes:
    """Read just so many octets. Raises EOFError if the connection ends before."""
    got = bytearray()
    while len(got) < count:
        connection.settimeout(_left(deadline))
        piece = connection.recv(count - len(got))
        if not piece:
            raise EOFError
        got += piece
    return bytes(got)
