"""The wire: HTTP on a free port of 127.0.0.1, with what may happen to a request on its way."""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came over the wire; header names in lower case."""

    verb: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; without a status, the connection is closed instead."""

    status: int | None = None
    body: bytes = b""
    kind: str = "application/json; charset=UTF-8"
    location: str = ""
    """Where a redirection leads."""
    reset: bool = False
    """End the connection with a TCP reset."""
    cut: bool = False
    """Send only the first half of the body."""


class Server(ThreadingHTTPServer):
    """Takes requests, in threads; `answer` makes the answers."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.defects: list[BaseException] = []
        """What went wrong here, and is no client's fault."""

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the signature of the base class
        """Keep defects for the end; clients that have gone away are none."""
        error = sys.exception()
        if error and not isinstance(error, OSError):
            self.defects.append(error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        headers = {name.lower(): text for name, text in self.headers.items()}
        answer = cast("Server", self.server).answer(Request(self.command, path, query, headers, body))
        if answer.status is None:
            self._hang_up(reset=answer.reset)
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        if answer.location:
            self.send_header("Location", answer.location)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
        self.wfile.flush()
        self.close_connection = self.close_connection or answer.cut

    def _hang_up(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:
            # With nothing to linger for, the kernel resets the connection as it closes it.
            linger = struct.pack("ii", 1, 0)
            with suppress(OSError):
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the names that the base class looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Keep the output of the tests clean."""
