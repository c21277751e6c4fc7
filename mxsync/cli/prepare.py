"""What the commands share that make a plan: from paths to a proposal."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import click

from mxsync import registry
from mxsync.cli.console import show_findings
from mxsync.cli.present import Shown
from mxsync.cli.signals import interrupting, stopping
from mxsync.diagnostic import has_errors
from mxsync.plan import Allowed
from mxsync.proposal import LiveCheck, check_manifest, make_plan
from mxsync.registry import Grants
from mxsync.report import ExitCode
from mxsync.stored import is_saved_plan, read_plan

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mxsync.lookup.resolvers import Resolver
    from mxsync.manifest.load import Manifest
    from mxsync.proposal import Checked, Proposal
    from mxsync.provider import Provider
    from mxsync.state import Desired


class Granting(TypedDict):
    """The options by which the person at the command line grants something."""

    allow_exec: bool
    allow_endpoints: tuple[str, ...]
    parallel: int | None


class Looking(TypedDict):
    """The options of live checks."""

    live: str | None
    resolvers: tuple[Resolver, ...]
    strict_live: bool


class Asked(Granting, Looking):
    """The options of all commands that make a plan."""

    paths: tuple[Path, ...]
    targets: tuple[str, ...]
    allow_deletes: int
    allow_large: bool


class Planning(Asked, Shown):
    """The options of all commands that make a plan and show it."""


def understand(paths: Iterable[Path], shown: Shown, *, cutover_counts: bool = True) -> Checked:
    """Read a manifest. One with errors ends the command, which shows them.

    Raises UsageError for a saved plan.
    """
    paths = tuple(paths)
    for path in filter(is_saved_plan, paths):
        raise click.UsageError(f"{path} is a saved plan and no manifest: see mxsync show, and mxsync apply")
    checked = check_manifest(paths, cutover_counts=cutover_counts)
    if has_errors(checked.findings):
        show_findings(checked.findings, _findings_form(shown), no_color=shown["no_color"], err=True)
        raise click.exceptions.Exit(ExitCode.REFUSED)
    return checked


def _findings_form(shown: Shown) -> str:
    """Give the format of findings alone: a comment is for plans."""
    return "text" if shown["output"] == "markdown" else shown["output"]


def grants_of(asked: Granting) -> Grants:
    """Give what the person at the command line grants."""
    return Grants(asked["allow_exec"], frozenset(asked["allow_endpoints"]), asked["parallel"])


def open_providers(manifest: Manifest, grants: Grants) -> dict[str, Provider]:
    """Open all provider blocks of a manifest. Raises NotAllowed."""
    return registry.open_blocks(manifest.providers.values(), grants, writing=True, stopping=stopping)


def open_used(manifest: Manifest, desired: Desired, asked: Granting) -> dict[str, Provider]:
    """Open the provider blocks of these zones, to read. Raises NotAllowed."""
    blocks = [manifest.providers[name] for name in desired.requests()]
    return registry.open_blocks(blocks, grants_of(asked), writing=False, stopping=stopping)


def propose(checked: Checked, asked: Asked, *, writing: bool) -> Proposal:
    """Read what the providers have, and compare.

    Raises NotAllowed, UnknownTarget, and KeyboardInterrupt if a signal comes.
    """
    with interrupting() as stopped:
        return make_plan(
            checked,
            targets=asked["targets"],
            allowed=Allowed(asked["allow_deletes"], asked["allow_large"]),
            grants=grants_of(asked),
            check=live_check(checked.manifest, asked),
            writing=writing,
            stopped=stopped,
        )


def live_check(manifest: Manifest, asked: Looking) -> LiveCheck | None:
    """Say how new exchangers are looked up, if they are. Raises UsageError for options without a meaning."""
    if (asked["live"] or manifest.live) == "dns":
        return LiveCheck(asked["resolvers"], asked["strict_live"])
    if asked["resolvers"] or asked["strict_live"]:
        raise click.UsageError("--resolver and --strict-live need live checks: say --live dns too")
    return None


def saved_path(asked: Asked) -> Path | None:
    """Give the saved plan among the paths; None if they are manifests. Raises UsageError for a mixture."""
    paths = asked["paths"]
    saved = [path for path in paths if is_saved_plan(path)]
    if not saved:
        return None
    if len(paths) > 1:
        raise click.UsageError(f"{saved[0]} is a saved plan, and is applied alone")
    if any(
        asked[option]
        for option in ("targets", "allow_deletes", "allow_large", "live", "resolvers", "strict_live")
    ):
        raise click.UsageError(
            "a saved plan is applied as it is: --target, --allow-deletes, --allow-large, --live, --resolver "
            "and --strict-live belong to plan"
        )
    return saved[0]


def read_saved(asked: Asked) -> Proposal:
    """Read the saved plan that the paths name. Raises InvalidPlan, NotAllowed."""
    return read_plan(asked["paths"][0], grants=grants_of(asked), stopping=stopping)
