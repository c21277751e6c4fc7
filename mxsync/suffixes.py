"""Where domains that belong to somebody begin: the Public Suffix List (publicsuffix.org)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


@cache
def is_public_suffix(top: str) -> bool:
    """Say whether a label is a top-level domain that the list knows."""
    return _suffixes().publicsuffix(top) == top


def registrable(host: str) -> str | None:
    """Give the domain that somebody registered to name this host, both without the last dot.

    Below a top-level domain that is not known, that is the one of two labels. None for a suffix itself.
    """
    if found := _suffixes().privatesuffix(host):
        return found
    labels = host.split(".")
    known = _suffixes().publicsuffix(host) is not None
    return ".".join(labels[-2:]) if len(labels) > 1 and not known else None


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - it reads a long list

    return PublicSuffixList(accept_unknown=False)
