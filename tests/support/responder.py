"""A resolver that says what a test wants: for answers that no real one gives."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dns.message

from support.nameserver import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Answer = Callable[[dns.message.QueryMessage], Iterable[dns.message.Message | bytes]]

_ATTENTION = 0.05


@dataclass(slots=True)
class Responder:
    """What was asked, and where."""

    port: int
    questions: list[dns.message.QueryMessage] = field(default_factory=list)


@contextmanager
def responding(answer: Answer) -> Iterator[Responder]:
    """Answer over UDP on a port of 127.0.0.1, with as many datagrams as `answer` gives; over TCP, nobody does."""
    stopped = threading.Event()
    with socket.socket(type=socket.SOCK_DGRAM) as server:
        server.bind((LOOPBACK, 0))
        server.settimeout(_ATTENTION)
        responder = Responder(server.getsockname()[1])

        def serve() -> None:
            while not stopped.is_set():
                try:
                    data, peer = server.recvfrom(65535)
                except TimeoutError:
                    continue
                question = dns.message.from_wire(data)
                assert isinstance(question, dns.message.QueryMessage)
                responder.questions.append(question)
                for said in answer(question):
                    server.sendto(said if isinstance(said, bytes) else said.to_wire(), peer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield responder
        finally:
            stopped.set()
            thread.join()
