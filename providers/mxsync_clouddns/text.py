r"""MX records between mxsync's form and Cloud DNS's, which is that of zone files (RFC 1035 §5.1).

Names and records must end in a dot. Both forms write other octets as `\DDD`, in decimal.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mxsync import names
from mxsync.errors import InvalidName, InvalidSet
from mxsync.model import MX

if TYPE_CHECKING:
    from mxsync.names import Name

_SHOWN = 100
"""How much of an odd record is repeated, in characters."""


def from_api(text: str) -> Name:
    """Read a name as Cloud DNS writes it. Raises InvalidName."""
    if not text.isascii() or not text.endswith("."):
        raise InvalidName(f"{text!r} is no absolute name")
    return names.parse(text)


def from_rrdata(text: str) -> MX:
    """Read an MX record. Raises InvalidSet or InvalidName."""
    match text.split():
        case [preference, exchange] if re.fullmatch("[0-9]{1,10}", preference):
            return MX(int(preference), from_api(exchange))
    raise InvalidSet(f"{text[:_SHOWN]!r} is no MX record")


def to_rrdata(record: MX) -> str:
    """Write an MX record."""
    return f"{record.preference} {record.exchange}"
