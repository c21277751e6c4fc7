"""Where the journal is, and the lock that keeps two applies with one journal apart."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mxsync.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK = "lock"
"""The file in the folder that a running apply holds; it stays there, empty or not."""
_SHOWN = 60


def default_folder() -> Path:
    """Give `$XDG_STATE_HOME/mxsync`, or what stands for it (XDG Base Directory Specification 0.8).

    Raises JournalError where there is no home.
    """
    state = os.environ.get("XDG_STATE_HOME", "")
    if state and Path(state).is_absolute():
        return Path(state) / "mxsync"
    try:
        return Path.home() / ".local" / "state" / "mxsync"
    except RuntimeError as error:
        raise JournalError(
            "there is no home folder for the journal; name a folder with --journal DIR"
        ) from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other applies with this journal away, on this machine. A process that dies lets go at once.

    Raises JournalError: another one runs, or the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise JournalError(
            f"the journal cannot be written to {folder}: {error.strerror or error}; "
            "nothing was sent; name another folder with --journal DIR"
        ) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(lock, _SHOWN, 0).decode("ascii", "replace").strip()
            who = f" (process {holder})" if holder.isdigit() else ""
            raise JournalError(
                f"another apply with the journal in {folder} is running{who}; nothing was sent; "
                "wait for its end, or use a journal of your own with --journal DIR"
            ) from error
        except OSError as error:
            raise JournalError(
                f"the journal in {folder} cannot be locked: {error.strerror or error}; nothing was sent; "
                "name a folder on a disk of this machine with --journal DIR"
            ) from error
        # For the message above alone: a full disk must not matter here.
        with suppress(OSError):
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(lock)
