"""What `plan` and `apply` share: from paths to a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypedDict

import click

from mxsync import live, policy, registry
from mxsync.cli.console import show_findings
from mxsync.cli.signals import noticed, stopping
from mxsync.diagnostic import has_errors
from mxsync.errors import MxsyncError, NotAllowed
from mxsync.manifest.load import load_manifest
from mxsync.manifest.resolve import resolve
from mxsync.plan import Allowed, Provenance, make_plan
from mxsync.provider import Context
from mxsync.report import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mxsync.diagnostic import Diagnostic
    from mxsync.manifest.load import Manifest
    from mxsync.plan import Plan
    from mxsync.provider import Provider
    from mxsync.state import Desired, Live


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan, and all that is needed to show and to apply it."""

    plan: Plan
    seen: Live
    """What the plan was made of."""
    provenance: Provenance
    providers: dict[str, Provider]


def understand(
    paths: Iterable[Path], *, output: str, no_color: bool
) -> tuple[Manifest, Desired, tuple[Diagnostic, ...]]:
    """Read a manifest; give it, what it wants, and what was found.

    One with errors ends the command, which shows them.
    """
    manifest = load_manifest(paths)
    desired, findings = resolve(manifest, datetime.now(UTC).date())
    if has_errors(findings):
        show_findings(findings, output, no_color=no_color, err=True)
        raise click.exceptions.Exit(ExitCode.REFUSED)
    return manifest, desired, tuple(findings)


def open_providers(
    manifest: Manifest,
    blocks: Iterable[str],
    *,
    allow_exec: bool,
    allow_endpoints: Iterable[str],
    writing: bool,
) -> dict[str, Provider]:
    """Open provider blocks of a manifest; one that cannot be opened says so wherever it is asked.

    Raises NotAllowed.
    """
    providers: dict[str, Provider] = {}
    for name in blocks:
        block = manifest.providers[name]
        context = Context(
            name,
            block.base,
            allow_exec=allow_exec,
            allow_endpoints=frozenset(allow_endpoints),
            writing=writing,
            stopping=stopping,
        )
        try:
            providers[name] = registry.open_provider(block.plugin, block.config, context)
        except NotAllowed:
            raise
        except MxsyncError as error:
            providers[name] = registry.Unavailable(str(error))
    return providers


class Asked(TypedDict):
    """The options of both that only `prepare` looks at."""

    paths: tuple[Path, ...]
    allow_exec: bool
    allow_endpoints: tuple[str, ...]
    allow_deletes: int


def prepare(  # noqa: PLR0913 - one for each option
    paths: Iterable[Path],
    *,
    allow_exec: bool,
    allow_endpoints: Iterable[str],
    allow_deletes: int,
    writing: bool,
    output: str,
    no_color: bool,
) -> Prepared:
    """Read the manifest and what the providers have, and compare.

    A manifest with errors ends the command, which shows them.

    Raises NotAllowed, and KeyboardInterrupt if a signal comes.
    """
    manifest, desired, findings = understand(paths, output=output, no_color=no_color)
    requests = desired.requests()
    providers = open_providers(
        manifest, requests, allow_exec=allow_exec, allow_endpoints=allow_endpoints, writing=writing
    )
    with noticed() as stopped:
        seen = live.read(requests, providers, stopped=stopped)
        if stopped():
            raise KeyboardInterrupt
    plan = make_plan(desired, seen)
    guards = (
        *policy.check_hosts(plan, desired, seen),
        *policy.check_deletes(plan, desired, allowed=allow_deletes),
    )
    provenance = Provenance(
        {name: block.settings for name, block in manifest.providers.items()},
        {name: str(block.base) for name, block in manifest.providers.items()},
        tuple((source.path, source.sha256) for source in manifest.sources),
        (*findings, *policy.check_owners(desired, seen), *guards),
        guards,
        Allowed(allow_deletes),
    )
    return Prepared(plan, seen, provenance, providers)
