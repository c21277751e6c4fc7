"""Networks as they are elsewhere: names with several addresses, and addresses behind a firewall."""

from __future__ import annotations

import socket
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


def resolve(monkeypatch: pytest.MonkeyPatch, host: str, *addresses: str) -> None:
    """Have the system find these addresses for a host, in this order."""
    look_up = socket.getaddrinfo

    def found(name: Any, *args: Any, **more: Any) -> Any:
        if name != host:
            return look_up(name, *args, **more)
        return [entry for address in addresses for entry in look_up(address, *args, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@contextmanager
def unreachable(address: str, port: int) -> Iterator[None]:
    """Keep connections to an address of the loopback network from being made, as a firewall does.

    The queue of connections there is full.
    """
    with socket.socket() as listener, ExitStack() as stack:
        listener.bind((address, port))
        listener.listen(0)
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex((address, port))
        yield
