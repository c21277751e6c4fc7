"""Servers over TCP that misbehave: a relay before a real one, and a plain liar.

The relay passes messages on as they come, without waiting for answers, and does to each what a judge
says: see `Fate`.
"""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from contextlib import contextmanager, nullcontext, suppress
from itertools import count
from typing import TYPE_CHECKING, Literal, get_args

from mxsync_rfc2136 import wire
from mxsync_rfc2136.message import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Before = Literal["close", "reset", "mute", "postpone"]
"""What keeps a message from the server: `close` the connection once what was passed on is answered;
`reset` it at once (RST); `mute`: keep the message and leave the connection open; `postpone`: the same,
but the server gets it later."""
After = Literal[
    "lose", "break", "swallow", "delay", "late", "drip", "corrupt", "garbage", "renumber", "twice",
    "reorder", "forge", "unsign", "refuse", "short", "long", "cut",
]  # fmt: skip
"""What becomes of the answer: `lose` it and close; `break`: half of it and a reset; `swallow` it;
`delay` it a little, or until it is too `late`; `drip` octet by octet; `corrupt` some octets; `garbage`
instead of it; `renumber`: another id; send it `twice`; `reorder`: after the next one; `forge` the
signature; `unsign` it; `refuse` without a signature instead; a length before it that is too `short` or
too `long`; or `cut` the length itself, and close."""
Fate = Literal["pass", Before, After]
"""What becomes of a message; `pass` it on, and its answer back."""
BEFORE: tuple[Before, ...] = get_args(Before)
AFTER: tuple[After, ...] = get_args(After)
FAULTS: tuple[Fate, ...] = (*BEFORE, *AFTER)

SOON = 0.1
"""Seconds that a delayed answer takes."""
LATE = 0.8
"""Seconds after which an answer, or a message that was held back, comes too late."""
_DRIP = 0.02
_UPDATE = 5
"""The opcode (RFC 2136 §1.3)."""
_REFUSED = 0x8005
_PATIENCE = 5


def is_update(message: bytes) -> bool:
    """Say whether a message in wire format is an UPDATE."""
    return message[2] >> 3 & 0xF == _UPDATE


class Load:
    """Counts the clients that are there at once. The first so many that are to `gather` wait for one another."""

    def __init__(self, gather: int = 1) -> None:
        self.most = 0
        self._there: set[socket.socket] = set()
        self._clients = count(1)
        self._gather = gather
        self._gathered = threading.Barrier(gather)
        self._lock = threading.Lock()

    @contextmanager
    def client(self, connection: socket.socket) -> Iterator[None]:
        """Stay for as long as a client does."""
        with self._lock:
            # One that hung up before this one came need not have been noticed yet.
            self._there = {connection, *(it for it in self._there if not _hung_up(it))}
            self.most = max(self.most, len(self._there))
            early = next(self._clients) <= self._gather
        if early:
            self._gathered.wait(_PATIENCE)
        try:
            yield
        finally:
            with self._lock:
                self._there.discard(connection)


def _hung_up(connection: socket.socket) -> bool:
    try:
        with connection.dup() as same:
            same.setblocking(False)
            return not same.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except OSError:
        return True


@contextmanager
def relay(
    address: str,
    port: int,
    fate: Callable[[bytes, int], Fate],
    *,
    late: float = LATE,
    load: Load | None = None,
) -> Iterator[int]:
    """Stand before a server; `fate` judges each message by its octets and its number, from 0.

    Gives the port on 127.0.0.1. What is `late` or postponed comes after so many seconds. `load` watches how
    many clients there are.
    """
    numbers, lock = count(), threading.Lock()

    def judge(message: bytes) -> Fate:
        with lock:
            return fate(message, next(numbers))

    def converse(client: socket.socket) -> None:
        with (
            load.client(client) if load else nullcontext(),
            socket.create_connection((address, port), 10) as upstream,
        ):
            _Conversation(client, upstream, judge, late).lead()

    with _serving(converse) as own:
        yield own


