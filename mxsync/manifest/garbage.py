"""A pause for Python's collector of garbage, while much is built that is none."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def no_collection() -> Iterator[None]:
    """Collect no garbage meanwhile; also a decorator.

    Of a long manifest nothing is garbage, and looking for it again and again would take half of the time.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
