"""Files: read whole, locked against a second mxsync, and replaced atomically."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import grp
import hashlib
import os
import pwd
import stat
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_SIZE = 64 * 2**20
"""The largest file that is read, in octets."""
_POLL = 0.05


class FileTrouble(Exception):  # noqa: N818 - named for what it is
    """A file that cannot be read, locked or replaced; the message names it and says why."""


def read_file(path: Path) -> bytes:
    """Read a file whole.

    Raises FileTrouble: it is not there, not readable, no regular file, or too large.
    """
    fd = _open(path)
    try:
        return _read(path, fd)
    finally:
        os.close(fd)


@contextmanager
def locked(path: Path, *, wait: float) -> Iterator[Held]:
    """Hold a file so that no other mxsync edits it, and read it. Links are followed.

    The lock is on the file itself (flock), so it costs no lock file and works for whoever may read it.
    A file that was replaced while we waited is opened again.

    Raises FileTrouble: as `read_file`, or another one holds it for longer than `wait` seconds.
    """
    until = time.monotonic() + wait
    while True:
        real = Path(os.path.realpath(path))
        fd = _open(real)
        try:
            _lock(real, fd, until)
            if _still_names(real, fd):
                held = Held(real, fd, _read(real, fd))
                break
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)
    try:
        yield held
    finally:
        os.close(held.fd)


@dataclass(slots=True)
class Held:
    """A file that we hold."""

    path: Path
    """The file itself, behind all links."""
    fd: int
    data: bytes
    """What it holds, as far as we know."""

    def replace(self, data: bytes) -> None:
        """Put other content in the file's place, with the same mode, owner and attributes.

        Whoever opens it sees the old content or the new. The new file is locked before it is there, so
        that the lock is never free in between.

        Raises FileTrouble, and then nothing was changed: somebody else changed the file meanwhile, the
        disk is full, the folder cannot be written.
        """
        name = self.temporary()
        try:
            fd = _create(name)
        except OSError as error:
            raise FileTrouble(f"cannot write in {self.path.parent}: {error.strerror}") from None
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _write(fd, data)
            _take_after(fd, self.fd)
            os.fsync(fd)
            self._check()
            name.rename(self.path)
        except BaseException as error:
            os.close(fd)
            with contextlib.suppress(OSError):
                name.unlink()
            if isinstance(error, OSError):
                raise FileTrouble(f"cannot replace {self.path}: {error.strerror}") from None
            raise
        os.close(self.fd)
        self.fd, self.data = fd, data
        _sync_folder(self.path.parent)

    def temporary(self) -> Path:
        """Say what the new file is called before it is there: always the same, so that none is left for good."""
        digest = hashlib.sha256(os.fsencode(self.path.name)).hexdigest()
        return self.path.with_name(f".mxsync-{digest[:16]}.tmp")

    def _check(self) -> None:
        if not _still_names(self.path, self.fd) or read_file(self.path) != self.data:
            raise FileTrouble(f"{self.path} was changed by somebody else meanwhile; plan again")


def _open(path: Path) -> int:
    try:
        # A FIFO must not make us wait for a writer.
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        reason = (
            "there is no such file" if error.errno == errno.ENOENT else f"cannot open it: {error.strerror}"
        )
        raise FileTrouble(f"{path}: {reason}") from None
    mode = os.fstat(fd).st_mode
    if stat.S_ISREG(mode):
        return fd
    os.close(fd)
    raise FileTrouble(f"{path}: it is {'a folder' if stat.S_ISDIR(mode) else 'no regular file'}")


def _read(path: Path, fd: int) -> bytes:
    try:
        with open(fd, "rb", closefd=False) as file:
            file.seek(0)
            data = file.read(MAX_SIZE + 1)
    except OSError as error:
        raise FileTrouble(f"{path}: cannot read it: {error.strerror}") from None
    if len(data) > MAX_SIZE:
        raise FileTrouble(f"{path}: it is larger than {MAX_SIZE >> 20} MiB, the most that mxsync reads")
    return data


def _lock(path: Path, fd: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise FileTrouble(
                    f"{path}: another mxsync is editing it; try again when that is done"
                ) from None
            time.sleep(_POLL)
        except OSError as error:
            raise FileTrouble(f"{path}: cannot lock it: {error.strerror}") from None
        else:
            return


def _still_names(path: Path, fd: int) -> bool:
    ours = os.fstat(fd)
    try:
        there = path.lstat()
    except OSError:
        return False
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)


def _create(path: Path) -> int:
    """Create a file that is not there; one that a killed run has left behind is removed first.

    Raises OSError, and FileTrouble if another run holds it.
    """
    with contextlib.suppress(FileNotFoundError):
        left = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
        try:
            _lock(path, left, until=0)
            path.unlink()
        finally:
            os.close(left)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def _write(fd: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def _take_after(fd: int, model: int) -> None:
    """Give a file the owner, extended attributes (access lists too) and mode of another."""
    old, new = os.fstat(model), os.fstat(fd)
    if (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid):
        try:
            os.fchown(fd, old.st_uid, old.st_gid)
        except PermissionError:
            what = f"cannot keep its owner {_owner(old)}; run as that user or as root"
            raise PermissionError(errno.EPERM, what) from None
    for name in os.listxattr(model) if hasattr(os, "listxattr") else ():
        # Some attributes are the system's own, and some file systems take none.
        with contextlib.suppress(OSError):
            os.setxattr(fd, name, os.getxattr(model, name))
    os.fchmod(fd, stat.S_IMODE(old.st_mode))


def _owner(of: os.stat_result) -> str:
    user, group = str(of.st_uid), str(of.st_gid)
    # Not every number has a name.
    with contextlib.suppress(KeyError):
        user = pwd.getpwuid(of.st_uid).pw_name
    with contextlib.suppress(KeyError):
        group = grp.getgrgid(of.st_gid).gr_name
    return f"{user}:{group}"


def _sync_folder(folder: Path) -> None:
    """Make a rename outlive a power failure; not every file system can."""
    with contextlib.suppress(OSError):
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
