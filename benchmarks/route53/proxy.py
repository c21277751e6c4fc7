"""Counts requests on their way."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from support.route53.server import route
from support.route53.signature import Request

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Tally:
    """Counts requests by operation."""

    url: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, method: str, path: str) -> None:
        """Count one request."""
        operation, _ = route(Request(method, path, "", {}, b""))
        with self._lock:
            self.counts[operation or path] += 1


@contextmanager
def counting(target: str) -> Iterator[Tally]:
    """Pass requests on to a server, and count them."""
    tally = Tally()
    host = urlsplit(target).netloc

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            """Pass it on."""
            self._pass_on()

        def do_POST(self) -> None:
            """Pass it on."""
            self._pass_on()

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            tally.note(self.command, self.path.partition("?")[0])
            upstream = HTTPConnection(host, timeout=60)
            upstream.request(self.command, self.path, body or None, dict(self.headers.items()))
            answer = upstream.getresponse()
            content = answer.read()
            upstream.close()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.getheader("Content-Type", "text/xml"))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
            """Say nothing."""

    class Proxy(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    with Proxy(("127.0.0.1", 0), Handler) as server:
        tally.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield tally
        server.shutdown()
        thread.join()
