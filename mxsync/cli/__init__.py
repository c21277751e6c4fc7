"""The command line. This module only finds the command; each command is a module of its own.

`mxsync --version` and shell completion load neither pydantic nor dnspython: commands import what they
need when they run.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from keyword import iskeyword
from typing import TYPE_CHECKING, NoReturn

import click

from mxsync import __version__
from mxsync.cli.signals import end_politely
from mxsync.errors import CutoverError, InvalidPlan, MxsyncError, NotAllowed, UnknownTarget

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (
    "apply",
    "compare",
    "cutover",
    "doctor",
    "drift",
    "explain",
    "history",
    "import",
    "init",
    "plan",
    "providers",
    "rollback",
    "rules",
    "schema",
    "show",
    "validate",
    "verify",
)
"""Each is a module below this one that holds a `command`; a word of Python's own ends in `_` there."""

_FAILED, _REFUSED, _USAGE, _INTERRUPTED = 1, 3, 64, 130
_OBJECTS = 50_000
"""How many new objects make Python look for garbage: next to nothing that a run makes is garbage before its end."""


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        found = import_module(f"mxsync.cli.{cmd_name}{'_' * iskeyword(cmd_name)}").command
        assert isinstance(found, click.Command)  # noqa: S101 - each module holds one
        return found


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mxsync", message="%(prog)s %(version)s")
def group() -> None:
    """Make the MX sets of domains what a manifest says.

    Exit codes: 0 done or nothing to do; 1 failed, nothing applied; 2 changes pending (where asked for);
    3 manifest invalid or refused; 4 conflicts only; 5 some applied and something failed or is unknown;
    6 not every name server answers what is wanted; 64 wrong usage; 130 interrupted.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `mxsync` and exit with its code; every error a user can meet is one message."""
    end_politely()
    gc.set_threshold(_OBJECTS)
    try:
        code = group.main(args=arguments, prog_name="mxsync", standalone_mode=False)
    except click.ClickException as error:
        with suppress(OSError):
            error.show()
        code = _USAGE
    except UnknownTarget as error:
        code = _complain(str(error), _USAGE)
    except (NotAllowed, InvalidPlan, CutoverError) as error:
        code = _complain(str(error), _REFUSED)
    except MxsyncError as error:
        code = _complain(str(error), _FAILED)
    except (click.Abort, KeyboardInterrupt):
        # An apply takes no signal from its first write to the end of its report.
        code = _complain("interrupted; nothing was changed", _INTERRUPTED)
    except OSError as error:
        code = _complain(f"the result could not be written: {error.strerror or error}", _FAILED)
    _let_go()
    gc.freeze()  # the end takes everything: to look for garbage in it first would be most of the end's time
    sys.exit(code or 0)


def _let_go() -> None:
    """Give up what could not be written: the interpreter would stumble over it once more when it ends."""
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def _complain(message: str, code: int) -> int:
    """Say on stderr what is wrong, if there is a stderr; give the code back."""
    line = "".join(char if char.isprintable() else " " for char in message)
    if sys.stderr is not None:
        with suppress(OSError):
            click.echo(f"mxsync: {line}".encode(errors="backslashreplace"), err=True)
    return code
