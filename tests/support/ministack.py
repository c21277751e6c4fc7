"""Starts a ministack for a test: another project's emulator of AWS, over real HTTP.

It takes a fifth of a second to start, and 50 MB. `BIND_HOST` keeps it off other interfaces; what it
writes (a file with its process id) goes to the folder it is given. An access key of twelve digits is an
account of its own.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

START = 30
"""For how many seconds at most it may take to start."""
TRIES = 3
"""How often another port is taken, should somebody be quicker."""


@contextmanager
def running_ministack(folder: Path) -> Iterator[str]:
    """Serve until the block ends; give the URL."""
    for _ in range(TRIES):
        port = _free_port()
        with (folder / "ministack.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "ministack"],
                cwd=folder,
                # Nothing of the caller's: a setting of theirs could make it keep or load state.
                env={
                    "PATH": os.environ.get("PATH", ""),
                    "HOME": str(folder),
                    "TMPDIR": str(folder),
                    "BIND_HOST": "127.0.0.1",
                    "GATEWAY_PORT": str(port),
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            if _answers(process, port):
                yield f"http://127.0.0.1:{port}"
                return
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    raise AssertionError(f"ministack does not start: {(folder / 'ministack.log').read_text()[-2000:]}")


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until it answers; False if it has ended by itself."""
    limit = time.monotonic() + START
    while time.monotonic() < limit:
        if process.poll() is not None:
            return False
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/_ministack/health")
            if connection.getresponse().status == 200:
                return True
        except OSError:
            time.sleep(0.02)
        finally:
            connection.close()
    return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
