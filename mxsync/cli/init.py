"""`mxsync init`."""

from __future__ import annotations

import os
from pathlib import Path

import click

SCHEMA = "mxsync.schema.json"
"""The file by which editors know manifests."""
FIRST_MANIFEST = f"""\
# yaml-language-server: $schema={SCHEMA}
# Which MX set each domain shall have. Check this file with `mxsync validate`, see what would change with
# `mxsync plan`, and change it with `mxsync apply`.
mxsync: 1

providers:                        # where zones are, under names of your choice
  files:
    type: zonefile                # `mxsync providers` shows what else there is
    directory: zones              # zones/example.com.zone and so on, beside this file

sets:                             # MX sets with a name, for any number of domains
  own:
    - 10 mx1.example.net.         # a lower number is tried first
    - 20 mx2.example.net.

defaults: {{provider: files, ttl: 1h}}
live: dns                         # a plan looks up whether new hosts exist and have addresses

zones:
  example.com: own                # the domain itself
  example.org:
    mx:
      "@": own                    # the same, in the long form
      lists: [10 lists.example.net., 20 mx2.example.net.]
      shop: null_mx               # takes no mail (RFC 7505)
"""


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path("mxsync.yaml"))
def command(path: Path) -> int:
    """Write a first manifest, to be changed; mxsync.yaml where no PATH is given.

    In a folder it is called mxsync.yaml. Beside it, mxsync.schema.json lets editors complete and check
    it. A file that is there already stays as it is.
    """
    from mxsync.cli.console import show  # noqa: PLC0415 - as all of this, only when it runs
    from mxsync.cli.schema import manifest_text  # noqa: PLC0415
    from mxsync.errors import NotAllowed  # noqa: PLC0415
    from mxsync.render.words import one_line  # noqa: PLC0415
    from mxsync.report import ExitCode  # noqa: PLC0415

    path = path / "mxsync.yaml" if path.is_dir() else path
    schema, text = path.parent / SCHEMA, manifest_text()
    if os.path.lexists(path):
        raise NotAllowed(f"{path} is there already, and stays as it is; give the path of a new file")
    has_schema = _holds(schema, text)
    if not has_schema and os.path.lexists(schema):
        raise NotAllowed(
            f"{schema} is there already, and says other than this mxsync does; remove it, or write it anew: "
            f"mxsync schema manifest > {schema}"
        )
    for file, content in [(path, FIRST_MANIFEST)] if has_schema else [(schema, text), (path, FIRST_MANIFEST)]:
        _write(file, content)
    written = path if has_schema else f"{path}, and {schema} for editors"
    message = f"Wrote {written}. Put your domains into it, then run: mxsync validate {path}"
    show(f"{one_line(message)}\n", no_color=True)
    return ExitCode.DONE


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False


def _write(path: Path, text: str) -> None:
    """Make a new file. Raises NotAllowed if somebody else just did, MxsyncError if it cannot be made."""
    from mxsync.errors import MxsyncError, NotAllowed  # noqa: PLC0415

    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise NotAllowed(
            f"{path} is there already, and stays as it is; give the path of a new file"
        ) from error
    except OSError as error:
        raise MxsyncError(f"{path} cannot be written: {error.strerror or error}") from error
