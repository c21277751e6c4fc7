"""Many messages in flight on a few TCP connections; answers come as they come."""

from __future__ import annotations

import socket
from collections import deque
from select import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TIMEOUT = 30.0
"""For how many seconds a server may say nothing."""


class _Connection:
    """A connection, what is still to be sent on it, and what came of an answer so far."""

    def __init__(self, address: tuple[str, int], messages: Sequence[bytes], window: int) -> None:
        self.socket = socket.create_connection(address, TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(0)
        self.waiting = deque(messages)
        self.room = window
        self.awaited = len(messages)
        self.outgoing = b""
        self.incoming = b""

    def fileno(self) -> int:
        return self.socket.fileno()

    @property
    def sends(self) -> bool:
        return bool(self.outgoing or (self.waiting and self.room))

    def send(self) -> None:
        parts = [self.outgoing]
        while self.waiting and self.room:
            message = self.waiting.popleft()
            parts += (len(message).to_bytes(2, "big"), message)
            self.room -= 1
        self.outgoing = b"".join(parts)
        self.outgoing = self.outgoing[self.socket.send(self.outgoing) :]

    def receive(self) -> Iterator[bytes]:
        received = self.socket.recv(1 << 18)
        if not received:
            raise SystemExit("the server closed the connection")
        data, at = self.incoming + received, 0
        while len(data) - at > 1:
            end = at + 2 + (data[at] << 8 | data[at + 1])
            if end > len(data):
                break
            yield data[at + 2 : end]
            self.room += 1
            self.awaited -= 1
            at = end
        self.incoming = data[at:]


def exchange(
    address: tuple[str, int], messages: Sequence[bytes], *, connections: int = 1, window: int = 1 << 16
) -> Iterator[bytes]:
    """Send all messages and give every answer, in any order.

    At most `window` messages of a connection are unanswered at a time. Raises SystemExit if the server
    stops answering.
    """
    used = [_Connection(address, messages[at::connections], window) for at in range(connections)]
    while open_ones := [connection for connection in used if connection.awaited]:
        readable, writable, _ = select(open_ones, [one for one in open_ones if one.sends], [], TIMEOUT)
        if not readable and not writable:
            raise SystemExit("the server does not answer")
        for connection in writable:
            connection.send()
        for connection in readable:
            yield from connection.receive()
    for connection in used:
        connection.socket.close()
