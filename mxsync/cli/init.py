"""`mxsync init`."""

from __future__ import annotations

from pathlib import Path

import click

FIRST_MANIFEST = """\
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

defaults: {provider: files, ttl: 1h}

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

    In a folder it is called mxsync.yaml. A file that is there already stays as it is.
    """
    from mxsync.cli.console import show  # noqa: PLC0415 - as all of this, only when it runs
    from mxsync.errors import MxsyncError, NotAllowed  # noqa: PLC0415
    from mxsync.render.words import one_line  # noqa: PLC0415
    from mxsync.report import ExitCode  # noqa: PLC0415

    path = path / "mxsync.yaml" if path.is_dir() else path
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(FIRST_MANIFEST)
    except FileExistsError as error:
        raise NotAllowed(
            f"{path} is there already, and stays as it is; give the path of a new file"
        ) from error
    except OSError as error:
        raise MxsyncError(f"{path} cannot be written: {error.strerror or error}") from error
    message = f"Wrote {path}. Put your domains into it, then run: mxsync validate {path}"
    show(f"{one_line(message)}\n", no_color=True)
    return ExitCode.DONE
