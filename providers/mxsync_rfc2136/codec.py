"""Between messages as values and as octets: signs what goes out, and reads and verifies what comes back."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from mxsync_rfc2136 import wire

if TYPE_CHECKING:
    from mxsync_rfc2136.message import Message, Reply
    from mxsync_rfc2136.server import Keys, Server


def write(keys: Keys, message: Message, number: int) -> tuple[bytes, bytes]:
    """Give a message with this id as it is sent, and its signature alone (empty if there is none)."""
    octets = number.to_bytes(2) + message.wire[2:]
    signer = keys.updates if message.update else keys.questions
    return signer.sign(octets) if signer else (octets, b"")


def read(server: Server, message: Message, sent: bytes, mac: bytes, answer: bytes) -> Reply:
    """Read the answer to a message, which was sent in that form and with that signature.

    Gives `Lost` for what is no verified answer to it.
    """
    keys = server.keys
    signer = keys.updates if message.update else keys.questions
    try:
        if message.update:
            found, tsig = wire.read_done(answer)
        else:
            found, tsig = wire.read(answer, message.wire[wire.HEADER.size :], message.name)
        if signer and tsig:
            return found._replace(signed_at=signer.verify(answer, tsig, mac).time)
    except (wire.Odd, IndexError, struct.error):
        pass
    else:
        if not signer and not tsig:
            return found
    from mxsync_rfc2136 import careful  # noqa: PLC0415 - it needs dnspython, and few answers need it

    return careful.read(str(server), sent, mac, signer.key if signer else None, answer)
