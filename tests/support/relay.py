"""Servers over TCP that misbehave: a relay before a real one that loses messages, and a plain liar."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Fate = Literal["pass", "close", "lose", "mute"]
"""`pass` a message on; `close` the connection instead; `lose` the answer and close; `mute`: keep the
message, say nothing, and leave the connection open."""

_UPDATE = 5
"""The opcode (RFC 2136 §1.3)."""


def is_update(message: bytes) -> bool:
    """Say whether a message in wire format is an UPDATE."""
    return message[2] >> 3 & 0xF == _UPDATE


@contextmanager
def relay(address: str, port: int, fate: Callable[[bytes, int], Fate]) -> Iterator[int]:
    """Stand before a server; `fate` judges each message by its octets and its number, from 0.

    Gives the port on 127.0.0.1.
    """
    numbers = count()

    def converse(client: socket.socket) -> None:
        with socket.create_connection((address, port), 10) as upstream:
            while True:
                message = receive(client)
                verdict = fate(message, next(numbers))
                if verdict == "close":
                    return
                if verdict == "mute":
                    continue
                send(upstream, message)
                answer = receive(upstream)
                if verdict == "lose":
                    return
                send(client, answer)

    with _serving(converse) as own:
        yield own


@contextmanager
def liar(answer: Callable[[bytes], bytes], *, pause: float = 0) -> Iterator[int]:
    """Answer every message with what the function makes of it. Gives the port on 127.0.0.1.

    With a `pause`, in seconds, the answer goes out octet by octet with that pause before each.
    """

    def converse(client: socket.socket) -> None:
        while True:
            reply = answer(receive(client))
            if not pause:
                send(client, reply)
                continue
            for octet in len(reply).to_bytes(2) + reply:
                time.sleep(pause)
                client.sendall(bytes([octet]))

    with _serving(converse) as port:
        yield port


def receive(connection: socket.socket) -> bytes:
    """Read one message and the length before it. Raises EOFError."""
    return _read(connection, int.from_bytes(_read(connection, 2)))


def send(connection: socket.socket, message: bytes) -> None:
    connection.sendall(len(message).to_bytes(2) + message)


def _read(connection: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        piece = connection.recv(size - len(got))
        if not piece:
            raise EOFError
        got += piece
    return got


@contextmanager
def _serving(converse: Callable[[socket.socket], None]) -> Iterator[int]:
    """Accept connections, each in a thread, until the block ends; wait for the threads."""
    threads: list[threading.Thread] = []

    def one(client: socket.socket) -> None:
        with client, suppress(OSError, EOFError):
            converse(client)

    def accept(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                client.settimeout(30)
                threads.append(threading.Thread(target=one, args=(client,), daemon=True))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        acceptor = threading.Thread(target=accept, args=(listener,), daemon=True)
        acceptor.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        for thread in (acceptor, *threads):
            thread.join(10)
