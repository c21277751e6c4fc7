"""`mxsync schema`."""

from __future__ import annotations

import click

NAMES = (
    "manifest",
    "plan",
    "report",
    "findings",
    "rules",
    "history",
    "run",
    "journal",
    "verify",
    "compare",
    "explain",
    "cutover",
)


@click.command()
@click.argument("name", type=click.Choice(NAMES))
def command(name: str) -> int:
    """Print a JSON Schema (draft 2020-12): of manifests, for editors, or of what mxsync writes.

    For manifests: mxsync schema manifest > mxsync.schema.json. The others are the documents of
    --format json; journal is one line of a run's file.
    """
    import json  # noqa: PLC0415 - as all of this, only when it runs

    from mxsync.cli.console import show  # noqa: PLC0415
    from mxsync.report import ExitCode  # noqa: PLC0415

    if name == "manifest":
        show(manifest_text(), no_color=True)
        return ExitCode.DONE
    from mxsync.documents.schema import schema_of  # noqa: PLC0415

    show(f"{json.dumps(schema_of(name), indent=2)}\n", no_color=True)
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
