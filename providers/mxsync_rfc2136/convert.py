"""Between mxsync's values and dnspython's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.name

from mxsync import names

if TYPE_CHECKING:
    from mxsync.names import Name


def to_dns(name: Name) -> dns.name.Name:
    """Give a name as dnspython has it."""
    return dns.name.Name((*names.to_labels(name), b""))


def from_dns(name: dns.name.Name) -> Name:
    """Give an absolute name of dnspython in canonical text."""
    return names.from_labels(name.labels[:-1])
