"""The command that makes a name server read a zone file again."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SHOWN = 200
_TAIL = 4096


class ReloadFailed(Exception):  # noqa: N818 - named for what it is
    """The command took too long or ended with an error; what the name server has now is not known."""


class NotStarted(ReloadFailed):
    """The command could not be started: the name server has heard nothing."""


@dataclass(frozen=True, slots=True)
class Reload:
    """A command, and how it is run: without a shell, from the manifest's folder."""

    words: Sequence[str]
    """`{zone}` in a word stands for the zone's name without the trailing dot."""
    folder: Path
    timeout: int
    """In seconds."""

    def check(self, zone: str) -> None:
        """Look whether there is a program to start, where `run` would find it.

        Raises NotStarted.
        """
        program = self._command(zone)[0]
        # The command starts in its folder, and so do relative folders of PATH.
        places = [""] if "/" in program else os.get_exec_path()
        if not any(shutil.which(self.folder.absolute() / place / program) for place in places):
            raise NotStarted(f"there is no program {program!r} to start")

    def run(self, zone: str) -> None:
        """Run it for a zone.

        Raises ReloadFailed.
        """
        command = self._command(zone)
        with contextlib.ExitStack() as stack:
            try:
                # A file, for a pipe would be waited for as long as any process that the command leaves behind.
                output = stack.enter_context(tempfile.TemporaryFile())
                process = subprocess.Popen(  # noqa: S603 - a list, no shell, and the operator has allowed it
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd=self.folder,
                    # Ctrl-C is for mxsync, which ends when the zone is in order.
                    start_new_session=True,
                )
            except (OSError, ValueError) as error:
                reason = error.strerror if isinstance(error, OSError) else "its words are no command"
                raise NotStarted(f"cannot start {command[0]!r}: {reason}") from None
            with process:
                try:
                    status = process.wait(self.timeout)
                except subprocess.TimeoutExpired:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
                    raise ReloadFailed(f"{command[0]!r} took longer than {self.timeout} s") from None
            if status:
                how = f"with {status}" if status > 0 else f"by signal {-status}"
                raise ReloadFailed(f"{command[0]!r} ended {how}{_last_line(output.fileno())}")

    def _command(self, zone: str) -> list[str]:
        return [word.replace("{zone}", zone) for word in self.words]


def _last_line(fd: int) -> str:
    size = os.fstat(fd).st_size
    tail = os.pread(fd, _TAIL, max(0, size - _TAIL)).decode("utf-8", "replace")
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    if not lines:
        return ""
    shown = "".join(char if char.isprintable() else " " for char in lines[-1][:_SHOWN])
    return f": {shown}"
