"""A TCP proxy that adds a round-trip time, as a server far away has it.

Every chunk is passed on half a round trip after it came. The client's first one waits a round trip more, for
on a real way the connection would have to be made first.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from benchmarks.bind.job import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def far_away(port: int, round_trip: float) -> Iterator[int]:
    """Give a port whose answers come from `port`, later by `round_trip` seconds."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    proxy = _Proxy(port, round_trip)
    try:
        server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(proxy.serve, ADDRESS, 0, backlog=1024), loop
        ).result()
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


class _Proxy:
    def __init__(self, port: int, round_trip: float) -> None:
        self._port = port
        self._round_trip = round_trip

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected = asyncio.get_running_loop().time() + self._round_trip
        there_reader, there_writer = await asyncio.open_connection(ADDRESS, self._port)
        await asyncio.gather(
            self._pass_on(reader, there_writer, connected), self._pass_on(there_reader, writer, connected)
        )

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connected: float
    ) -> None:
        """Pass on what comes until it ends, everything at its time."""
        loop = asyncio.get_running_loop()
        way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        sending = asyncio.create_task(self._send(way, writer))
        try:
            while chunk := await reader.read(1 << 16):
                way.put_nowait((max(loop.time(), connected) + self._round_trip / 2, chunk))
        except ConnectionError:
            pass  # its end, as well
        way.put_nowait((loop.time() + self._round_trip / 2, b""))
        await sending

    async def _send(self, way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due, chunk = await way.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not chunk:
                break
            writer.write(chunk)
        writer.close()
