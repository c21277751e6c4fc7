"""Runs jobs of a GitLab pipeline, as far as the example goes, against an API that is made up.

The scripts' own `curl` asks it over HTTP. It answers from a table, and keeps what it was asked.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

import yaml

from support.nameserver import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterator


class Request(NamedTuple):
    """What the API was asked."""

    method: str
    path: str
    token: str
    body: str
    """The field of this name in a form; empty where there is none."""


@dataclass
class Api:
    """Answers by `METHOD path`: a JSON value, or octets as they are."""

    port: int = 0
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/api/v4"


@contextmanager
def running_api() -> Iterator[Api]:
    """Run it on a free port until the block ends."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            path = self.path.removeprefix("/api/v4/")
            form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("utf-8"))
            token = self.headers.get("PRIVATE-TOKEN", "")
            api.asked.append(Request(self.command, path, token, form.get("body", [""])[0]))
            found = api.answers.get(f"{self.command} {path}")
            octets = found if isinstance(found, bytes) else json.dumps(found).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        do_GET = do_POST = do_PUT = answer  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer((LOOPBACK, 0), Handler) as server:
        api.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()


def run_script(pipeline: Path, job: str, clone: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the `script` of a job in a clone, as a runner with bash does."""
    description = yaml.safe_load(pipeline.read_text("utf-8"))[job]
    return subprocess.run(
        ["bash", "-c", "\n".join(["set -eo pipefail", *description["script"]])],
        cwd=clone,
        env={
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(clone.parent),
            **description.get("variables", {}),
            **variables,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
