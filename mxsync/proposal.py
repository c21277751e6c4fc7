"""From a manifest to a plan that may be applied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mxsync import live, policy, registry
from mxsync.diagnostic import has_errors
from mxsync.documents.plan import plan_document
from mxsync.manifest.files import cutover_files, shown
from mxsync.manifest.load import load_manifest as read_manifest
from mxsync.manifest.resolve import resolve
from mxsync.plan import Allowed, Provenance
from mxsync.plan import make_plan as compare
from mxsync.registry import Block, Grants
from mxsync.targets import narrow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mxsync.cutover.file import CutoverFile
    from mxsync.diagnostic import Diagnostic
    from mxsync.lookup.resolvers import Resolver
    from mxsync.manifest.load import Manifest
    from mxsync.plan import Plan
    from mxsync.provider import Provider
    from mxsync.state import Desired, Live


def never() -> bool:
    """Say that nothing ends the run."""
    return False


@dataclass(frozen=True, slots=True)
class Checked:
    """A manifest that has been read, and what it wants."""

    manifest: Manifest
    desired: Desired
    findings: tuple[Diagnostic, ...]
    """Warnings and what else is worth knowing; errors too, where `check_manifest` made it."""
    cutover: CutoverFile | None = None
    """The cutover beside the manifest, if one is under way: `desired` is then what its stage wants."""
    aim: Desired | None = None
    """What the manifest itself wants, where a cutover is under way."""


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """How new exchangers are looked up (MXL01 to MXL06)."""

    resolvers: tuple[Resolver, ...] = ()
    """Whom to ask; none: the resolvers of the system."""
    strict: bool = False
    """Whether what could not be found out refuses the plan."""


@dataclass(frozen=True)
class Proposal:
    """A plan that may be applied, with all that is needed for it."""

    plan: Plan
    provenance: Provenance
    providers: Mapping[str, Provider]
    created: datetime
    seen: Live | None = None
    """What the plan was made of, if that was in this process."""
    saved: dict[str, Any] | None = None
    """The document that the plan was read from, if it was."""

    @cached_property
    def document(self) -> dict[str, Any]:
        """The plan as its document (`mxsync schema plan`)."""
        return self.saved or plan_document(self.plan, self.provenance, self.created)

    @property
    def digest(self) -> str:
        """`sha256:` and the digest over all of the plan but when and by which version it was made."""
        return str(self.document["digest"])


def check_manifest(paths: Iterable[Path | str] = (), *, cutover_counts: bool = True) -> Checked:
    """Read a manifest with all that is wrong with it; `mxsync.yaml` where no path is given.

    A cutover beside it that is under way says what its owners shall have, unless that does not count. Raises
    CutoverError if it cannot.
    """
    files = [*map(Path, paths)]
    manifest = read_manifest(files)
    desired, findings = resolve(manifest, datetime.now(UTC).date())
    if not cutover_counts or not cutover_files(files):
        return Checked(manifest, desired, tuple(findings))
    from mxsync.cutover.file import find  # noqa: PLC0415 - few manifests have a cutover beside them
    from mxsync.cutover.override import override  # noqa: PLC0415
    from mxsync.cutover.stages import Stage  # noqa: PLC0415

    cutover = find(files)
    if cutover.state is None or cutover.state.stage is Stage.DONE or has_errors(findings):
        return Checked(manifest, desired, tuple(findings))
    return Checked(manifest, override(desired, cutover.state), tuple(findings), cutover, desired)


def make_plan(  # noqa: PLR0913 - each has a default that suits most callers
    checked: Checked,
    *,
    targets: Iterable[str] = (),
    allowed: Allowed = Allowed(),  # noqa: B008 - it is frozen
    grants: Grants = Grants(),  # noqa: B008
    check: LiveCheck | None = None,
    writing: bool = True,
    stopped: Callable[[], bool] = never,
) -> Proposal:
    """Read what the providers have and compare. Changes nothing.

    `targets` limit it to zones and owners. With `check`, exchangers that it adds are looked up. `writing` says whether an apply may follow: a provider then looks
    at what a write needs too. Raises NotAllowed for what `grants` do not cover, UnknownTarget, and
    KeyboardInterrupt if `stopped` says so before all is read.
    """
    # A type checker takes a text for texts too: its letters.
    desired, names = narrow(checked.desired, (targets,) if isinstance(targets, str) else targets)
    requests = desired.requests()
    blocks = {name: checked.manifest.providers[name] for name in requests}
    providers = registry.open_blocks(blocks.values(), grants, writing=writing, stopping=stopped)
    seen = live.read(requests, providers, stopped=stopped)
    if stopped():
        raise KeyboardInterrupt
    plan = compare(desired, seen)
    looked_up = _look_up(plan, desired, seen, check, stopped) if check else ()
    guards = (
        *policy.check_hosts(plan, desired, seen),
        *policy.check_deletes(plan, desired, allowed=allowed.deletes),
        *policy.check_large(plan, policy.managed_live(desired, seen), allowed=allowed.large),
        *(finding for finding in looked_up if has_errors([finding])),
    )
    others = (
        *policy.check_owners(desired, seen),
        *policy.check_vacated(plan, desired),
        *(finding for finding in looked_up if not has_errors([finding])),
    )
    provenance = Provenance(
        {name: block.settings for name, block in blocks.items()},
        _folders(blocks.values()),
        _files(checked.manifest),
        (*checked.findings, *others, *guards),
        guards,
        allowed,
        names,
    )
    return Proposal(plan, provenance, providers, datetime.now(UTC), seen)


def _look_up(
    plan: Plan, desired: Desired, seen: Live, check: LiveCheck, stopped: Callable[[], bool]
) -> tuple[Diagnostic, ...]:
    """Look the new exchangers up, and say what is wrong with them. Raises KeyboardInterrupt if stopped."""
    from mxsync.lookup.ask import look_up  # noqa: PLC0415 - asyncio takes its time, and many plans ask nobody
    from mxsync.rules.exchangers import check_exchangers, new_exchanges  # noqa: PLC0415

    hosts = new_exchanges(plan)
    if not hosts:
        return ()
    answers = look_up(hosts, resolvers=check.resolvers, stopped=stopped)
    if stopped():
        raise KeyboardInterrupt
    return tuple(check_exchangers(plan, desired, seen, answers, strict=check.strict))


def _files(manifest: Manifest) -> tuple[tuple[str, str], ...]:
    """Give path and SHA-256 of all files that a manifest is made of, the lists of domains included."""
    return tuple(
        pair
        for source in manifest.sources
        for pair in ((source.path, source.sha256), *((each.path, each.sha256) for each in source.lists))
    )


def _folders(blocks: Iterable[Block]) -> dict[str, str]:
    return {block.name: shown(block.base) for block in blocks}
