"""Names as the API takes and shows them: absolute, with the trailing dot, ASCII letters in lower case."""

from __future__ import annotations

import dns.exception
import dns.name


def stored(text: str) -> str | None:
    """Give a name as the API shows it; None where the text is no absolute name."""
    if not text.isascii() or not text.isprintable() or " " in text or not text.endswith("."):
        return None
    try:
        name = dns.name.from_text(text, origin=None)
    except dns.exception.DNSException:
        return None
    # A wildcard is one only as the whole leftmost label (RFC 4592 §2.1.1).
    return name.to_text().lower() if b"*" not in name.labels[1:] else None


def order(name: str) -> tuple[str, ...]:
    """Give what record sets are sorted by: their labels, reversed."""
    return tuple(reversed(name.split(".")))


def is_within(name: str, zone: str) -> bool:
    return name == zone or name.endswith(f".{zone}")