class _Conversation:
    """One connection of a client, and the one to the server that belongs to it."""

    def __init__(
        self, client: socket.socket, upstream: socket.socket, judge: Callable[[bytes], Fate], late: float
    ) -> None:
        self._client = client
        self._upstream = upstream
        self._judge = judge
        self._late = late
        self._sending = threading.Lock()
        self._open: dict[int, Fate] = {}
        """By id, what becomes of the answers that are awaited."""
        self._answered = threading.Condition()
        self._held: list[bytes] = []
        self._timers: list[threading.Timer] = []

    def lead(self) -> None:
        answers = threading.Thread(target=self._answers, daemon=True)
        answers.start()
        try:
            while self._question():
                pass
        finally:
            with suppress(OSError):
                self._upstream.shutdown(socket.SHUT_RDWR)
            answers.join()
            for timer in self._timers:
                timer.join()

    def _question(self) -> bool:
        """Take one message of the client; say whether to go on."""
        message = receive(self._client)
        fate = self._judge(message)
        match fate:
            case "close":
                with self._answered:
                    self._answered.wait_for(lambda: not self._open, _PATIENCE)
                return False
            case "reset":
                _reset_when_closed(self._client)
                return False
            case "mute":
                return True
            case "postpone":
                self._after(self._late, lambda: _deliver(self._upstream.getpeername(), message))
                return True
        with self._answered:
            self._open[int.from_bytes(message[:2])] = fate
        send(self._upstream, message)
        return True

    def _answers(self) -> None:
        with suppress(OSError, EOFError):
            while True:
                answer = receive(self._upstream)
                number = int.from_bytes(answer[:2])
                if not self._answer(answer, self._open.get(number, "pass")):
                    break
                with self._answered:
                    self._open.pop(number, None)
                    self._answered.notify()
        # Wakes the other thread, which closes both connections.
        with suppress(OSError):
            self._client.shutdown(socket.SHUT_RD)

    def _answer(self, answer: bytes, fate: Fate) -> bool:
        """Deal with an answer; say whether to go on."""
        match fate:
            case "lose":
                return False
            case "break":
                _reset_when_closed(self._client)
                self._write(_framed(answer)[: len(answer) // 2])
                return False
            case "cut":
                self._write(_framed(answer)[:1])
                return False
            case "swallow":
                return True
            case "delay" | "late":
                self._after(SOON if fate == "delay" else self._late, lambda: self._write(_framed(answer)))
                return True
            case "reorder":
                self._held.append(answer)
                self._after(SOON, self._release)
                return True
            case "drip":
                with self._sending:
                    for octet in _framed(answer):
                        self._client.sendall(bytes([octet]))
                        time.sleep(_DRIP)
                return True
        self._write(_spoilt(answer, fate))
        self._release()
        return True

    def _release(self) -> None:
        while self._held:
            self._write(_framed(self._held.pop()))

    def _write(self, octets: bytes) -> None:
        with self._sending:
            self._client.sendall(octets)

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        def carefully() -> None:
            with suppress(OSError, EOFError, IndexError):
                act()

        self._timers.append(threading.Timer(seconds, carefully))
        self._timers[-1].start()


def _spoilt(answer: bytes, fate: Fate) -> bytes:
    """Give the octets to send for an answer, with its length."""
    chance = random.Random(answer)
    match fate:
        case "corrupt":
            return _framed(corrupted(answer, chance))
        case "garbage":
            return _framed(answer[:2] + chance.randbytes(chance.randrange(200)))
        case "renumber":
            return _framed((int.from_bytes(answer[:2]) ^ 0x5A5A).to_bytes(2) + answer[2:])
        case "twice":
            return _framed(answer) * 2
        case "forge":
            # The signature ends 6 octets before the end: the id, the error, and no other data follow.
            return _framed(answer[:-8] + bytes([answer[-8] ^ 1]) + answer[-7:])
        case "unsign":
            return _framed(unsigned(answer))
        case "refuse":
            bare = unsigned(answer)
            return _framed(bare[:2] + (int.from_bytes(bare[2:4]) & 0x7800 | _REFUSED).to_bytes(2) + bare[4:])
        case "short":
            return (len(answer) - 5).to_bytes(2) + answer
        case "long":
            return (len(answer) + 5).to_bytes(2) + answer
    return _framed(answer)


def _end(message: bytes) -> int:
    """Find where the TSIG record begins, or the message ends."""
    try:
        _, _, questions, *sections = wire.HEADER.unpack_from(message)
        at = wire.HEADER.size
        for _ in range(questions):
            at = wire.decode(message, at)[1] + 4
        last = list(wire.records(message, at, sum(sections)))[-1:]
    except (wire.Odd, IndexError, struct.error):  # it is spoilt already
        return len(message)
    return last[0].owner if last and last[0].kind == Kind.TSIG else len(message)


def corrupted(message: bytes, chance: random.Random) -> bytes:
    """Change one to three octets behind the id and before the TSIG record, if there is one.

    In that record, a letter of the key's name may change its case, and nothing is spoilt by that.
    """
    spoilt = bytearray(message)
    for at in chance.sample(range(2, _end(message)), chance.randint(1, 3)):
        spoilt[at] ^= chance.randint(1, 255)
    return bytes(spoilt)


def unsigned(message: bytes) -> bytes:
    """Take the signature off."""
    import dns.message  # noqa: PLC0415 - not every test of a relay needs it

    parsed = dns.message.from_wire(message, keyring=False)
    parsed.tsig = None
    return parsed.to_wire()


def _deliver(address: tuple[str, int], message: bytes) -> None:
    with socket.create_connection(address, _PATIENCE) as late:
        send(late, message)
        receive(late)


def _reset_when_closed(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def liar(answer: Callable[[bytes], bytes | list[bytes]], *, pause: float = 0) -> Iterator[int]:
    """Answer every message with what the function makes of it. Gives the port on 127.0.0.1.

    A list is an answer of several messages, as that to AXFR. With a `pause`, in seconds, one message goes
    out octet by octet with that pause before each.
    """

    def converse(client: socket.socket) -> None:
        while True:
            reply = answer(receive(client))
            if isinstance(reply, list):
                client.sendall(b"".join(_framed(message) for message in reply))
                continue
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
    connection.sendall(_framed(message))


def _framed(message: bytes) -> bytes:
    return len(message).to_bytes(2) + message


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
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threads.append(threading.Thread(target=one, args=(client,), daemon=True))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        acceptor = threading.Thread(target=accept, args=(listener,), daemon=True)
        acceptor.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        for thread in (acceptor, *threads):
            thread.join(10)
