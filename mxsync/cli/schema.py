"""`mxsync schema`."""

from __future__ import annotations

import click


@click.command()
@click.argument("name", type=click.Choice(["manifest"]))
def command(name: str) -> int:  # noqa: ARG001 - there is one
    """Print a JSON Schema (draft 2020-12), by which editors complete and check what they edit.

    For manifests: mxsync schema manifest > mxsync.schema.json
    """
    from mxsync.cli.console import show  # noqa: PLC0415 - as all of this, only when it runs
    from mxsync.report import ExitCode  # noqa: PLC0415

    show(manifest_text(), no_color=True)
    return ExitCode.DONE


def manifest_text() -> str:
    """Write the schema of manifests, with all providers that can be used; say which others there are."""
    import json  # noqa: PLC0415

    from mxsync.manifest.json_schema import manifest_schema  # noqa: PLC0415
    from mxsync.render.words import one_line  # noqa: PLC0415

    schema, notes = manifest_schema()
    for note in notes:
        click.echo(f"mxsync: {one_line(note)}", err=True)
    return f"{json.dumps(schema, indent=2)}\n"
