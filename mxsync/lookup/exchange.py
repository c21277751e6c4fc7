"""One question to one resolver, and its answer: over UDP, and over TCP where the answer does not fit."""

from __future__ import annotations

import asyncio
import errno
import os
from typing import TYPE_CHECKING, cast

import dns.asyncquery
import dns.exception
import dns.message

if TYPE_CHECKING:
    from mxsync.lookup.resolvers import Resolver


_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})


class Unanswered(Exception):  # noqa: N818 - it is no defect
    """The resolver cannot be asked; the text says why."""


class NoRoute(Unanswered):
    """This machine cannot send anything there, as where it has no IPv6; it says nothing about the server."""


class TooLate(Exception):  # noqa: N818
    """The resolver said nothing in time."""


async def exchange(
    query: dns.message.Message, resolver: Resolver, patience: float
) -> dns.message.QueryMessage:
    """Send a question and give the answer to it, whole. Raises TooLate after `patience` seconds, Unanswered."""
    try:
        async with asyncio.timeout(patience):
            response = await _over_udp(query, resolver)
    except TimeoutError as error:
        raise TooLate from error
    except OSError as error:
        raise (NoRoute if error.errno in _NO_ROUTE else Unanswered)(_reason(error)) from error
    if response is None:
        response = await _over_tcp(query, resolver, patience)
    # The opcode of the answer is that of the question.
    return cast("dns.message.QueryMessage", response)


async def _over_udp(query: dns.message.Message, resolver: Resolver) -> dns.message.Message | None:
    """Give the answer; None where it was cut off. Raises OSError.

    The socket serves this question alone, so that its port is hard to guess, and it is connected, so that
    nothing comes in but what the resolver sends (RFC 5452 §9).
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[dns.message.Message | None] = loop.create_future()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Listener(query, answer), remote_addr=(resolver.address, resolver.port)
    )
    try:
        transport.sendto(query.to_wire())
        return await answer
    finally:
        transport.close()


class _Listener(asyncio.DatagramProtocol):
    """Waits for the answer to a question, whatever else comes in."""

    def __init__(
        self, query: dns.message.Message, answer: asyncio.Future[dns.message.Message | None]
    ) -> None:
        self._query = query
        self._answer = answer

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 - asyncio's signature
        response: dns.message.Message | None = None
        try:
            response = dns.message.from_wire(data, raise_on_truncation=True)
            fits = self._query.is_response(response)
        except dns.message.Truncated as error:
            fits = self._query.is_response(error.message())  # type: ignore[no-untyped-call] # dnspython
        # Anybody may have sent this. The answer may still come.
        except Exception:  # noqa: BLE001
            return
        if fits and not self._answer.done():
            self._answer.set_result(response)

    def error_received(self, exc: Exception) -> None:
        if not self._answer.done():
            self._answer.set_exception(exc)


async def _over_tcp(query: dns.message.Message, resolver: Resolver, patience: float) -> dns.message.Message:
    """Ask again over TCP. Raises Unanswered."""
    try:
        async with asyncio.timeout(patience):
            return await dns.asyncquery.tcp(query, resolver.address, port=resolver.port)
    except TimeoutError:
        reason = "no answer"
    except OSError as error:
        reason = _reason(error)
    except (EOFError, dns.exception.DNSException) as error:
        reason = "the connection was closed" if isinstance(error, EOFError) else "no answer to the question"
    raise Unanswered(f"the answer does not fit into UDP, and over TCP: {reason}")


def _reason(error: OSError) -> str:
    # asyncio has words of its own, with the address in them, and lookups have negative numbers.
    return os.strerror(error.errno).lower() if error.errno and error.errno > 0 else str(error)
