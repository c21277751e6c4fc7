"""A TCP connection that carries messages both ways at once."""

from __future__ import annotations

import contextlib
import math
import select
import socket
import time

_LENGTH = 2
"""Octets of the length before a message (RFC 1035 §4.2.2)."""
_PIECE = 1 << 16


class Tube:
    """Messages go in without waiting; they are sent, and answers taken, while waiting."""

    def __init__(self, connection: socket.socket, not_now: tuple[type[OSError], ...]) -> None:
        """Take over a connection; `not_now` is what it raises where it would have to wait."""
        connection.settimeout(0)
        self._not_now = not_now
        self._connection = connection
        self._out = bytearray()
        self._in = bytearray()
        self.ended = False
        """Whether nothing more will come, or can be sent."""

    def put(self, message: bytes) -> None:
        """Give a message to send."""
        self._out += len(message).to_bytes(_LENGTH) + message

    def wait(self, until: float) -> list[bytes]:
        """Give the answers that have come; wait for the first until then (by the monotonic clock)."""
        try:
            self._flush()
            watch = select.poll()
            watch.register(self._connection, select.POLLIN | (select.POLLOUT if self._out else 0))
            watch.poll(math.ceil(max(until - time.monotonic(), 0) * 1000))
            self._receive()
        except OSError:
            self.ended = True
        return self._whole()

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            self._connection.close()

    def _flush(self) -> None:
        while self._out:
            try:
                sent = self._connection.send(self._out)
            except self._not_now:
                return
            del self._out[:sent]

    def _receive(self) -> None:
        while not self.ended:
            try:
                piece = self._connection.recv(_PIECE)
            except self._not_now:
                break
            self._in += piece
            self.ended = not piece
        if hasattr(socket, "TCP_QUICKACK"):
            # With few messages under way, the server waits for our delayed acknowledgement (40 ms).
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def _whole(self) -> list[bytes]:
        octets, at = bytes(self._in), 0
        found: list[bytes] = []
        while (start := at + _LENGTH) <= len(octets):
            end = start + int.from_bytes(octets[at:start])
            if end > len(octets):
                break
            found.append(octets[start:end])
            at = end
        del self._in[:at]
        return found
