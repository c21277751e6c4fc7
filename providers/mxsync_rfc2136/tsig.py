"""TSIG keys (RFC 8945): a name, an algorithm and a shared secret."""

from __future__ import annotations

import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mxsync.names import Name

ALGORITHMS = (
    "hmac-sha1",
    "hmac-sha224",
    "hmac-sha256",
    "hmac-sha256-128",
    "hmac-sha384",
    "hmac-sha384-192",
    "hmac-sha512",
    "hmac-sha512-256",
)
"""The algorithms taken, by their names in DNS without the last dot (RFC 8945 §6).

BIND means another thing by the three with two numbers (a shortened signature of the first) and answers
BADKEY; they are best left alone.
"""
DEFAULT_ALGORITHM = "hmac-sha256"
_SHOWN = 16


@dataclass(frozen=True, slots=True)
class TsigKey:
    """A key that requests are signed with. The secret shows in no text form of it."""

    name: Name
    algorithm: str
    """One of `ALGORITHMS`."""
    secret: bytes = field(repr=False)


def check_algorithm(text: str) -> str:
    """Give the algorithm in the form of `ALGORITHMS`. Raises ValueError with what to do."""
    algorithm = text.lower().removesuffix(".")
    if algorithm in ALGORITHMS:
        return algorithm
    if algorithm in {"hmac-md5", "hmac-md5.sig-alg.reg.int"}:
        raise ValueError("the algorithm hmac-md5 is too weak; make a new key: tsig-keygen -a hmac-sha256")
    # Somebody may have written the secret here: only what is too short for one is shown.
    shown = f" {text!r}" if len(text) <= _SHOWN else " of that name"
    raise ValueError(f"there is no algorithm{shown}; use one of {', '.join(ALGORITHMS)}")


def decode_secret(text: str) -> bytes:
    """Decode a secret from base64; white space in it does not count. Raises ValueError, without it."""
    try:
        secret = binascii.a2b_base64("".join(text.split()), strict_mode=True)
    except ValueError:
        # Neither the text nor the decoder's words are shown: they may hold the secret.
        raise ValueError("its secret is no base64") from None
    if not secret:
        raise ValueError("its secret is empty")
    return secret
