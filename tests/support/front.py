"""Name servers at port 53 of addresses of their own, where delegations lead.

BIND listens at the addresses of interfaces alone, and all of 127.0.0.0/8 but one are none. So it stays at its port
of 127.0.0.1, and what comes to its other address is passed on to it.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import dns.opcode

from support.nameserver import DNS, reserved_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.nameserver import Server

_PATIENCE = 5


@dataclass(slots=True)
class Front:
    """Passes questions on to a server, over UDP and TCP."""

    server: Server
    address: str = ""
    silent: bool = False
    """Whether what comes is thrown away, as by a firewall."""
    deaf: bool = False
    """Whether it hears of no change: NOTIFY alone is thrown away (RFC 1996), so a secondary server lags."""
    asked: list[bytes] = field(default_factory=list)
    """The messages that came over UDP."""


@contextmanager
def fronting(server: Server) -> Iterator[Front]:
    """Let a server answer at an address of its own until the block ends. Raises RuntimeError if not root."""
    with reserved_address() as address:
        front = Front(server, address)
        loop = asyncio.new_event_loop()
        listeners = loop.run_until_complete(_listen(front, loop))
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        try:
            yield front
        finally:
            asyncio.run_coroutine_threadsafe(_end(listeners), loop).result(_PATIENCE)
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, front: Front) -> None:
        self._front = front
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._front.asked.append(data)
        if not self._front.silent and not (self._front.deaf and _opcode(data) == dns.opcode.NOTIFY):
            task = asyncio.get_running_loop().create_task(self._forward(data, addr))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _forward(self, data: bytes, addr: Any) -> None:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bytes] = loop.create_future()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Answer(answer), remote_addr=(self._front.server.address, self._front.server.port)
        )
        try:
            transport.sendto(data)
            async with asyncio.timeout(_PATIENCE):
                self._transport.sendto(await answer, addr)
        except (OSError, TimeoutError):
            pass
        finally:
            transport.close()


def _opcode(data: bytes) -> int:
    return dns.opcode.from_flags(int.from_bytes(data[2:4]))


class _Answer(asyncio.DatagramProtocol):
    def __init__(self, answer: asyncio.Future[bytes]) -> None:
        self._answer = answer

    def datagram_received(self, data: bytes, addr: Any) -> None:  # noqa: ARG002
        if not self._answer.done():
            self._answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if not self._answer.done():
            self._answer.set_exception(exc)


async def _listen(front: Front, loop: asyncio.AbstractEventLoop) -> tuple[Any, Any]:
    # The loop itself holds its tasks by weak references only.
    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(this := asyncio.current_task())
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                upstream = await asyncio.open_connection(front.server.address, front.server.port)
                try:
                    await asyncio.gather(_pipe(reader, upstream[1]), _pipe(upstream[0], writer))
                finally:
                    upstream[1].close()
        finally:
            writer.close()
            serving.discard(this)

    transport, _ = await loop.create_datagram_endpoint(lambda: _Udp(front), local_addr=(front.address, DNS))
    return transport, await asyncio.start_server(serve, front.address, DNS, reuse_port=True)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    with suppress(OSError):
        writer.write_eof()


async def _end(listeners: tuple[Any, Any]) -> None:
    for listener in listeners:
        listener.close()
    # A connection that was just accepted becomes a task only now.
    for _ in range(3):
        await asyncio.sleep(0.01)
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
