"""The process behind `support.crashes`: for each line of JSON, it forks, and the child runs a command."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, NoReturn
from unittest.mock import patch

from mxsync.apply import sending
from mxsync.apply.run import Run
from mxsync.change import ChangeOutcome
from mxsync.cli import main
from mxsync.journal import writer
from mxsync.names import Name
from mxsync.plan import PlannedChange
from mxsync.provider import ZoneBatch

LOADED = ("apply", "carry", "history", "plan", "prepare", "rollback")
"""The modules of the command line that a run needs: they are loaded once, for all runs."""
AHEAD = 2
"""Of how many zones the journal hears at once here: there are few."""


def forked(*, arguments: list[str], cwd: str, die_at: int, file_size: int) -> dict[str, Any]:
    """Run a command in a child, and give its exit code and what it has shown."""
    reader, shown = os.pipe()
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (shown, 1), (shown, 2)):
            os.dup2(source, target)
        os.closerange(3, 256)
        os.chdir(cwd)
        if file_size >= 0:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_size, file_size))
        arm(die_at)
        run(arguments)
    os.close(shown)
    with os.fdopen(reader, "rb") as file:
        text = file.read().decode()
    return {"code": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), "shown": text}


def run(arguments: list[str]) -> NoReturn:
    """Run a command as the program does, and end."""
    code: Any = 99
    try:
        main(arguments)
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - the test that asked sees it
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


def arm(die_at: int) -> None:
    """Count steps: before, within and after each write of the journal, and around what goes out and comes back."""
    left = die_at

    def step() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    give_out, take_in = sending._batches, sending._take

    def batches(work: Run, items: list[PlannedChange], taken: set[tuple[Name, Name]]) -> Iterator[ZoneBatch]:
        for batch in give_out(work, items, taken):
            step()
            yield batch
            step()

    def take(work: Run, item: PlannedChange, answer: ChangeOutcome) -> bool:
        step()
        return take_in(work, item, answer)

    patch.object(sending, "AHEAD", AHEAD).start()
    patch.object(sending, "_batches", batches).start()
    patch.object(sending, "_take", take).start()
    patch.object(writer, "os", Os(step)).start()


class Os:
    """Stands for `os` in the journal's writer: a write may end in its middle."""

    def __init__(self, step: Callable[[], None]) -> None:
        self._step = step

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def write(self, file: int, octets: bytes) -> int:
        half = len(octets) // 2
        self._step()
        written = os.write(file, octets[:half])
        self._step()
        written += os.write(file, octets[half:])
        self._step()
        return written

    def fdatasync(self, file: int) -> None:
        self._step()
        os.fdatasync(file)
        self._step()


if __name__ == "__main__":
    for module in (*(f"mxsync.cli.{name}" for name in LOADED), "mxsync_rfc2136", "mxsync_zonefile.provider"):
        import_module(module)
    for line in sys.stdin:
        print(json.dumps(forked(**json.loads(line))), flush=True)  # noqa: T201 - that is the answer
